"""What is drawn: the kind of chart, the columns across, up and by series; and what becomes of the picture.

chart_page ── `Preview`, `ChartChoice` ──▶ **ChartControls** ── `ChartChoice`, copy, save ──▶ chart_page. Layout only.
"""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from backend.protocol.preview import Preview
from desktop.widgets.combo_box import WideComboBox
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.chart.columns import number_columns, split_columns
from desktop.wording.chart.drawing import KIND_WORDS, ChartChoice, ChartKind
from desktop.wording.language import tr

KIND_ICONS = {
    ChartKind.BARS: "chart-bar",
    ChartKind.LINE: "chart-line",
    ChartKind.POINTS: "chart-scatter",
    ChartKind.HISTOGRAM: "chart-histogram",
}
LEAST_BOX_H, MOST_BOX_H = 4, 14
"""Widths of the boxes, in heights of a line."""

BOX_LETTERS = 14
"""Letters for which a box has room where there is some."""


class ChartControls(QWidget):
    """One row where there is room, else two; the words of the pictures' buttons give way first.

    Signals:
        chosen(ChartChoice): Something else is to be drawn.
        copy_requested(): Copy the picture.
        save_requested(): Save the picture.
    """

    chosen = Signal(object)
    copy_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = {kind: QToolButton() for kind in ChartKind}
        self.across, self.up, self.split = WideComboBox(), WideComboBox(), WideComboBox()
        self.copy, self.save = QToolButton(), QToolButton()
        self._choice = ChartChoice(ChartKind.BARS, 0, 0)
        self._kinds, self._boxes, self._pictures = QFrame(), QWidget(), QWidget()
        self._grid = QGridLayout(self)
        self._lay_out()
        self._connect()
        self._measure()

    def show_columns(self, preview: Preview) -> None:
        """Offer the columns of another preview."""
        columns = [column.name for column in preview.columns]
        _fill(self.across, ((name, number) for number, name in enumerate(columns)))
        _fill(self.up, ((columns[number], number) for number in number_columns(preview)))
        nothing: tuple[str, int | None] = (tr("Nothing"), None)
        _fill(self.split, [nothing, *((columns[number], number) for number in split_columns(preview))])

    def show_choice(self, choice: ChartChoice) -> None:
        """Show what is drawn."""
        self._choice = choice
        self.kinds[choice.kind].setChecked(True)
        for box, column in ((self.across, choice.x), (self.up, choice.y), (self.split, choice.split)):
            box.setCurrentIndex(box.findData(column))
        self._widen()
        is_histogram = choice.kind is ChartKind.HISTOGRAM
        self.across.setEnabled(not is_histogram)
        self.split.setEnabled(not is_histogram)

    def stops(self) -> list[QWidget]:
        """Return what Tab goes through, in order."""
        return [*self.kinds.values(), self.across, self.up, self.split, self.copy, self.save]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Arrange the parts in the room there is."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Do with the width of the boxes: the rest goes above them."""
        return QSize(self._boxes.minimumSizeHint().width() + 24, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        edges, gap = 24, 16
        words, bare = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        room = self.width() - edges - self._kinds.sizeHint().width() - gap
        boxes = self._boxes.minimumSizeHint().width() + gap
        self._set_style(words)
        wide = self._pictures.sizeHint().width()
        self._set_style(bare)
        narrow = self._pictures.sizeHint().width()
        is_one_row = room - boxes >= narrow
        self._set_style(words if room - (boxes if is_one_row else 0) >= wide else bare)
        self._grid.removeWidget(self._boxes)
        if is_one_row:
            self._grid.addWidget(self._boxes, 0, 1)
        else:
            self._grid.addWidget(self._boxes, 1, 0, 1, 3)

    def _set_style(self, style: Qt.ToolButtonStyle) -> None:
        gap = 0 if style is Qt.ToolButtonStyle.ToolButtonIconOnly else icons.BESIDE_TEXT
        for button, icon in ((self.copy, "image"), (self.save, "save")):
            button.setToolButtonStyle(style)
            button.setIconSize(icons.icon_size(gap=gap))
            icons.wear(button, icon, gap=gap)

    def _lay_out(self) -> None:
        self._kinds.setObjectName("kinds")
        group, across = QButtonGroup(self), QHBoxLayout(self._kinds)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for kind, button in self.kinds.items():
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            _name(button, tr(KIND_WORDS[kind]))
            group.addButton(button)
            across.addWidget(button)
        boxes = QHBoxLayout(self._boxes)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(8)
        for text, box in (("&X", self.across), ("&Y", self.up), ("Split &by", self.split)):
            boxes.addWidget(_label(tr(text), box))
            boxes.addWidget(box)
            boxes.addSpacing(4)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(BOX_LETTERS)
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        boxes.addStretch(1)
        pictures = QHBoxLayout(self._pictures)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(2)
        for button, words in ((self.copy, tr("Copy picture")), (self.save, tr("Save picture…"))):
            button.setText(words)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            _name(button, words)
            pictures.addWidget(button)
        self._grid.setContentsMargins(12, 8, 12, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._kinds, 0, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self._boxes, 0, 1)
        self._grid.addWidget(self._pictures, 0, 2, Qt.AlignmentFlag.AlignRight)

    def _connect(self) -> None:
        for button in self.kinds.values():
            button.clicked.connect(self._choose)
        for box in (self.across, self.up, self.split):
            box.activated.connect(self._choose)
        self.copy.clicked.connect(self.copy_requested)
        self.save.clicked.connect(self.save_requested)
        look().changed.connect(self._measure)

    def _measure(self) -> None:
        for kind, button in self.kinds.items():
            icons.wear(button, KIND_ICONS[kind])
            button.setIconSize(icons.icon_size())
        for box in (self.across, self.up, self.split):
            box.setMaximumWidth(measures.h(MOST_BOX_H))
        self._widen()

    def _widen(self) -> None:
        """Leave each box room for its text, within bounds; the words of the buttons beside them go first."""
        least, most = measures.h(LEAST_BOX_H), measures.h(MOST_BOX_H)
        for box in (self.across, self.up, self.split):
            metrics = box.fontMetrics()
            around = box.sizeHint().width() - BOX_LETTERS * metrics.horizontalAdvance("X")
            wanted = around + metrics.horizontalAdvance(box.currentText())
            box.setMinimumWidth(max(least, min(most, wanted)))
            box.setToolTip(tooltip(box.currentText()))
        self._arrange()

    def _choose(self) -> None:
        kind = next(kind for kind, button in self.kinds.items() if button.isChecked())
        choice = ChartChoice(kind, self.across.currentData(), self.up.currentData(), self.split.currentData())
        if choice != self._choice:
            self.chosen.emit(choice)


def _fill(box: QComboBox, items: Iterable[tuple[str, int | None]]) -> None:
    box.clear()
    for name, number in items:
        box.addItem(name, number)


def _label(text: str, buddy: QWidget) -> QLabel:
    """Return a label with a mnemonic: these words are ours."""
    label = plain_label(text)
    label.setBuddy(buddy)
    buddy.setAccessibleName(text.replace("&", ""))
    return label


def _name(button: QToolButton, words: str) -> None:
    button.setToolTip(tooltip(words))
    button.setAccessibleName(words.rstrip("…"))
