"""The columns of the list: the text of each cell, and what its column is sorted by.

`ReportRow`, now ──▶ **COLUMNS** ── texts, keys ──▶ reports_model, delegate, arrangement. No Qt and no clock.

Texts that grow older, "3 min ago", are made when they are painted: rows change only when their reports do.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from desktop.wording import numbers
from desktop.wording.formats import say_format
from desktop.wording.language import tr
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown

NEVER = datetime.min.replace(tzinfo=UTC)
RENEW = "renew"
"""Stands for a link that has expired while the file has not."""


class ColumnId(StrEnum):
    """A column; the value is its name in what is kept."""

    STATE = "state"
    REPORT = "report"
    PARAMETERS = "parameters"
    PROGRESS = "progress"
    ROWS = "rows"
    SIZE = "size"
    FINISHED = "finished"
    LINK = "link"
    ASKED = "asked"
    RAN_FOR = "ranFor"
    FORMAT = "format"
    FILE = "file"


class Column(Struct, frozen=True):
    """One column."""

    id: ColumnId
    title: str
    """In English."""
    text: Callable[[ReportRow, datetime], str]
    key: Callable[[ReportRow], Any]
    """A value to sort by; all of a column can be compared."""
    is_number: bool = False
    """Whether it stands at the right, like its title."""
    is_hidden_at_first: bool = False
    longest: Callable[[], Iterable[str]] = tuple
    """Texts in the language that is spoken, the longest of which it has room for."""


def say_finished(row: ReportRow, now: datetime) -> str:
    """Return when a report ended, or is going to."""
    if row.finished_at:
        return numbers.say_ago(row.finished_at, now)
    is_known = row.expected_at is not None and not row.work.note
    return numbers.say_in(row.expected_at, now) if row.expected_at and is_known else ""


def say_link(row: ReportRow, now: datetime) -> str:
    """Return how long the link works: "14 min", or "renew"."""
    if not row.has_link or row.link_expires_at is None:
        return ""
    left_s = (row.link_expires_at - now).total_seconds()
    if left_s <= 0:
        return tr(RENEW)
    minutes = int(left_s // numbers.MINUTE_S)
    if minutes < 1:
        return tr("< 1 min")
    return tr("{minutes} min", minutes=minutes) if minutes < numbers.HOUR_MIN else numbers.say_roughly(left_s)


_NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)
_MOMENTS = (
    _NEW_YEAR,
    _NEW_YEAR - timedelta(minutes=59),
    *(datetime(2026, month, 28, tzinfo=UTC) for month in range(1, 13)),
)
"""One of each kind: just now, some minutes ago, a day of each month of another year."""
_DURATIONS_S = (59, 59 * 60, 23 * 3600)


def _longest_finished() -> Iterable[str]:
    yield from (numbers.say_ago(at, _NEW_YEAR) for at in _MOMENTS)
    yield from (numbers.say_in(_NEW_YEAR + timedelta(seconds=each), _NEW_YEAR) for each in _DURATIONS_S)


def _longest_link() -> Iterable[str]:
    yield from (tr("< 1 min"), tr("{minutes} min", minutes=59), tr(RENEW))
    yield from map(numbers.say_roughly, _DURATIONS_S)


def _longest_asked() -> Iterable[str]:
    return (numbers.say_time(at, _NEW_YEAR) for at in _MOMENTS)


def _ran_for(row: ReportRow, now: datetime) -> str:
    seconds = _seconds(row, now)
    return "" if seconds is None else numbers.say_elapsed(seconds)


def _seconds(row: ReportRow, now: datetime) -> float | None:
    if row.started_at is None or (row.finished_at is None and not row.is_under_way):
        return None
    return ((row.finished_at or now) - row.started_at).total_seconds()


def _finished_key(row: ReportRow) -> tuple[int, float]:
    """Order by the end; what is under way comes after all that has ended, in no order: estimates change, rows stay."""
    if row.is_under_way:
        return (1, 0.0)
    ended_at = row.finished_at or row.asked_at
    return (0, ended_at.timestamp() if ended_at else 0.0)


COLUMNS = (
    Column(
        ColumnId.STATE,
        "State",
        lambda row, _: tr(row.shown.value.words),
        lambda row: row.shown.rank,
        longest=lambda: (tr(shown.value.words) for shown in Shown),
    ),
    Column(ColumnId.REPORT, "Report", lambda row, _: row.title, lambda row: row.title.casefold()),
    Column(ColumnId.PARAMETERS, "Parameters", lambda row, _: row.parameters, lambda row: row.parameters.casefold()),
    Column(ColumnId.PROGRESS, "Progress", lambda row, _: row.work.text, lambda row: row.work.share or 0.0),
    Column(
        ColumnId.ROWS,
        "Rows",
        lambda row, _: "" if row.row_count is None else numbers.say_count(row.row_count),
        lambda row: -1 if row.row_count is None else row.row_count,
        is_number=True,
        longest=lambda: [numbers.say_count(10_000_000)],
    ),
    Column(
        ColumnId.SIZE,
        "Size",
        lambda row, _: "" if row.size_bytes is None else numbers.say_size(row.size_bytes),
        lambda row: -1 if row.size_bytes is None else row.size_bytes,
        is_number=True,
        longest=lambda: [numbers.say_size(113_000_000)],
    ),
    Column(ColumnId.FINISHED, "Finished", say_finished, _finished_key, is_number=True, longest=_longest_finished),
    Column(
        ColumnId.LINK,
        "Link",
        say_link,
        lambda row: (row.link_expires_at or NEVER).timestamp() if row.has_link and row.link_expires_at else 0.0,
        is_number=True,
        longest=_longest_link,
    ),
    Column(
        ColumnId.ASKED,
        "Asked",
        lambda row, now: numbers.say_time(row.asked_at, now) if row.asked_at else "",
        lambda row: row.asked_at.timestamp() if row.asked_at else 0.0,
        is_number=True,
        is_hidden_at_first=True,
        longest=_longest_asked,
    ),
    Column(
        ColumnId.RAN_FOR,
        "Ran for",
        _ran_for,
        lambda row: ((row.finished_at or row.started_at) - row.started_at).total_seconds() if row.started_at else -1.0,
        is_number=True,
        is_hidden_at_first=True,
        longest=lambda: ["1:02:03"],
    ),
    Column(
        ColumnId.FORMAT,
        "Format",
        lambda row, _: say_format(row.format) if row.format else "",
        lambda row: row.format,
        is_hidden_at_first=True,
        longest=lambda: [say_format("xlsx")],
    ),
    Column(
        ColumnId.FILE,
        "File",
        lambda row, _: row.saved_path.name if row.saved_path else row.file_name,
        lambda row: row.file_name.casefold(),
        is_hidden_at_first=True,
        longest=lambda: ["worst-days-EWR.xlsx"],
    ),
)
BY_ID = {column.id: column for column in COLUMNS}
NUMBERS = {column.id: number for number, column in enumerate(COLUMNS)}


def describe_cell(column: Column, row: ReportRow, now: datetime) -> str:
    """Return a cell as it is read aloud: whole, a bar in words; never empty."""
    text = column.text(row, now)
    if column.id is ColumnId.PROGRESS and row.work.share is not None:
        share = int(row.work.share * 100)
        text = tr("{text}, {share} percent", text=text, share=share) if text else tr("{share} percent", share=share)
    return text or tr("none")
