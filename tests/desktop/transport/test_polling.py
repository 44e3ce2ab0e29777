import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from backend.protocol.codec import decode_message, encode_request
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DescribeCatalog,
    ErrorCode,
    ErrorMessage,
    GenerateReport,
    ListReports,
    Ping,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    RequestData,
    ServiceMessage,
    WatchReports,
)
from desktop.sign_in.profiles import Profile
from desktop.transport import polling
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.https import AT_FAULT
from desktop.transport.polling import PollingLine
from tests.backend.fakes import BERT
from tests.desktop.doors import Door, Instead, open_door
from tests.desktop.peers import FAST
from tests.desktop.services import profile_of
from tests.limits import HANG_S

ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
ORDER = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 3}, format="csv")
PAGE = Instead(403, b"<html>Blocked</html>", {"Content-Type": "text/html"})
BUSY = Instead(503, b'{"message":"Service Unavailable"}', {"Content-Type": "application/json"})


async def unsigned(_method: str, _url: str, _body: bytes) -> Mapping[str, str]:
    return {}


class Talk:
    """A line, and what was heard on it."""

    def __init__(self, line: PollingLine) -> None:
        self._line = line
        self._frames = aiter(line)

    async def next(self) -> ServiceMessage:
        async with asyncio.timeout(HANG_S):
            return decode_message(await anext(self._frames))

    async def ask(self, data: RequestData) -> ServiceMessage:
        await self._line.send(encode_request(Request(data, "r")))
        message = await self.next()
        assert message.request_id == "r"
        return message


@asynccontextmanager
async def talking(door: Door, **changes: Any) -> AsyncIterator[Talk]:
    with open_door(door) as base:
        profile = profile_at(base)
        timing = replace(FAST, between_attempts=0.001, answer=5.0, **changes)
        async with polling.connect(profile, unsigned, timing) as line:
            yield Talk(line)


def profile_at(base: str) -> Profile:
    return msgspec.structs.replace(profile_of("ws://127.0.0.1:1/none"), https=base)


def run(test: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(test(), HANG_S))


def test_every_request_has_the_answer_it_has_on_a_socket() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            assert await talk.ask(Ping()) == PongMessage(request_id="r")
            catalog = await talk.ask(DescribeCatalog())
            assert isinstance(catalog, CatalogMessage)
            assert "sample" in {each.id for each in catalog.definitions}
            made = await talk.ask(ORDER)
            assert isinstance(made, ReportMessage)
            assert (made.report.report_id, made.report.state) == (ID, State.QUEUED)
            listed = await talk.ask(ListReports(limit=5))
            assert isinstance(listed, ReportsMessage)
            assert [each.report_id for each in listed.reports] == [ID]
            cancelled = await talk.ask(CancelReport(report_id=ID))
            assert isinstance(cancelled, ReportMessage)
            assert cancelled.report.state is State.CANCELLED
            watched = await talk.ask(WatchReports(report_ids=(ID, OTHER)))
            assert isinstance(watched, ReportsMessage)
            assert ([each.report_id for each in watched.reports], watched.missing) == ([ID], (OTHER,))

    run(test)


def test_watched_report_that_has_ended_has_a_link() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.world.execute(ID)
            watched = await talk.ask(WatchReports(report_ids=(ID,)))
            assert isinstance(watched, ReportsMessage)
            assert watched.reports[0].link is not None

    run(test)


def test_lists_and_the_catalog_go_on_from_their_cursors() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            await talk.ask(GenerateReport(report_id=OTHER, definition="sample", parameters={"delay": 0}))
            first = await talk.ask(ListReports(limit=1))
            assert isinstance(first, ReportsMessage)
            second = await talk.ask(ListReports(before=first.next, limit=1))
            assert isinstance(second, ReportsMessage)
            assert {each.report_id for each in (*first.reports, *second.reports)} == {ID, OTHER}
            rest = await talk.ask(DescribeCatalog(after="sample"))
            assert isinstance(rest, CatalogMessage)

    run(test)


