"""Athena: on the emulator what that has, on the stand-in what it lacks, and reports through either."""

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from backend.aws.athena_cluster import LARGEST_TEXT_BYTES, AthenaCluster
from backend.aws.glue_partitions import MOST_AT_ONCE
from backend.engine.distributed.cluster import (
    ENDED,
    Cluster,
    ClusterBusy,
    ClusterRefused,
    ClusterSilent,
    Look,
    Phase,
    Reason,
)
from backend.engine.distributed.failures import FAILURES
from backend.engine.distributed.partitions import OTHER_ROWS
from backend.engine.layout import FILE_NAME, Layout, decode
from infra.local import backend
from infra.local.datasets.partitioning import ByColumn
from infra.local.emulator import process
from tests.backend.aws.athena_stand_in import RUNNING, SUCCEEDED, AthenaStandIn, Status, refused
from tests.backend.clusters import BUCKET
from tests.backend.engine.exports import partitioned
from tests.backend.service.making.far import FILES, ROWS, Far
from tests.limits import HANG_S

TARGET = "s3://reports/owner/report/rows/token/"


def cluster_of(client: Any) -> AthenaCluster:
    return AthenaCluster(client=client, workgroup="reports", database="reportwire", catalog=lambda: client)


def token() -> str:
    return uuid.uuid4().hex + "0123456789ab"


class AthenaFar(Far):
    """A service whose distributed engine is the adapter on the stand-in."""

    def __init__(self, **options: Any) -> None:
        self.client = AthenaStandIn(unload=self._unload, **options)
        super().__init__()

    def made_cluster(self) -> Cluster:
        return cluster_of(self.client)

    def _unload(self, target: str) -> None:
        folder = target.removeprefix(BUCKET)
        assert not self.landing.files(folder.rstrip("/")), "UNLOAD wants an empty folder"
        self.landing.contents |= {f"{folder}20261102_{n}": data for n, data in enumerate(FILES)}


def test_report_goes_through_athena_to_its_file() -> None:
    far = AthenaFar(statuses=[{"State": "QUEUED"}, RUNNING, {"State": "QUEUED"}, RUNNING, SUCCEEDED])
    far.execute()
    assert far.lines == ROWS
    (execution,) = far.client.executions.values()
    assert execution.request == {
        "QueryString": f"UNLOAD (\n{far.sql}\n) TO '{execution.target}' WITH (format = 'PARQUET')",
        "ClientRequestToken": execution.target.split("/")[-2],
        "QueryExecutionContext": {"Database": "reportwire"},
        "WorkGroup": "reports",
    }
    assert far.row.result
    assert far.row.result.bytes_scanned == 4_000
    assert list(dict.fromkeys(progress.stage for progress in far.told))[:3] == ["starting", "queued", "querying"]
    assert not far.landing.contents


def test_query_over_the_quota_waits_until_there_is_room() -> None:
    far = AthenaFar(quota=0)
    far.at(lambda f: (f.clock() - f.row.created_at).seconds > 20, lambda _: setattr(far.client, "quota", 1))
    far.execute()
    assert far.lines == ROWS
    assert "waiting for room" in {progress.stage for progress in far.told}


def test_query_over_the_scan_limit_fails_in_words() -> None:
    far = AthenaFar(cutoff_bytes=3_000, statuses=[RUNNING])
    far.execute()
    assert far.error == FAILURES[Reason.SCAN_LIMIT]


def test_start_with_the_same_token_returns_the_same_query() -> None:
    cluster, known = cluster_of(client := AthenaStandIn()), token()
    assert cluster.start("SELECT 1", TARGET, known) == cluster.start("SELECT 1", TARGET, known)
    assert len(client.executions) == 1
    with pytest.raises(ClusterRefused):
        cluster.start("SELECT 2", TARGET, known)


