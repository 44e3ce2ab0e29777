"""The table of reports as the analyst sees it.

reports_model ── rows ──▶ **ReportsTable** ── chosen row ──▶ reports_panel. Layout only.
"""

from PySide6.QtCore import QItemSelection, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from desktop.widgets.reports.progress_delegate import ProgressDelegate
from desktop.widgets.reports.reports_model import COLUMNS, ReportsModel
from desktop.wording.report_row import ReportRow

EMPTY_TEXT = "No reports yet. Choose one and press Generate."
STRETCH_WIDTH = 226
"""Room for "Writing · 120,000 of 336,776 rows"."""

ROW_PADDING = 24
"""Room for a bar below the text."""


class ReportsTable(QTableView):
    """One row a report; one may be chosen.

    Signals:
        row_changed(ReportRow | None): Another row is chosen, or the chosen one says something else.
        row_activated(ReportRow): A row was double-clicked, or Enter pressed on it.
    """

    row_changed = Signal(object)
    row_activated = Signal(object)

    def __init__(self, model: ReportsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reports = model
        self.setModel(model)
        self.setAccessibleName("Reports")
        self.setItemDelegate(ProgressDelegate(self))
        self._lay_out()
        self._connect(model)

    @property
    def current_row(self) -> ReportRow | None:
        """The chosen row."""
        chosen = self.selectionModel().selectedRows()
        return self._reports.row_at(chosen[0].row()) if chosen else None

    def choose(self, report_id: str) -> bool:
        """Choose a report and bring it into view; return whether it is there."""
        number = self._reports.number_of(report_id)
        if number is None:
            return False
        self.selectRow(number)
        self.scrollTo(self._reports.index(number, 0))
        return True

    def _lay_out(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(12, 12))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + ROW_PADDING)
        self._size_columns()

    def _size_columns(self) -> None:
        """Fixed or stretched: asking every cell for its size would stall on live updates."""
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        for number, column in enumerate(COLUMNS):
            if column.width is None:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
            else:
                header.resizeSection(number, column.width)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Leave out what there is no room for; the details say it too."""
        super().resizeEvent(event)
        left = self.viewport().width() - STRETCH_WIDTH - sum(column.width or 0 for column in COLUMNS)
        for number, column in sorted(enumerate(COLUMNS), key=lambda each: each[1].yields):
            is_left_out = column.yields > 0 and left < 0
            self.setColumnHidden(number, is_left_out)
            left += (column.width or 0) if is_left_out else 0

    def _connect(self, model: ReportsModel) -> None:
        self.selectionModel().selectionChanged.connect(self._emit_row)
        self.activated.connect(self._emit_activated)
        model.dataChanged.connect(self._emit_row_if_within)
        model.rowsInserted.connect(self._choose_first)
        model.rowsRemoved.connect(lambda *_: self.viewport().update())

    def _emit_row(self, _new: QItemSelection, _old: QItemSelection) -> None:
        self.row_changed.emit(self.current_row)

    def _emit_row_if_within(self, first: QModelIndex, last: QModelIndex) -> None:
        current = self.currentIndex()
        if first.row() <= current.row() <= last.row():
            self.row_changed.emit(self.current_row)

    def _emit_activated(self, index: QModelIndex) -> None:
        self.row_activated.emit(self._reports.row_at(index.row()))

    def _choose_first(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if not self.selectionModel().hasSelection():
            self.selectRow(first)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Say what to do where there is nothing to show."""
        super().paintEvent(event)
        if self._reports.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_TEXT)
            painter.end()
