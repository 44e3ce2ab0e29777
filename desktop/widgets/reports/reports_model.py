"""The list of reports as a Qt model over immutable rows.

main_window ── rows ──▶ **ReportsModel** ── the fewest changes ──▶ reports_table, row_delegate
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl

from desktop.widgets.plain_text import tooltip
from desktop.wording.language import tr
from desktop.wording.reports.report_columns import COLUMNS, Column, ColumnId, describe_cell
from desktop.wording.reports.report_row import ReportRow

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ReportsModel(QAbstractTableModel):
    """Rows by report id. Rows that stay keep their indexes, so that the selection survives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ReportRow] = []
        self._shown: Sequence[ReportRow] = ()
        """The rows as they were given last."""
        self._numbers: dict[str, int] = {}
        self.now = datetime.now(UTC)
        """The moment for which texts such as "3 min ago" are made."""

    @property
    def rows(self) -> Sequence[ReportRow]:
        """All rows, as shown."""
        return self._rows

    def row_at(self, number: int) -> ReportRow | None:
        """Return a row, or None where there is none."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def number_of(self, report_id: str) -> int | None:
        """Return the place of a report, or None where it is not shown."""
        return self._numbers.get(report_id)

    def set_rows(self, rows: Sequence[ReportRow]) -> None:
        """Show `rows`, in their order, by the fewest changes; the very same rows once more cost nothing."""
        if rows is self._shown:
            return
        self._shown = rows
        ids = [row.report_id for row in rows]
        if ids != list(self._numbers):
            self._remove_all_but(dict.fromkeys(ids))
            self._sort([report_id for report_id in ids if report_id in self._numbers])
            self._insert(rows)
        self._renew(rows)

    def _remove_all_but(self, wanted: dict[str, None]) -> None:
        gone = [number for number, row in enumerate(self._rows) if row.report_id not in wanted]
        for first, last in reversed(_runs(gone)):
            self.beginRemoveRows(ROOT, first, last)
            del self._rows[first : last + 1]
            self._number()
            self.endRemoveRows()

    def _sort(self, ids: list[str]) -> None:
        """Bring the rows that are there into another order at once; indexes that somebody keeps go with their rows."""
        if [row.report_id for row in self._rows] == ids:
            return
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        named = [self._rows[index.row()].report_id for index in kept]
        by_id = {row.report_id: row for row in self._rows}
        self._rows = [by_id[report_id] for report_id in ids]
        self._number()
        moved = [self.index(self._numbers[name], index.column()) for name, index in zip(named, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _insert(self, rows: Sequence[ReportRow]) -> None:
        new = [number for number, row in enumerate(rows) if row.report_id not in self._numbers]
        for first, last in _runs(new):
            self.beginInsertRows(ROOT, first, last)
            self._rows[first:first] = rows[first : last + 1]
            self._number()
            self.endInsertRows()

    def _renew(self, rows: Sequence[ReportRow]) -> None:
        """Announce each changed row by itself: for a span that ends below the view, Qt paints all that is seen."""
        changed = [number for number, row in enumerate(rows) if row is not self._rows[number]]
        if changed:
            self._rows = list(rows)
        for number in changed:
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))

    def _number(self) -> None:
        self._numbers = {row.report_id: number for number, row in enumerate(self._rows)}

    # --- as Qt asks ---

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the columns; a cell has none below it."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401, N802  Qt's
        """Return the titles, aligned like what stands below them."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.DisplayRole:
            return tr(COLUMNS[section].title)
        return alignment(COLUMNS[section]) if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401  Qt's
        """Return what one cell shows, says and tells."""
        if not index.isValid():
            return None
        column, row = COLUMNS[index.column()], self._rows[index.row()]
        match role:
            case Role.DisplayRole:
                return column.text(row, self.now)
            case Role.TextAlignmentRole:
                return alignment(column)
            case Role.ToolTipRole:
                return tooltip(*_told(column, row, self.now))
            case Role.AccessibleTextRole:
                return describe_cell(column, row, self.now)
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let a row whose file is on disk be dragged."""
        flags = super().flags(index)
        row = self.row_at(index.row()) if index.isValid() else None
        return flags | Qt.ItemFlag.ItemIsDragEnabled if row and row.saved_path else flags

    def mimeTypes(self) -> list[str]:  # noqa: N802  Qt's name
        """Return the type of what is dragged: files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802  Qt's name
        """Return the saved files of rows."""
        paths = {row.saved_path for index in indexes if (row := self.row_at(index.row())) and row.saved_path}
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(paths)])
        return data


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Return the alignment of a column's cells and title: numbers right, words left."""
    return RIGHT if column.is_number else LEFT


def _told(column: Column, row: ReportRow, now: datetime) -> tuple[str, ...]:
    """Return the lines of a cell's tooltip: the whole text, of parameters each."""
    if column.id in {ColumnId.PARAMETERS, ColumnId.REPORT}:
        return (row.title, *row.all_parameters)
    if column.id is ColumnId.FILE and row.saved_path:
        return (str(row.saved_path),)
    return (column.text(row, now),)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of neighbours in ascending numbers."""
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        runs.append((members[0], members[-1]))
    return runs