def test_text_that_athena_would_not_take_is_not_sent() -> None:
    client = AthenaStandIn()
    with pytest.raises(ClusterRefused):
        cluster_of(client).start(f"SELECT '{'ä' * (LARGEST_TEXT_BYTES // 2)}'", TARGET, token())
    assert not client.executions


def failed(kind: int = -1, category: int = 1, reason: str = "") -> Status:
    error = {"ErrorCategory": category, "ErrorType": kind, "ErrorMessage": reason}
    return {"State": "FAILED", "StateChangeReason": reason, **({"AthenaError": error} if kind >= 0 else {})}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (failed(0), Reason.MEMORY),
        (failed(8), Reason.MEMORY),
        (failed(reason="Query exhausted resources at this scale factor"), Reason.MEMORY),
        (failed(206), Reason.TIME_LIMIT),
        (failed(210), Reason.TIME_LIMIT),
        (failed(reason="Query timeout"), Reason.TIME_LIMIT),
        (failed(401), Reason.DENIED),
        (failed(1000, 2, "Access Denied (Service: Amazon S3; Status Code: 403)"), Reason.DENIED),
        (failed(1001, 2), Reason.REFUSED),
        (failed(reason="SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved"), Reason.REFUSED),
        (failed(100), Reason.FAULT),
        (failed(), Reason.FAULT),
        ({"State": "CANCELLED"}, Reason.STOPPED),
        ({"State": "CANCELLED", "StateChangeReason": "Bytes scanned limit was exceeded"}, Reason.SCAN_LIMIT),
        ({"State": "FAILED", "StateChangeReason": "Bytes scanned limit was exceeded"}, Reason.SCAN_LIMIT),
        (failed(1006, 2, f"INVALID_CAST_ARGUMENT: Cannot cast '{OTHER_ROWS} -3' to INT"), Reason.OTHER_ROWS),
    ],
)
def test_failures_are_told_apart(status: Status, reason: Reason) -> None:
    cluster = cluster_of(AthenaStandIn(statuses=[status]))
    look = cluster.look(cluster.start("SELECT 1", TARGET, token()))
    assert (look.phase, look.reason) == (Phase.FAILED, reason)


def test_words_of_a_failure_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    cluster = cluster_of(AthenaStandIn(statuses=[failed(1001, 2, "bad value 'secret cell'")]))
    cluster.look(cluster.start("SELECT 1", TARGET, token()))
    assert "secret" not in "".join(str(record.__dict__) for record in caplog.records)


