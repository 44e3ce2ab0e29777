"""Popups of the form: on the screen, below what they belong to, gone with Escape or a click elsewhere.

a button ──▶ **Popup** ── signals of its own ──▶ the button
"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFrame, QScrollArea, QStyle, QVBoxLayout, QWidget

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
        self.body = QWidget()
        """Holds all there is; it scrolls where the screen is too small for it."""
        self._area = area = QScrollArea()
        area.setWidget(self.body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        look().changed.connect(self.close)

    @property
    def owner(self) -> QWidget:
        """The widget that it belongs to.

        It is asked for: a popup that held it would, as the last to do so, delete it while it is itself deleted by it.
        """
        return self.parentWidget() or self

    def press_focused(self) -> bool:
        """Press the button that has the focus, as Enter does; return whether it is on one. Check boxes are none."""
        focused = self.focusWidget()
        if not isinstance(focused, QAbstractButton) or isinstance(focused, QCheckBox):
            return False
        focused.click()
        return True

    def open_below(self, anchor: QWidget | None = None) -> None:
        """Open at the lower left corner of the owner or another widget, or above it where the screen ends."""
        anchor = anchor or self.owner
        screen = self.owner.screen().availableGeometry()
        self.resize(self._wanted_size(screen.size()))
        line = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
        self.move(choose_place(line, self.size(), screen))
        self.show()

    def _wanted_size(self, room: QSize) -> QSize:
        """Return the size of the contents, and of the scroll bar that a lack of height takes."""
        for widget in (self, *self.findChildren(QWidget)):
            widget.ensurePolished()
        layout = self.body.layout()
        if layout:
            layout.invalidate()
        frame = self.sizeHint() - self._area.sizeHint()
        wanted = self.body.sizeHint().expandedTo(self.body.minimumSize()) + frame
        if wanted.height() > room.height():
            wanted += QSize(self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent), 0)
        return wanted.boundedTo(room)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Keep a click on the owner from opening the popup again, as it also closes it."""
        place = self.owner.mapFromGlobal(event.globalPosition().toPoint())
        if self.owner.rect().contains(place):
            self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        super().mousePressEvent(event)


def has_open_popup(owner: QWidget) -> bool:
    """Return whether a popup of this widget is open."""
    popups = owner.findChildren(Popup, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return any(popup.isVisible() for popup in popups)


def choose_place(line: QRect, size: QSize, screen: QRect) -> QPoint:
    """Return the position of a popup of `size`: below the field, or above it if the screen ends."""
    place = QRect(line.bottomLeft() + QPoint(0, 1), size)
    if place.bottom() > screen.bottom():
        place.moveBottom(line.top() - 1)
    place.moveRight(min(place.right(), screen.right()))
    return QPoint(max(screen.left(), place.left()), max(screen.top(), place.top()))
