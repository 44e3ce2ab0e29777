"""What stands in place of a report's rows.

`Entry`, `Previewed` ──▶ **instead_of_rows** ── `Message` ──▶ view
"""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Snapshot
from backend.protocol.preview import Preview
from desktop.files.preview_status import Loading, Previewed, Unavailable
from desktop.session.state import Entry
from desktop.wording import numbers
from desktop.wording.language import tr
from desktop.wording.pane.failure import say_failure
from desktop.wording.pane.texts import end_sentence, without_links
from desktop.wording.tone import Tone

_SAID_TWICE = "The preview cannot be loaded: "
"""Begins some reasons, which follow a sentence that says so already."""


class Help(StrEnum):
    """A button below a message."""

    TRY_AGAIN = "tryAgain"
    SHOW_DETAILS = "showDetails"


class Message(Struct, frozen=True):
    """A sentence, and a button if one helps."""

    text: str
    tone: Tone = Tone.QUIET
    help: Help | None = None
    is_passing: bool = False
    """Whether it is to be shown only when it lasts: what comes at once needs no words."""


NO_MESSAGE = Message("")


def instead_of_rows(
    entry: Entry, previewed: Previewed | None, now: datetime, definition: DefinitionInfo | None = None
) -> Message:
    """Return what stands in place of the rows; an empty message where there are some."""
    if failure := say_failure(entry, definition):
        return Message(failure.message, Tone.FAILED, Help.SHOW_DETAILS)
    if entry.is_open or entry.snapshot is None:
        return Message(tr("The first rows stand here as soon as the report is ready."))
    if entry.snapshot.state is State.CANCELLED:
        return Message(tr("This report was cancelled."))
    if isinstance(previewed, Preview):
        return NO_MESSAGE if previewed.rows else Message(tr("This report has no rows."))
    return _say_status(previewed) if is_preview_wanted(entry, now) else _without_preview(entry, entry.snapshot, now)


def is_preview_wanted(entry: Entry, now: datetime) -> bool:
    """Return whether the service has a preview of the report."""
    snapshot = entry.snapshot
    if entry.refusal or snapshot is None or snapshot.result is None or now >= snapshot.result.expires_at:
        return False
    return snapshot.link is not None and snapshot.link.preview_url is not None


def _without_preview(entry: Entry, snapshot: Snapshot, now: datetime) -> Message:
    result = snapshot.result
    if result and entry.refusal:
        return Message(end_sentence(without_links(tr(entry.refusal.message))))
    if result and now >= result.expires_at:
        return Message(tr("The file was kept until {day}", day=numbers.say_day(result.expires_at, now)) + ".")
    return Message(tr("This report is gone.") if entry.refusal else tr("This report has no preview."))


def _say_status(previewed: Loading | Unavailable | None) -> Message:
    match previewed:
        case Unavailable(reason):
            said = reason.removeprefix(_SAID_TWICE) if reason.startswith(_SAID_TWICE) else reason
            reason = end_sentence(without_links(tr(said)))
            reason = reason[:1].upper() + reason[1:]
            text = tr("The preview cannot be loaded. {reason}", reason=reason)
            return Message(text.strip(), help=Help.TRY_AGAIN)
        case Loading() | None:
            return Message(tr("Loading the first rows…"), is_passing=True)
        case _:
            assert_never(previewed)
