"""The window at work: one service after another, and the dialogs that choose and explain them.

start ── MainWindow ──▶ **serve** ──▶ `App`, again for each service that is wanted
"""

import platform
import sys
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6 import __version__ as qt_version

from desktop.app import App
from desktop.desk.connections import ConnectionsDesk
from desktop.desk.home import Home
from desktop.desk.last_log import last_log
from desktop.keeping import parameter_sets, settings
from desktop.keeping.connections import LOCAL, ConnectionId, Connections, of_this_user
from desktop.keeping.errors import NotKept
from desktop.keeping.parameter_sets import ParameterSets
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.outside import crash_log, version
from desktop.sign_in.profiles import Profile, Transport
from desktop.widgets.actions.menus import key_sections
from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog
from desktop.widgets.dialogs.dialogs import Sources
from desktop.widgets.main_window import MainWindow
from desktop.wording.dialogs.about import About
from desktop.wording.language import tr


class Choices(Struct, frozen=True):
    """What the analyst chose before, and where that is kept; None keeps nothing."""

    folder: Path | None
    settings: Settings
    state: WindowState


async def serve(window: MainWindow, profile: Profile | None, transport: Transport | None, choices: Choices) -> None:
    """Have the window work with a service until it is closed: with `profile`, or with the one used last."""
    await Program(window, transport, choices).serve(profile)


class Program:
    """One window, its dialogs, and the service it talks to now."""

    def __init__(self, window: MainWindow, transport: Transport | None, choices: Choices) -> None:
        self._window = window
        self._transport = transport
        self._folder = choices.folder
        self._home = Home(choices.state, _parameter_sets(), choices.settings)
        self._app: App | None = None
        self._next: ConnectionId | None = None
        self._is_again = False
        self._connections: Connections | None = of_this_user() if choices.folder else None
        self._desk: ConnectionsDesk | None = None
        self._log = last_log()
        window.dispatch.dialogs.connections_made.connect(self._fill_connections)
        for source in (window.dispatch.dialogs, window.connection_menu):
            source.use_asked.connect(self._ask_to_use)
        window.dispatch.dialogs.use_confirmed.connect(self._use)
        window.dispatch.dialogs.settings_changed.connect(self._set)
        window.dispatch.dialogs.quit_confirmed.connect(self._quit)
        window.dispatch.dialogs.folder_asked.connect(self._show_folder)
        if self._log:
            window.show_notice(tr("The last run ended by itself. Show log in the menu Help says where."))

    async def serve(self, profile: Profile | None) -> None:
        """Talk to one service after another, as the analyst wants, until the window is closed."""
        in_use = LOCAL
        if profile is None and self._connections:
            in_use = self._connections.last_used()
            profile = self._profile_of(in_use)
        if self._connections:
            self._desk = ConnectionsDesk(self._connections, in_use=in_use, local=self._local_profile)
            self._desk.listen(self._window.connection_menu.offer)
            self._window.connection_menu.aboutToShow.connect(self._desk.refresh)
        self._window.dispatch.dialogs.work_with(
            Sources(
                settings=lambda: self._home.settings,
                keys=lambda: key_sections(self._window.actions_of_window),
                about=_about,
                log=self._show_log,
            )
        )
        while True:
            is_another_person, self._is_again, self._next = self._is_again, False, None
            self._app = App(self._window, self._transport, self._home, self._show_connections, self._start_again)
            self._app.remember(profile, is_another_person=is_another_person)
            await self._app.serve(profile)
            if self._next is not None:
                profile = self._profile_of(self._next)
            elif not self._is_again:
                break
        if self._desk:
            await self._desk.close()

    def _profile_of(self, connection: ConnectionId) -> Profile | None:
        kept = self._connections.load() if self._connections else ()
        return next((each.profile for each in kept if each.id == connection), None)

    def _local_profile(self) -> Profile | None:
        return self._app.profile if self._app and self._app.is_local else None

    def _show_connections(self) -> None:
        if self._desk:
            self._desk.refresh()

    def _start_again(self) -> None:
        """Talk to the same service with an empty window, as somebody else may be signed in."""
        if self._app:
            self._is_again = True
            self._app.stop()

    def _fill_connections(self, dialog: ConnectionsDialog) -> None:
        if self._desk:
            dialog.work_with(self._desk)
            self._desk.show_on(dialog)

    def _ask_to_use(self, connection: ConnectionId) -> None:
        """Talk to another service, unless something would stop or be lost that the analyst may want."""
        if self._app and self._desk:
            self._window.dispatch.dialogs.confirm_use(self._app.say_switch(), connection)

    def _use(self, connection: ConnectionId) -> None:
        if self._app and self._desk:
            self._next = connection
            self._desk.mark_used(connection)
            self._app.stop()

    def _set(self, chosen: Settings) -> None:
        self._home = replace(self._home, settings=chosen)
        if self._app:
            self._app.use_settings(chosen)
        if self._folder:
            try:
                settings.save(self._folder / settings.FILE, chosen)
            except OSError as error:
                self._window.show_notice(tr("The settings cannot be kept: {reason}.", reason=error.strerror))

    def _show_log(self) -> tuple[Path, str] | None:
        """Return the log of the last run, which counts as seen from now on."""
        if self._log:
            crash_log.mark_shown(self._log[0])
        return self._log

    def _show_folder(self, path: Path) -> None:
        if self._app:
            self._app.show_folder(path)

    def _quit(self) -> None:
        if self._app:
            self._window.hide()
            self._app.stop()


def _about() -> About:
    return About(
        version=version.installed(),
        license="MIT",
        python=platform.python_version(),
        qt=qt_version,
        system=f"{platform.system()} {platform.release()}"
        if sys.platform != "darwin"
        else f"macOS {platform.mac_ver()[0]}",
    )


def _parameter_sets() -> ParameterSets | None:
    try:
        return parameter_sets.of_this_user()
    except NotKept:
        return None
