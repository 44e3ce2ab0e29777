"""The state of a report as the analyst reads it, which knows more than the service's: the file, this window, the line.

`Entry`, `Download` ──▶ **shown_state** ── Shown ──▶ report_row, arrangement
"""

from datetime import datetime
from enum import Enum

from msgspec import Struct

from backend.protocol.lifecycle import State, is_terminal
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry
from desktop.wording.tone import Tone


class Group(Enum):
    """The chip under which a state is found; a state without a chip is found under all."""

    UNDER_WAY = "Under way"
    READY = "Ready"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


class Face(Struct, frozen=True):
    """The looks of a state: its words in English, icon, tone and chip."""

    words: str
    icon: str
    tone: Tone
    group: Group | None


class Shown(Enum):
    """A state as shown, in the order in which a list sorts them."""

    UNSENT = Face("Not sent yet", "state-sending", Tone.WAITING, Group.UNDER_WAY)
    SENDING = Face("Sending", "state-sending", Tone.WAITING, Group.UNDER_WAY)
    QUEUED = Face("Queued", "state-queued", Tone.WAITING, Group.UNDER_WAY)
    RUNNING = Face("Running", "state-running", Tone.RUNNING, Group.UNDER_WAY)
    CANCELLING = Face("Cancelling…", "state-cancelling", Tone.WAITING, Group.UNDER_WAY)
    SAVING = Face("Saving", "save", Tone.RUNNING, Group.UNDER_WAY)
    PAUSED = Face("Paused", "pause", Tone.WAITING, Group.UNDER_WAY)
    READY = Face("Ready", "state-ready", Tone.READY, Group.READY)
    SAVED = Face("Saved", "state-saved", Tone.READY, Group.READY)
    EXPIRED = Face("Expired", "state-expired", Tone.QUIET, None)
    FAILED = Face("Failed", "state-failed", Tone.FAILED, Group.FAILED)
    REFUSED = Face("Refused", "state-refused", Tone.FAILED, Group.FAILED)
    CANCELLED = Face("Cancelled", "state-cancelled", Tone.QUIET, Group.CANCELLED)

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return _RANKS[self]


_RANKS = {shown: rank for rank, shown in enumerate(Shown)}
_BY_STATE = {
    State.QUEUED: Shown.QUEUED,
    State.RUNNING: Shown.RUNNING,
    State.FAILED: Shown.FAILED,
    State.CANCELLED: Shown.CANCELLED,
}
_BY_DOWNLOAD = {DownloadState.ACTIVE: Shown.SAVING, DownloadState.PAUSED: Shown.PAUSED}
ON_THE_WAY = (Shown.SAVING, Shown.PAUSED)
"""States of a report whose file is partly here."""


def shown_state(  # noqa: PLR0911  a case for each state
    entry: Entry, download: Download | None, now: datetime, *, is_connected: bool
) -> Shown:
    """Return the state to show at `now`, which is aware."""
    snapshot = entry.snapshot
    if entry.refusal and snapshot is None:
        return Shown.REFUSED
    if download and download.is_saved:
        return Shown.SAVED
    if entry.refusal and snapshot and snapshot.state not in {State.FAILED, State.CANCELLED}:
        return Shown.EXPIRED if is_terminal(snapshot.state) else Shown.FAILED
    if entry.is_cancel_asked and entry.is_open:
        return Shown.CANCELLING
    if snapshot is None:
        return Shown.SENDING if is_connected else Shown.UNSENT
    if snapshot.state is not State.SUCCEEDED:
        return _BY_STATE[snapshot.state]
    if not has_file(entry, now):
        return Shown.EXPIRED
    return _BY_DOWNLOAD.get(download.state, Shown.READY) if download else Shown.READY


def has_file(entry: Entry, now: datetime) -> bool:
    """Return whether the report made a file that the service still keeps."""
    result = entry.snapshot.result if entry.snapshot else None
    return entry.refusal is None and result is not None and now < result.expires_at
