"""The table of reports as the analyst sees it.

reports_model ── rows ──▶ **ReportsTable** ── chosen report ──▶ reports_panel. Layout only.
"""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QSize, Qt, Signal
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
        chosen(str): The analyst chose another row; the report's id.
    """

    chosen = Signal(str)

    def __init__(self, model: ReportsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reports = model
        self._shown: str | None = None
        """The report that `show_reports` was told."""
        self._is_showing = False
        """Whether the selection is moved by what is shown, and not by the analyst."""
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

    def show_reports(self, rows: Sequence[ReportRow], chosen: str | None) -> None:
        """Show rows, and one report as the chosen one, which is brought into view if it was another."""
        self._is_showing = True
        self._reports.set_reports(rows)
        self._choose(chosen)
        self._is_showing = False

    def _choose(self, report_id: str | None) -> None:
        self._shown = report_id
        number = None if report_id is None else self._reports.number_of(report_id)
        if number is not None and self.current_row != self._reports.row_at(number):
            self.selectRow(number)
            self.scrollTo(self._reports.index(number, 0))

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
        """Hide columns for which there is no room; the details show them too."""
        super().resizeEvent(event)
        left = self.viewport().width() - STRETCH_WIDTH - sum(column.width or 0 for column in COLUMNS)
        for number, column in sorted(enumerate(COLUMNS), key=lambda each: each[1].yields):
            is_left_out = column.yields > 0 and left < 0
            self.setColumnHidden(number, is_left_out)
            left += (column.width or 0) if is_left_out else 0

    def _connect(self, model: ReportsModel) -> None:
        self.selectionModel().selectionChanged.connect(self._emit_chosen)
        model.rowsRemoved.connect(lambda *_: self.viewport().update())

    def _emit_chosen(self, _new: QItemSelection, _old: QItemSelection) -> None:
        row = None if self._is_showing else self.current_row
        if row is not None and row.report_id != self._shown:
            self.chosen.emit(row.report_id)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint a hint if there are no reports."""
        super().paintEvent(event)
        if self._reports.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_TEXT)
            painter.end()
