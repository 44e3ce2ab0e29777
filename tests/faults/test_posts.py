"""What the edge does to requests, posts and `$disconnect`, and how the analyst hears of the report all the same."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import boto3
import pytest
from botocore.exceptions import ClientError

from backend.aws.report_items import encode_report
from backend.domain.caller import owner_of
from backend.domain.report import Report
from backend.protocol import quotas
from desktop.session.connection_status import Connected, Connecting, Waiting
from desktop.session.events import RefreshAsked
from desktop.sign_in.profiles import Profile
from tests.faults.desk import Desk, at_desk, hurried
from tests.faults.faults import Fate, Judge, Notice, Post
from tests.faults.site import Site, drive
from tests.flows.plain import ask, connected, hear
from tests.iam import keys_of

pytestmark = pytest.mark.slow

HURRY = 30
"""With the client's clock so fast, its 90 s of silence take 3 s, and its 35 s for an answer a little over 1 s."""


def first(count: int, fate: Fate, applies: Callable[[Post], bool]) -> Judge:
    """Return a judge of the first posts of a kind."""
    left = [fate] * count
    return lambda post: left.pop() if left and applies(post) else None


def is_news(state: str) -> Callable[[Post], bool]:
    """Tell snapshots in a state that answer no request."""

    def applies(post: Post) -> bool:
        message = post.message
        return message["type"] == "report" and "requestId" not in message and message["report"]["state"] == state

    return applies


def answers(kind: str) -> Callable[[Post], bool]:
    return lambda post: post.message["type"] == kind and "requestId" in post.message


def outcomes(site: Site, applies: Callable[[Post], bool]) -> list[int]:
    return [status for post, status in site.gateway.posts if applies(post)]


async def make(desk: Desk, site: Site, delay_ms: int = 1500) -> str:
    """Have a report made from click to link, on one connection."""
    await desk.until_connected()
    report_id = desk.generate(delay_ms)
    site.assert_made(await desk.until_ended(report_id))
    assert desk.shown == [Connecting(), Connected()]
    return report_id


# --- answered with an error -----------------------------------------------------------------------


def test_nothing_is_posted_to_a_connection_that_is_not_open_yet(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            await make(desk, behind, 0)
        assert behind.gateway.early == []

    drive(flow())


@pytest.mark.parametrize("state", ["RUNNING", "SUCCEEDED"])
def test_live_peer_that_was_answered_410_for_hears_of_its_report_after_all(behind: Site, state: str) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(1, Fate.GONE, is_news(state)))
        async with at_desk(behind.analyst(), clock=hurried(HURRY)) as desk:
            await make(desk, behind)
        assert outcomes(behind, is_news(state))[0] == 410

    drive(flow())


def test_last_snapshot_is_posted_again_while_the_edge_is_busy(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(3, Fate.BUSY, is_news("SUCCEEDED")))
        async with at_desk(behind.analyst()) as desk:
            await make(desk, behind)
        assert outcomes(behind, is_news("SUCCEEDED")) == [429, 429, 429, 200]

    drive(flow())


def test_progress_is_not_posted_again_while_the_edge_is_busy(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(1000, Fate.BUSY, is_news("RUNNING")))
        async with at_desk(behind.analyst()) as desk:
            await make(desk, behind)
        posted = [post.message["report"]["revision"] for post, _ in behind.gateway.posts if is_news("RUNNING")(post)]
        assert len(posted) == len(set(posted)) > 2

    drive(flow())


def test_answer_is_posted_again_while_the_edge_is_busy(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(2, Fate.BUSY, answers("report")))
        async with at_desk(behind.analyst()) as desk:
            await make(desk, behind)
        assert outcomes(behind, answers("report")) == [429, 429, 200]

    drive(flow())


def test_edge_answers_413_to_a_post_over_its_limit(behind: Site) -> None:
    url = str(behind.local.profile["endpoint"]).replace("ws", "http", 1)
    client = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=url,
        region_name=behind.local.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with pytest.raises(ClientError) as caught:
        client.post_to_connection(ConnectionId="any", Data=b"{}" + b" " * quotas.MESSAGE_SIZE_BYTES)
    client.close()
    assert caught.value.response["Error"]["Code"] == "PayloadTooLargeException"


def test_fifty_large_reports_are_told_in_messages_the_edge_takes(behind: Site) -> None:
    profile = behind.analyst()
    ids = put_large_reports(behind, profile, 50)

    async def flow() -> None:
        async with connected(profile) as connection:
            watch = {"action": "watchReports", "data": {"reportIds": ids}}
            told = await ask(connection, watch)
            heard = [report["reportId"] for report in told["reports"]]
            while len(heard) < len(ids):
                heard += [report["reportId"] for report in (await hear(connection))["reports"]]
            listed = await ask(connection, {"action": "listReports"})
        assert heard == ids
        assert 0 < len(listed["reports"]) < 50
        assert listed["next"]
        assert {status for _, status in behind.gateway.posts} == {200}

    drive(flow())


