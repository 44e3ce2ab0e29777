import asyncio
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import MultipleValuesError

from backend.protocol.codec import encode
from backend.protocol.messages import ErrorCode, ErrorInfo, ErrorMessage, GenerateReport, Ping, PongMessage, Request
from desktop.session.connection_status import Closed, Connected, Connecting, SignInNeeded, Waiting
from desktop.session.events import ConnectionChanged, Received, TimePassed
from desktop.sign_in.findings import NotSignedIn
from desktop.transport.client import Client
from desktop.transport.timing import Timing
from tests.desktop.peers import FAST, FakeSigner, Recorder, peer, running, stay
from tests.desktop.services import profile_of
from tests.limits import HANG_S

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, HANG_S))


def lifetime_or_at_once(low: float, high: float) -> float:
    """Draw the upper end of the lifetime, and no wait."""
    return high if low else 0.0


def client_of(address: str, recorder: Recorder, **changes: Any) -> tuple[Client, FakeSigner]:
    signer = FakeSigner()
    timing = replace(FAST, **changes)
    return Client(profile_of(address), signer, recorder, timing=timing, uniform=lifetime_or_at_once), signer


def test_requests_go_out_and_messages_come_in() -> None:
    async def echo_pong(connection: ServerConnection) -> None:
        async for frame in connection:
            assert frame == '{"action":"ping","requestId":"r","data":{}}'
            await connection.send(encode(PongMessage(request_id="r")).decode())

    async def test() -> None:
        recorder = Recorder()
        async with peer(echo_pong) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected)
                client.send((Request(Ping(), "r"),))
                heard = await recorder.until(lambda r: next((e for e in r.events if isinstance(e, Received)), None))
        assert heard.message == PongMessage(request_id="r")
        assert isinstance(recorder.connections[-1], Closed)

    run(test())


def test_frames_that_are_no_messages_are_ignored() -> None:
    async def babble(connection: ServerConnection) -> None:
        await connection.send('{"message":"Forbidden","connectionId":"c","requestId":"r"}')
        await connection.send("https://files.example/report.csv")
        await connection.send(encode(PongMessage()).decode())
        await stay(connection)

    async def test() -> None:
        recorder = Recorder()
        async with peer(babble) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until(lambda r: next((e for e in r.events if isinstance(e, Received)), None))
        assert [e.message for e in recorder.events if isinstance(e, Received)] == [PongMessage()]

    run(test())


@pytest.mark.parametrize(
    ("code", "is_signed_in_anew"), [(ErrorCode.UNKNOWN_CONNECTION, False), (ErrorCode.SIGN_IN_ENDED, True)]
)
def test_connection_that_the_service_has_ended_is_opened_anew(code: ErrorCode, *, is_signed_in_anew: bool) -> None:
    async def end(connection: ServerConnection) -> None:
        error = ErrorInfo(code=code, message="Connect again.")
        await connection.send(encode(ErrorMessage(error=error)).decode())
        await stay(connection)

    async def test() -> None:
        recorder = Recorder()
        async with peer(end) as address:
            client, signer = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected, 2)
        assert (signer.forgotten > 0) is is_signed_in_anew

    run(test())


def test_sign_in_that_ends_is_renewed_at_once_though_nobody_was_signed_in_before_the_connection() -> None:
    async def end(connection: ServerConnection) -> None:
        error = ErrorInfo(code=ErrorCode.SIGN_IN_ENDED, message="Connect again.")
        await connection.send(encode(ErrorMessage(error=error)).decode())
        await stay(connection)

    async def test() -> None:
        recorder = Recorder()
        async with peer(end) as address:
            client, signer = client_of(address, recorder, healthy_after=0.0)
            signer.failures = [NotSignedIn("You are not signed in.")] * 2
            async with running(client):
                await recorder.until_connection(Connected, 2)
        assert [type(each) for each in recorder.connections].count(SignInNeeded) == 1

    run(test())


def test_each_attempt_has_a_fresh_signature() -> None:
    requests = []

    async def close(connection: ServerConnection) -> None:
        assert connection.request is not None
        requests.append((connection.request.headers["Authorization"], connection.request.path))

    async def test() -> None:
        recorder = Recorder()
        async with peer(close) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Waiting, 3)
        assert requests[:3] == [("signature 1", "/"), ("signature 2", "/"), ("signature 3", "/")]

    run(test())


