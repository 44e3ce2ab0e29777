"""Input at random, as keyboard, mouse and window manager give it, by a seed.

timer ──▶ **Hand** ── keys, clicks, drags, wheel, sizes, looks ──▶ whatever window of the program is on top

Events enter where the platform's do, so that modality, grabs and shortcuts hold. Each step is written down before it is
made: the last line of the log is what the program did not survive.
"""

import faulthandler
import random
import time
from collections.abc import Callable
from typing import TextIO

from PySide6.QtCore import QObject, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QWidget
from shiboken6 import isValid

from desktop.widgets.main_window import MainWindow
from desktop.widgets.theme.dress import LEAST_TEXT, MOST_TEXT, Appearance, look
from desktop.wording.reports.offers import ActionId

HANG_S = 60
"""A step may take so long on a machine that is busy with other things; then it hangs."""
PAUSE_MS = (0, 0, 1, 5, 20, 60)
LOOKS = 40
"""A step that is not over at so many looks has begun a loop of its own. Between a key and its modifiers QTest handles
events too, and crashes where the window is gone by then: no step may be ended so early."""
SIZES = (QSize(800, 500), QSize(1000, 600), QSize(1366, 768), QSize(1920, 1080), QSize(820, 1000), QSize(10, 10))
KEYS = tuple(
    getattr(Qt.Key, f"Key_{name}")
    for name in (
        *("Tab", "Backtab", "Return", "Escape", "Space", "Up", "Down", "Left", "Right", "Home", "End", "PageUp"),
        *("PageDown", "Delete", "Backspace", "Menu", "F1", "F2", "F4", "F5", "F6", "Enter"),
        *"ABEHRSTUVXYZ19",
    )
)
MODIFIERS = (
    *[Qt.KeyboardModifier.NoModifier] * 6,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)
WORDS = ("7", "1.5", "900000", "2013-02-30", "EWR", "late", "ä€", "", "x" * 60, "<b>", "12/31/2013")
QUITS = 0.02
"""Of the wishes to quit so many are made: each costs a start."""


