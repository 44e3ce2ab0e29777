"""One suite for every adapter and its fake: what the use cases rely on holds for both."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from msgspec.structs import replace

from backend.aws.connection_push import ConnectionPush
from backend.aws.connection_table import ConnectionTable
from backend.aws.report_table import ReportTable
from backend.aws.result_bucket import PART_SIZE_BYTES, PARTS_AT_ONCE, ResultBucket
from backend.aws.worker_invocation import WorkerInvocation
from backend.domain import steps
from backend.domain.caller import SignIn
from backend.domain.report import RemoteQuery, Report
from backend.protocol import quotas
from backend.protocol.lifecycle import State, Step
from backend.protocol.messages import Failure, Progress, Result
from backend.service.ports import (
    ConnectionStore,
    Delivery,
    InvalidCursor,
    InvocationRefused,
    ReportStore,
    ResultStore,
    StoreUnavailable,
)
from infra.local.backend import LocalBackend
from tests.administrators import create_administrator
from tests.backend.fakes import FakeConnectionStore, FakeReportStore, FakeResultStore

NOW = datetime.now(UTC).replace(microsecond=0)
LEASE = steps.LEASE
PROGRESS = Progress(stage="writing", completed=5, total=None, unit="rows")
RESULT = Result(file_name="ä.csv", size_bytes=10**12, row_count=3, sha256="00", expires_at=NOW)
FAILURE = Failure(code="internal", message="“quoted” — and ünïcode")


@pytest.fixture(params=["fake", "emulator"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def reports(kind: str, request: pytest.FixtureRequest) -> ReportStore:
    if kind == "fake":
        return FakeReportStore()
    local: LocalBackend = request.getfixturevalue("local")
    return ReportTable(local.client("dynamodb"), local.outputs["reportsTable"])


@pytest.fixture
def connections(kind: str, request: pytest.FixtureRequest) -> ConnectionStore:
    if kind == "fake":
        return FakeConnectionStore()
    local: LocalBackend = request.getfixturevalue("local")
    return ConnectionTable(local.client("dynamodb"), local.outputs["connectionsTable"])


@pytest.fixture
def results(kind: str, request: pytest.FixtureRequest) -> ResultStore:
    if kind == "fake":
        return FakeResultStore()
    bucket: ResultBucket = request.getfixturevalue("bucket")
    return bucket


@pytest.fixture
def bucket(local: LocalBackend) -> Iterator[ResultBucket]:
    client = client_of("s3", local.endpoint_url, local.region, *create_administrator(local))
    yield ResultBucket(client, local.outputs["reportsBucket"])
    client.close()


@pytest.fixture
def management(local: LocalBackend) -> Iterator[Any]:
    endpoint = local.outputs["endpoint"].replace("ws://", "http://")
    client = client_of("apigatewaymanagementapi", endpoint, local.region, *create_administrator(local))
    yield client
    client.close()


def client_of(service: Any, endpoint_url: str, region: str, access_key_id: str = "x", secret: str = "x") -> Any:
    config = Config(
        signature_version="v4" if service != "s3" else "s3v4", proxies={}, retries={"total_max_attempts": 1}
    )
    return boto3.client(
        service,
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret,
        config=config,
    )


def new_report(**changes: Any) -> Report:
    report = Report(
        report_id=str(uuid.uuid4()),
        owner=f"owner-{uuid.uuid4()}",
        definition="sample",
        parameters={"delay": 0, "größe": [1.5, None, "x"]},
        format="csv",
        created_at=NOW + timedelta(microseconds=7),
        expires_at=NOW + timedelta(days=1),
        watchers=frozenset({"c1"}),
    )
    return replace(report, **changes)


def test_report_comes_back_as_it_was_put(reports: ReportStore) -> None:
    report = new_report()
    assert reports.put_new(report, NOW) is None
    assert reports.get(report.report_id, NOW) == report


def test_options_and_the_preview_s_key_come_back(reports: ReportStore) -> None:
    report = new_report(format_options={"delimiter": "\t", "bom": True})
    reports.put_new(report, NOW)
    reports.change(report.report_id, steps.claim("i", NOW))
    done = reports.change(report.report_id, steps.finish(1, RESULT, "key", "beside/preview.json", NOW))
    assert done is not None
    assert done.format_options == {"delimiter": "\t", "bom": True}
    assert done.preview_key == "beside/preview.json"
    assert reports.get(report.report_id, NOW) == done


def test_second_put_returns_the_first_report(reports: ReportStore) -> None:
    first = new_report()
    reports.put_new(first, NOW)
    assert reports.put_new(replace(first, owner="somebody"), NOW) == first
    assert reports.get(first.report_id, NOW) == first


def test_expired_row_is_absent_and_its_id_is_free(reports: ReportStore) -> None:
    report = new_report(expires_at=NOW)
    reports.put_new(report, NOW - timedelta(days=1))
    assert reports.get(report.report_id, NOW) is None
    assert reports.watch(report.report_id, report.owner, "c2", NOW) is None
    assert reports.put_new(replace(report, expires_at=NOW + timedelta(days=1)), NOW) is None


def test_unknown_report_is_absent(reports: ReportStore) -> None:
    assert reports.get(str(uuid.uuid4()), NOW) is None
    assert reports.change(str(uuid.uuid4()), steps.cancel_queued(NOW)) is None
    assert reports.watch(str(uuid.uuid4()), "o", "c", NOW) is None
    reports.unwatch(str(uuid.uuid4()), "c")


def test_report_goes_through_its_life(reports: ReportStore) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    claimed = reports.change(report.report_id, steps.claim("i", NOW))
    assert claimed == replace(
        report,
        state=State.RUNNING,
        revision=1,
        state_revision=1,
        attempt=1,
        invocation="i",
        started_at=NOW,
        lease_until=NOW + LEASE,
    )
    ticked = reports.change(report.report_id, steps.tick(1, PROGRESS, NOW + timedelta(seconds=1)))
    assert ticked == replace(claimed, revision=2, progress=PROGRESS, lease_until=NOW + timedelta(seconds=1) + LEASE)
    asked = reports.change(report.report_id, steps.request_cancel())
    assert asked == replace(ticked, revision=3, cancel_requested=True)
    done = reports.change(report.report_id, steps.finish(1, RESULT, "key", None, NOW))
    ended = {"state": State.SUCCEEDED, "state_revision": 4, "finished_at": NOW, "lease_until": None}
    assert done == replace(asked, revision=4, result=RESULT, object_key="key", **ended)
    assert reports.get(report.report_id, NOW) == done
    assert reports.change(report.report_id, steps.fail(1, FAILURE, NOW)) is None


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (steps.claim("j", NOW + LEASE + timedelta(microseconds=1)), State.RUNNING),
        (steps.claim("j", NOW + LEASE), None),
        (steps.tick(2, PROGRESS, NOW), None),
        (steps.finish(2, RESULT, "key", None, NOW), None),
        (steps.fail(1, FAILURE, NOW), State.FAILED),
        (steps.confirm_cancel(1, NOW), State.CANCELLED),
        (steps.cancel_queued(NOW), None),
        (steps.fail_uninvoked("i", NOW), None),
        (steps.requeue("j"), None),
        (steps.hand_over(1, "j", NOW, NOW), State.RUNNING),
        (steps.hand_over(2, "j", NOW, NOW), None),
        (steps.fail_abandoned("i", FAILURE, NOW), State.FAILED),
        (steps.fail_abandoned("j", FAILURE, NOW), None),
        (steps.fail_abandoned("j", FAILURE, NOW + LEASE * 2), State.FAILED),
        (steps.fail_unstarted(timedelta(0), NOW + LEASE + steps.LOST_AFTER), None),
        (steps.fail_lost(NOW + LEASE + steps.LOST_AFTER), None),
        (steps.fail_lost(NOW + LEASE + steps.LOST_AFTER + timedelta(seconds=1)), State.FAILED),
    ],
)
def test_running_report_takes_only_the_steps_it_may(
    reports: ReportStore, change: steps.Change, state: State | None
) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    claimed = reports.change(report.report_id, steps.claim("i", NOW))
    changed = reports.change(report.report_id, change)
    assert (changed.state if changed else None) == state
    if state is None:
        assert reports.get(report.report_id, NOW) == claimed


@pytest.mark.parametrize("is_handed_over", [False, True])
def test_report_started_when_its_first_worker_began_whoever_follows(
    reports: ReportStore, *, is_handed_over: bool
) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    reports.change(report.report_id, steps.claim("i", NOW))
    if is_handed_over:
        reports.change(report.report_id, steps.hand_over(1, "j", NOW + timedelta(minutes=30), NOW))
    followed = reports.change(report.report_id, steps.claim("j", NOW + timedelta(minutes=14)))
    assert followed is not None
    assert (followed.attempt, followed.started_at) == (2, NOW)


def test_query_on_a_distributed_engine_comes_back_as_it_was_put(reports: ReportStore) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    reports.change(report.report_id, steps.claim("i", NOW))
    query = RemoteQuery(engine="trino", token="t", since=NOW, handle="/v1/statement/é", scanned_bytes=10**13)
    kept = reports.change(report.report_id, steps.keep_query(1, PROGRESS, query, NOW))
    assert kept is not None
    assert (kept.query, kept.progress) == (query, PROGRESS)
    assert reports.get(report.report_id, NOW) == kept


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (steps.fail_lost(NOW + LEASE + steps.LOST_AFTER * 2), None),
        (steps.fail_abandoned("i", FAILURE, NOW + timedelta(seconds=1)), None),
        (steps.fail_abandoned("j", FAILURE, NOW + timedelta(seconds=1)), State.FAILED),
        (steps.fail_lost(NOW + timedelta(minutes=31)), State.FAILED),
        (steps.fail_abandoned("i", FAILURE, NOW + timedelta(minutes=31)), State.FAILED),
        (steps.claim("j", NOW + timedelta(seconds=1)), State.RUNNING),
        (steps.claim("i", NOW + timedelta(seconds=1)), State.RUNNING),
    ],
)
def test_report_that_was_handed_over_waits_for_its_next_worker(
    reports: ReportStore, change: steps.Change, state: State | None
) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    reports.change(report.report_id, steps.claim("i", NOW))
    handed = reports.change(report.report_id, steps.hand_over(1, "j", NOW + timedelta(minutes=30), NOW))
    assert handed is not None
    assert (handed.attempt, handed.invocation, handed.lease_until) == (1, "j", NOW)
    changed = reports.change(report.report_id, change)
    assert (changed and changed.state) == state
    if change.step is Step.CLAIM:
        assert changed is not None
        assert (changed.attempt, changed.awaited_until) == (2, None)


def test_many_rows_are_read_at_once_and_those_that_are_not_there_left_out(reports: ReportStore) -> None:
    stored = [new_report() for _ in range(50)]
    for report in stored:
        reports.put_new(report, NOW)
    ids = [*(report.report_id for report in stored), new_report().report_id]
    assert reports.get_all(ids, NOW) == {report.report_id: report for report in stored}
    assert reports.get_all(ids, stored[0].expires_at) == {}


def test_page_of_a_state_has_no_others(reports: ReportStore) -> None:
    owner = new_report().owner
    stored = [replace(new_report(), owner=owner, created_at=NOW + timedelta(seconds=n)) for n in range(6)]
    for report in stored:
        reports.put_new(report, NOW)
    for report in stored[::2]:
        reports.change(report.report_id, steps.cancel_queued(NOW))
    found, before = list[str](), None
    while True:
        page = reports.page(owner, before, 2, NOW, State.CANCELLED)
        found += [report.report_id for report in page.reports]
        assert "=" not in (page.next or "")
        before = page.next
        if before is None:
            break
    assert found == [report.report_id for report in stored[::2]][::-1]


@pytest.mark.parametrize(("age", "state"), [(timedelta(minutes=29), None), (timedelta(minutes=31), State.FAILED)])
def test_queued_report_is_overdue_past_the_event_s_age(
    reports: ReportStore, age: timedelta, state: State | None
) -> None:
    report = new_report(created_at=NOW - age)
    reports.put_new(report, NOW)
    changed = reports.change(report.report_id, steps.fail_unstarted(timedelta(minutes=30), NOW))
    assert (changed.state if changed else None) == state


def test_watchers_come_and_go(reports: ReportStore) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    watched = reports.watch(report.report_id, report.owner, "c2", NOW)
    assert watched == replace(report, watchers=frozenset({"c1", "c2"}))
    assert reports.watch(report.report_id, "another", "c3", NOW) is None
    reports.unwatch(report.report_id, "c1")
    reports.unwatch(report.report_id, "c2")
    reports.unwatch(report.report_id, "never")
    assert reports.get(report.report_id, NOW) == replace(report, watchers=frozenset())


def test_report_has_only_so_many_watchers(reports: ReportStore) -> None:
    report = new_report(watchers=frozenset({f"c{n}" for n in range(quotas.WATCHERS_PER_REPORT - 1)}))
    reports.put_new(report, NOW)
    full = report.watchers | {"last"}
    for connection_id in ("last", "one-too-many", "last"):
        watched = reports.watch(report.report_id, report.owner, connection_id, NOW)
        assert watched == replace(report, watchers=full)


def test_report_that_has_ended_gets_no_watcher(reports: ReportStore) -> None:
    report = new_report()
    reports.put_new(report, NOW)
    ended = reports.change(report.report_id, steps.cancel_queued(NOW))
    assert reports.watch(report.report_id, report.owner, "c2", NOW) == ended
    assert reports.watch(report.report_id, "another", "c2", NOW) is None


def test_active_reports_are_those_that_have_not_ended(reports: ReportStore) -> None:
    owner = f"owner-{uuid.uuid4()}"
    queued, running, ended = (new_report(owner=owner) for _ in range(3))
    for report in (queued, running, ended, new_report()):
        reports.put_new(report, NOW)
    reports.change(running.report_id, steps.claim("i", NOW))
    reports.change(running.report_id, steps.tick(1, PROGRESS, NOW))
    reports.change(ended.report_id, steps.cancel_queued(NOW))
    assert sorted(reports.active_ids(owner)) == sorted((queued.report_id, running.report_id))
    reports.change(running.report_id, steps.fail(1, FAILURE, NOW))
    assert reports.active_ids(owner) == (queued.report_id,)
    assert reports.active_ids("nobody") == ()


def test_page_is_full_however_large_its_rows_are(reports: ReportStore) -> None:
    """DynamoDB ends a page of its own after a megabyte."""
    owner = f"owner-{uuid.uuid4()}"
    large = {"text": "x" * 390_000}
    rows = [new_report(owner=owner, created_at=NOW + timedelta(seconds=n), parameters=large) for n in range(4)]
    for report in rows:
        reports.put_new(report, NOW)
    page = reports.page(owner, None, 3, NOW)
    assert [each.report_id for each in page.reports] == [each.report_id for each in rows[:0:-1]]
    assert page.next is not None
    last = reports.page(owner, page.next, 3, NOW)
    assert ([each.report_id for each in last.reports], last.next) == ([rows[0].report_id], None)


def test_pages_are_the_owner_s_newest_first(reports: ReportStore) -> None:
    mine = [new_report(owner="me", created_at=NOW + timedelta(seconds=n)) for n in range(5)]
    for report in [*mine, new_report(owner="you")]:
        reports.put_new(report, NOW)
    first = reports.page("me", None, 3, NOW)
    assert [r.report_id for r in first.reports] == [r.report_id for r in mine[:1:-1]]
    assert first.next is not None
    second = reports.page("me", first.next, 3, NOW)
    assert [r.report_id for r in second.reports] == [mine[1].report_id, mine[0].report_id]
    assert second.next is None
    exact = reports.page("me", None, 5, NOW)
    assert (len(exact.reports), exact.next) == (5, None)
    for report in mine:
        reports.change(report.report_id, steps.cancel_queued(NOW))


def test_cursor_from_elsewhere_is_refused(reports: ReportStore) -> None:
    for cursor in ("nonsense", "", "bm9uc2Vuc2U=", "ü"):
        with pytest.raises(InvalidCursor):
            reports.page("me", cursor, 3, NOW)


@pytest.mark.slow
def test_counter_counts_each_name_and_is_no_connection(local: LocalBackend) -> None:
    table = ConnectionTable(local.client("dynamodb"), local.outputs["connectionsTable"])
    one, other = (f"{name}/{uuid.uuid4()}" for name in ("one", "other"))
    assert [table.count(one, NOW), table.count(one, NOW), table.count(other, NOW)] == [1, 2, 1]
    assert table.renew(one, NOW) is None


def test_connection_lives_an_hour_from_its_last_message(connections: ConnectionStore) -> None:
    connection_id = str(uuid.uuid4())
    mine = SignIn("arn:me")
    connections.put(connection_id, mine, NOW)
    assert connections.renew(connection_id, NOW + timedelta(minutes=50)) == mine
    assert connections.renew(connection_id, NOW + timedelta(minutes=100)) == mine
    assert connections.renew(connection_id, NOW + timedelta(minutes=161)) is None


def test_connection_remembers_when_its_token_ends_and_for_which_groups_it_is(connections: ConnectionStore) -> None:
    connection_id = str(uuid.uuid4())
    mine = SignIn("https://id.example|me", NOW + timedelta(minutes=5), frozenset({"finance", "two words", "büro"}))
    connections.put(connection_id, mine, NOW)
    assert connections.renew(connection_id, NOW + timedelta(minutes=50)) == mine


def test_deleted_connection_is_unknown(connections: ConnectionStore) -> None:
    connections.put("gone", SignIn("arn:me"), NOW)
    connections.delete("gone")
    connections.delete("gone")
    assert connections.renew("gone", NOW) is None


@pytest.mark.parametrize("size", [0, 1, PART_SIZE_BYTES, 2 * PART_SIZE_BYTES + 1])
def test_upload_stores_and_counts_what_was_written(results: ResultStore, size: int) -> None:
    key = f"owner/{uuid.uuid4()}/1/f.csv"
    data = bytes(n % 251 for n in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    upload = results.open(key, "f.csv", "text/csv")
    for start in range(0, size, 3_000_000):
        upload.write(data[start : start + 3_000_000])
    assert upload.size_bytes == size
    stored = upload.complete()
    assert (stored.size_bytes, stored.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert upload.stored_bytes == size
    upload.abort()
    assert content(results, key) == data


def test_aborted_upload_leaves_nothing(results: ResultStore) -> None:
    key = f"owner/{uuid.uuid4()}/1/f.csv"
    upload = results.open(key, "f.csv", "text/csv")
    upload.write(b"x" * (PART_SIZE_BYTES + 1))
    upload.abort()
    upload.abort()
    assert content(results, key) is None
    if isinstance(results, ResultBucket):
        assert "Uploads" not in results.client.list_multipart_uploads(Bucket=results.bucket)


@pytest.mark.slow
def test_parts_that_travel_together_arrive_in_order(results: ResultStore) -> None:
    key = f"owner/{uuid.uuid4()}/1/f.csv"
    parts = [bytes([n]) * PART_SIZE_BYTES for n in range(PARTS_AT_ONCE + 2)]
    upload = results.open(key, "f.csv", "text/csv")
    upload.write(b"".join(parts) + b"rest")
    upload.complete()
    upload.abort()
    assert content(results, key) == b"".join(parts) + b"rest"


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 1_000_000])
def test_small_file_is_there_at_once(results: ResultStore, data: bytes) -> None:
    key = f"owner/{uuid.uuid4()}/1/preview.json"
    results.put(key, data, "application/json")
    assert content(results, key) == data
    results.put(key, b"again", "application/json")
    assert content(results, key) == b"again"


def test_small_file_has_its_type(bucket: ResultBucket) -> None:
    bucket.put("owner/id/1/preview.json", b"{}", "application/json")
    response = httpx.get(bucket.sign("owner/id/1/preview.json", "preview.json", 60), trust_env=False)
    assert response.headers["Content-Type"] == "application/json"


def test_store_that_is_not_there_is_unavailable() -> None:
    client = client_of("s3", "http://127.0.0.1:1", "eu-west-1")
    with pytest.raises(StoreUnavailable):
        ResultBucket(client, "nowhere").put("key", b"{}", "application/json")
    client.close()


def content(results: ResultStore, key: str) -> bytes | None:
    if isinstance(results, FakeResultStore):
        return results.objects.get(key)
    response = httpx.get(results.sign(key, "f.csv", 60), trust_env=False)
    return response.content if response.status_code == httpx.codes.OK else None


def test_link_saves_under_the_report_s_name_and_type(bucket: ResultBucket) -> None:
    upload = bucket.open("owner/id/1/f.csv", "f.csv", "text/csv; charset=utf-8")
    upload.write(b"a,b\r\n")
    upload.complete()
    response = httpx.get(bucket.sign("owner/id/1/f.csv", "f.csv", 60), trust_env=False)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="f.csv"'


def test_post_to_a_connection_that_is_not_there_is_gone(management: Any) -> None:
    assert ConnectionPush(management)("0123456789abcdef", b"{}") is Delivery.GONE


def test_post_to_a_service_that_is_not_there_is_undelivered() -> None:
    client = client_of("apigatewaymanagementapi", "http://127.0.0.1:1", "eu-west-1")
    assert ConnectionPush(client)("c", b"{}") is Delivery.UNDELIVERED
    client.close()


def test_invocation_of_a_function_that_is_not_there_is_refused(local: LocalBackend) -> None:
    with pytest.raises(InvocationRefused):
        WorkerInvocation(local.client("lambda"), "nobody")("r", "i")
