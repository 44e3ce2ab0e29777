"""One report as its row in the list: texts that stay true, and the times from which the others are made when painted.

`Entry`, `Download` ──▶ **make_row** ── ReportRow ──▶ report_columns, arrangement, actions. No Qt and no clock.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from msgspec import Struct

from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import DefinitionInfo, Progress, Snapshot
from backend.protocol.parameters import Schema
from backend.protocol.refusals import PARAMETERS
from desktop.files.download import Download, DownloadState
from desktop.session.state import NOT_SAFE, Entry
from desktop.wording import numbers
from desktop.wording.language import tr
from desktop.wording.reports.report_parameters import list_parameters, say_in_name, say_parameters, title_of
from desktop.wording.reports.report_state import ON_THE_WAY, Group, Shown, has_file, shown_state

BEFORE_WRITING = frozenset({"reading", "computing"})
"""Stages after which the file is still to be written: at their end a report may have minutes to go."""
LEAST_SHARE = 0.02
"""With less of the work done nobody can tell when it will end."""

UNDER_WAY = tuple(shown for shown in Shown if shown.value.group is Group.UNDER_WAY and shown not in ON_THE_WAY)
"""The states that the service has not ended."""

PATH_MARKS = frozenset("/\\:")
"""Without any of these a name is no path, on any system."""

GRACE_FROM = timedelta(seconds=60)
"""A report that has run for so long is worth five seconds in which its cancel can be undone."""


class Work(Struct, frozen=True):
    """The contents of the progress cell: a text, where there is a bar its share, and a word at the right."""

    text: str
    short: str = ""
    """The text for where there is less room; empty where it is the same."""
    share: float | None = None
    """From 0 to 1; None where nobody knows."""
    has_bar: bool = False
    note: str = ""
    """Stands at the right in place of the share."""

    @property
    def right(self) -> str:
        """What stands at the right: the note, or the share in percent."""
        return self.note or (numbers.say_share(self.share) if self.has_bar and self.share is not None else "")


class ReportRow(Struct, frozen=True, kw_only=True, dict=True):
    """One row of the list, and what can be done with its report."""

    report_id: str
    title: str
    shown: Shown
    work: Work
    definition: str = ""
    values: Mapping[str, Any] = {}
    """The parameters themselves, and below what they may be."""
    schema: Schema = {}
    row_count: int | None = None
    size_bytes: int | None = None
    asked_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expected_at: datetime | None = None
    """When it is going to end, at the pace so far."""
    link_expires_at: datetime | None = None
    format: str = ""
    file_name: str = ""
    """A name for the file, safe to be joined to a folder; empty where there is no file."""
    saved_path: Path | None = None
    is_paused: bool = False
    can_cancel: bool = False
    has_link: bool = False
    has_preview: bool = False

    @cached_property
    def parameters(self) -> str:
        """What differs from the defaults, in words; said only of rows that are looked at, of thousands."""
        return say_parameters(self.values, self.schema)

    @cached_property
    def all_parameters(self) -> tuple[str, ...]:
        """A line for each parameter."""
        return list_parameters(self.values, self.schema)

    @property
    def parameters_in_name(self) -> str:
        """What differs from the defaults, for a file's name, in no language; empty where nothing does."""
        return say_in_name(self.values, self.schema)

    @property
    def is_under_way(self) -> bool:
        """Whether the service has not ended it."""
        return self.shown in UNDER_WAY

    @property
    def can_save(self) -> bool:
        """Whether there is a file to save that is not being saved."""
        return self.has_link and not self.is_on_the_way

    @property
    def is_on_the_way(self) -> bool:
        """Whether its file is being saved, or would be if that were not paused."""
        return self.shown in ON_THE_WAY

    def wants_grace(self, now: datetime) -> bool:
        """Return whether its cancel can be undone for a moment."""
        return self.started_at is not None and now - self.started_at >= GRACE_FROM


class Around(Struct, frozen=True):
    """Everything beside the entry that a row is made from."""

    now: datetime
    """Aware, in the time zone of the analyst."""
    definition: DefinitionInfo | None = None
    download: Download | None = None
    offline_since: datetime | None = None
    """None while connected."""
    stops_at: datetime | None = None
    """When a cancel that can still be undone goes out."""


def make_row(entry: Entry, around: Around) -> ReportRow:
    """Return the row of one report."""
    snapshot, definition, now = entry.snapshot, around.definition, around.now
    schema: Schema = definition.parameters if definition else {}
    asked = snapshot or entry.request
    values = asked.parameters if asked else {}
    shown = shown_state(entry, around.download, now, is_connected=around.offline_since is None)
    result = snapshot.result if snapshot else None
    link = snapshot.link if snapshot and has_file(entry, now) else None
    return ReportRow(
        report_id=entry.report_id,
        title=definition.title if definition else entry.definition,
        shown=shown,
        work=_say_work(entry, shown, around),
        definition=entry.definition,
        values=values,
        schema=schema,
        row_count=result.row_count if result else None,
        size_bytes=result.size_bytes if result else None,
        asked_at=snapshot.created_at if snapshot else entry.asked_at,
        started_at=snapshot.started_at if snapshot else None,
        finished_at=(snapshot.finished_at if snapshot else None) or (entry.asked_at if entry.refusal else None),
        expected_at=_expected(snapshot, now) if shown is Shown.RUNNING else None,
        link_expires_at=link.expires_at if link else None,
        format=(asked.format or "") if asked else "",
        file_name=_safe_name(result.file_name) if result and has_file(entry, now) else "",
        saved_path=around.download.saved_path if around.download else None,
        is_paused=around.download is not None and around.download.state is DownloadState.PAUSED,
        can_cancel=(entry.is_open and not entry.is_cancel_asked) or shown in ON_THE_WAY,
        has_link=link is not None and link.url != NOT_SAFE,
        has_preview=link is not None and link.preview_url is not None,
    )


