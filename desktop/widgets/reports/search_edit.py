"""The field for words to search the list by.

keys ──▶ **SearchEdit** ── text ──▶ filter_bar
"""

import sys

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.line_edit import LineEdit
from desktop.widgets.theme import icons, measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr

FIND = QKeySequence("Ctrl+F")
MARGIN = 7
"""Pixels at the left of the mark."""


class SearchEdit(LineEdit):
    """A line; empty it names its key.

    Signals:
        left(): On to the list: Down, Enter, or Escape once the line is empty.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Search reports"))
        self.setAccessibleName(tr("Search reports"))
        self.setClearButtonEnabled(True)
        look().changed.connect(self._measure)
        self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Empty the line with Escape first; then go."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the mark, and name the key at the right while the line is empty and there is room."""
        super().paintEvent(event)
        painter = QPainter(self)
        size = measures.h()
        mark = icons.pixmap("search", tokens.color("muted").name(), size, self.devicePixelRatioF())
        painter.drawPixmap(MARGIN, (self.height() - size) // 2, mark)
        key = tr("Ctrl+F") if sys.platform != "darwin" else FIND.toString(QKeySequence.SequenceFormat.NativeText)
        width = self.fontMetrics().horizontalAdvance(key)
        taken = self.fontMetrics().horizontalAdvance(self.placeholderText()) + measures.h() + 24
        if not self.text() and taken + width + 12 < self.width():
            painter.setPen(tokens.color("muted"))
            area = self.rect().adjusted(0, 0, -10, 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), key)
        painter.end()

    def _measure(self) -> None:
        self.setTextMargins(measures.h() + 2, 0, 0, 0)
