"""A report's description in two lines, all of it on demand.

catalog ── description ──▶ **Description** ──▶ eyes. It is inside what scrolls, so that nothing else gives way.
"""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from desktop.widgets.form.link_button import BORDER, LinkButton
from desktop.widgets.form.note_label import Measure, fold
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import tokens
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr

LINES = 2
MOST_LINES = 1000
"""More than any description has."""


class Description(QFrame):
    """Plain text, and a button after it where it is longer than two lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._is_open = False
        self._lines: list[str] = []
        self.setProperty("written", "note")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.more = LinkButton(self)
        self.more.clicked.connect(self._turn)
        self.more.hide()
        look().changed.connect(self._fold)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    @property
    def is_open(self) -> bool:
        """Whether all of it is shown."""
        return self._is_open

    def say(self, text: str) -> None:
        """Show another text, its first lines."""
        self._text, self._is_open = text, False
        self.setAccessibleName(text)
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fold()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the lines."""
        painter = QPainter(self)
        painter.setPen(tokens.color("muted"))
        metrics = painter.fontMetrics()
        for number, line in enumerate(self._lines):
            area = QRect(0, number * metrics.lineSpacing(), self.width(), metrics.height())
            painter.drawText(area, 0, line)

    def _turn(self) -> None:
        self._is_open = not self._is_open
        self._fold()

    def _fold(self) -> None:
        self.ensurePolished()
        metrics = self.fontMetrics()
        measure, width = metrics.horizontalAdvance, max(1, self.width())
        whole = fold(self._text, measure, width, MOST_LINES)
        is_long = len(whole) > LINES
        self.more.setText(tr("Less") if self._is_open else tr("More"))
        self.more.setAccessibleDescription(self._text)
        self.more.ensurePolished()
        self.more.resize(self.more.sizeHint())
        room = width - self.more.width() - measure(" ")
        if not is_long:
            self._lines = whole
        elif self._is_open:
            self._lines = whole if measure(whole[-1]) <= room else [*whole, ""]
        else:
            first, rest = fold(self._text, measure, width, LINES)
            self._lines = [first, _cut(rest, measure, room)]
        self.setToolTip("" if self._is_open or not is_long else tooltip(self._text))
        self.setFixedHeight(max(LINES, len(self._lines)) * metrics.lineSpacing() + 4)
        last = len(self._lines) - 1
        left = measure(self._lines[last] + " ") if self._lines[last] else 0
        self.more.move(QPoint(max(0, left - BORDER), last * metrics.lineSpacing() - (BORDER if last else 0)))
        self.more.setVisible(is_long)
        self.update()


def _cut(text: str, measure: Measure, room: int) -> str:
    """Return the sentences that fit, else as many words as fit with an ellipsis after them."""
    sentence, dot, _ = text.partition(". ")
    if dot and measure(sentence + ".") <= room:
        return sentence + "."
    words = text.split()
    while words and measure(" ".join(words) + "…") > room:
        words.pop()
    return " ".join(words).rstrip(",;:.") + "…"