@dataclass
class Raising:
    """A client that fails."""

    error: Exception

    def start_query_execution(self, **_: Any) -> Mapping[str, Any]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (refused("TooManyRequestsException"), ClusterBusy),
        (refused("ThrottlingException"), ClusterBusy),
        (refused("InternalServerException"), ClusterSilent),
        (EndpointConnectionError(endpoint_url="https://athena"), ClusterSilent),
        (refused("AccessDeniedException"), ClusterRefused),
        (refused("InvalidRequestException"), ClusterRefused),
    ],
)
def test_errors_of_the_client_are_what_the_port_says(error: Exception, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        cluster_of(Raising(error)).start("SELECT 1", TARGET, token())


@pytest.fixture(scope="module")
def admin() -> Iterator[Any]:
    services = {"SERVICES": "athena,glue,iam,s3,sts"}
    with process.running(None, services) as started, backend.admin_clients(started, "eu-west-1") as admin:
        client, buckets, catalog = admin("athena"), admin("s3"), admin("glue")
        started.wait_until_ready()
        buckets.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        results = {"ResultConfiguration": {"OutputLocation": "s3://reports/athena/"}}
        client.create_work_group(Name="reports", Configuration=results)
        catalog.create_database(DatabaseInput={"Name": "reportwire"})
        yield admin


@pytest.fixture(scope="module")
def athena(admin: Any) -> Any:
    return admin("athena")


class Selecting:
    """The emulator's Athena without UNLOAD, which it does not know: the query within is run."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def start_query_execution(self, **request: Any) -> Any:
        query = request["QueryString"].removeprefix("UNLOAD (\n").partition("\n) TO ")[0]
        return self._client.start_query_execution(**{**request, "QueryString": query})


def ended(cluster: Cluster, handle: str) -> Look:
    until = time.monotonic() + HANG_S
    while (look := cluster.look(handle)).phase not in ENDED:
        assert time.monotonic() < until
        time.sleep(0.05)
    return look


@pytest.mark.slow
def test_emulator_takes_what_is_asked_and_its_answers_are_read(athena: Any) -> None:
    cluster = cluster_of(Selecting(athena))
    done = ended(cluster, cluster.start("SELECT 1 AS c0", TARGET, token()))
    assert (done.phase, done.unit, done.reason) == (Phase.SUCCEEDED, "bytes", None)
    assert cluster.look(str(uuid.uuid4())).reason is Reason.LOST
    long = cluster.start("SELECT sum(a.range * b.range) FROM range(60000) a, range(60000) b", TARGET, token())
    cluster.stop(long)
    assert cluster.look(long).reason is Reason.STOPPED


@pytest.mark.slow
def test_emulator_has_no_unload(athena: Any) -> None:
    """So that the stand-in goes as soon as it does."""
    cluster = cluster_of(athena)
    assert ended(cluster, cluster.start("SELECT 1 AS c0", TARGET, token())).phase is Phase.FAILED


@pytest.mark.slow
def test_emulator_refuses_an_execution_without_a_place_for_results(athena: Any) -> None:
    with pytest.raises(ClientError):
        cast("Any", athena).start_query_execution(QueryString="SELECT 1")


ODD = """
SELECT * FROM (VALUES (1, 'a/b=c', DATE '1999-12-31'), (2, '100 %', NULL), (3, NULL, DATE '0931-01-05'),
    (4, 'a/b=c', DATE '1999-12-31')) AS made(id, word, day)
"""
KEYS = (ByColumn("word"), ByColumn("day"))


def table(catalog: Any, name: str, layout: Layout) -> dict[tuple[str, ...], str]:
    """Make a table in Glue as the stack does, enter a layout, and return the folders by their values."""
    keys = [{"Name": key.name, "Type": "string"} for key in layout.keys]
    storage = {
        "Location": f"s3://datasets/{name}/",
        "Columns": [{"Name": "id", "Type": "int"}],
        "InputFormat": "parquet",
    }
    catalog.create_table(
        DatabaseName="reportwire", TableInput={"Name": name, "StorageDescriptor": storage, "PartitionKeys": keys}
    )
    return entered(catalog, name, layout)


def entered(catalog: Any, name: str, layout: Layout) -> dict[tuple[str, ...], str]:
    cluster_of(catalog).enter_partitions(name, layout, lambda: None)
    found = catalog.get_partitions(DatabaseName="reportwire", TableName=name)["Partitions"]
    assert {each["StorageDescriptor"]["InputFormat"] for each in found} == {"parquet"}
    return {tuple(each["Values"]): each["StorageDescriptor"]["Location"] for each in found}


def layout_of(sql: str, *by: ByColumn) -> Layout:
    return decode(partitioned("odd", sql, *by)[f"odd/{FILE_NAME}"])


@pytest.mark.slow
def test_partitions_in_glue_become_those_of_the_layout(admin: Any) -> None:
    catalog, null = admin("glue"), "__HIVE_DEFAULT_PARTITION__"
    root = "s3://datasets/odd"
    assert table(catalog, "odd", layout_of(ODD, *KEYS)) == {
        ("a/b=c", "1999-12-31"): f"{root}/word=a%2Fb%3Dc/day=1999-12-31/",
        ("100 %", null): f"{root}/word=100 %25/day={null}/",
        (null, "0931-01-05"): f"{root}/word={null}/day=0931-01-05/",
    }
    catalog.create_partition(
        DatabaseName="reportwire",
        TableName="odd",
        PartitionInput={"Values": ["moved", "1999-12-31"], "StorageDescriptor": {"Location": "s3://elsewhere/"}},
    )
    moved = layout_of("SELECT 1 AS id, 'moved' AS word, DATE '1999-12-31' AS day", *KEYS)
    assert entered(catalog, "odd", moved) == {("moved", "1999-12-31"): f"{root}/word=moved/day=1999-12-31/"}
    assert entered(catalog, "odd", moved) == {("moved", "1999-12-31"): f"{root}/word=moved/day=1999-12-31/"}


@pytest.mark.slow
def test_more_partitions_than_glue_takes_at_once_are_all_entered(admin: Any) -> None:
    count = MOST_AT_ONCE * 2 + 1
    layout = layout_of(f"SELECT range AS id, range AS number FROM range({count})", ByColumn("number"))
    assert len(table(admin("glue"), "numbers", layout)) == count


@pytest.mark.slow
def test_table_that_is_not_there_is_refused(admin: Any) -> None:
    with pytest.raises(ClusterRefused):
        entered(admin("glue"), "nothing", layout_of(ODD, *KEYS))


class Refusing:
    """A Glue that takes no partition, for a reason of its own."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_table(self, **_: Any) -> Mapping[str, Any]:
        return {"Table": {"StorageDescriptor": {"Location": "s3://datasets/odd"}}}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: Any) -> Any:
        return [{"Partitions": []}]

    def batch_create_partition(self, **_: Any) -> Mapping[str, Any]:
        return {"Errors": [{"PartitionValues": ["1"], "ErrorDetail": {"ErrorCode": self.code}}]}


