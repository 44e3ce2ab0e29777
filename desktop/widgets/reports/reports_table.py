"""The list of reports as the analyst sees it.

reports_model ── rows ──▶ **ReportsTable** ── selection, what is opened, typed, asked for ──▶ reports_list
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from desktop.widgets.reports.columns import Columns
from desktop.widgets.reports.reports_model import ReportsModel
from desktop.widgets.reports.row_delegate import RowDelegate
from desktop.widgets.sort_header import SortHeader
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.reports.arrangement import Arrangement
from desktop.wording.reports.report_columns import COLUMNS, NUMBERS, RENEW, ColumnId, say_link
from desktop.wording.reports.report_row import ReportRow

AGES_STEP = timedelta(seconds=1)
"""Ages are as of a moment, which moves on in steps of at least this: more would repaint all rows with every news."""

Flag = QItemSelectionModel.SelectionFlag

STEPS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down})
MOVES = STEPS | {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
NOT_GONE_TO = frozenset(
    {
        Qt.FocusReason.MouseFocusReason,
        Qt.FocusReason.ActiveWindowFocusReason,
        Qt.FocusReason.PopupFocusReason,
    }
)
"""Reasons of a focus that nobody went to the list for with the keyboard: a click selects by itself."""


class ReportsTable(QTableView):
    """One row a report; several may be selected.

    Signals:
        selected(list, str): Other reports are selected: their ids, and the id of the current one, "" for none.
        opened(str): The report was double-clicked, or Enter pressed on it.
        renew_asked(str): The word "renew" of a report was clicked.
        typed(str): A letter, which is meant for the search.
        sorted_by(ColumnId): The title of a column was clicked.
        menu_asked(QPoint): A menu about the selected reports is wanted, at a place of the screen.
        columns_menu_asked(QPoint): A menu about the columns is.
    """

    selected = Signal(list, str)
    opened = Signal(str)
    renew_asked = Signal(str)
    typed = Signal(str)
    sorted_by = Signal(str)
    menu_asked = Signal(QPoint)
    columns_menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reports = ReportsModel(self)
        self._is_showing = False
        """Whether the selection is moved by what is shown, and not by the analyst."""
        self._known_current: str | None = None
        """The current report as last shown or told; while that stays, the current row is the analyst's to move."""
        self.setHorizontalHeader(SortHeader(self))
        self.setModel(self.reports)
        self._delegate = RowDelegate(self, self.reports)
        self.setItemDelegate(self._delegate)
        self.columns = Columns(self.horizontalHeader())
        self._lay_out()
        self._connect()
        self._measure()

    def show_rows(self, rows: Sequence[ReportRow], selected: Iterable[str], current: str | None, now: datetime) -> None:
        """Show rows and which of them are selected; what is looked at stays where it is."""
        self.show_time(now)
        anchor = self._anchor()
        self._is_showing = True
        self.reports.set_rows(rows)
        self._select(set(selected), current)
        self._is_showing = False
        self.columns.know_titles({row.title for row in rows})
        self._hold(anchor)

    def show_time(self, now: datetime) -> None:
        """Show how old everything is now: of all rows at once, as two ages are compared with each other."""
        if abs(now - self.reports.now) >= AGES_STEP or now.tzinfo != self.reports.now.tzinfo:
            self.reports.now = now
            self.viewport().update()

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Mark the column that the rows are sorted by."""
        order = Qt.SortOrder.DescendingOrder if arrangement.is_descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(NUMBERS[arrangement.column], order)

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected reports, from top to bottom."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row.report_id for number in numbers if (row := self.reports.row_at(number))]

    def bring_into_view(self, report_id: str) -> None:
        """Scroll until a report is seen."""
        number = self.reports.number_of(report_id)
        if number is not None:
            self.scrollTo(self.reports.index(number, 0))

    def _select(self, wanted: set[str], current: str | None) -> None:
        if set(self.selected_ids()) != wanted:
            selection = QItemSelection()
            for report_id in wanted:
                number = self.reports.number_of(report_id)
                if number is not None:
                    index = self.reports.index(number, 0)
                    selection.select(index, self.reports.index(number, len(COLUMNS) - 1))
            self.selectionModel().select(selection, Flag.ClearAndSelect | Flag.Rows)
        number = self.reports.number_of(current) if current else None
        if number is not None and current != self._known_current:
            self.setCurrentIndex(self.reports.index(number, max(0, self.currentIndex().column())))
        self._known_current = current

    def _anchor(self) -> tuple[str, int] | None:
        """Return the report at the top and how far it is scrolled out; None at the very top, where news is welcome."""
        if self.verticalScrollBar().value() == 0:
            return None
        top = self.rowAt(0)
        row = self.reports.row_at(top)
        return (row.report_id, self.rowViewportPosition(top)) if row else None

    def _hold(self, anchor: tuple[str, int] | None) -> None:
        number = self.reports.number_of(anchor[0]) if anchor else None
        if anchor and number is not None:
            moved = self.rowViewportPosition(number) - anchor[1]
            if moved:
                self.updateGeometries()  # the scroll bar may not know yet of rows that have come
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    def _tell_selection(self) -> None:
        if self._is_showing:
            return
        row = self.reports.row_at(self.currentIndex().row())
        ids = self.selected_ids()
        current = row.report_id if row and row.report_id in ids else (ids[0] if ids else "")
        self._known_current = current or None
        self.selected.emit(ids, current)

    def _tell_current(self) -> None:
        """Tell of a current row that is selected: with Shift, Qt moves it first and selects it then."""
        if self.selectionModel().isRowSelected(self.currentIndex().row(), QModelIndex()):
            self._tell_selection()

    def _select_current(self) -> bool:
        """Select the current row, or the first, where nothing is selected; return whether that was so."""
        if self.selectionModel().hasSelection() or not self.reports.rowCount():
            return False
        self.selectRow(max(0, self.currentIndex().row()))
        return True

    def _repaint_rows(self, *indexes: QModelIndex) -> None:
        """Paint whole rows, as the ring stands around those; Qt paints the cell alone."""
        for index in indexes:
            top, height = self.rowViewportPosition(index.row()), self.rowHeight(index.row())
            self.viewport().update(0, top, self.viewport().width(), height)

    # --- as Qt asks ---

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Select a row where none is, so that keys and toolbar have something to act on."""
        super().focusInEvent(event)
        if event.reason() not in NOT_GONE_TO:
            self._select_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Open with Enter, pass letters on to the search."""
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        row = self.reports.row_at(self.currentIndex().row())
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if row and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self.opened.emit(row.report_id)
        elif not modifiers and event.text().strip() and event.text().isprintable():
            self.typed.emit(event.text())
        elif event.key() not in MOVES or event.modifiers() or not self._select_current() or event.key() not in STEPS:
            super().keyPressEvent(event)

    def selectionCommand(  # noqa: N802  Qt's name
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> Flag:
        """Leave the selection as it is shown, while the row is made current from which Shift selects."""
        return Flag.NoUpdate if self._is_showing else super().selectionCommand(index, event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  Qt's name
        """Leave letters to the search."""

    def moveCursor(  # noqa: N802  Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Move by rows: Home and End are the first and the last."""
        actions = QAbstractItemView.CursorAction
        last = self.reports.rowCount() - 1
        column = max(0, self.currentIndex().column())
        if action is actions.MoveHome:
            return self.reports.index(0, column)
        if action is actions.MoveEnd:
            return self.reports.index(last, column)
        if action in {actions.MoveLeft, actions.MoveRight}:
            return self.currentIndex()
        return super().moveCursor(action, modifiers)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Renew a link whose word is clicked."""
        super().mouseReleaseEvent(event)
        renewed = self._renewed_at(event.position().toPoint())
        if renewed and event.button() is Qt.MouseButton.LeftButton and not event.modifiers():
            self.renew_asked.emit(renewed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Show a hand over what is clicked like a link."""
        super().mouseMoveEvent(event)
        is_link = self._renewed_at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Open the report under the pointer."""
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self.reports.row_at(index.row()) if index.isValid() else None
        if row and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(row.report_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        """Ask for a menu where there is a report: at the pointer, or by the key at the current row."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            if self.currentIndex().isValid():
                self.menu_asked.emit(self.viewport().mapToGlobal(rect.bottomLeft()))
        elif self.indexAt(event.pos()).isValid():
            self.menu_asked.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Share out the room between the columns."""
        super().resizeEvent(event)
        self.columns.fit(self.viewport().width())

    def _renewed_at(self, point: QPoint) -> str | None:
        index = self.indexAt(point)
        row = self.reports.row_at(index.row()) if index.isValid() else None
        if row is None or index.column() != NUMBERS[ColumnId.LINK]:
            return None
        return row.report_id if say_link(row, self.reports.now) == tr(RENEW) else None

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(measures.h() + 14)
        self.horizontalHeader().setFixedHeight(measures.h() + 13)
        self.columns.fit(self.viewport().width())

    def _lay_out(self) -> None:
        self.setObjectName("reports")
        self.setAccessibleName(tr("Reports"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        header = self.horizontalHeader()
        header.setAccessibleName(tr("Columns"))
        header.setMinimumSectionSize(16)
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.sectionClicked.connect(lambda number: self.sorted_by.emit(COLUMNS[number].id.value))
        header.customContextMenuRequested.connect(lambda at: self.columns_menu_asked.emit(header.mapToGlobal(at)))
        self.columns.arranged.connect(self._note_columns)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentChanged.connect(self._tell_current)
        self.selectionModel().currentChanged.connect(self._repaint_rows)
        look().changed.connect(self._measure)

    def _note_columns(self) -> None:
        self._delegate.has_parameters_in_title = not self.columns.is_shown(ColumnId.PARAMETERS)
        self.viewport().update()
