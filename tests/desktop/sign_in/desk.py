"""A window at work with a service that people sign in to: the real client, store and window.

tests ──▶ **Desk** ──▶ program
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from desktop.app import App
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.program import Choices, Program
from desktop.session.connection_status import Connected
from desktop.sign_in.profiles import Profile
from desktop.widgets.intents import Close
from desktop.widgets.main_window import MainWindow
from desktop.wording.reports.offers import ActionId as A


class Desk:
    """A window at work with the service, by the program that begins anew when somebody else may be signed in."""

    def __init__(self, profile: Profile) -> None:
        self.window = MainWindow()
        self.window.show()
        self._name = profile.name
        self._program = Program(self.window, None, Choices(None, Settings(), WindowState(None)))
        self._serving = asyncio.create_task(self._program.serve(profile))

    @property
    def app(self) -> App:
        assert self._program._app
        return self._program._app

    async def begin_again(self, before: App) -> None:
        """Wait until another app has the window."""
        await self.until(lambda: self._program._app is not before)

    async def close(self) -> None:
        self.window.intended.emit(Close(is_sure=True))
        await self._serving
        self.window.deleteLater()

    async def until(self, is_so: Callable[[], Any]) -> None:
        while self._program._app is None or not is_so():
            await asyncio.sleep(0)
            if self._program._app is None:
                continue
            painted = asyncio.Event()
            timer = self.app.painting.repaint
            timer.timeout.connect(painted.set)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await painted.wait()
            timer.timeout.disconnect(painted.set)

    @property
    def connection(self) -> Any:
        return self.app.store.session.connection

    def offers(self, *action_ids: A) -> bool:
        """Return whether of signing in and out just these are offered, and painted so."""
        enabled = {each for each in (A.SIGN_IN, A.SIGN_OUT) if self.window.actions_of_window[each].isEnabled()}
        return enabled == set(action_ids)

    def words(self) -> str:
        return self.window.status.connection.words.accessibleName()

    def says(self, words: str) -> bool:
        return self.words() == f"{self._name}, {words}"

    def reason(self) -> str:
        return self.window.connection_menu.reason.text()

    def wants_sign_in(self) -> bool:
        return self.says("Sign in needed") and self.offers(A.SIGN_IN)

    def is_signed_in(self) -> bool:
        return isinstance(self.connection, Connected) and self.offers(A.SIGN_OUT)

    def press(self) -> None:
        self.window.status.connection.helper.click()
