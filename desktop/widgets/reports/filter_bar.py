"""Filters above the list: chips by state, the search, the choice of columns.

counts, `Arrangement` ──▶ **FilterBar** ── chip, search ──▶ reports_list
"""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QToolButton, QWidget

from desktop.widgets.pair_button import PairButton
from desktop.widgets.reports.search_edit import SearchEdit
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording import numbers
from desktop.wording.language import tr
from desktop.wording.reports.arrangement import Arrangement, Chip

SEARCH_H, SEARCH_LEAST_H = 16, 9
CHIP_GAP, CHIP_PADDING = 2, 10
"""Pixels between chips, and at both sides of their words."""


class FilterBar(QWidget):
    """One row; where it has too little room the chips give way to a combo box.

    Signals:
        chip_chosen(Chip): Show the reports of this chip.
        searched(str): Show those with these words.
        columns_asked(QPoint): The columns are to be chosen, at a place of the screen.
        left(): Escape was pressed in the empty search, or Down: on to the list.
    """

    chip_chosen = Signal(object)
    searched = Signal(str)
    columns_asked = Signal(QPoint)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = {chip: _Chip() for chip in Chip}
        self.box = QComboBox()
        self.search = SearchEdit()
        self.columns = QToolButton()
        self._group = QButtonGroup(self)
        self._texts: dict[Chip, str] = {}
        self._lay_out()
        self._connect()
        self.show_arrangement(Arrangement(), dict.fromkeys(Chip, 0))
        self._measure()

    def show_arrangement(self, arrangement: Arrangement, counts: Mapping[Chip, int]) -> None:
        """Show what is chosen, and how many reports each chip would show."""
        texts = {chip: f"{tr(chip.value)}  {numbers.say_count(counts[chip])}" for chip in Chip}
        is_new = texts != self._texts
        for number, (chip, button) in enumerate(self.chips.items()):
            if is_new:
                button.say(tr(chip.value), numbers.say_count(counts[chip]))
                self.box.setItemText(number, texts[chip])
            button.setChecked(chip is arrangement.chip)
            # One stop for Tab: the chip that is chosen.
            is_stop = chip is arrangement.chip
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)
        self._texts = texts
        self.box.setCurrentIndex(list(Chip).index(arrangement.chip))
        if self.search.text().split() != arrangement.search.split():
            self.search.setText(arrangement.search)
        if is_new:
            self._fit()

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        return [*self.chips.values(), self.box, self.search, self.columns]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Show chips or the combo box, whichever there is room for."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Move between the chips with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        order = list(Chip)
        focused = next((chip for chip, button in self.chips.items() if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        chip = order[(order.index(focused) + step) % len(order)]
        self.chip_chosen.emit(chip)
        self.chips[chip].setFocus(Qt.FocusReason.TabFocusReason)

    def _fit(self) -> None:
        chips = sum(button.sizeHint().width() + CHIP_GAP for button in self.chips.values())
        rest = self.columns.sizeHint().width() + measures.h(SEARCH_LEAST_H) + 32
        is_narrow = chips + rest > self.width()
        had_focus = any(button.hasFocus() for button in self.chips.values()) or self.box.hasFocus()
        for button in self.chips.values():
            button.setVisible(not is_narrow)
        self.box.setVisible(is_narrow)
        if had_focus:
            checked = next(button for button in self.chips.values() if button.isChecked())
            (self.box if is_narrow else checked).setFocus()

    def _measure(self) -> None:
        self.setFixedHeight(measures.h() + 20)
        self.search.setFixedHeight(measures.h() + 12)
        self.search.setMinimumWidth(measures.h(SEARCH_LEAST_H))
        self.search.setMaximumWidth(measures.h(SEARCH_H))
        self.box.setFixedHeight(measures.h() + 12)
        self.columns.setIconSize(icons.icon_size())
        self._fit()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.setSpacing(CHIP_GAP)
        for button in self.chips.values():
            button.setCheckable(True)
            button.setProperty("chip", True)  # noqa: FBT003  Qt's
            self._group.addButton(button)
            layout.addWidget(button)
            self.box.addItem("")
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setAccessibleName(tr("Filter by state"))
        layout.addWidget(self.box)
        layout.addStretch(1)
        layout.addWidget(self.search, 2)
        layout.addSpacing(4)
        layout.addWidget(self.columns)
        self.columns.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.columns.setToolTip(tr("Choose columns"))
        self.columns.setAccessibleName(tr("Choose columns"))
        icons.wear(self.columns, "columns")

    def _connect(self) -> None:
        for chip, button in self.chips.items():
            button.clicked.connect(lambda _=False, chosen=chip: self.chip_chosen.emit(chosen))
        self.box.activated.connect(lambda number: self.chip_chosen.emit(list(Chip)[number]))
        self.search.textChanged.connect(self.searched)
        self.search.left.connect(self.left)
        self.columns.clicked.connect(self._ask_columns)
        look().changed.connect(self._measure)

    def _ask_columns(self) -> None:
        self.columns_asked.emit(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))


class _Chip(PairButton):
    """A chip; arrow keys are the bar's."""

    def __init__(self) -> None:
        super().__init__(("text", "muted"), CHIP_PADDING)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()
        else:
            super().keyPressEvent(event)
