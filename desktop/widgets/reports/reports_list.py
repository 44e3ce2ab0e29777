"""The reports: filters above, rows below, or words where there are none.

main_window ── `WindowView` ──▶ **ReportsList** ── what the analyst wants ──▶ main_window
"""

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.reports.empty_state import EmptyState
from desktop.widgets.reports.filter_bar import FilterBar
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.wording.reports.arrangement import Arrangement, Chip
from desktop.wording.reports.empty import Help
from desktop.wording.reports.report_columns import BY_ID, ColumnId
from desktop.wording.window import WindowView


class ReportsList(QWidget):
    """Filters and the table.

    Signals:
        arranged(Arrangement): Show other rows, or in another order.
        selected(list, str): Other reports are selected, by id, and the current one of them.
        removed_asked(): The removed reports are to be shown again.
        opened(str): A report is to be opened.
        renew_asked(str): A report's link is to be renewed.
        menu_asked(QPoint): A menu about the selected reports is wanted.
        columns_asked(QPoint): A menu about the columns is.
        help_asked(), address_asked(): The button in the place of the rows: what the one beside the connection does, or
            the address to sign in at on the clipboard.
    """

    arranged = Signal(object)
    selected = Signal(list, str)
    removed_asked = Signal()
    opened = Signal(str)
    renew_asked = Signal(str)
    menu_asked = Signal(QPoint)
    columns_asked = Signal(QPoint)
    help_asked = Signal()
    address_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = FilterBar()
        self.table = ReportsTable()
        self.empty = EmptyState(self.table)
        self._arrangement = Arrangement()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filters)
        layout.addWidget(self.table, 1)
        self._connect()

    def show_view(self, view: WindowView) -> None:
        """Show the rows, which of them are selected, and how they are arranged."""
        self._arrangement = view.desk.arrangement
        self.filters.show_arrangement(view.desk.arrangement, view.chips)
        self.table.show_arrangement(view.desk.arrangement)
        selected = [row.report_id for row in view.selected]
        current = view.desk.current if view.desk.current in selected else next(iter(selected), None)
        self.table.show_rows(view.listed, selected, current, view.now)
        self.empty.show_text(view.empty)

    def focus_search(self, text: str = "") -> None:
        """Go to the search, with what was typed elsewhere added to it."""
        search = self.filters.search
        search.setFocus()
        if text:
            search.setText(search.text() + text)
        else:
            search.selectAll()

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        return [*self.filters.stops(), self.table]

    def show_chip(self, chip: Chip) -> None:
        """Ask for the reports of a chip."""
        self.arranged.emit(replace(self._arrangement, chip=chip))

    def sort_by(self, name: str) -> None:
        """Sort by a column; by the same once more, the other way round. Numbers begin with the largest."""
        column, before = ColumnId(name), self._arrangement
        is_same = column is before.column
        is_descending = not before.is_descending if is_same else BY_ID[column].is_number
        self.arranged.emit(replace(before, column=column, is_descending=is_descending))

    def _connect(self) -> None:
        self.filters.chip_chosen.connect(self.show_chip)
        self.filters.searched.connect(lambda text: self.arranged.emit(replace(self._arrangement, search=text)))
        self.filters.columns_asked.connect(self.columns_asked)
        self.filters.left.connect(self.table.setFocus)
        self.table.typed.connect(self.focus_search)
        self.table.sorted_by.connect(self.sort_by)
        self.table.selected.connect(self.selected)
        self.table.opened.connect(self.opened)
        self.table.renew_asked.connect(self.renew_asked)
        self.table.menu_asked.connect(self.menu_asked)
        self.table.columns_menu_asked.connect(self.columns_asked)
        self.empty.pressed.connect(self._help)

    def _help(self, wanted: Help) -> None:
        match wanted:
            case Help.SHOW_ALL:
                self.arranged.emit(replace(self._arrangement, chip=Chip.ALL, search=""))
            case Help.SHOW_REMOVED:
                self.removed_asked.emit()
            case Help.CONNECTION:
                self.help_asked.emit()
            case Help.ADDRESS:
                self.address_asked.emit()