def test_refusal_is_the_service_s_own() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            refused = await talk.ask(GenerateReport(report_id=ID, definition="sample", parameters={"delay": -1}))
            assert isinstance(refused, ErrorMessage)
            assert refused.error.code == ErrorCode.INVALID_PARAMETERS
            assert refused.error.fields == {"parameters.delay": "must be a whole number from 0 to 840,000"}

    run(test)


def test_news_come_at_the_told_pace() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.world.execute(ID)
            began = asyncio.get_running_loop().time()
            news = await talk.next()
            assert asyncio.get_running_loop().time() - began > 0.5
            assert isinstance(news, ReportMessage)
            assert (news.report.state, news.request_id) == (State.SUCCEEDED, msgspec.UNSET)
            assert news.report.link is not None

    run(test)


def test_nothing_is_asked_for_once_all_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_pace_s", lambda _told_s: 0.01)

    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.world.execute(ID)
            await talk.next()
            asked = len(door.asked)
            await asyncio.sleep(0.1)  # ten times the pace
            assert len(door.asked) == asked

    run(test)


def test_report_that_is_gone_is_told_once() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.world.reports.rows.clear()
            gone = await talk.next()
            assert isinstance(gone, ReportsMessage)
            assert (gone.reports, gone.missing) == ((), (ID,))

    run(test)


def test_report_of_another_is_missing() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.caller = BERT
            watched = await talk.ask(WatchReports(report_ids=(ID,)))
            assert isinstance(watched, ReportsMessage)
            assert watched.missing == (ID,)

    run(test)


@pytest.mark.parametrize("instead", [BUSY, Instead(504, b"{}"), Instead(429, b'{"message":"Too Many Requests"}')])
def test_busy_gateway_is_asked_again(instead: Instead) -> None:
    async def test() -> None:
        left = [instead, instead]
        door = Door(instead=lambda _method, _path: left.pop() if left else None)
        async with talking(door) as talk:
            assert isinstance(await talk.ask(ORDER), ReportMessage)
            assert len(door.asked) == 3
            assert len(door.world.reports.rows) == 1

    run(test)


@pytest.mark.parametrize(
    ("instead", "remedy", "is_blocked"),
    [
        (PAGE, Remedy.WAIT, True),
        (Instead(403, b'{"message":"Forbidden"}', {"Content-Type": "application/json"}), Remedy.SIGN_IN, False),
        (Instead(200, b"welcome"), Remedy.WAIT, False),
        (Instead(302, b"", {"Location": "https://login.example"}), Remedy.WAIT, True),
    ],
)
def test_answer_of_somebody_else_ends_the_line(instead: Instead, remedy: Remedy, *, is_blocked: bool) -> None:
    async def test() -> Outage:
        door = Door(instead=lambda _method, _path: instead)
        async with talking(door) as talk:
            with pytest.raises(ConnectionFailed) as caught:
                await talk.ask(DescribeCatalog())
        return caught.value.outage

    outage = asyncio.run(asyncio.wait_for(test(), HANG_S))
    assert (outage.remedy, outage.is_blocked) == (remedy, is_blocked)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"message":"The session of the role r has no name."}', "The session of the role r has no name."),
        (b'{"message":"Forbidden"}', "The service refused the sign-in."),
        (b'{"message":"The signature differs.\\nThe canonical string is\\nGET."}', "The service refused the sign-in."),
        (b'{"message":"%s."}' % (b"long " * 100), "The service refused the sign-in."),
        (b"[1]", "The service refused the sign-in."),
    ],
)
def test_refused_sign_in_has_the_service_s_own_sentence(body: bytes, reason: str) -> None:
    async def test() -> str:
        def refuse(method: str, _path: str) -> Instead:
            return Instead(403, b"" if method == "HEAD" else body, {"Content-Type": "application/json"})

        async with talking(Door(instead=refuse)) as talk:
            with pytest.raises(ConnectionFailed) as caught:
                await talk.ask(Ping())
        return caught.value.outage.reason

    assert asyncio.run(asyncio.wait_for(test(), HANG_S)) == reason