def say_error(entry: Entry, schema: Schema) -> str:
    """Return why a report failed, was refused or is gone, or an empty text."""
    if entry.snapshot and entry.snapshot.error:
        return tr(entry.snapshot.error.message)
    if entry.refusal:
        fields = entry.refusal.fields or {}
        said = [f"{title_of(place.removeprefix(PARAMETERS), schema)} {reason}." for place, reason in fields.items()]
        return " ".join(said) or tr(entry.refusal.message)
    return ""


def _say_work(entry: Entry, shown: Shown, around: Around) -> Work:  # noqa: C901, PLR0911, PLR0912  a case for each state
    snapshot, download = entry.snapshot, around.download
    schema: Schema = around.definition.parameters if around.definition else {}
    if around.stops_at and entry.is_open:
        return Work(tr("Stops in {seconds} s. Ctrl+Z keeps it.", seconds=_seconds_left(around.stops_at, around.now)))
    match shown:
        case Shown.UNSENT:
            return Work(tr("Goes out when connected"))
        case Shown.QUEUED:
            return Work(tr("Waits for a free worker"))
        case Shown.RUNNING:
            return say_progress(snapshot.progress if snapshot else None, around)
        case Shown.SAVING | Shown.PAUSED if download:
            return _say_saving(download, around)
        case Shown.SAVED if download and download.saved_path:
            return Work(f"{tr('Saved as')} {download.saved_path.name}")
        case Shown.READY if download and download.state is DownloadState.MISSING:
            return Work(tr("Moved or deleted"))
        case Shown.READY if download and download.state is DownloadState.FAILED:
            return Work(tr(download.error or "The file could not be saved."))
        case Shown.READY:
            has_rows = snapshot is None or snapshot.result is None or snapshot.result.row_count > 0
            return Work(tr("Ready to save") if has_rows else tr("No rows"))
        case Shown.EXPIRED if snapshot and snapshot.result and not entry.refusal:
            day = numbers.say_day(snapshot.result.expires_at, around.now)
            return Work(tr("The file was kept until {day}", day=day))
        case Shown.FAILED | Shown.REFUSED | Shown.EXPIRED:
            return Work(" ".join(say_error(entry, schema).split()))
        case Shown.CANCELLED:
            return Work(_say_cancelled(entry))
        case _:
            return Work("")


def say_progress(progress: Progress | None, around: Around) -> Work:
    """Return the progress of a running report."""
    note = _as_of(around)
    if progress is None:
        return Work(tr("Starting"), has_bar=True, note=note)
    stage, amount = numbers.say_stage(progress.stage), numbers.say_amount(progress)
    share = _share(progress)
    if not amount:
        return Work(stage, has_bar=True, share=share, note=note)
    return Work(f"{stage} {amount}", amount, share, has_bar=True, note=note)


def _say_saving(download: Download, around: Around) -> Work:
    note = tr("Paused") if download.state is DownloadState.PAUSED else tr("waits") if around.offline_since else ""
    if download.total_bytes <= 0:
        return Work(tr("Saving"), has_bar=True, note=note)
    share = min(1.0, download.received_bytes / download.total_bytes)
    text = numbers.say_sizes(download.received_bytes, download.total_bytes)
    return Work(text, share=share, has_bar=True, note=note)


def _say_cancelled(entry: Entry) -> str:
    progress = entry.snapshot.progress if entry.snapshot else None
    share = _share(progress) if progress else None
    if not entry.is_cancel_asked or share is None:
        return tr("Cancelled")
    return tr("Cancelled by you at {share}", share=numbers.say_share(share))


def _share(progress: Progress) -> float | None:
    return min(1.0, progress.completed / progress.total) if progress.total else None


def _as_of(around: Around) -> str:
    return tr("as of {time}", time=f"{around.offline_since:%H:%M}") if around.offline_since else ""


def _seconds_left(at: datetime, now: datetime) -> int:
    return max(1, round((at - now).total_seconds()))


def _expected(snapshot: Snapshot | None, now: datetime) -> datetime | None:
    """Return when a report is going to end; None where too little is done to tell, or a long stage follows."""
    if snapshot is None or snapshot.started_at is None or snapshot.progress is None or is_terminal(snapshot.state):
        return None
    if snapshot.progress.stage in BEFORE_WRITING:
        return None
    share = _share(snapshot.progress)
    if share is None or share < LEAST_SHARE:
        return None
    ran = now - snapshot.started_at
    return now + ran * ((1 - share) / share) if ran > timedelta(0) else None


def _safe_name(name: str) -> str:
    """Return the last part of a name that the service suggests: no other may lead to a folder of this disk."""
    last = PurePosixPath(PureWindowsPath(name).name).name if PATH_MARKS.intersection(name) else name
    return last.lstrip(". ") or "report"