def put_large_reports(site: Site, profile: Profile, count: int) -> list[str]:
    """Store reports whose parameters are as large as the service allows, as of an analyst."""
    query = {"X-Amz-Credential": f"{keys_of(profile).access_key_id}/scope"}
    connect = {"requestContext": {"eventType": "CONNECT"}, "queryStringParameters": query}
    owner = owner_of(connect, access_key_is_identity=True)
    now = datetime.now(UTC)
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(count)]
    for report_id in ids:
        report = Report(
            report_id=report_id,
            owner=owner,
            definition="sample",
            parameters={"note": "x" * (quotas.PARAMETERS_SIZE_BYTES - 20)},
            format="csv",
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
        site.local.client("dynamodb").put_item(TableName=site.local.outputs["reportsTable"], Item=encode_report(report))
    return ids


# --- lost, twice, late, out of order --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["report", "reports", "catalog"])
def test_answer_that_never_arrived_is_asked_for_again(behind: Site, kind: str) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(1, Fate.LOSE, answers(kind)))
        async with at_desk(behind.analyst(), clock=hurried(HURRY)) as desk:
            report_id = await make(desk, behind)
            await desk.until(lambda s: s.catalog and (s.is_listed or None))
        assert behind.row(report_id).attempt == 1

    drive(flow())


def test_request_that_never_arrived_is_sent_again(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.swallowed.append("generateReport")
        async with at_desk(behind.analyst(), clock=hurried(HURRY)) as desk:
            await make(desk, behind)
        assert behind.gateway.faults.swallowed == []

    drive(flow())


def test_report_of_which_every_push_is_lost_is_asked_for(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges += [
            first(1000, Fate.LOSE, is_news("RUNNING")),
            first(1000, Fate.LOSE, is_news("SUCCEEDED")),
        ]
        async with at_desk(behind.analyst(), clock=hurried(HURRY)) as desk:
            await make(desk, behind)

    drive(flow())


def test_posts_that_arrive_twice_change_nothing(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(lambda _: Fate.REPEAT)
        async with at_desk(behind.analyst()) as desk:
            await make(desk, behind)
            assert_forward(desk)

    drive(flow())


def test_late_snapshots_in_any_order_do_not_take_back_the_last_one(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.judges.append(first(1000, Fate.KEEP, is_news("RUNNING")))
        async with at_desk(behind.analyst()) as desk:
            report_id = await make(desk, behind)
            last = desk.store.session.entries[report_id].snapshot
            late = len(behind.gateway.kept)
            assert late > 2
            behind.gateway.deliver_kept()
            await desk.until_news(late)
            assert desk.store.session.entries[report_id].snapshot == last
            assert_forward(desk)

    drive(flow())


def assert_forward(desk: Desk) -> None:
    revisions = [revision for _, revision in desk.revisions]
    assert all(early < late for early, late in pairwise(revisions)), revisions


# --- `$disconnect` --------------------------------------------------------------------------------


@pytest.mark.parametrize("notice", [Notice.LATE, Notice.NEVER])
def test_disconnect_heard_late_or_never_does_not_touch_the_new_connection(behind: Site, notice: Notice) -> None:
    async def flow() -> None:
        behind.gateway.faults.notice = notice
        async with at_desk(behind.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate(3000)
            await desk.until_in(report_id, "RUNNING", "waiting")
            old = behind.gateway.lines[-1].connection_id
            behind.gateway.close_all()
            await desk.until_shown(Waiting)
            await desk.until_connected()
            new = behind.gateway.lines[-1].connection_id
            behind.assert_made(await desk.until_ended(report_id))
            if notice is Notice.LATE:
                await until_forgotten(behind, old)
            link = desk.store.session.entries[report_id].snapshot
            desk.store.dispatch(RefreshAsked(report_id))
            await desk.until(lambda s: None if s.entries[report_id].is_refresh_asked else s)
            assert link is not None
            assert behind.row(report_id).watchers == {new}
            assert desk.shown.count(Connected()) == 2
            assert desk.store.session.notice is None

    drive(flow())


async def until_forgotten(site: Site, connection_id: str) -> None:
    """Poll until `$disconnect` has reached the service."""
    key = {"connectionId": {"S": connection_id}}
    table = site.local.outputs["connectionsTable"]
    while "Item" in site.local.client("dynamodb").get_item(TableName=table, Key=key):  # noqa: ASYNC110  no event
        await asyncio.sleep(0.05)
