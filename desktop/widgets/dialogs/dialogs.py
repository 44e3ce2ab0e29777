"""All dialogs of the window: each is made, and its module loaded, when it is first asked for.

main_window ── open ──▶ **Dialogs** ── signals of the dialogs ──▶ app
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop.keeping.settings import Settings
    from desktop.widgets.dialogs.about_dialog import AboutDialog
    from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog
    from desktop.widgets.dialogs.keys_dialog import KeysDialog
    from desktop.widgets.dialogs.log_dialog import LogDialog
    from desktop.widgets.dialogs.quit_dialog import QuitDialog
    from desktop.widgets.dialogs.settings_dialog import SettingsDialog
    from desktop.wording.dialogs.about import About
    from desktop.wording.dialogs.keys import KeySection
    from desktop.wording.dialogs.quitting import QuitText


class Sources(Struct, frozen=True, kw_only=True):
    """Where the dialogs get what they show, each asked when its dialog is opened."""

    settings: "Callable[[], Settings]"
    keys: "Callable[[], Sequence[KeySection]]"
    about: "Callable[[], About]"
    log: Callable[[], tuple[Path, str] | None]
    """The log of the last run and its text; None if there is none."""


class Dialogs(QObject):
    """The dialogs of one window.

    Signals:
        connections_made(ConnectionsDialog): It is there for the first time, and not shown yet.
        use_asked(str): Talk to the connection of this id.
        use_confirmed(str): Talk to it, although something stops.
        settings_changed(Settings): These hold from now on.
        folder_asked(Path): Show this file in its folder.
        quit_confirmed(): Quit, although something stops.
    """

    connections_made = Signal(object)
    use_asked = Signal(str)
    use_confirmed = Signal(str)
    settings_changed = Signal(object)
    folder_asked = Signal(Path)
    quit_confirmed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._known: Sources | None = None
        self._wanted: Callable[[Sources], None] | None = None
        """Opens the dialog that was asked for while there was nothing to show in it."""
        self._leave: Callable[[], None] = self.quit_confirmed.emit
        """Does what was asked about last."""
        self.connections: ConnectionsDialog | None = None
        self.settings: SettingsDialog | None = None
        self.keys: KeysDialog | None = None
        self.about: AboutDialog | None = None
        self.log: LogDialog | None = None
        self.quit: QuitDialog | None = None

    def work_with(self, sources: Sources) -> None:
        """Show from now on what these have, first in the dialog that was asked for last."""
        self._known = sources
        wanted, self._wanted = self._wanted, None
        if wanted:
            wanted(sources)

    def open_connections(self) -> None:
        """Show the connections."""
        self._show_when_known(self._show_connections)

    def open_settings(self) -> None:
        """Show the settings."""
        self._show_when_known(self._show_settings)

    def open_keys(self) -> None:
        """Show the keys and the words of the states."""
        self._show_when_known(self._show_keys)

    def open_about(self) -> None:
        """Show what this program is."""
        self._show_when_known(self._show_about)

    def open_log(self) -> None:
        """Show the log of the last run, or that there is none."""
        self._show_when_known(self._show_log)

    def confirm_quit(self, text: "QuitText | None") -> None:
        """Ask whether to quit; where nothing stops, that is confirmed at once."""
        self._confirm(text, self.quit_confirmed.emit)

    def confirm_use(self, text: "QuitText | None", connection: str) -> None:
        """Ask whether to talk to another service; where nothing stops, that is confirmed at once."""
        self._confirm(text, lambda: self.use_confirmed.emit(connection))

    def _confirm(self, text: "QuitText | None", leave: Callable[[], None]) -> None:
        self._leave = leave
        if text is None:
            leave()
            return
        if self.quit is None:
            from desktop.widgets.dialogs.quit_dialog import QuitDialog  # noqa: PLC0415  at first use

            self.quit = QuitDialog(self._window)
            self.quit.quit_confirmed.connect(self._leave_now)
        self.quit.show_text(text)
        self.quit.ask()

    def _leave_now(self) -> None:
        self._leave()

    def _show_when_known(self, show: Callable[[Sources], None]) -> None:
        if self._known is None:
            self._wanted = show
        else:
            show(self._known)

    def _show_connections(self, _sources: Sources) -> None:
        if self.connections is None:
            from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog  # noqa: PLC0415  at first use

            self.connections = ConnectionsDialog(self._window)
            self.connections.use_asked.connect(self.use_asked)
            self.connections_made.emit(self.connections)
        self.connections.appear()

    def _show_settings(self, sources: Sources) -> None:
        if self.settings is None:
            from desktop.widgets.dialogs.settings_dialog import SettingsDialog  # noqa: PLC0415  at first use

            self.settings = SettingsDialog(sources.settings(), self._window)
            self.settings.changed.connect(self.settings_changed)
        elif not self.settings.isVisible():
            self.settings.show_settings(sources.settings())
        self.settings.appear()

    def _show_keys(self, sources: Sources) -> None:
        if self.keys is None:
            from desktop.widgets.dialogs.keys_dialog import KeysDialog  # noqa: PLC0415  at first use

            self.keys = KeysDialog(sources.keys(), self._window)
        self.keys.appear()

    def _show_about(self, sources: Sources) -> None:
        if self.about is None:
            from desktop.widgets.dialogs.about_dialog import AboutDialog  # noqa: PLC0415  at first use

            self.about = AboutDialog(sources.about(), self._window)
        self.about.appear()

    def _show_log(self, sources: Sources) -> None:
        if self.log is None:
            from desktop.widgets.dialogs.log_dialog import LogDialog  # noqa: PLC0415  at first use

            self.log = LogDialog(self._window)
            self.log.folder_asked.connect(self.folder_asked)
        path, text = sources.log() or (None, "")
        self.log.show_log(path, text)
        self.log.appear()
