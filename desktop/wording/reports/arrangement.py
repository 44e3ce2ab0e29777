"""Which reports the list shows, and in which order.

rows, `Arrangement` ──▶ **arrange** ── rows ──▶ reports_model
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

from msgspec import Struct

from desktop.wording.language import tr
from desktop.wording.reports.report_columns import BY_ID, ColumnId
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Group, Shown


class Chip(StrEnum):
    """A filter by state; the value is its name in English."""

    ALL = "All"
    UNDER_WAY = "Under way"
    READY = "Ready"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


class Arrangement(Struct, frozen=True):
    """The analyst's choice of rows and of their order."""

    column: ColumnId = ColumnId.FINISHED
    is_descending: bool = True
    chip: Chip = Chip.ALL
    search: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether it may leave rows out."""
        return self.chip is not Chip.ALL or bool(self.search.split())


_CHIPS = {group: Chip(group.value) for group in Group}


def arrange(rows: Iterable[ReportRow], arrangement: Arrangement, kept: AbstractSet[str]) -> tuple[ReportRow, ...]:
    """Return the rows that pass the filters, and those in `kept` whatever they are, sorted.

    Rows that are equal in the column are ordered by when they were asked for, then by id, so that none ever moves
    without a reason.
    """
    is_filtered = arrangement.is_filtered
    passed = [row for row in rows if not is_filtered or row.report_id in kept or passes(row, arrangement)]
    passed.sort(key=_age_key, reverse=True)
    passed.sort(key=BY_ID[arrangement.column].key, reverse=arrangement.is_descending)
    return tuple(passed)


def stay_in_place(before: Mapping[str, ReportRow], rows: Mapping[str, ReportRow], arrangement: Arrangement) -> bool:
    """Return whether the same rows are shown in the same order as `before`, though some of them changed."""
    if before.keys() != rows.keys():
        return False
    changed = [(row, renewed) for report_id, row in before.items() if (renewed := rows[report_id]) is not row]
    key, is_filtered = BY_ID[arrangement.column].key, arrangement.is_filtered
    return all(
        key(row) == key(renewed)
        and _age_key(row) == _age_key(renewed)
        and not (is_filtered and passes(row, arrangement) != passes(renewed, arrangement))
        for row, renewed in changed
    )


def _age_key(row: ReportRow) -> tuple[float, str]:
    return (row.asked_at.timestamp() if row.asked_at else 0.0, row.report_id)


def count_chips(rows: Iterable[ReportRow]) -> Mapping[Chip, int]:
    """Return how many rows each chip would show."""
    states = [row.shown for row in rows]
    counts = dict.fromkeys(Chip, 0) | {Chip.ALL: len(states)}
    for state in Shown:
        if state.value.group:
            counts[_CHIPS[state.value.group]] += states.count(state)  # hashing each state costs ten times as much
    return counts


def passes(row: ReportRow, arrangement: Arrangement) -> bool:
    """Return whether a row passes the filters."""
    chip, words = arrangement.chip, arrangement.search.casefold().split()
    group = row.shown.value.group
    if chip is not Chip.ALL and (group is None or _CHIPS[group] is not chip):
        return False
    if not words:
        return True
    text = " ".join(
        (row.title, row.parameters, *row.all_parameters, tr(row.shown.value.words), row.work.text)
    ).casefold()
    return all(word in text for word in words)
