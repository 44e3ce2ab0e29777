"""The window's start and end: it is seen first, and what talks to a service is loaded behind it.

window command ──▶ **run** ── MainWindow, then ──▶ `program` ──▶ exit status

Nothing here may import what loads long: no HTTP, no AWS, no engine. The first paint waits for it.
"""

import asyncio
import importlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, QSocketNotifier, QTranslator, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.browser import say_without_addresses
from desktop.keeping import settings, window_state
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.outside import crash_log
from desktop.outside.places import config_directory
from desktop.outside.signals import Asked, at_signals
from desktop.outside.threads import in_thread
from desktop.session.connection_status import Connecting
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile, Transport
from desktop.widgets.intents import Close
from desktop.widgets.main_window import MainWindow
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.window import Desk, now_here, present

log = logging.getLogger(__name__)

SIGNALS_AT_ONCE = 64


def run(profile: Profile | None, ended: Asked, transport: Transport | None = None) -> int:
    """Show the window until it is closed; without a profile, for the connection that was used last.

    `ended` tells whether the program was asked to end before there was a window, `transport` how a local backend is to
    be reached.
    """
    qt = QApplication.instance() or QApplication(["reportwire"])
    if not isinstance(qt, QApplication):
        raise TypeError("Qt runs without widgets here")
    qt.setApplicationName("Reportwire")
    qt.setDesktopFileName("reportwire")
    qt.setQuitOnLastWindowClosed(False)
    qInstallMessageHandler(say_without_addresses)
    crash = crash_log.watch()
    with awake_at_signals(), asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        runner.get_loop().set_exception_handler(crash.in_loop)
        runner.run(_main(profile, ended, transport))
    crash.close()
    return 0


@contextmanager
def awake_at_signals() -> Iterator[None]:
    """Have Python look at a signal as it comes: while Qt waits for events nothing else would, until the next timer."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.settimeout(0)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reading.recv(SIGNALS_AT_ONCE))
    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        reading.close()
        writing.close()


async def _main(profile: Profile | None, ended: Asked, transport: Transport | None) -> None:
    folder = _config_directory()
    chosen = settings.load(folder / settings.FILE) if folder else Settings()
    state = WindowState(folder / window_state.FILE if folder else None)
    window = make_window(chosen, state)
    closing = Closing(window)
    at_signals(lambda: window.intended.emit(Close(is_sure=True)))
    if ended.is_asked:
        return
    window.show()
    await first_paint(window)
    program = await in_thread(lambda: importlib.import_module("desktop.program"), "imports")
    closing.leave()
    if not closing.is_asked:
        await program.serve(window, profile, transport, program.Choices(folder, chosen, state))
    state.keep_window(window.kept() | {"appearance": look().appearance.value, "textPercent": look().text_percent})


def make_window(chosen: Settings, state: WindowState) -> MainWindow:
    """Return the window as it was left, saying what is true before anything is known."""
    kept = state.window()
    spoken = LanguageId(chosen.language) if chosen.language != "system" else language.choose(QLocale().name())
    language.use(spoken)
    _translate_qt(spoken)
    percent = kept.get("textPercent")
    look().wear(_appearance(kept.get("appearance")), percent if isinstance(percent, int) else 100)
    with look().late_sheet():
        window = MainWindow()
    window.restore(kept)
    window.show_view(present(Desk(session=Session(Connecting())), 0.0, now_here()))
    return window


async def first_paint(window: MainWindow) -> None:
    """Return once the window has been painted for the first time; one that is hidden before never will be."""
    painted = asyncio.Event()
    watcher = _Watcher(window, painted.set)
    if window.isVisible():
        await painted.wait()
    watcher.deleteLater()


class Closing:
    """Heeds the wish to close while there is nothing else yet that could."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.is_asked = False
        window.intended.connect(self._heed)

    def leave(self) -> None:
        """Heed it no more."""
        self._window.intended.disconnect(self._heed)

    def _heed(self, intent: object) -> None:
        if isinstance(intent, Close):
            self.is_asked = True
            self._window.hide()


class _Watcher(QObject):
    def __init__(self, window: MainWindow, painted: Callable[[], None]) -> None:
        super().__init__(window)
        self._painted = painted
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() in {QEvent.Type.Paint, QEvent.Type.Hide}:
            self._painted()
        return False


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
