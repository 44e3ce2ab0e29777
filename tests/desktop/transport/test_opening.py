"""Which way is taken, and when it is changed, on lines that open, answer and break when told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from backend.protocol.codec import decode_request, encode
from backend.protocol.messages import PongMessage
from desktop.sign_in.profiles import Profile
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.line import Sign
from desktop.transport.opening import Opened, Opening, Ways
from desktop.transport.remembered import DAY_S, Remembered
from desktop.transport.timing import Timing
from tests.desktop.peers import FAST
from tests.desktop.services import profile_of
from tests.limits import HANG_S

BLOCKED = Outage(Remedy.WAIT, "A page.", is_blocked=True)
DOWN = Outage(Remedy.WAIT, "It is down.")
SIGN_IN = Outage(Remedy.SIGN_IN, "Refused.")
NEVER = 10 * HANG_S
TIMING = replace(FAST, open_timeout=5.0, fallback_after=0.05, upgrade_every=(0.2, 0.8), network_look=0.01)


@dataclass
class Way:
    """What becomes of the lines of one kind."""

    outage: Outage | None = None
    is_mute: bool = False
    opened: int = 0
    closed: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a mute way may answer."""
    tried: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    """When it was tried."""

    @asynccontextmanager
    async def connect(self, _profile: Profile, _sign: Sign, _timing: Timing) -> AsyncIterator["FakeLine"]:
        self.opened += 1
        self.tried.put_nowait(asyncio.get_running_loop().time())
        if self.outage:
            raise ConnectionFailed(self.outage)
        try:
            yield FakeLine(self)
        finally:
            self.closed += 1


class FakeLine:
    def __init__(self, way: Way) -> None:
        self._way = way
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            frame = await self._frames.get()
            if self._way.is_mute:
                await self._way.answers.wait()
            yield frame

    async def send(self, frame: str) -> None:
        request = decode_request(frame)
        self._frames.put_nowait(encode(PongMessage(request_id=str(request.request_id))))

    async def close(self) -> None:
        pass


@dataclass
class Bench:
    socket: Way = field(default_factory=Way)
    https: Way = field(default_factory=Way)
    network: list[str] = field(default_factory=lambda: ["office"])
    remembered: Remembered = field(default_factory=lambda: Remembered(None))
    timing: Timing = TIMING

    def opening(self, **profile: Any) -> Opening:
        ways = Ways(
            socket=self.socket.connect,
            https=self.https.connect,
            remembered=self.remembered,
            look=lambda _url: (self.network[-1],),
        )
        known = msgspec.structs.replace(profile_of("wss://a.example/dev"), https="https://b.example/v1")
        return Opening(msgspec.structs.replace(known, **profile), unsigned, self.timing, ways)


async def unsigned(_method: str, _url: str, _body: bytes) -> Mapping[str, str]:
    return {}


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), HANG_S))


async def leave(opening: Opening, *opened: Opened) -> None:
    for each in opened:
        await each.stack.aclose()
    await opening.close()


def test_websocket_comes_first() -> None:
    async def test() -> None:
        bench = Bench()
        opening = bench.opening()
        opened = await opening.open()
        assert (opened.over_https, bench.https.opened) == (False, 0)
        await leave(opening, opened)
        assert bench.socket.closed == 1

    run(test)


def test_blocked_websocket_is_replaced_at_once() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED), timing=replace(TIMING, fallback_after=NEVER))
        opening = bench.opening()
        opened = await opening.open()
        assert (opened.over_https, opened.is_fallback) == (True, True)
        await leave(opening, opened)

    run(test)


def test_silent_websocket_is_replaced_after_a_while_and_taken_once_it_answers() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(is_mute=True))
        opening = bench.opening()
        opened = await opening.open()
        assert opened.over_https
        better = asyncio.create_task(opening.better())
        await asyncio.sleep(0)
        assert not better.done()
        bench.socket.answers.set()
        taken = await better
        assert (taken.over_https, bench.socket.opened) == (False, 1)
        await leave(opening, opened, taken)

    run(test)


@pytest.mark.parametrize("outage", [SIGN_IN, Outage(Remedy.CERTIFICATE, "Not trusted.")])
def test_own_refusals_of_the_service_are_no_reason_for_https(outage: Outage) -> None:
    async def test() -> None:
        bench = Bench(socket=Way(outage))
        opening = bench.opening()
        for _ in range(3):
            with pytest.raises(ConnectionFailed):
                await opening.open()
            await asyncio.sleep(TIMING.fallback_after)
        assert bench.https.opened == 0
        await leave(opening)

    run(test)


def test_service_that_is_down_for_a_while_is_tried_over_https_too() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(DOWN))
        opening = bench.opening()
        with pytest.raises(ConnectionFailed):
            await opening.open()
        assert bench.https.opened == 0
        await asyncio.sleep(TIMING.fallback_after)
        opened = await opening.open()
        assert opened.over_https
        await leave(opening, opened)

    run(test)


def test_when_both_fail_the_websocket_s_reason_is_told() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED), https=Way(DOWN))
        opening = bench.opening()
        with pytest.raises(ConnectionFailed) as caught:
            await opening.open()
        assert caught.value.outage == BLOCKED
        await leave(opening)

    run(test)


