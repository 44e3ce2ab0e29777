"""What all dialogs are made of: a part that scrolls, and a foot with a sentence and the buttons.

**Dialog** ──▶ every dialog. It fits the screen at any size of the text, and stops nothing.
"""

from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent, QScreen, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.combo_box import WideComboBox
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons
from desktop.widgets.theme.dress import look, set_property, set_tone
from desktop.widgets.theme.measures import h
from desktop.wording.language import tr
from desktop.wording.tone import Tone

MARGIN, SPACE = 16, 8
FRAME = QMargins(4, 36, 4, 4)
"""Pixels that a window manager may put around a dialog: its title and its edges."""
WIDE_FROM = 40
"""From so many heights of a line on, parts are side by side."""
BESIDE_BUTTONS = 14
"""The least width for the sentence of the foot beside its buttons, in heights of a line."""


class Dialog(QDialog):
    """A dialog of a size in heights of a line, smaller where the screen is. `content` takes the parts."""

    def __init__(self, title: str, size: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setWindowTitle(title)
        self.content = QWidget()
        self._needed = 0
        """The height at which nothing had to scroll when that was looked at last."""
        self.message = plain_label()
        self.close_button = push_button(tr("Close"))
        self.close_button.clicked.connect(self.reject)
        self._scroll = QScrollArea()
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._in_foot: tuple[QPushButton, ...] = ()
        self._lay_out()
        self.content.installEventFilter(self)
        look().changed.connect(self._remeasure)

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Put buttons into the foot, from the left to the right."""
        self._in_foot = buttons
        for button in buttons:
            self._buttons.addWidget(button)

    def say(self, text: str, tone: Tone | None = Tone.QUIET) -> None:
        """Show a sentence in the foot."""
        self.message.setText(text)
        set_tone(self.message, tone)

    def appear(self) -> None:
        """Show it, beside a window that goes on; where it is shown already, bring it to the front."""
        if not self.isVisible():
            self.fit()
            self.show()
        else:
            self.raise_()
        self.activateWindow()

    def ask(self) -> None:
        """Show it in front of its window, which waits. Returns at once."""
        self.fit()
        self.open()

    def fit(self) -> None:
        """Take the size that the design gives, or as much as the screen has, inside of it; at first over the window."""
        room = self._room()
        width = min(max(h(self._size[0]), self._least_width()), room.width())
        for part in (self, *self.findChildren(QWidget)):
            part.ensurePolished()  # the style sheet sets sizes of text, and so heights
        self._arrange_for(width)
        wanted = max(h(self._size[1]), self._natural_height(width))
        self.setMinimumSize(min(h(20), room.width()), min(h(12), room.height(), max(wanted, 1)))
        self.resize(width, min(wanted, room.height()))
        parent = self.parentWidget()
        at = QRect(0, 0, self.width(), self.height())
        if self.isVisible():
            at.moveTopLeft(self.geometry().topLeft())
        else:
            at.moveCenter(parent.window().geometry().center() if parent else room.center())
        at.moveLeft(max(room.left(), min(at.left(), room.right() + 1 - at.width())))
        at.moveTop(max(room.top(), min(at.top(), room.bottom() + 1 - at.height())))
        self.move(at.topLeft() - QPoint(FRAME.left(), FRAME.top()))  # of the frame, which begins there

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Grow with the content while it is shown."""
        if watched is self.content and event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            before, self._needed = self._needed, self._natural_height(self.width())
            if self._needed > max(before, self.height()):
                self._grow()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Put parts one below the other where there is no room beside."""
        super().resizeEvent(event)
        self._arrange_for(self.width())

    def arrange(self, width: int) -> None:
        """Lay the parts out for a width: side by side, or one below the other."""

    def _arrange_for(self, width: int) -> None:
        is_wide = self.message.isHidden() or width >= self._least_width() + h(BESIDE_BUTTONS)
        self._foot.setDirection(side_by_side(is_wide=is_wide))
        self._buttons.setDirection(side_by_side(is_wide=width >= self._least_width()))
        self.arrange(width)

    def room_height(self) -> int:
        """Return how much of the content is in sight."""
        return self.height() - self._foot_height(self.width()) - 2

    def _grow(self) -> None:
        """Become as high as the content needs, or as the screen has room, and stay on the screen."""
        room = self._room()
        self.resize(self.width(), min(self._needed, room.height()))
        over = self.geometry().bottom() - room.bottom()
        if over > 0:
            self.move(self.x(), self.y() - over)

    def measure(self) -> None:
        """Set the lengths that follow the text, now and whenever its size changes."""

    def _remeasure(self) -> None:
        for button in self.findChildren(QPushButton):
            fit_icon(button)
        self.message.setMinimumHeight(2 * h())
        self.measure()
        if self.isVisible():
            self.fit()

    def _room(self) -> QRect:
        parent = self.parentWidget()
        screen = parent.screen() if parent else QGuiApplication.primaryScreen()
        return _available(screen).marginsRemoved(FRAME)

    def _least_width(self) -> int:
        """Return the width at which all buttons are side by side."""
        widths = [button.sizeHint().width() for button in self._in_foot if not button.isHidden()]
        return sum(widths) + SPACE * (len(widths) - 1) + 2 * MARGIN

    def _natural_height(self, width: int) -> int:
        """Return the height at which nothing has to scroll."""
        foot = self._foot_height(width)
        inner = self.content.layout()
        content = self.content.sizeHint().height()
        if inner is not None and inner.hasHeightForWidth():
            content = inner.totalHeightForWidth(width)
        return content + foot + 2

    def _foot_height(self, width: int) -> int:
        return (
            self._foot.totalHeightForWidth(width) if self._foot.hasHeightForWidth() else self._foot.sizeHint().height()
        )

    def _lay_out(self) -> None:
        self._scroll.setWidget(self.content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(2 * h())
        self.message.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        set_property(self.message, "written", "note")
        self._buttons.setSpacing(SPACE)
        self._buttons.addStretch()
        self._foot.setContentsMargins(MARGIN, 11, MARGIN, 11)
        self._foot.setSpacing(SPACE)
        self._foot.addWidget(self.message, 1)
        self._foot.addLayout(self._buttons)
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setLayout(self._foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(foot)


def side_by_side(*, is_wide: bool) -> QBoxLayout.Direction:
    """Return how parts are laid out: beside each other, or one below the other."""
    return QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom


class StillComboBox(WideComboBox):
    """A choice that the wheel leaves alone: it scrolls what is around."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """Leave it to what is around."""
        event.ignore()


def push_button(text: str, icon: str = "") -> QPushButton:
    """Return a button that Enter in a field does not press."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    if icon:
        icons.wear(button, icon, gap=icons.BESIDE_TEXT if text else 0)
        fit_icon(button)
    return button


def fit_icon(button: QPushButton) -> None:
    """Make a button's icon as high as its text."""
    button.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT if button.text() else 0))


def label_for(text: str, buddy: QWidget) -> QLabel:
    """Return the label of a field, whose name it becomes."""
    label = plain_label(text)
    label.setBuddy(buddy)
    buddy.setAccessibleName(text.replace("&", ""))
    return label


def note_label(text: str = "") -> QLabel:
    """Return a label for a note, which wraps."""
    label = wrapping_label(text)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    set_property(label, "written", "note")
    set_tone(label, Tone.QUIET)
    return label


def wrapping_label(text: str = "") -> QLabel:
    """Return a label of as many lines as its width makes of the text."""
    label = plain_label(text)
    label.setWordWrap(True)
    label.setMinimumSize(1, 1)  # its own least height is that of a narrower label
    return label


def rule() -> QFrame:
    """Return a line between two parts."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def _available(screen: QScreen) -> QRect:
    """Return the part of a screen that no bar of the system takes."""
    return screen.availableGeometry()