class Hand(QObject):
    """Plays at random until it is stopped."""

    def __init__(self, window: MainWindow, seed: str, log: TextIO) -> None:
        super().__init__(window)
        self._window = window
        self._random = random.Random(seed)
        self._log = log
        self.steps = 0
        self._is_playing = False
        self._waits = 0
        self._began = time.monotonic()
        self._timer = QTimer(window, singleShot=True)
        self._timer.timeout.connect(self._play)
        plays: dict[Callable[[], None], int] = {
            self._press: 30,
            self._type: 8,
            self._click: 35,
            self._double_click: 6,
            self._right_click: 5,
            self._drag: 6,
            self._wheel: 8,
            self._trigger: 12,
            self._resize: 2,
            self._restyle: 1,
        }
        self._plays = tuple(plays)
        self._weights = tuple(plays.values())

    def begin(self) -> None:
        """Make the first step soon."""
        self._timer.start(0)

    def _play(self) -> None:
        # The next is planned first: a step may begin a loop of its own, of a drag or a question, and the next ends it.
        self._timer.start(self._random.choice(PAUSE_MS))
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        self.steps += 1
        top = self._top()
        if self._is_playing:
            self._waits += 1
            if self._waits > LOOKS:
                self._leave(top)
            return
        self._is_playing, self._waits = True, 0
        try:
            self._step(top)
        finally:
            self._is_playing = False

    def _leave(self, top: QWidget) -> None:
        """End the loop that a step is in."""
        if isinstance(top, QDialog) and top.isModal():
            self._note("leave", type(top).__name__)
            top.reject()
        elif top is not self._window and QApplication.activePopupWidget() is top:
            self._note("leave", type(top).__name__)
            top.close()

    def _step(self, top: QWidget) -> None:
        if isinstance(top, QFileDialog):
            self._answer(top)
        elif isinstance(top, QMenu) and top.testAttribute(Qt.WidgetAttribute.WA_DeleteOnClose):
            self._note(
                "close"
            )  # a field's own menu: QTest does not survive that it is gone after the first half of a key
            top.close()
        else:
            self._random.choices(self._plays, self._weights)[0]()

    def _note(self, *words: object) -> None:
        self._log.write(f"{time.monotonic() - self._began:.1f} s: {self.steps} {' '.join(map(str, words))}\n")
        self._log.flush()

    # --- where ---

    def _top(self) -> QWidget:
        app = QApplication
        return app.activePopupWidget() or app.activeModalWidget() or self._some_window()

    def _some_window(self) -> QWidget:
        dialogs = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return self._random.choice(dialogs) if dialogs and self._random.random() < 0.8 else self._window

    def _place(self) -> tuple[QWindow | None, QPoint]:
        """Return a place in the top window: the middle of something that is seen there, or any."""
        top = self._top()
        point = QPoint(self._random.randrange(max(1, top.width())), self._random.randrange(max(1, top.height())))
        seen = [each for each in top.findChildren(QWidget) if each.isVisibleTo(top) and each.window() is top]
        if seen and self._random.random() < 0.6:
            widget = self._random.choice(seen)
            middle = widget.mapTo(top, widget.rect().center())
            point = middle if top.rect().contains(middle) else point
        found = top.childAt(point) or top
        self._note("at", type(top).__name__, type(found).__name__, found.objectName(), point.x(), point.y())
        window = top.windowHandle()
        return (window, _held(point, window)) if window else (None, point)

    def _window_of_keys(self) -> QWindow | None:
        return QApplication.focusWindow() or self._top().windowHandle()

    # --- what ---

    def _press(self) -> None:
        key, modifier = self._random.choice(KEYS), self._random.choice(MODIFIERS)
        self._note("press", key.name, modifier, type(QApplication.focusWidget()).__name__)
        if window := self._window_of_keys():
            _strike(window, key, modifier)

    def _type(self) -> None:
        word = self._random.choice(WORDS)
        self._note("type", word, type(QApplication.focusWidget()).__name__)
        for letter in word:
            window = self._window_of_keys()
            if window and ord(letter) < 128:
                _strike(window, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier)
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit) and word and not focus.isReadOnly():
            focus.insert(word)

    def _click(self) -> None:
        window, point = self._place()
        modifier = self._random.choice(MODIFIERS)
        self._note("click", modifier)
        if window:
            _click(window, Qt.MouseButton.LeftButton, modifier, point)

    def _double_click(self) -> None:
        window, point = self._place()
        self._note("double click")
        if window and not QApplication.activePopupWidget():
            QTest.mouseDClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point, 0)

    def _right_click(self) -> None:
        window, point = self._place()
        self._note("right click")
        if window:
            _click(window, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, point)

    def _drag(self) -> None:
        window, point = self._place()
        self._note("drag")
        if not window:
            return
        QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point, 0)
        QTimer.singleShot(300, self._window, self._release)  # for a drag that has a loop of its own
        for _ in range(self._random.randrange(1, 6)):
            if not isValid(window):
                return  # a popup that the drag has closed
            point = _held(point + QPoint(self._random.randrange(-60, 61), self._random.randrange(-40, 41)), window)
            QTest.mouseMove(window, point, 0)

    def _release(self) -> None:
        for window in QApplication.topLevelWindows():
            if window.isVisible():
                self._note("release")
                QTest.mouseRelease(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5), 0)
                return

    def _wheel(self) -> None:
        window, point = self._place()
        self._note("wheel")
        if window:
            QTest.wheelEvent(window, QPointF(point), QPoint(0, self._random.choice((-600, -120, 120, 600))))

    def _trigger(self) -> None:
        """Choose an action, as from a menu: every dialog and tab has one."""
        action_id = self._random.choice(tuple(ActionId))
        action = self._window.actions_of_window[action_id]
        is_meant = action_id is not ActionId.QUIT or self._random.random() < QUITS
        if is_meant and not QApplication.activeModalWidget() and not QApplication.activePopupWidget():
            self._note("trigger", action_id.name, action.isEnabled())
            action.trigger()

    def _resize(self) -> None:
        size = self._random.choice(SIZES)
        self._note("resize", size.width(), size.height())
        self._some_window().resize(size)

    def _restyle(self) -> None:
        appearance = self._random.choice(tuple(Appearance))
        percent = self._random.choice((LEAST_TEXT, 100, 100, 150, 200, MOST_TEXT))
        self._note("look", appearance.name, percent)
        look().wear(appearance, percent)

    def _answer(self, dialog: QFileDialog) -> None:
        """Answer a question for a file without going anywhere else: the folder it begins with is the run's own."""
        name = self._random.choice(("a.csv", "b", "", "c.png"))
        is_taken = self._random.random() < 0.5
        self._note("file", name, is_taken)
        if is_taken and dialog.fileMode() is not QFileDialog.FileMode.Directory and name:
            dialog.selectFile(name)
        if is_taken:
            QTimer.singleShot(0, dialog, dialog.accept)
        else:
            dialog.reject()


def _strike(window: QWindow, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    """Press a key and let it go, the latter where there still is a window: QTest's own click takes that for granted."""
    QTest.keyPress(window, key, modifier, 0)
    if isValid(window):
        QTest.keyRelease(window, key, modifier, 0)


def _click(window: QWindow, button: Qt.MouseButton, modifier: Qt.KeyboardModifier, point: QPoint) -> None:
    """Press a button and let it go, as with a key."""
    QTest.mousePress(window, button, modifier, point, 0)
    if isValid(window):
        QTest.mouseRelease(window, button, modifier, point, 0)


def _held(point: QPoint, window: QWindow) -> QPoint:
    """Return the place in the window that is nearest: the platform sends none outside."""
    return QPoint(max(0, min(point.x(), window.width() - 1)), max(0, min(point.y(), window.height() - 1)))