def test_partition_that_another_worker_has_entered_is_no_error_and_any_other_refusal_is() -> None:
    layout = layout_of(ODD, *KEYS)
    cluster_of(Refusing("AlreadyExistsException")).enter_partitions("odd", layout, lambda: None)
    with pytest.raises(ClusterSilent, match="InternalServiceException"):
        cluster_of(Refusing("InternalServiceException")).enter_partitions("odd", layout, lambda: None)


FAILED: Status = {"State": "FAILED", "StateChangeReason": "COLUMN_NOT_FOUND: line 2:8: Column 'x' cannot be resolved"}


@pytest.mark.parametrize(("last", "sentence"), [(SUCCEEDED, None), (FAILED, FAILED["StateChangeReason"])])
def test_query_is_validated_and_not_run(last: Status, sentence: str | None) -> None:
    client, slept = AthenaStandIn(statuses=[{"State": "QUEUED"}, RUNNING, last]), list[float]()
    cluster = replace(cluster_of(client), sleep=slept.append)
    assert cluster.refusal("SELECT\nx") == sentence
    (execution,) = client.executions.values()
    assert execution.request["QueryString"] == "EXPLAIN (TYPE VALIDATE) SELECT\nx"
    assert execution.request["WorkGroup"] == "reports"
    assert len(slept) == 2


def test_query_that_athena_does_not_even_take_is_refused_in_its_words() -> None:
    assert refusal_by("InvalidRequestException", "line 1:8: mismatched input") == "line 1:8: mismatched input"
    with pytest.raises(ClusterRefused):
        refusal_by("AccessDeniedException", "not authorized")


def test_query_that_is_never_validated_is_silence() -> None:
    client = AthenaStandIn(statuses=[RUNNING])
    with pytest.raises(ClusterSilent):
        replace(cluster_of(client), sleep=lambda _: None).refusal("SELECT 1")


def refusal_by(code: str, message: str) -> str | None:
    class Refusing(AthenaStandIn):
        def start_query_execution(self, **request: Any) -> Mapping[str, Any]:
            raise refused(code, message)

    return cluster_of(Refusing()).refusal("SELECT 1")