@pytest.mark.parametrize(
    ("healthy_after", "caps"),
    [(60.0, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]), (0.0, [0.5] * 8)],
    ids=["accepted and then closed", "healthy for long enough"],
)
def test_backoff_grows_until_a_connection_was_healthy(healthy_after: float, caps: list[float]) -> None:
    async def close(_connection: ServerConnection) -> None:
        return

    async def test() -> None:
        drawn: list[float] = []

        def draw(low: float, high: float) -> float:
            if not low:
                drawn.append(high)
            return lifetime_or_at_once(low, high)

        recorder = Recorder()
        async with peer(close) as address:
            timing = replace(FAST, healthy_after=healthy_after)
            async with running(Client(profile_of(address), FakeSigner(), recorder, timing=timing, uniform=draw)):
                await recorder.until_connection(Waiting, 8)
        assert drawn[:8] == caps

    run(test())


def test_silent_peer_is_noticed() -> None:
    async def play_dead(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await stay(connection)

    async def test() -> None:
        recorder = Recorder()
        async with peer(play_dead) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected)
                outage = await recorder.until_connection(Waiting)
        assert isinstance(outage, Waiting)
        assert outage.reason == "The connection was lost."

    run(test())


def test_busy_service_is_given_the_time_it_asks_for() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay, [(429, {"Retry-After": "7"})]) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                outage = await recorder.until_connection(Waiting)
                changes = [e for e in recorder.events if isinstance(e, ConnectionChanged)]
                waited_from = next(change.at for change in changes if change.connection is outage)
                client.retry_now()
                await recorder.until_connection(Connected)
        assert isinstance(outage, Waiting)
        assert outage.retry_at - waited_from == pytest.approx(7, abs=0.1)

    run(test())


def test_redirect_to_somebody_else_takes_no_signature_along() -> None:
    sent: list[str | None] = []

    async def note(connection: ServerConnection) -> None:
        assert connection.request is not None
        sent.append(connection.request.headers.get("Authorization"))
        await stay(connection)

    async def test() -> None:
        recorder = Recorder()
        async with peer(note) as other, peer(stay, [(302, {"Location": other})]) as address:
            client, signer = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected)
        assert signer.signed == 1
        assert sent == [None]

    run(test())


def test_connection_is_left_before_what_opened_it_ends() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay) as address:
            client, signer = client_of(address, recorder)
            signer.lasts_s = 0.05
            async with running(client):
                await recorder.until_connection(Connected, 3)
        assert signer.signed >= 3
        assert not any(isinstance(each, Waiting) for each in recorder.connections)

    run(test())


def test_connection_is_opened_again_when_somebody_else_signs() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay) as address:
            client, signer = client_of(address, recorder, recheck=60.0)
            signer.failures = [NotSignedIn("You are not signed in.")] * 2
            async with running(client):
                await recorder.until_connection(SignInNeeded)
                for count in (1, 2):
                    client.reconnect()
                    await recorder.until_connection(Connected, count)
        assert not any(isinstance(each, Waiting) for each in recorder.connections)

    run(test())


def test_first_refusal_only_refreshes_the_credentials() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay, [(403, {})]) as address:
            client, signer = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected)
        assert signer.forgotten == 1
        assert not any(isinstance(connection, SignInNeeded) for connection in recorder.connections)

    run(test())


def test_second_refusal_asks_to_sign_in_and_goes_on_trying() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay, [(403, {}), (401, {})]) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(SignInNeeded)
                await recorder.until_connection(Connected)

    run(test())


@pytest.mark.parametrize("asked", ["1000", "999999999"])
def test_busy_service_is_given_five_minutes_at_most(asked: str) -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay, [(503, {"Retry-After": asked})]) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                outage = await recorder.until_connection(Waiting)
        changes = [e for e in recorder.events if isinstance(e, ConnectionChanged)]
        waited_from = next(change.at for change in changes if change.connection is outage)
        assert isinstance(outage, Waiting)
        assert outage.retry_at - waited_from == pytest.approx(300, abs=0.1)

    run(test())


def test_retry_now_cuts_the_wait_short() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay, [(503, {"Retry-After": "1000"})]) as address:
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Waiting)
                client.retry_now()
                await recorder.until_connection(Connected)

    run(test())


