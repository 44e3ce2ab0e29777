"""What the edge does to a client's connection, and how the report still reaches the analyst.

Each report here is under way when the fault comes. It ends with its link at the client and was made once.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import msgspec
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.protocol import quotas
from backend.protocol.messages import GenerateReport
from desktop.session.connection_status import Connected, Connecting, SignInNeeded, Waiting
from desktop.session.events import Submitted
from desktop.sign_in.sigv4 import Signer
from tests.faults.desk import QUICK, Desk, at_desk
from tests.faults.faults import Refusal
from tests.faults.gateway import HOST
from tests.faults.site import Site, drive
from tests.iam import keys_of
from tests.networks.modes import Mode
from tests.networks.network import Network

pytestmark = pytest.mark.slow

NEVER_S = 3600.0
NO_OUTAGE = [Connecting(), Connected()]


def longest(_low: float, high: float) -> float:
    return high


def waits(desk: Desk) -> list[str]:
    return [state.reason for state in desk.shown if isinstance(state, Waiting)]


async def begin(desk: Desk, delay_ms: int = 2000) -> str:
    """Have a report under way."""
    await desk.until_connected()
    report_id = desk.generate(delay_ms)
    await desk.until_in(report_id, "RUNNING")
    return report_id


async def end(desk: Desk, site: Site, report_id: str) -> None:
    site.assert_made(await desk.until_ended(report_id))


# --- closed by the edge ---------------------------------------------------------------------------


def test_ping_keeps_an_idle_connection(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.idle_s = 2.0
        async with at_desk(behind.analyst(), replace(QUICK, ping_after=0.4)) as desk:
            await desk.until_connected()
            await desk.until(lambda _: desk.pongs >= 7 or None)
            assert desk.shown == NO_OUTAGE

    drive(flow())


def test_idle_close_is_followed_by_a_connection_that_watches_again(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst(), replace(QUICK, ping_after=NEVER_S)) as desk:
            report_id = await begin(desk)
            behind.gateway.faults.idle_s = 0.5
            await desk.until_shown(Waiting)
            behind.gateway.faults.idle_s = None
            await end(desk, behind, report_id)
            assert set(waits(desk)) == {"The service closed the connection."}

    drive(flow())


def test_connection_closed_at_its_age_is_followed_by_another(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.lifetime_s = 1.5
        async with at_desk(behind.analyst()) as desk:
            await end(desk, behind, await begin(desk, 4000))
            assert set(waits(desk)) == {"The service closed the connection."}

    drive(flow())


def test_planned_reconnect_comes_before_the_age_limit_and_shows_no_outage(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.lifetime_s = 6.0
        part = 1.0 / quotas.CONNECTION_LIFETIME.total_seconds()
        async with at_desk(behind.analyst(), replace(QUICK, lifetime=(part, part))) as desk:
            report_id = await begin(desk, 1500)
            await desk.until(lambda _: desk.shown.count(Connected()) >= 5 or None)
            await end(desk, behind, report_id)
            assert waits(desk) == []

    drive(flow())


# --- refused, or as good as -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "reason", "at_least_s"),
    [
        (Refusal(429, {"Retry-After": "2"}), "The service at 127.0.0.1 is busy.", 2.0),
        (Refusal(429), "The service at 127.0.0.1 is busy.", 0.0),
        (Refusal(500), "The service at 127.0.0.1 answered with status 500.", 0.0),
        (Refusal(503, {"Retry-After": "2"}), "The service at 127.0.0.1 answered with status 503.", 2.0),
    ],
    ids=["429 later", "429", "500", "503 later"],
)
def test_refused_handshakes_are_repeated(behind: Site, refusal: Refusal, reason: str, at_least_s: float) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            report_id = await begin(desk)
            behind.gateway.faults.refusals.extend([refusal, refusal])
            behind.gateway.close_all()
            await end(desk, behind, report_id)
            assert waits(desk) == ["The service closed the connection.", reason, reason]
        _, *asked_at = behind.gateway.handshakes
        assert len(asked_at) == 3
        assert all(late - early >= at_least_s for early, late in pairwise(asked_at))

    drive(flow())


@pytest.mark.parametrize("status", [401, 403])
def test_refused_sign_in_is_shown_after_a_second_look_and_tried_again(behind: Site, status: int) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            report_id = await begin(desk, 1000)
            behind.gateway.faults.refusals.extend([Refusal(status)] * 3)
            behind.gateway.close_all()
            shown = await desk.until_shown(SignInNeeded)
            assert shown.reason == "The service refused the sign-in."
            await end(desk, behind, report_id)
        assert len(behind.gateway.handshakes) == 5

    drive(flow())


def test_one_refused_sign_in_costs_only_a_look_for_newer_credentials(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst(), replace(QUICK, recheck=NEVER_S)) as desk:
            report_id = await begin(desk)
            behind.gateway.faults.refusals.append(Refusal(403))
            behind.gateway.close_all()
            await end(desk, behind, report_id)
            assert not any(isinstance(state, SignInNeeded) for state in desk.shown)

    drive(flow())


def test_wrong_clock_is_named_instead_of_the_credentials(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            report_id = await begin(desk, 1000)
            date = format_datetime(datetime.now(UTC) - timedelta(minutes=60), usegmt=True)
            behind.gateway.faults.refusals.extend([Refusal(403, {"Date": date})] * 2)
            behind.gateway.close_all()
            shown = await desk.until_shown(SignInNeeded)
            assert re.fullmatch(r"This computer's clock is 60 minutes fast: .*", shown.reason)
            await end(desk, behind, report_id)

    drive(flow())


def test_edge_that_accepts_and_hangs_up_is_backed_off_from(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst(), uniform=longest) as desk:
            report_id = await begin(desk)
            behind.gateway.faults.hang_ups.extend([1011, 1001, 1011])
            behind.gateway.close_all()
            await end(desk, behind, report_id)
        _, *asked_at = behind.gateway.handshakes
        gaps = [late - early for early, late in pairwise(asked_at)]
        assert [gap >= least for gap, least in zip(gaps, [1.0, 2.0, 4.0], strict=True)] == [True] * 3

    drive(flow())


def test_half_open_connection_is_noticed_and_replaced(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst(), replace(QUICK, heartbeat=0.5)) as desk:
            report_id = await begin(desk)
            behind.gateway.silence()
            shown = await desk.until_shown(Waiting)
            assert shown.reason == "The connection was lost."
            await end(desk, behind, report_id)

    drive(flow())


# --- at the edge, and before it -------------------------------------------------------------------


def test_handshake_that_was_signed_too_long_ago_is_refused_as_by_aws(behind: Site) -> None:
    profile = behind.analyst()
    keys = Credentials(str(keys_of(profile).access_key_id), str(keys_of(profile).secret_access_key))
    request = AWSRequest(method="GET", url=profile.endpoint)
    SigV4QueryAuth(keys, "execute-api", profile.region, expires=0).add_auth(request)
    behind.gateway.http.clock = lambda: datetime.now(UTC) + timedelta(seconds=2)

    async def flow() -> None:
        with pytest.raises(InvalidStatus) as caught:
            await connect(str(request.url), proxy=None)
        assert caught.value.response.status_code == 403
        assert json.loads(caught.value.response.body) == {"message": "Forbidden"}

    drive(flow())


def test_plain_request_to_the_socket_s_address_is_refused(behind: Site) -> None:
    answer = httpx.get(behind.analyst().endpoint.replace("ws", "http", 1), trust_env=False)
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    assert behind.gateway.handshakes == []


def test_report_is_made_through_a_network_that_cuts_and_blocks_for_a_while(behind: Site) -> None:
    network = Network((HOST, behind.gateway.port))

    async def flow() -> None:
        profile = behind.analyst()
        async with at_desk(msgspec.structs.replace(profile, endpoint=network.address_of(profile.endpoint))) as desk:
            report_id = await begin(desk)
            network.mode = Mode.UPGRADE_UNAVAILABLE
            network.cut_all()
            await desk.until(lambda _: "status 503" in " ".join(waits(desk)) or None)
            network.mode = Mode.THROUGH
            await end(desk, behind, report_id)
        assert network.counts.upgrades >= 3

    with network.running():
        drive(flow())


# --- frames ---------------------------------------------------------------------------------------


def test_edge_closes_on_a_frame_over_its_limit(behind: Site) -> None:
    async def flow() -> None:
        profile = behind.analyst()
        headers = Signer(profile).sign()
        async with connect(profile.endpoint, additional_headers=headers, proxy=None, compression=None) as connection:
            await connection.send(json.dumps({"action": "ping", "data": {}, "requestId": "x" * 40_000}))
            with pytest.raises(ConnectionClosed) as caught:
                await connection.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009

    drive(flow())


def test_request_over_the_frame_limit_is_refused_here_and_harms_no_other(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            report_id = await begin(desk, 1000)
            large = GenerateReport(report_id=desk.new_id(), definition="sample", parameters={"delay": "9" * 40_000})
            desk.store.dispatch(Submitted(large, desk.clock()))
            refusal = await desk.until(lambda s: s.entries[str(large.report_id)].refusal)
            assert (refusal.code, refusal.message) == ("invalidParameters", "The parameters are too large.")
            await end(desk, behind, report_id)
            assert desk.shown == NO_OUTAGE

    drive(flow())


def test_frames_of_the_edge_itself_are_no_news(behind: Site) -> None:
    own = {"message": "Internal server error", "connectionId": "c", "requestId": "r"}

    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            report_id = await begin(desk)
            for _ in range(3):
                behind.gateway.inject(json.dumps(own))
            await end(desk, behind, report_id)
            assert desk.shown == NO_OUTAGE
            assert desk.store.session.notice is None

    drive(flow())
