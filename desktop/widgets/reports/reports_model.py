"""The table of reports as a Qt model over immutable rows.

main_window ── rows ──▶ **ReportsModel** ── the fewest changes ──▶ reports_table. No session and no clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import icons
from desktop.wording.report_row import Bar, ReportRow

BAR_ROLE = Qt.ItemDataRole.UserRole + 1
"""A `Bar`, or None where the text is all there is."""

TONE_ROLE = Qt.ItemDataRole.UserRole + 2
"""The `Tone` of a text that is more than plain, or None."""

ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it says of a row and how wide it starts. `width` None takes the space that is left."""

    title: str
    text: Callable[[ReportRow], str]
    width: int | None
    bar: Callable[[ReportRow], Bar | None] = lambda _: None
    is_number: bool = False
    has_tone: bool = False
    has_dot: bool = False
    yields: int = 0
    """The order in which columns are hidden when room is scarce, lowest first; 0 is never hidden."""


def _progress(row: ReportRow) -> str:
    return row.bar.text if row.bar else row.note


COLUMNS = (
    Column("Report", lambda row: row.title, 196),
    Column("State", lambda row: row.state, 106, has_dot=True),
    Column("Progress", _progress, None, bar=lambda row: row.bar, has_tone=True),
    Column("Elapsed", lambda row: row.elapsed, 72, is_number=True, yields=1),
    Column("Rows", lambda row: row.rows, 78, is_number=True, yields=4),
    Column("Size", lambda row: row.size, 76, is_number=True, yields=2),
    Column("File", lambda row: row.file, 84, bar=lambda row: row.file_bar),
    Column("Requested", lambda row: row.requested_at, 84, yields=3),
)
ELAPSED = next(number for number, column in enumerate(COLUMNS) if column.title == "Elapsed")


class ReportsModel(QAbstractTableModel):
    """Rows by report id. Rows that stay keep their index, so selection and scroll position survive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ReportRow] = []
        self._ids: set[str] = set()

    def row_at(self, number: int) -> ReportRow | None:
        """Return a row, or None where there is none."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def number_of(self, report_id: str) -> int | None:
        """Return where a report stands, or None."""
        return next((number for number, row in enumerate(self._rows) if row.report_id == report_id), None)

    def set_reports(self, rows: Sequence[ReportRow]) -> None:
        """Show `rows`, in their order, by the fewest changes. The same object as before costs one comparison."""
        self._remove_all_but({row.report_id for row in rows})
        for number, row in enumerate(rows):
            self._place(number, row)

    def _remove_all_but(self, kept: set[str]) -> None:
        if self._ids <= kept:
            return
        for number in reversed(range(len(self._rows))):
            if self._rows[number].report_id not in kept:
                self.beginRemoveRows(ROOT, number, number)
                self._ids.remove(self._rows.pop(number).report_id)
                self.endRemoveRows()

    def _place(self, number: int, row: ReportRow) -> None:
        known = self.row_at(number)
        if known is row:
            return
        if row.report_id not in self._ids:
            self._insert(number, row)
        elif known is None or known.report_id != row.report_id:
            self._move(number, row)
        before = self._rows[number]
        if before != row:
            self._rows[number] = row
            is_only_older = replace(before, elapsed=row.elapsed) == row
            first, last = (ELAPSED, ELAPSED) if is_only_older else (0, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(number, first), self.index(number, last))

    def _insert(self, number: int, row: ReportRow) -> None:
        self.beginInsertRows(ROOT, number, number)
        self._rows.insert(number, row)
        self._ids.add(row.report_id)
        self.endInsertRows()

    def _move(self, number: int, row: ReportRow) -> None:
        """Move a row up to `number`: everything above is in place already."""
        before = next(i for i in range(number, len(self._rows)) if self._rows[i].report_id == row.report_id)
        self.beginMoveRows(ROOT, before, before, ROOT, number)
        self._rows.insert(number, self._rows.pop(before))
        self.endMoveRows()

    # --- as Qt asks ---

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the columns; a cell has none below it."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401, N802  Qt's
        """Return the titles, aligned like what stands below them."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return _alignment(COLUMNS[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401  Qt's
        """Return what one cell shows."""
        if not index.isValid():
            return None
        answer = _ROLES.get(role)
        return answer(COLUMNS[index.column()], self._rows[index.row()]) if answer else None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tooltip(column: Column, row: ReportRow) -> str:
    """Return the whole text, as the cell may cut it."""
    text = row.detail if column.has_dot and row.detail else column.text(row)
    return tooltip(text)


_ROLES: dict[int, Callable[[Column, ReportRow], Any]] = {
    Qt.ItemDataRole.DisplayRole: lambda column, row: column.text(row),
    Qt.ItemDataRole.ToolTipRole: _tooltip,
    Qt.ItemDataRole.TextAlignmentRole: lambda column, _: _alignment(column),
    Qt.ItemDataRole.DecorationRole: lambda column, row: (
        icons.icon("state-running", row.tone.value) if column.has_dot else None
    ),
    BAR_ROLE: lambda column, row: column.bar(row),
    TONE_ROLE: lambda column, row: row.tone if column.has_tone and not column.bar(row) else None,
}
