"""A small text whose room is always there: a field's note, the message above Generate.

hints, sentences ──▶ **NoteLabel** ──▶ eyes. It may grow; what does not fit even so ends in an ellipsis and stands in
full in its tooltip.
"""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import dress, icons, measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.tone import Tone

NOTE_HEIGHT = 1.35
"""Heights of a line that a note of one line takes."""

GAP = 5
ICON = 14

Measure = Callable[[str], int]
"""Return the width of a text in pixels."""


class NoteLabel(QLabel):
    """Plain text in the size of a note, in a tone, perhaps with an icon.

    Args:
        lines: As many lines of text have room.
        most: As many have room once the text needs them; without it no more.
    """

    def __init__(self, lines: int = 1, most: int | None = None) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("written", "note")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lines, self._most = lines, most or lines
        self._icon = ""
        self._tone = Tone.QUIET
        look().changed.connect(self._measure)
        self._measure()

    @property
    def tone(self) -> Tone:
        """The tone of the text."""
        return self._tone

    def say(self, text: str, tone: Tone = Tone.QUIET, *, icon: str = "") -> None:
        """Show a text."""
        self._icon, self._tone = icon if text else "", tone
        self.setText(text)
        dress.set_tone(self, tone)
        self.setToolTip(tooltip(text))
        self._measure()
        self.update()

    def folded(self) -> list[str]:
        """Return the lines of the text as they are broken."""
        return fold(self.text(), self.fontMetrics().horizontalAdvance, self.width() - self._left(), self._most)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Do with no width at all."""
        return QSize(0, self.height())

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for the height only."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Grow where the text needs more lines now."""
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the icon and as much of the text as fits."""
        painter = QPainter(self)
        painter.setPen(tokens.color(self._tone))
        metrics = painter.fontMetrics()
        top = (measures.h(NOTE_HEIGHT) - metrics.height()) // 2 if self._lines == 1 else 0
        left = self._left()
        if self._icon:
            size = measures.scaled(ICON)
            drawn = icons.pixmap(self._icon, tokens.tokens()[self._tone], size, self.devicePixelRatio())
            painter.drawPixmap(QPoint(0, top + (metrics.height() - size) // 2), drawn)
        for line in self.folded():
            area = QRect(left, top, self.width() - left, metrics.height())
            painter.drawText(area, 0, metrics.elidedText(line, Qt.TextElideMode.ElideRight, area.width()))
            top += metrics.lineSpacing()

    def _measure(self) -> None:
        room = measures.h(NOTE_HEIGHT) if self._lines == 1 else measures.h(self._lines)
        if self._most > self._lines and self.text():
            self.ensurePolished()
            room += max(0, len(self.folded()) - self._lines) * self.fontMetrics().lineSpacing()
        self.setFixedHeight(room)

    def _left(self) -> int:
        """Return the room of the icon."""
        return measures.scaled(ICON) + GAP if self._icon else 0


def fold(text: str, measure: Measure, width: int, most: int) -> list[str]:
    """Break a text into at most so many lines; the last one holds all that is left."""
    lines, words = [""], text.split()
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if len(lines) == most:
            lines[-1] = " ".join([lines[-1], *words]).strip()
            break
        if lines[-1] and measure(longer) > width:
            lines.append("")
        else:
            lines[-1] = longer
            words.pop(0)
    return lines
