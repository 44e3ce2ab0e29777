"""A stack with Athena as its engine, on the emulator: what it has no right to fails, and what fails is counted."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.aws.report_items import decode_report, encode_report
from backend.domain.report import Report
from backend.engine.distributed.partitions import OTHER_ROWS
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import FailureCode
from infra.local import backend, differences
from infra.local.datasets import local_datasets
from infra.local.datasets.partitioning import ByColumn, partition
from infra.local.recording.graph import Graph
from tests.flows.permissions.engine_steps import ENGINE_STEPS, Keys, put_partition
from tests.flows.permissions.grants import Grant, granted, without
from tests.infra.conftest import SECRET, of_type
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

SETTINGS = {
    "distributedEngine": "athena",
    "athenaScanLimitGb": "1000",
    "datasetPartitions": "planes=engines",
    "serverSentEvents": "true",
}
INVOCATION = "an event of the test"


@pytest.fixture(scope="module")
def keys(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    own = tmp_path_factory.mktemp("own")
    planes = local_datasets.samples(cache / "reportwire")["planes"] / "planes.parquet"
    partition(planes, (ByColumn("engines"),), own / "planes")
    services = {*differences.SERVICES, *(each for some in differences.SERVICES_OF_ENGINES.values() for each in some)}
    variables = {"SERVICES": ",".join(sorted(services))}
    with backend.running(cache_dir=cache / "reportwire", settings=SETTINGS, own_data=own, variables=variables) as local:
        keys = Keys(local)
        local.client("secretsmanager").create_secret(Name="trino", SecretString="a password")
        put_partition(local.client("glue"), keys.database)
        yield keys


def policy_of(keys: Keys, graph: Graph, grant: Grant) -> dict[str, Any]:
    """Return the policy that has a grant, as it is on the emulator; that of a Trino's secret is not deployed there."""
    if grant.resource == SECRET:
        text = of_type(graph, "iam/rolePolicy:RolePolicy")[grant.role].inputs["policy"]
        secret = keys.local.client("secretsmanager").describe_secret(SecretId="trino")["ARN"]
        found: dict[str, Any] = json.loads(text.replace(SECRET, secret))
        return found
    sid = granted(graph)[grant].sid
    iam, role = keys.local.client("iam"), f"reportwire-{grant.role}"
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    (document,) = [each for each in documents if sid in {statement["Sid"] for statement in each["Statement"]}]
    return dict(document)


@pytest.mark.parametrize("grant", ENGINE_STEPS, ids=lambda grant: f"{grant.role} {grant.action} {grant.resource}")
def test_step_works_and_does_not_without_its_grant(
    keys: Keys, athena_graph: Graph, trino_graph: Graph, grant: Grant
) -> None:
    graph = trino_graph if grant.resource == SECRET else athena_graph
    step, document = ENGINE_STEPS[grant], policy_of(keys, graph, grant)
    keys.allow(document)
    assert step.succeeds(keys), step.says
    keys.allow(without(document, grant.action, granted(graph)[grant]))
    assert not step.succeeds(keys), step.says


def test_report_goes_to_the_engine_and_its_failure_there_is_counted(keys: Keys, athena_graph: Graph) -> None:
    """As far as the emulator goes, which has no UNLOAD; the alarm watches the metric of the line that says so."""
    aws, worker = keys.local.client, keys.local.outputs["workerFunction"]
    variables = aws("lambda").get_function(FunctionName=worker)["Configuration"]["Environment"]["Variables"]
    at_once = {"Variables": {**variables, "DISTRIBUTED_FROM_BYTES": "0"}}
    aws("lambda").update_function_configuration(FunctionName=worker, Environment=at_once)
    known = set(executions(keys))
    report = made(keys)
    assert report.error is not None
    assert report.error.code == FailureCode.ENGINE_UNAVAILABLE, report.error
    (execution,) = set(executions(keys)) - known
    query = aws("athena").get_query_execution(QueryExecutionId=execution)["QueryExecution"]
    assert query["Query"].startswith("UNLOAD (")
    assert OTHER_ROWS in query["Query"]
    database = variables["ATHENA_DATABASE"]
    assert query["QueryExecutionContext"]["Database"] == database
    entered = aws("glue").get_partitions(DatabaseName=database, TableName="planes")["Partitions"]
    assert sorted(each["Values"] for each in entered) == [["1"], ["2"], ["3"], ["4"]]
    (ended,) = [line for line in lines(keys) if line.get("reportId") == report.report_id and "ReportsEnded" in line]
    alarm = of_type(athena_graph, "cloudwatch/metricAlarm:MetricAlarm")["reports-engineunavailable"].inputs
    (counted,) = [each for each in ended["_aws"]["CloudWatchMetrics"] if each["Metrics"][0]["Name"] == "ReportsEnded"]
    assert alarm["metricName"] == "ReportsEnded"
    assert list(alarm["dimensions"]) in counted["Dimensions"]
    assert alarm["dimensions"].items() <= ended.items()


def executions(keys: Keys) -> list[str]:
    found: list[str] = keys.local.client("athena").list_query_executions(WorkGroup=keys.workgroup)["QueryExecutionIds"]
    return found


def lines(keys: Keys) -> list[dict[str, Any]]:
    """Return what the worker has logged, once it has said that a report has ended."""
    end = time.monotonic() + HANG_S
    while time.monotonic() < end:
        events = keys.local.client("logs").filter_log_events(logGroupName="reportwire-worker")["events"]
        found = [json.loads(each["message"]) for each in events if each["message"].startswith("{")]
        if any("ReportsEnded" in each for each in found):
            return found
        time.sleep(0.05)
    raise TimeoutError


def made(keys: Keys) -> Report:
    """Have the worker make a report that is for the engine, and return its row."""
    now, report_id = datetime.now(UTC), str(uuid.uuid4())
    report = Report(
        report_id=report_id,
        owner="anna",
        definition="fleet-age",
        parameters={},
        format="csv",
        created_at=now,
        expires_at=now + timedelta(days=1),
        invocation=INVOCATION,
    )
    dynamodb, table = keys.local.client("dynamodb"), keys.local.outputs["reportsTable"]
    dynamodb.put_item(TableName=table, Item=encode_report(report))
    event = json.dumps({"reportId": report_id, "invocationId": INVOCATION})
    function = keys.local.outputs["workerFunction"]
    keys.local.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=event)
    end = time.monotonic() + HANG_S
    while time.monotonic() < end:
        row = decode_report(dynamodb.get_item(TableName=table, Key={"reportId": {"S": report_id}})["Item"])
        if is_terminal(row.state):
            return row
        time.sleep(0.05)
    raise TimeoutError(report_id)