def test_service_out_of_reach_ends_the_line() -> None:
    async def test() -> None:
        timing = replace(FAST, between_attempts=0.001, answer=5.0)
        async with polling.connect(profile_at("http://127.0.0.1:1/v1"), unsigned, timing) as line:
            with pytest.raises(ConnectionFailed, match="refuses connections"):
                await Talk(line).ask(Ping())

    run(test)


def test_fault_of_one_resource_is_an_answer_and_the_others_go_on() -> None:
    async def test() -> None:
        broken = Instead(500, b'{"message":"Internal Server Error"}', {"Content-Type": "application/json"})
        door = Door(instead=lambda _method, path: broken if path.startswith("/reports?") else None)
        async with talking(door) as talk:
            refused = await talk.ask(ListReports(limit=5))
            assert isinstance(refused, ErrorMessage)
            assert (refused.error.code, refused.error.message) == (ErrorCode.INTERNAL, AT_FAULT)
            assert isinstance(await talk.ask(ORDER), ReportMessage)
            door.world.execute(ID)
            assert isinstance(await talk.next(), ReportMessage)

    run(test)


@pytest.mark.parametrize(
    "instead",
    [
        Instead(200),
        Instead(204),
        Instead(500, headers={"Content-Type": "application/problem+json"}),
        Instead(429, headers={"Retry-After": "60"}),
        BUSY,
    ],
)
def test_greeting_is_heard_of_the_service_alone(instead: Instead) -> None:
    async def test() -> None:
        async with talking(Door(instead=lambda _method, _path: instead)) as talk:
            with pytest.raises(ConnectionFailed):
                await talk.ask(Ping())

    run(test)


def test_busy_service_is_given_the_time_it_asks_for_at_the_greeting() -> None:
    async def test() -> None:
        busy = Instead(429, b'{"message":"Too Many Requests"}', {"Retry-After": "60"})
        async with talking(Door(instead=lambda _method, _path: busy)) as talk:
            with pytest.raises(ConnectionFailed) as caught:
                await talk.ask(Ping())
            assert caught.value.outage.retry_after_s == 60

    run(test)


def test_request_that_the_service_would_refuse_is_refused_here() -> None:
    async def test() -> None:
        async with talking(Door()) as talk:
            refused = await talk.ask(GenerateReport(report_id=ID, definition="x" * 65))
            assert isinstance(refused, ErrorMessage)
            assert refused.error.code == ErrorCode.INVALID_MESSAGE
            assert isinstance(await talk.ask(Ping()), PongMessage)

    run(test)


@pytest.mark.parametrize("encoding", [{}, {"Content-Encoding": "gzip"}])
def test_answer_of_no_end_or_another_form_is_not_held(encoding: dict[str, str]) -> None:
    async def test() -> None:
        endless = Instead(200, b"{" + b" " * 200_000, {"Content-Type": "application/json", **encoding})
        async with talking(Door(instead=lambda _method, _path: endless)) as talk:
            with pytest.raises(ConnectionFailed, match="in the place of the service"):
                await talk.ask(DescribeCatalog())

    run(test)


def test_new_report_is_followed_at_its_own_pace_whatever_was_told_of_another() -> None:
    async def test() -> None:
        door = Door()
        async with talking(door) as talk:
            await talk.ask(ORDER)
            door.world.execute(ID)
            await talk.next()
            second = await talk.ask(GenerateReport(report_id=OTHER, definition="sample", parameters={"delay": 0}))
            assert isinstance(second, ReportMessage)
            door.world.execute(OTHER)
            async with asyncio.timeout(polling.SLOWEST_S / 2):
                news = await talk.next()
            assert isinstance(news, ReportMessage)
            assert news.report.report_id == OTHER

    run(test)
