"""A button that looks like a combo box.

chooser, several choices ──▶ **DropButton** ── `show_popup` ──▶ a popup
"""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from desktop.widgets.form.popup import Popup, has_open_popup
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.widgets.theme.tokens import tokens

LEFT, RIGHT = 9, 8
"""Pixels beside the text and beside the arrow, as in a combo box."""


_WITH_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def is_opening(event: QKeyEvent) -> bool:
    """Return whether a key opens a drop-down: Up and Down, with Alt or without it, and F4."""
    return event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F4} and not event.modifiers() & _WITH_COMMANDS


class DropButton(QPushButton):
    """Shows a text, which gives way, and opens a popup on a click, or with the keys of a combo box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = ""
        self._is_strong = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        look().changed.connect(self._measure)
        self._measure()

    def show_popup(self) -> Popup:
        """Open the popup and return it."""
        raise NotImplementedError

    def _open(self) -> None:
        """Open at a click. The one of a label's mnemonic comes late: a key may have opened the popup already."""
        if not has_open_popup(self):
            self.show_popup()

    @property
    def said(self) -> str:
        """The whole text."""
        return self._said

    def say(self, text: str, *, is_strong: bool = False) -> None:
        """Show a text."""
        self._said, self._is_strong = text, is_strong
        self.setToolTip(tooltip(text))
        self.update()

    def room(self) -> int:
        """Return the pixels there are for the text."""
        return self._area().width()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for the height of a field; the width is the layout's."""
        return QSize(measures.h(8), measures.h() + 12)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Do with little."""
        return QSize(measures.h(4), measures.h() + 12)

    def event(self, event: QEvent) -> bool:
        """Keep F4 from the window, which has a use of its own for it."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_opening(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Open as a combo box does."""
        if is_opening(event):
            self.show_popup()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the button without its text, then the text at the left and the arrow at the right."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        arrow = icons.pixmap(
            "chevron-down", tokens()["muted" if self.isEnabled() else "faint"], self._arrow(), self.devicePixelRatio()
        )
        top = (self.height() - self._arrow()) // 2
        painter.drawPixmap(QPoint(self.width() - RIGHT - self._arrow(), top), arrow)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self._is_strong else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(tokens()["text" if self.isEnabled() else "faint"])
        text = QFontMetrics(font).elidedText(self._said, Qt.TextElideMode.ElideRight, self.room())
        painter.drawText(self._area(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _area(self) -> QRect:
        return self.rect().adjusted(LEFT, 0, -RIGHT - self._arrow() - 4, 0)

    @staticmethod
    def _arrow() -> int:
        return measures.scaled(14)

    def _measure(self) -> None:
        self.setFixedHeight(measures.h() + 12)
