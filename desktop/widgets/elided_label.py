"""A label of one line that gives way: what does not fit ends in an ellipsis and stands in full in its tooltip.

text ──▶ **ElidedLabel** ──▶ connection_item, pane.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import tokens
from desktop.wording.tone import Tone


class ElidedLabel(QFrame):
    """Plain text in a tone, or in the window's own colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone: Tone | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def show_text(self, text: str, tone: Tone | None = None) -> None:
        """Show another text."""
        if (text, tone) == (self._text, self._tone):
            return
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setToolTip(tooltip(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for room for all of the text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Do with no room at all."""
        return QSize(0, self.fontMetrics().height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint as much of the text as fits."""
        painter = QPainter(self)
        color = self.palette().color(QPalette.ColorRole.WindowText) if self._tone is None else tokens.color(self._tone)
        painter.setPen(color)
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