def test_connection_is_renewed_before_its_age_limit_without_a_wait() -> None:
    async def test() -> None:
        recorder = Recorder()
        async with peer(stay) as address:
            client, signer = client_of(address, recorder, lifetime=(1e-6, 1e-6))
            async with running(client):
                await recorder.until_connection(Connected, 2)
        assert not any(isinstance(connection, Waiting) for connection in recorder.connections)
        assert signer.signed >= 2

    run(test())


def test_idle_connection_is_pinged_with_a_message() -> None:
    async def test() -> None:
        got: asyncio.Future[str | bytes] = asyncio.get_running_loop().create_future()

        async def listen(connection: ServerConnection) -> None:
            got.set_result(await connection.recv())
            await stay(connection)

        async with peer(listen) as address:
            client, _ = client_of(address, Recorder(), ping_after=0.0)
            async with running(client):
                assert await got == '{"action":"ping","requestId":"ping","data":{}}'

    run(test())


def test_time_passes_only_while_connected() -> None:
    async def test() -> None:
        recorder = Recorder()
        client, _ = client_of("ws://127.0.0.1:1", recorder)
        async with running(client):
            await recorder.until_connection(Waiting, 3)
        assert not any(isinstance(event, TimePassed) for event in recorder.events)
        assert all(isinstance(c, Connecting | Waiting | Closed) for c in recorder.connections)

    run(test())


@pytest.mark.parametrize("error", [TypeError("a bug"), MultipleValuesError("Date"), ImportError("python-socks")])
def test_error_that_nobody_thought_of_is_an_outage(error: Exception) -> None:
    async def test() -> None:
        recorder = Recorder()
        client, signer = client_of("ws://127.0.0.1:1", recorder)
        signer.failures = [error, error]
        async with running(client):
            await recorder.until_connection(Waiting, 2)
        first = next(c for c in recorder.connections if isinstance(c, Waiting))
        assert first.reason == (f"The connection failed for a reason unknown to this program ({type(error).__name__}).")

    run(test())


def test_credentials_that_do_not_come_are_an_outage() -> None:
    async def test() -> None:
        recorder = Recorder()
        client, signer = client_of("ws://127.0.0.1:1", recorder, credentials=0.01)
        signer.gate = threading.Event()
        try:
            async with running(client):
                await recorder.until_connection(Waiting, 1)
        finally:
            signer.gate.set()
        assert Waiting(0.0, "The sign-in did not come within 0 seconds.") in [
            replace(c, retry_at=0.0) for c in recorder.connections if isinstance(c, Waiting)
        ]

    run(test())


@pytest.mark.parametrize("value", ["\ud800", object()], ids=["half a character", "no JSON"])
def test_request_that_cannot_be_written_is_answered_and_the_next_is_sent(value: object) -> None:
    async def test() -> None:
        got: asyncio.Future[str | bytes] = asyncio.get_running_loop().create_future()

        async def listen(connection: ServerConnection) -> None:
            got.set_result(await connection.recv())
            await stay(connection)

        async with peer(listen) as address:
            recorder = Recorder()
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected, 1)
                wrong = GenerateReport(report_id="r", definition="d", parameters={"a": value})
                client.send((Request(wrong, "report r"), Request(Ping(), "ping")))
                assert await got == '{"action":"ping","requestId":"ping","data":{}}'
        (answer,) = [event.message for event in recorder.events if isinstance(event, Received)]
        assert isinstance(answer, ErrorMessage)
        assert (answer.request_id, answer.error.message) == (
            "report r",
            "The parameters cannot be written as JSON.",
        )

    run(test())


def test_writer_that_dies_is_a_lost_connection() -> None:
    async def test() -> None:
        async with peer(stay) as address:
            recorder = Recorder()
            client, _ = client_of(address, recorder)
            async with running(client):
                await recorder.until_connection(Connected, 1)
                client.send((cast("Request", None),))
                await recorder.until_connection(Connected, 2)
        assert [c.reason for c in recorder.connections if isinstance(c, Waiting)] == [
            "The connection failed for a reason unknown to this program (AttributeError)."
        ]

    run(test())


def test_silent_peer_is_noticed_within_three_quarters_of_a_minute() -> None:
    timing = Timing()
    assert 2 * timing.heartbeat + timing.close_timeout <= 45
