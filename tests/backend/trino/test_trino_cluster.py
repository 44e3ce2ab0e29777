"""The protocol of Trino, word for word, against a coordinator that answers by a script."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent, Look, Phase, Reason
from backend.engine.distributed.partitions import OTHER_ROWS
from backend.engine.layout import Key, Layout
from backend.trino import trino_cluster
from backend.trino.statements import Session, Statements, WrongAddress, basic, bearer
from backend.trino.trino_cluster import MOST_ANSWERS, TrinoCluster
from tests.backend.trino.scripted import Coordinator, running, stats

SESSION = Session(user="reports", catalog="hive", schema="reportwire")
TOKEN = "0123456789abcdef0123456789abcdef0123456789ab"
TARGET = "s3://reports/owner/it's/"
QUEUED = "/v1/statement/queued/q/yslug/1"
FIRST, SECOND = "/v1/statement/executing/q/yslug/0", "/v1/statement/executing/q/yslug/1"


@pytest.fixture
def coordinator() -> Iterator[Coordinator]:
    with running() as coordinator:
        yield coordinator
        assert not coordinator.script


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(timeout=urllib3.Timeout(connect=1.0, read=0.3), retries=False) as pool:
        yield pool


@pytest.fixture
def cluster(coordinator: Coordinator, pool: urllib3.PoolManager) -> TrinoCluster:
    return TrinoCluster(Statements(coordinator.url, SESSION, pool))


def test_query_is_sent_as_a_table_of_files_in_its_target(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    assert cluster.start("SELECT 'ä' AS c0", TARGET, TOKEN) == QUEUED
    (asked,) = coordinator.asked
    assert (asked.method, asked.path) == ("POST", "/v1/statement")
    assert asked.body == (
        f"CREATE TABLE \"reportwire_{TOKEN}\" WITH (format = 'PARQUET', "
        "external_location = 's3://reports/owner/it''s/') AS\nSELECT 'ä' AS c0"
    )
    said = {name: value for name, value in asked.headers.items() if name.startswith("X-")}
    assert said == {
        "X-Trino-User": "reports",
        "X-Trino-Source": f"reportwire-{TOKEN}",
        "X-Trino-Trace-Token": f"reportwire-{TOKEN}",
        "X-Trino-Catalog": "hive",
        "X-Trino-Schema": "reportwire",
        "X-Trino-Time-Zone": "UTC",
    }
    assert "Authorization" not in asked.headers


def test_each_answer_leads_to_the_next_until_there_is_none(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=FIRST)
    coordinator.says(stats=stats("RUNNING", processedRows=7, physicalInputBytes=70), next=SECOND, data=[])
    coordinator.says(stats=stats("FINISHED", processedRows=9, physicalInputBytes=90), updateType="CREATE TABLE")
    looks = [cluster.look(QUEUED)]
    looks += [cluster.look(looks[0].handle)]
    looks += [cluster.look(looks[1].handle)]
    assert looks == [
        Look(handle=FIRST, phase=Phase.QUEUED),
        Look(handle=SECOND, phase=Phase.RUNNING, completed=7, scanned_bytes=70),
        Look(handle=SECOND, phase=Phase.SUCCEEDED, completed=9, scanned_bytes=90),
    ]
    assert coordinator.lines == [f"GET {QUEUED}", f"GET {FIRST}", f"GET {SECOND}"]


def test_stop_deletes_where_the_last_answer_led(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.fails(204)
    cluster.stop(SECOND)
    assert coordinator.lines == [f"DELETE {SECOND}"]


LAYOUT = Layout(columns=(("day", "DATE"),), keys=(Key(name="day", type="DATE", of="day"),), parts=())


def test_folders_are_entered_to_the_end(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("RUNNING"), next=FIRST)
    coordinator.says(stats=stats("FINISHED"))
    cluster.enter_partitions("trips", LAYOUT, lambda: None)
    place = "schema_name => 'reportwire', table_name => 'trips', mode => 'FULL'"
    assert coordinator.asked[0].body == f"CALL system.sync_partition_metadata({place})"
    assert coordinator.lines == ["POST /v1/statement", f"GET {QUEUED}", f"GET {FIRST}"]


@pytest.mark.parametrize(
    ("name", "kind", "raised"),
    [
        ("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", ClusterBusy),
        ("PERMISSION_DENIED", "USER_ERROR", ClusterRefused),
        ("NOT_FOUND", "USER_ERROR", ClusterRefused),
    ],
)
def test_folders_that_cannot_be_entered_are_an_error(
    coordinator: Coordinator, cluster: TrinoCluster, name: str, kind: str, raised: type[Exception]
) -> None:
    coordinator.says(stats=stats("FAILED"), error={"errorName": name, "errorType": kind, "message": ""})
    with pytest.raises(raised):
        cluster.enter_partitions("trips", LAYOUT, lambda: None)


def test_worker_that_is_to_stop_meanwhile_follows_no_further(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)

    def cancelled() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.enter_partitions("trips", LAYOUT, cancelled)
    assert coordinator.lines == ["POST /v1/statement"]


def test_folders_that_are_not_entered_in_time_are_tried_again(
    coordinator: Coordinator, cluster: TrinoCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trino_cluster, "MOST_SYNC_ANSWERS", 1)
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("RUNNING"), next=FIRST)
    coordinator.fails(204)
    with pytest.raises(ClusterSilent):
        cluster.enter_partitions("trips", LAYOUT, lambda: None)
    assert coordinator.lines[-1] == f"DELETE {FIRST}"


def test_rows_of_no_layout_are_told_from_other_failures(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    message = f"Cannot cast '{OTHER_ROWS} -3' to INT"
    for text in (message, "Cannot cast 'a' to INT"):
        error = {"errorName": "INVALID_CAST_ARGUMENT", "errorType": "USER_ERROR", "message": text}
        coordinator.says(stats=stats("FAILED"), error=error)
    assert [cluster.look(FIRST).reason, cluster.look(FIRST).reason] == [Reason.OTHER_ROWS, Reason.REFUSED]


def test_table_is_dropped_to_the_end(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("RUNNING"), next=FIRST)
    coordinator.says(stats=stats("FINISHED"))
    cluster.forget(TOKEN)
    assert coordinator.asked[0].body == f'DROP TABLE IF EXISTS "reportwire_{TOKEN}"'
    assert coordinator.lines == ["POST /v1/statement", f"GET {QUEUED}", f"GET {FIRST}"]


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", Reason.BUSY),
        ("NO_NODES_AVAILABLE", "INTERNAL_ERROR", Reason.BUSY),
        ("EXCEEDED_SCAN_LIMIT", "INSUFFICIENT_RESOURCES", Reason.SCAN_LIMIT),
        ("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", Reason.TIME_LIMIT),
        ("EXCEEDED_GLOBAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", Reason.MEMORY),
        ("SOME_OTHER_LIMIT", "INSUFFICIENT_RESOURCES", Reason.MEMORY),
        ("PAGE_TRANSPORT_TIMEOUT", "INTERNAL_ERROR", Reason.NODE_LOST),
        ("REMOTE_HOST_GONE", "INTERNAL_ERROR", Reason.NODE_LOST),
        ("ADMINISTRATIVELY_KILLED", "USER_ERROR", Reason.STOPPED),
        ("USER_CANCELED", "USER_ERROR", Reason.STOPPED),
        ("PERMISSION_DENIED", "USER_ERROR", Reason.DENIED),
        ("ABANDONED_QUERY", "INTERNAL_ERROR", Reason.LOST),
        ("DIVISION_BY_ZERO", "USER_ERROR", Reason.REFUSED),
        ("COLUMN_NOT_FOUND", "USER_ERROR", Reason.REFUSED),
        ("HIVE_WRITER_OPEN_ERROR", "EXTERNAL", Reason.FAULT),
        ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", Reason.FAULT),
    ],
)
def test_errors_are_told_apart_and_their_words_kept_back(
    coordinator: Coordinator,
    cluster: TrinoCluster,
    caplog: pytest.LogCaptureFixture,
    *,
    name: str,
    kind: str,
    reason: Reason,
) -> None:
    error = {"errorName": name, "errorType": kind, "message": "line 1: 'secret cell'", "errorCode": 1}
    coordinator.says(stats=stats("FAILED"), error=error)
    look = cluster.look(FIRST)
    assert (look.phase, look.reason) == (Phase.FAILED, reason)
    coordinator.says(stats=stats("FAILED"), error=error)
    with pytest.raises(ClusterRefused) as refused:
        cluster.start("SELECT 1", TARGET, TOKEN)
    assert refused.value.reason is reason
    assert "secret" not in caplog.text


@pytest.mark.parametrize("status", [502, 503, 504])
def test_proxy_in_between_that_has_no_answer_may_have_one_later(
    coordinator: Coordinator, cluster: TrinoCluster, status: int
) -> None:
    coordinator.fails(status)
    with pytest.raises(ClusterSilent, match=str(status)):
        cluster.look(FIRST)


def test_limit_of_requests_is_want_of_room(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.fails(429, **{"Retry-After": "1"})
    with pytest.raises(ClusterBusy):
        cluster.start("SELECT 1", TARGET, TOKEN)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, Reason.DENIED), (403, Reason.DENIED), (404, Reason.LOST), (410, Reason.LOST), (500, Reason.FAULT)],
)
def test_other_statuses_are_the_end_of_the_query(
    coordinator: Coordinator, cluster: TrinoCluster, status: int, reason: Reason
) -> None:
    coordinator.fails(status)
    assert cluster.look(FIRST) == Look(handle=FIRST, phase=Phase.FAILED, reason=reason)


def test_redirection_is_not_followed(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.fails(307, Location="https://elsewhere.example/")
    assert cluster.look(FIRST).reason is Reason.FAULT
    assert len(coordinator.asked) == 1


def test_answer_that_names_another_host_leads_to_this_one(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("RUNNING"), next="http://10.0.0.1:8080/v1/statement/executing/q/yslug/1?x=1")
    assert cluster.look(FIRST).handle == f"{SECOND}?x=1"


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"", b"{}", b'{"id": 1, "stats": {}}', b"\xff"])
def test_answer_of_something_else_is_none(coordinator: Coordinator, cluster: TrinoCluster, body: bytes) -> None:
    coordinator.fails(200)
    coordinator.script[0].body = body
    with pytest.raises(ClusterSilent):
        cluster.look(FIRST)


def test_coordinator_that_is_away_or_hangs_is_silent(pool: urllib3.PoolManager) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        cluster = TrinoCluster(Statements(url, SESSION, pool))
        with pytest.raises(ClusterSilent):
            cluster.look(FIRST)
        listening.listen()
        with pytest.raises(ClusterSilent):
            cluster.start("SELECT 1", TARGET, TOKEN)


@pytest.mark.parametrize(
    ("header", "said"),
    [(basic("reports", "pä:ss"), "Basic cmVwb3J0czpww6Q6c3M="), (bearer("a.b.c"), "Bearer a.b.c")],
)
def test_every_request_says_who_asks(
    coordinator: Coordinator, pool: urllib3.PoolManager, header: str, said: str
) -> None:
    session = Session(
        user="reports", catalog="c", schema="s", properties="query_max_execution_time=2h", authorization=lambda: header
    )
    cluster = TrinoCluster(Statements(coordinator.url, session, pool))
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("QUEUED"), next=FIRST)
    coordinator.fails(204)
    cluster.start("SELECT 1", TARGET, TOKEN)
    cluster.look(QUEUED)
    cluster.stop(FIRST)
    assert [asked.headers["Authorization"] for asked in coordinator.asked] == [said] * 3
    assert coordinator.asked[0].headers["X-Trino-Session"] == "query_max_execution_time=2h"


@pytest.mark.parametrize(
    "url",
    [
        "http://trino.example:8080",
        "http://10.0.0.1:8080",
        "ftp://127.0.0.1",
        "trino.example",
        "https://me:secret@trino.example",
        "https://trino.example?password=secret",
        "",
    ],
)
def test_passwords_go_over_tls_alone(url: str) -> None:
    with pytest.raises(WrongAddress) as wrong:
        Statements(url, SESSION)
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize("url", ["https://trino.example:8443/", "http://localhost:8080", "http://[::1]:8080"])
def test_address_over_tls_or_of_this_machine_is_taken(url: str) -> None:
    assert Statements(url, SESSION)


def test_certificate_of_nobody_known_is_refused(pool: urllib3.PoolManager) -> None:
    statements: Any = Statements("https://trino.example", SESSION)
    assert statements._pool.connection_pool_kw.get("cert_reqs") is None  # urllib3's own default, which is to check
    assert urllib3.util.ssl_.create_urllib3_context().verify_mode.name == "CERT_REQUIRED"


def test_query_is_validated_and_not_run(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("RUNNING"), next=FIRST, data=[[True]])
    coordinator.says(stats=stats("FINISHED"))
    assert cluster.refusal("SELECT\n1") is None
    assert coordinator.asked[0].body == "EXPLAIN (TYPE VALIDATE) SELECT\n1"
    assert coordinator.lines == ["POST /v1/statement", f"GET {QUEUED}", f"GET {FIRST}"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ({"errorName": "COLUMN_NOT_FOUND", "message": "line 2:1: no x"}, "line 2:1: no x"),
        ({"errorName": "SOME"}, "SOME"),
    ],
)
def test_query_that_is_refused_is_so_in_trino_s_words_and_not_in_the_log(
    coordinator: Coordinator,
    cluster: TrinoCluster,
    caplog: pytest.LogCaptureFixture,
    *,
    error: dict[str, str],
    sentence: str,
) -> None:
    coordinator.says(stats=stats("QUEUED"), next=QUEUED)
    coordinator.says(stats=stats("FAILED"), error=error)
    assert cluster.refusal("SELECT\nx") == sentence
    assert not caplog.records


def test_query_that_is_never_validated_is_silence(coordinator: Coordinator, cluster: TrinoCluster) -> None:
    for _ in range(MOST_ANSWERS + 1):
        coordinator.says(stats=stats("RUNNING"), next=FIRST)
    with pytest.raises(ClusterSilent):
        cluster.refusal("SELECT 1")
