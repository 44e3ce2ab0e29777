"""One report as the texts its row shows.

Entry, Download ──▶ **make_row** ── ReportRow ──▶ reports_model, report_actions. No Qt and no clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import assert_never

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import DefinitionInfo, Progress, Snapshot
from backend.protocol.parameters import in_words
from backend.protocol.refusals import PARAMETERS
from desktop.files.download import Download, DownloadState
from desktop.session.state import NOT_SAFE, Entry
from desktop.wording import numbers
from desktop.wording.tone import Tone

STATES = {
    State.QUEUED: ("Queued", Tone.QUIET),
    State.RUNNING: ("Running", Tone.RUNNING),
    State.SUCCEEDED: ("Ready", Tone.READY),
    State.FAILED: ("Failed", Tone.FAILED),
    State.CANCELLED: ("Cancelled", Tone.QUIET),
}
"""The words and the tone of each state."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar and what stands over it. `fraction` is from 0 to 1, or None where nobody knows."""

    text: str
    fraction: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One row of the table, and what can be done with its report."""

    report_id: str
    title: str
    state: str
    tone: Tone
    bar: Bar | None = None
    note: str = ""
    """Stands where the bar would: what went wrong, or what is waited for."""
    running_since: datetime | None = None
    elapsed: str = ""
    rows: str = ""
    size: str = ""
    file: str = ""
    file_bar: Bar | None = None
    requested_at: str = ""
    detail: str = ""
    """A sentence for the pane below the table."""
    parameters: str = ""
    file_name: str = ""
    url: str | None = None
    saved_path: Path | None = None
    can_cancel: bool = False
    can_remove: bool = False
    can_download: bool = False
    has_preview: bool = False
    preview_note: str = ""
    """Stands where the preview would."""


def make_row(
    entry: Entry, now: datetime, *, definition: DefinitionInfo | None, download: Download | None, is_connected: bool
) -> ReportRow:
    """Return the row of one report. Times are in the time zone of `now`."""
    state, tone = _say_state(entry, now, is_connected=is_connected)
    row = ReportRow(
        report_id=entry.report_id,
        title=definition.title if definition else entry.definition,
        state=state,
        tone=tone,
        note=_say_note(entry, definition, is_connected=is_connected),
        detail=_say_detail(entry, now, definition, is_connected=is_connected),
        parameters=_say_parameters(entry, definition),
        can_cancel=entry.is_open and not entry.is_cancel_asked,
        can_remove=entry.refusal is not None,
        requested_at=numbers.say_time(entry.asked_at, now) if entry.asked_at else "",
        preview_note="The first rows stand here as soon as the report is ready." if entry.is_open else "",
    )
    if entry.snapshot:
        row = _with_snapshot(row, entry.snapshot, now, is_open=entry.is_open)
    if has_file(entry, now):
        row = _with_file(row, entry.snapshot)
    return _with_download(row, download) if download else row


def has_file(entry: Entry, now: datetime) -> bool:
    """Return whether the report made a file that the service still keeps."""
    result = entry.snapshot.result if entry.snapshot else None
    return entry.refusal is None and result is not None and now < result.expires_at


def with_elapsed(row: ReportRow, now: datetime) -> ReportRow:
    """Bring the elapsed time of a running report up to date; any other row comes back as it is."""
    if row.running_since is None:
        return row
    elapsed = numbers.say_elapsed((now - row.running_since).total_seconds())
    return row if elapsed == row.elapsed else replace(row, elapsed=elapsed)


def _say_state(entry: Entry, now: datetime, *, is_connected: bool) -> tuple[str, Tone]:
    if entry.refusal:
        if entry.snapshot is None:
            return "Refused", Tone.FAILED
        return ("Expired", Tone.QUIET) if is_terminal(entry.snapshot.state) else STATES[State.FAILED]
    if entry.is_cancel_asked and entry.is_open:
        return "Cancelling…", Tone.WAITING
    if entry.snapshot is None:
        return ("Sending", Tone.RUNNING) if is_connected else ("Waiting", Tone.WAITING)
    if entry.snapshot.state is State.SUCCEEDED and not has_file(entry, now):
        return "Expired", Tone.QUIET
    return STATES[entry.snapshot.state]


def _say_note(entry: Entry, definition: DefinitionInfo | None, *, is_connected: bool) -> str:
    if entry.is_open:
        return "" if entry.snapshot or is_connected else "Waiting for connection"
    return _say_error(entry, definition)


def _say_detail(entry: Entry, now: datetime, definition: DefinitionInfo | None, *, is_connected: bool) -> str:
    if error := _say_error(entry, definition):
        return error
    snapshot = entry.snapshot
    if snapshot is None:
        return "" if is_connected else "It will be sent as soon as the connection is back."
    if snapshot.result is None:
        return _say_work(snapshot.progress).text if snapshot.progress and entry.is_open else ""
    if not has_file(entry, now):
        return (
            f"The file was kept until {numbers.say_time(snapshot.result.expires_at, now)}. Generate the report again."
        )
    result, link = snapshot.result, snapshot.link
    until = f" The link works until {numbers.say_time(link.expires_at, now)}." if link else ""
    if link and link.url == NOT_SAFE:
        until = " The service gave a link that is not safe to open."
    return f"{numbers.say_rows(result.row_count)}, {numbers.say_size(result.size_bytes)}.{until}"


def _say_error(entry: Entry, definition: DefinitionInfo | None) -> str:
    if entry.refusal:
        said = [f"{_name(place, definition)} {reason}." for place, reason in (entry.refusal.fields or {}).items()]
        return " ".join(said) or entry.refusal.message
    return entry.snapshot.error.message if entry.snapshot and entry.snapshot.error else ""


def _say_parameters(entry: Entry, definition: DefinitionInfo | None) -> str:
    asked = entry.snapshot or entry.request
    values = asked.parameters if asked else {}
    return " · ".join(f"{_name(name, definition)}: {in_words(value)}" for name, value in values.items())


def _name(place: str, definition: DefinitionInfo | None) -> str:
    parameter = place.removeprefix(PARAMETERS)
    properties = definition.parameters.get("properties", {}) if definition else {}
    return str(properties.get(parameter, {}).get("title", parameter))


def _with_snapshot(row: ReportRow, snapshot: Snapshot, now: datetime, *, is_open: bool) -> ReportRow:
    is_running = is_open and snapshot.state is State.RUNNING
    started_at, finished_at = snapshot.started_at, snapshot.finished_at
    elapsed_s = (finished_at - started_at).total_seconds() if started_at and finished_at else None
    row = replace(
        row,
        requested_at=numbers.say_time(snapshot.created_at, now),
        bar=_say_work(snapshot.progress) if is_running else None,
        running_since=started_at if is_running else None,
        elapsed="" if elapsed_s is None else numbers.say_elapsed(elapsed_s),
        rows=numbers.say_count(snapshot.result.row_count) if snapshot.result else "",
        size=numbers.say_size(snapshot.result.size_bytes) if snapshot.result else "",
    )
    return with_elapsed(row, now)


def _say_work(progress: Progress | None) -> Bar:
    if progress is None:
        return Bar("Starting", None)
    fraction = min(1.0, progress.completed / progress.total) if progress.total else None
    return Bar(numbers.say_work(progress), fraction)


def _with_file(row: ReportRow, snapshot: Snapshot | None) -> ReportRow:
    assert snapshot is not None
    assert snapshot.result is not None
    # The name becomes a suggestion for a path on this disk: only its last part may.
    name = PurePosixPath(PureWindowsPath(snapshot.result.file_name).name).name.lstrip(". ") or "report"
    link = snapshot.link
    return replace(
        row,
        file=snapshot.format.upper(),
        file_name=name,
        url=(link.url or None) if link else None,
        can_download=link is not None and link.url != NOT_SAFE,
        has_preview=link is not None and link.preview_url is not None,
        preview_note="This report has no preview.",
    )


def _with_download(row: ReportRow, download: Download) -> ReportRow:
    match download.state:
        case DownloadState.ACTIVE:
            return replace(row, file_bar=_say_saving(download), file=_say_saving(download).text, can_download=False)
        case DownloadState.SAVED:
            return replace(row, file="Saved", saved_path=download.path, detail=f"Saved as {download.path}")
        case DownloadState.FAILED:
            return replace(row, file="Not saved", detail=download.error or "The file could not be saved.")
        case state:
            assert_never(state)


def _say_saving(download: Download) -> Bar:
    if download.total_bytes <= 0:
        return Bar("Saving", None)
    fraction = min(1.0, download.received_bytes / download.total_bytes)
    return Bar(f"Saving {int(fraction * 100)} %", fraction)
