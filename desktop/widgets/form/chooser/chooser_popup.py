"""The list of reports, with a line to search it.

catalog, recent ids ──▶ **ChooserPopup** ── a definition's id ──▶ report_chooser
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.form.chooser.definition_delegate import FOUND_ROLE, ReportDelegate
from desktop.widgets.form.popup import Popup
from desktop.widgets.line_edit import LineEdit
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, icons, measures
from desktop.wording.form.search import Found, find_reports
from desktop.wording.language import tr
from desktop.wording.tone import Tone

FRAME = 12
"""Pixels beside the search."""

WIDTH = 29.4
"""Heights of a line."""

REPORTS_AT_ONCE = 9
"""A longer list scrolls."""

_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class ChooserPopup(Popup):
    """Reports used lately and all others; or those that have the words that are typed, the best first.

    Signals:
        taken(str): The id of a definition.
    """

    taken = Signal(str)

    def __init__(
        self, owner: QWidget, catalog: Sequence[DefinitionInfo], recent: Sequence[str], chosen: str | None, text: str
    ) -> None:
        super().__init__(owner)
        self._catalog, self._recent = catalog, recent
        self.search = LineEdit(text)
        self.clear = QToolButton(self.search)
        self.model = QStandardItemModel(self)
        self.list = QListView()
        self.count = plain_label()
        self._lay_out()
        self.search.textChanged.connect(self._show_found)
        self.search.installEventFilter(self)
        self.clear.clicked.connect(self.search.clear)
        self.list.clicked.connect(self._take)
        self._show_found(text)
        if chosen and not text:
            self._choose(chosen)
        self.search.setFocus()

    @property
    def current(self) -> str | None:
        """The id of the marked report."""
        found = self.list.currentIndex().data(FOUND_ROLE)
        return found.definition if isinstance(found, Found) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Use the line's keys for the list."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in _PASSED_ON:
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._take(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _take(self, index: QModelIndex) -> None:
        found = index.data(FOUND_ROLE)
        if isinstance(found, Found):
            self.taken.emit(found.definition)
            self.close()

    def _show_found(self, text: str) -> None:
        found = find_reports(self._catalog, self._recent, text)
        self.clear.setVisible(text != "")
        self.model.clear()
        self._add(tr("Recent"), found.recent)
        self._add(tr("Reports found") if text.strip() else tr("All reports"), found.others)
        if not found.shown:
            self._add_heading(tr("No report has these words."))
        self.count.setText(tr("{shown} of {all} reports", shown=found.shown, all=found.all))
        first = next((row for row in range(self.model.rowCount()) if self._is_report(row)), None)
        if first is not None:
            self.list.setCurrentIndex(self.model.index(first, 0))
            self.list.scrollToTop()

    def _is_report(self, row: int) -> bool:
        return isinstance(self.model.index(row, 0).data(FOUND_ROLE), Found)

    def _choose(self, definition: str) -> None:
        for row in range(self.model.rowCount()):
            found = self.model.index(row, 0).data(FOUND_ROLE)
            if isinstance(found, Found) and found.definition == definition:
                self.list.setCurrentIndex(self.model.index(row, 0))

    def _add(self, heading: str, reports: Sequence[Found]) -> None:
        if reports:
            self._add_heading(heading)
        descriptions = {each.id: each.description for each in self._catalog}
        for found in reports:
            item = QStandardItem(found.title.text)
            item.setEditable(False)
            item.setData(found, FOUND_ROLE)
            item.setData(tooltip(descriptions[found.definition]), Qt.ItemDataRole.ToolTipRole)
            item.setData(f"{found.title.text}. {found.detail.text}", Qt.ItemDataRole.AccessibleTextRole)
            self.model.appendRow(item)

    def _add_heading(self, text: str) -> None:
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.model.appendRow(item)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(tr("Search by words"))
        self.search.setAccessibleName(tr("Search by words"))
        side = measures.h() + 6
        self.search.setFixedHeight(measures.h() + 12)
        self.search.setTextMargins(side, 0, side, 0)
        self.clear.setProperty("inside", True)  # noqa: FBT003  Qt's
        self.clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear.setCursor(Qt.CursorShape.ArrowCursor)
        self.clear.setToolTip(tr("Clear"))
        self.clear.setAccessibleName(tr("Clear"))
        self.clear.setIconSize(icons.icon_size())
        self.clear.setFixedSize(side, side)
        self.clear.move(measures.h(WIDTH) - 2 * FRAME - side - 6, 3)
        icons.wear(self.clear, "close", "muted")
        _put_icon(self.search, "search")
        self.list.setObjectName("reports")
        self.list.setModel(self.model)
        self.list.setAccessibleName(tr("All reports"))
        self.list.setItemDelegate(ReportDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = min(len(self._catalog), REPORTS_AT_ONCE)
        self.list.setMinimumHeight(rows * (2 * measures.h() + 12) + 2 * measures.h(1.6))
        top = QHBoxLayout()
        top.setContentsMargins(FRAME, 10, FRAME, 10)
        top.addWidget(self.search)
        self.body.setMinimumWidth(measures.h(WIDTH) - 2)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("popupFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(measures.h(1.1))
        labels = [self.count, *map(plain_label, (tr("Up, Down: choose"), tr("Enter: take"), tr("Esc: keep the old")))]
        for place, label in enumerate(labels):
            label.setProperty("written", "note")
            dress.set_tone(label, Tone.QUIET)
            row.addWidget(label)
            if place == 0:
                row.addStretch(1)
        return foot


def _put_icon(line: QLineEdit, name: str) -> None:
    label = plain_label()
    label.setParent(line)
    label.setPixmap(icons.icon(name, "muted").pixmap(icons.icon_size()))
    label.adjustSize()
    label.move(8, 6)