def test_websocket_is_tried_again_ever_more_seldom() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED))
        opening = bench.opening()
        opened = await opening.open()
        better = asyncio.create_task(opening.better())
        times = [await bench.socket.tried.get() for _ in range(4)]
        waits = [later - earlier for earlier, later in pairwise(times)]
        assert waits[0] < waits[1] < waits[2]
        better.cancel()
        await leave(opening, opened)

    run(test)


@pytest.mark.parametrize("how", ["hurry", "network"])
def test_websocket_is_tried_at_once_when_asked_or_in_another_network(how: str) -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED), timing=replace(TIMING, upgrade_every=(NEVER, NEVER)))
        opening = bench.opening()
        opened = await opening.open()
        better = asyncio.create_task(opening.better())
        await asyncio.sleep(0)
        bench.socket.outage = None
        if how == "hurry":
            opening.hurry()
        else:
            bench.network.append("home")
        taken = await better
        assert not taken.over_https
        await leave(opening, opened, taken)

    run(test)


def test_websocket_that_breaks_soon_and_again_is_blocked() -> None:
    async def test() -> None:
        bench = Bench()
        opening = bench.opening()
        for _ in range(2):
            opened = await opening.open()
            assert not opened.over_https
            await opened.stack.aclose()
            opening.lost(opened, 5.0)
        opened = await opening.open()
        assert opened.over_https
        await leave(opening, opened)

    run(test)


def test_websocket_that_lived_is_taken_again() -> None:
    async def test() -> None:
        bench = Bench()
        opening = bench.opening()
        for _ in range(3):
            opened = await opening.open()
            assert not opened.over_https
            await opened.stack.aclose()
            opening.lost(opened, FAST.healthy_after)
        await leave(opening)

    run(test)


@pytest.mark.parametrize(
    ("profile", "socket", "https"),
    [
        ({"transport": "websocket"}, 1, 0),
        ({"https": None}, 1, 0),
        ({"transport": "https"}, 0, 1),
    ],
)
def test_way_that_is_wanted_is_the_only_one(profile: dict[str, Any], socket: int, https: int) -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED), https=Way(BLOCKED))
        opening = bench.opening(**profile)
        with pytest.raises(ConnectionFailed):
            await opening.open()
        assert (bench.socket.opened, bench.https.opened) == (socket, https)
        await leave(opening)

    run(test)


def test_blocked_way_is_remembered_for_a_day_and_forgotten_once_it_works(tmp_path: Path) -> None:
    now = [1_000_000.0]

    async def test() -> None:
        remembered = Remembered(tmp_path / "a" / "ways.json", lambda: now[0])
        bench = Bench(socket=Way(BLOCKED), remembered=remembered)
        opening = bench.opening()
        await leave(opening, await opening.open())
        assert bench.socket.opened == 1

        later = Bench(socket=Way(is_mute=True), remembered=remembered)
        opening = later.opening()
        opened = await opening.open()
        assert (opened.over_https, later.socket.opened) == (True, 0)
        better = asyncio.create_task(opening.better())
        later.socket.answers.set()
        taken = await better
        opening.prove(taken)
        assert not remembered.is_blocked("wss://a.example/dev")
        await leave(opening, opened, taken)

        remembered.note("wss://a.example/dev", is_blocked=True)
        now[0] += DAY_S
        assert not remembered.is_blocked("wss://a.example/dev")
        assert "a.example" not in (tmp_path / "a" / "ways.json").read_text()

    run(test)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": "b"}', b"\xff", b"{"])
def test_file_of_what_is_remembered_may_be_anything(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ways.json"
    path.write_bytes(content)
    remembered = Remembered(path)
    assert not remembered.is_blocked("wss://a.example")
    remembered.note("wss://a.example", is_blocked=True)
    assert Remembered(path).is_blocked("wss://a.example")


def test_attempt_that_is_given_up_leaves_nothing_open() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(is_mute=True))
        opening = bench.opening()
        opened = await opening.open()
        await leave(opening, opened)
        assert (bench.socket.opened, bench.socket.closed) == (1, 1)

    run(test)


def test_refused_sign_in_over_https_is_told_where_the_websocket_is_blocked() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(BLOCKED), https=Way(SIGN_IN))
        opening = bench.opening()
        for _ in range(2):
            with pytest.raises(ConnectionFailed) as caught:
                await opening.open()
            assert caught.value.outage == SIGN_IN
        await leave(opening)

    run(test)


def test_answer_without_a_sign_of_the_service_is_tried_over_https() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(replace(SIGN_IN, is_blocked=True)))
        opening = bench.opening()
        opened = await opening.open()
        assert opened.over_https
        await leave(opening, opened)

    run(test)


def test_websocket_that_is_back_after_an_outage_is_taken() -> None:
    async def test() -> None:
        bench = Bench(socket=Way(DOWN), https=Way(DOWN))
        opening = bench.opening()
        with pytest.raises(ConnectionFailed):
            await opening.open()
        await asyncio.sleep(TIMING.fallback_after)
        bench.socket.outage = bench.https.outage = None
        opened = await opening.open()
        assert not opened.over_https
        await leave(opening, opened)

    run(test)


def test_way_is_remembered_only_once_https_has_worked(tmp_path: Path) -> None:
    async def test() -> None:
        remembered = Remembered(tmp_path / "ways.json")
        bench = Bench(socket=Way(BLOCKED), https=Way(DOWN), remembered=remembered)
        opening = bench.opening()
        with pytest.raises(ConnectionFailed):
            await opening.open()
        assert not remembered.is_blocked("wss://a.example/dev")
        await leave(opening)

    run(test)
