"""A splitter whose handle is a line with a grip.

two regions ──▶ **GripSplitter** ──▶ main_window
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from desktop.widgets.theme import tokens

HANDLE, GRIP = 7, 28


class GripSplitter(QSplitter):
    """Regions that meet in a line, which can be dragged.

    Signals:
        reset_asked(): The handle was double-clicked.
    """

    reset_asked = Signal()

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(HANDLE if orientation is Qt.Orientation.Vertical else 1)

    def createHandle(self) -> QSplitterHandle:  # noqa: N802  Qt's name
        """Return a handle of ours."""
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.color("window"))
        if self.orientation() is Qt.Orientation.Horizontal:
            painter.fillRect(self.rect(), tokens.color("line"))
        else:
            middle = self.height() // 2
            painter.fillRect(0, 0, self.width(), 1, tokens.color("line"))
            painter.fillRect(0, self.height() - 1, self.width(), 1, tokens.color("line"))
            painter.fillRect((self.width() - GRIP) // 2, middle, GRIP, 1, tokens.color("edge"))
        painter.end()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        splitter = self.splitter()
        if isinstance(splitter, GripSplitter):
            splitter.reset_asked.emit()
