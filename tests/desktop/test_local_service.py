"""The local backend of a window, which may end while the window stays."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop import local_service
from desktop.local_backend import LocalBackendMissing
from desktop.local_service import LocalService
from desktop.session.connection_status import Connecting, Connection, NoService
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from tests.limits import HANG_S

PROFILE = Profile(name="local", endpoint="ws://127.0.0.1:4566/local", region="us-east-1", auth=IamAuth())


class Desk:
    """Notes what is told, in order; each backend serves until `kill`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[str] = []
        self._talking = asyncio.Event()
        desk, loop = self, asyncio.get_running_loop()

        class Backend:
            def __init__(self) -> None:
                self._ended = asyncio.Event()
                desk.kill = self._ended.set

            def ready(self) -> Profile:
                return PROFILE

            def wait(self) -> None:
                asyncio.run_coroutine_threadsafe(self._ended.wait(), loop).result(HANG_S)

            def stop(self) -> None:
                desk.told.append("stopped")

        self.kill: Callable[[], None]
        monkeypatch.setattr(local_service, "LocalBackend", Backend)
        self.service = LocalService(self._talk, self._tell, lambda: self.told.append("lost"))

    async def until_it_talks(self) -> None:
        await self._talking.wait()
        self._talking.clear()

    async def _talk(self, _profile: Profile) -> None:
        self.told.append("talks")
        self._talking.set()
        await asyncio.Event().wait()

    def _tell(self, connection: Connection) -> None:
        assert isinstance(connection, Connecting)
        self.told.append("starts")


def played(monkeypatch: pytest.MonkeyPatch, act: Callable[[Desk], Awaitable[None]]) -> list[str]:
    """Return what is told of a service that is cancelled at the end."""

    async def play() -> list[str]:
        desk = Desk(monkeypatch)
        running = asyncio.create_task(desk.service.run())
        async with asyncio.timeout(HANG_S):
            await act(desk)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        desk.kill()
        return desk.told

    return asyncio.run(play())


def test_backend_that_ends_is_followed_by_another_and_its_reports_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(desk: Desk) -> None:
        await desk.until_it_talks()
        desk.kill()
        await desk.until_it_talks()

    assert played(monkeypatch, act) == ["starts", "talks", "lost", "stopped", "starts", "talks", "stopped"]


def test_window_that_is_closed_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert played(monkeypatch, Desk.until_it_talks) == ["starts", "talks", "stopped"]


def test_program_without_a_backend_says_so_once_and_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise LocalBackendMissing("none inside")

    async def play() -> list[Connection]:
        told: list[Connection] = []
        monkeypatch.setattr(local_service, "LocalBackend", missing)
        monkeypatch.setattr(local_service, "RESTART_S", 0.0)
        said = asyncio.Event()

        def tell(connection: Connection) -> None:
            told.append(connection)
            if isinstance(connection, NoService):
                said.set()

        running = asyncio.create_task(LocalService(never, tell, lambda: None).run())
        async with asyncio.timeout(HANG_S):
            await said.wait()
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return told

    async def never(_profile: Profile) -> None:
        raise AssertionError("there is nobody to talk to")

    assert asyncio.run(play()) == [Connecting(), NoService()]
