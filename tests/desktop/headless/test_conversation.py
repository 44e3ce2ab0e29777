import asyncio
from collections.abc import Coroutine, Iterator
from http import HTTPStatus
from typing import Any

import pytest

from desktop.headless.conversation import Headless, headless
from desktop.headless.errors import NotConnected, ReportCancelled
from desktop.headless.judgement import Judgement
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.session.events import ConnectionChanged, Submitted
from desktop.session.store import Store
from tests.desktop.services import FakeService, profile_of, serving
from tests.desktop.session.test_step import ASKED, ID
from tests.limits import HANG_S


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, HANG_S))


def tell(store: Store, connection: Connection) -> None:
    store.dispatch(ConnectionChanged(connection, 0))


class Clock:
    def __init__(self, *times: float) -> None:
        self._times: Iterator[float] = iter(times)

    def __call__(self) -> float:
        return next(self._times)


async def forever() -> None:
    await asyncio.Event().wait()


def session_of(store: Store, clock: Clock, client: Coroutine[Any, Any, None] | None = None) -> Headless:
    return Headless(store, clock, asyncio.create_task(client or forever()), Judgement(clock()))


def test_what_is_known_already_is_given_at_once() -> None:
    async def test() -> None:
        store = Store()
        tell(store, SignInNeeded("no"))
        assert await session_of(store, Clock(*range(9))).until(lambda _: "found") == "found"

    run(test())


def test_news_are_waited_for() -> None:
    async def test() -> None:
        store = Store()
        asyncio.get_running_loop().call_soon(store.dispatch, Submitted(ASKED, 0))
        entry = await session_of(store, Clock(*range(9))).until(lambda known: known.entries.get(ID))
        assert entry.request == ASKED

    run(test())


@pytest.mark.parametrize("connection", [SignInNeeded("Sign in first."), CertificateRefused("It is not trusted.")])
def test_what_only_the_analyst_can_mend_is_unreachable(connection: SignInNeeded | CertificateRefused) -> None:
    async def test() -> None:
        store = Store()
        asyncio.get_running_loop().call_soon(tell, store, connection)
        with pytest.raises(NotConnected, match=connection.reason):
            await session_of(store, Clock(*range(9))).until(lambda _: None)

    run(test())


def test_outage_is_borne_until_patience_ends() -> None:
    async def test() -> None:
        store = Store()
        tell(store, Waiting(0, "The service is busy."))
        soon = asyncio.get_running_loop().call_soon
        soon(tell, store, Connecting())
        soon(soon, tell, store, Waiting(1, "The service cannot be reached."))
        session = session_of(store, Clock(0, 0, OUT_OF_REACH_S, OUT_OF_REACH_S + 1))
        with pytest.raises(NotConnected, match="cannot be reached"):
            await session.until(lambda _: None)

    run(test())


def test_who_is_in_a_hurry_does_not_wait_for_a_service_that_is_silent() -> None:
    async def test() -> None:
        store = Store()
        session = session_of(store, Clock(0, 5, 5.5, 7))
        session.hurry()
        with pytest.raises(ReportCancelled, match="the report may go on"):
            await session.until(lambda _: None)

    run(test())


def test_error_of_the_client_is_not_waited_out() -> None:
    async def fail(store: Store) -> None:
        tell(store, Closed())
        raise LookupError("a fault of the program")

    async def test() -> None:
        store = Store()
        with pytest.raises(LookupError, match="a fault"):
            await session_of(store, Clock(*range(9)), fail(store)).until(lambda _: None)

    run(test())


def test_listener_is_gone_after_the_answer_and_after_an_error() -> None:
    async def test() -> None:
        store = Store()
        session = session_of(store, Clock(*range(9)))
        await session.until(lambda _: "found")
        tell(store, SignInNeeded("no"))
        with pytest.raises(NotConnected):
            await session.until(lambda _: None)
        assert store._listeners == []

    run(test())


def test_client_runs_as_long_as_the_block() -> None:
    async def test() -> None:
        service, before = FakeService(), asyncio.all_tasks()
        with serving(service) as profile:
            async with headless(profile) as session:
                catalog = await session.until(lambda known: known.catalog)
        assert [definition.id for definition in catalog] == ["sample"]
        assert asyncio.all_tasks() == before

    run(test())


def test_refused_sign_in_is_tried_with_fresh_credentials_before_it_counts() -> None:
    async def test() -> None:
        service = FakeService(status=HTTPStatus.FORBIDDEN)
        with serving(service) as profile:
            async with headless(profile) as session:
                with pytest.raises(NotConnected, match="refused the sign-in"):
                    await session.until(lambda known: known.catalog)

    run(test())


def test_service_that_is_not_there_is_unreachable() -> None:
    async def test() -> None:
        async with headless(profile_of("ws://127.0.0.1:1/local"), out_of_reach_s=-1.0) as session:
            with pytest.raises(NotConnected, match="refuses connections"):
                await session.until(lambda known: known.catalog)

    run(test())
