"""Popups of the form: on the screen, below what they belong to, gone with Escape or a click elsewhere.

a button ──▶ **Popup** ── signals of its own ──▶ the button
"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from desktop.widgets.theme.dress import look


class Popup(QFrame):
    """A frame over the window that is deleted when it closes.

    Args:
        owner: Where it opens; a click on it closes the popup and does not open it again.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._owner = owner
        look().changed.connect(self.close)

    def open_below(self, anchor: QWidget | None = None) -> None:
        """Open at the lower left corner of the owner or another widget, or above it where the screen ends."""
        anchor = anchor or self._owner
        screen = self._owner.screen().availableGeometry()
        self.ensurePolished()
        self.resize(self.sizeHint().boundedTo(screen.size()))
        line = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
        self.move(choose_place(line, self.size(), screen))
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Keep a click on the owner from opening the popup again, as it also closes it."""
        place = self._owner.mapFromGlobal(event.globalPosition().toPoint())
        if self._owner.rect().contains(place):
            self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        super().mousePressEvent(event)


def choose_place(line: QRect, size: QSize, screen: QRect) -> QPoint:
    """Return the position of a popup of `size`: below the field, or above it if the screen ends."""
    place = QRect(line.bottomLeft() + QPoint(0, 1), size)
    if place.bottom() > screen.bottom():
        place.moveBottom(line.top() - 1)
    place.moveRight(min(place.right(), screen.right()))
    return QPoint(max(screen.left(), place.left()), max(screen.top(), place.top()))
