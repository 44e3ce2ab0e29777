"""The window's start and end: it is seen first, and what talks to a service is loaded behind it.

window command ──▶ **run** ── MainWindow, then ──▶ `program` ──▶ exit status

Nothing here may import what loads long: no HTTP, no AWS, no engine. The first paint waits for it.
"""

import importlib
import logging
import re
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QObject,
    QThread,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from desktop import loading
from desktop.keeping import settings, window_state
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.outside import crash_log
from desktop.outside.places import config_directory
from desktop.outside.signals import Asked, at_signals
from desktop.session.connection_status import Connecting
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile, Transport
from desktop.widgets.intents import Close
from desktop.widgets.main_window import MainWindow
from desktop.widgets.theme.dress import USUAL_TEXT, Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.window import Desk, now_here, present

log = logging.getLogger(__name__)

BEHIND = ("desktop.loop", "desktop.program")
"""Modules that work with a service, which nobody needs to see a window."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)


def run(profile: Profile | None, ended: Asked, transport: Transport | None = None) -> int:
    """Show the window until it is closed; without a profile, for the connection that was used last.

    `ended` tells whether the program was asked to end before there was a window, `transport` how a local backend is to
    be reached.
    """
    _make_qt()
    crash = crash_log.watch()
    folder = _config_directory()
    chosen = settings.load(folder / settings.FILE) if folder else Settings()
    state = WindowState(folder / window_state.FILE if folder else None)
    window = make_window(chosen, state)
    closing = Closing(window)
    at_signals(lambda: window.intended.emit(Close(is_sure=True)))
    if not ended.is_asked:
        window.show()
        first_paint(window)
        loop, program = load_behind()
        loading.end()
        work = program.serve(window, profile, transport, program.Choices(folder, chosen, state))
        loop.run(closing.leave_for(work), crash.in_loop)
        state.keep_window(window.kept() | {"appearance": look().appearance.value, "textPercent": look().text_percent})
    crash.close()
    return 0


def make_window(chosen: Settings, state: WindowState) -> MainWindow:
    """Return the window as it was left, saying what is true before anything is known."""
    kept = state.window()
    spoken = LanguageId(chosen.language) if chosen.language != "system" else language.choose(QLocale().name())
    language.use(spoken)
    _translate_qt(spoken)
    percent = kept.get("textPercent")
    with look().late_sheet(_appearance(kept.get("appearance")), percent if isinstance(percent, int) else USUAL_TEXT):
        window = MainWindow()
    window.restore(kept)
    window.show_view(present(Desk(session=Session(Connecting())), 0.0, now_here()))
    return window


def first_paint(window: MainWindow) -> None:
    """Return once the window has been painted for the first time; one that is hidden before never will be."""
    painted = QEventLoop()
    watcher = _Watcher(window, painted.quit)
    if window.isVisible():
        painted.exec()
    watcher.deleteLater()


def load_behind() -> list[Any]:
    """Return what works with a service, loaded on a thread of its own while the window heeds what is done to it."""
    waiting, thread = QEventLoop(), _Loading()
    thread.finished.connect(waiting.quit)
    thread.start()
    waiting.exec()
    thread.wait()
    return [importlib.import_module(name) for name in BEHIND]


class Closing:
    """Heeds the wish to close while there is nothing else yet that could."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.is_asked = False
        window.intended.connect(self._heed)

    async def leave_for(self, work: Coroutine[Any, Any, None]) -> None:
        """Heed it no more, and have something else do so, unless there was such a wish."""
        self._window.intended.disconnect(self._heed)
        if self.is_asked:
            work.close()
        else:
            await work

    def _heed(self, intent: object) -> None:
        if isinstance(intent, Close):
            self.is_asked = True
            self._window.hide()


def _make_qt() -> None:
    qt = QApplication.instance() or QApplication(["reportwire"])
    if not isinstance(qt, QApplication):
        raise TypeError("Qt runs without widgets here")
    qt.setApplicationName("Reportwire")
    qt.setDesktopFileName("reportwire")
    qt.setQuitOnLastWindowClosed(False)
    qInstallMessageHandler(say_without_addresses)


class _Watcher(QObject):
    def __init__(self, window: MainWindow, painted: Callable[[], None]) -> None:
        super().__init__(window)
        self._painted = painted
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() in {QEvent.Type.Paint, QEvent.Type.Hide}:
            self._painted()
        return False


class _Loading(QThread):
    def run(self) -> None:
        """Load; what fails does so again where the modules are asked for, and is raised there."""
        with suppress(Exception):
            for name in BEHIND:
                importlib.import_module(name)


def say_without_addresses(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Print a message of Qt on standard error, without the addresses in it: links are signed."""
    sys.stderr.write(f"{_ADDRESS.sub('…', message)}\n")


def _translate_qt(spoken: LanguageId) -> None:
    """Have Qt's own words, of its dialogs and of keys, in the language of the window."""
    translator = QTranslator(QApplication.instance())
    if translator.load(f"qtbase_{spoken}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QApplication.installTranslator(translator)
    if spoken is LanguageId.GERMAN:
        QApplication.installTranslator(GermanKeys(QApplication.instance()))


class GermanKeys(QTranslator):
    """The key that Qt's own German leaves in English."""

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        """Say that there is something: Qt does not ask an empty one."""
        return False

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803  Qt's
        disambiguation: str | None = None,  # noqa: ARG002  Qt's
        n: int = -1,  # noqa: ARG002  Qt's
    ) -> str | None:
        """Return the German of one key; the rest is left to the translators before."""
        return "Eingabe" if (context, sourceText) == ("QShortcut", "Return") else None


def _appearance(value: object) -> Appearance:
    return Appearance(value) if value in {each.value for each in Appearance} else Appearance.SYSTEM


def _config_directory() -> Path | None:
    try:
        return config_directory()
    except RuntimeError:
        log.warning("this user has no home: nothing is kept")
        return None
