"""The distributed engine of a stack: its tables, and what the worker is told and may do."""

import json
from dataclasses import fields
from typing import Any

import pytest

from backend.catalog.compiled import Reading
from backend.engine.layout import DERIVED_TYPES
from backend.wiring.settings import EngineSettings, WorkerSettings
from infra.bundle import ROOT
from infra.distributed.tables import _OF_UNITS, _PLAIN, NoTable, partitioned, read_compiled, tables_of
from infra.local.recording.graph import Graph
from infra.settings import InvalidConfig, Settings
from tests.infra.conftest import SECRET, of_type

COMPILED = ROOT / "backend/reports/compiled"


@pytest.fixture(scope="module")
def athena(athena_graph: Graph) -> Graph:
    return athena_graph


@pytest.fixture(scope="module")
def trino(trino_graph: Graph) -> Graph:
    return trino_graph


def variables(graph: Graph, function: str = "worker") -> dict[str, str]:
    found: dict[str, str] = of_type(graph, "lambda/function:Function")[function].inputs["environment"]["variables"]
    return found


def grants(graph: Graph, policy: str = "worker") -> dict[str, list[str]]:
    """Return the resources of a role's statements, by action."""
    document = json.loads(of_type(graph, "iam/rolePolicy:RolePolicy")[policy].inputs["policy"])
    return {action: each["Resource"] for each in document["Statement"] for action in each["Action"]}


def test_every_dataset_that_a_compiled_report_reads_is_a_table(athena: Graph) -> None:
    tables = of_type(athena, "glue/catalogTable:CatalogTable")
    assert {table.inputs["name"] for table in tables.values()} == set(tables_of(read_compiled(COMPILED)))
    for table in tables.values():
        storage = table.inputs["storageDescriptor"]
        assert storage["location"] == f"s3://<aws:s3/bucket:Bucket::datasets.bucket>/{table.inputs['name']}/"
        assert {column["type"] for column in storage["columns"]} <= {
            *("bigint", "boolean", "date", "double", "int", "string", "timestamp"),
            *(kind for column in storage["columns"] if (kind := column["type"]).startswith("decimal(")),
        }


def test_partition_keys_have_the_types_that_reports_take_them_for(athena: Graph, trino: Graph) -> None:
    tables = of_type(athena, "glue/catalogTable:CatalogTable")
    flights = tables["dataset-flights"].inputs
    keys = [(key["name"], key["type"]) for key in flights["partitionKeys"]]
    assert keys == [("date_month", "date"), ("carrier", "string")]
    columns = {column["name"] for column in flights["storageDescriptor"]["columns"]}
    assert "date" in columns
    assert "carrier" not in columns
    assert variables(athena)["DATASET_PARTITIONS"] == "flights=month(date),carrier"
    assert "DATASET_PARTITIONS" not in variables(trino)
    assert not any(table.inputs.get("partitionKeys") for name, table in tables.items() if name != "dataset-flights")


def test_partitions_are_entered_in_partitioned_tables_alone(athena: Graph) -> None:
    for action in ("glue:BatchCreatePartition", "glue:DeletePartition"):
        _, database, *tables = grants(athena)[action]
        assert database == "<aws:glue/catalogDatabase:CatalogDatabase::datasets.arn>"
        assert tables == ["<aws:glue/catalogTable:CatalogTable::dataset-flights.arn>"]


def test_workgroup_s_settings_are_not_the_caller_s_choice(athena: Graph) -> None:
    (workgroup,) = of_type(athena, "athena/workgroup:Workgroup").values()
    configuration = workgroup.inputs["configuration"]
    assert configuration["enforceWorkgroupConfiguration"] is True
    assert configuration["bytesScannedCutoffPerQuery"] == 10**12
    result = configuration["resultConfiguration"]
    assert result["outputLocation"] == "s3://<aws:s3/bucket:Bucket::reports.bucket>/athena/"
    assert result["encryptionConfiguration"] == {"encryptionOption": "SSE_S3"}


@pytest.mark.parametrize("engine", ["athena", "trino"])
def test_worker_is_told_what_it_reads(engine: str, request: pytest.FixtureRequest) -> None:
    found = variables(request.getfixturevalue(engine))
    assert found["DISTRIBUTED_ENGINE"] == engine
    assert found["DISTRIBUTED_FROM_BYTES"] == str(10**10)
    assert {name.lower() for name in found} <= {field.name for field in fields(WorkerSettings)}


@pytest.mark.parametrize("engine", ["athena", "trino"])
def test_doctor_is_told_what_the_worker_is_and_no_secret(engine: str, request: pytest.FixtureRequest) -> None:
    graph = request.getfixturevalue(engine)
    told = graph.outputs["engine"]
    assert EngineSettings.read(told).distributed_engine == engine
    assert told.items() - {("AWS_REGION", "us-east-1")} <= variables(graph).items()
    assert {name for name in variables(graph) if name.startswith((engine.upper(), "DISTRIBUTED"))} <= told.keys()


def test_only_the_worker_may_ask_and_only_its_own_workgroup_and_tables(athena: Graph) -> None:
    found = grants(athena)
    assert found["athena:StartQueryExecution"] == ["<aws:athena/workgroup:Workgroup::reports.arn>"]
    assert "*" not in [resource for resources in found.values() for resource in resources]
    assert found["s3:DeleteObject"] == ["<aws:s3/bucket:Bucket::reports.arn>/*/rows/*"]
    others = set(of_type(athena, "iam/rolePolicy:RolePolicy")) - {"worker"}
    assert not [action for role in others for action in grants(athena, role) if action.startswith(("athena:", "glue:"))]


def test_worker_that_was_killed_twice_is_followed_by_a_third(athena: Graph, graph: Graph) -> None:
    """The query runs on meanwhile, and costs what it costs."""
    config = "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    assert of_type(athena, config)["worker"].inputs["maximumRetryAttempts"] == 2
    assert of_type(graph, config)["worker"].inputs["maximumRetryAttempts"] == 1


def test_worker_may_go_on_with_another_of_itself(athena: Graph, graph: Graph) -> None:
    assert variables(athena)["WORKER_ALIAS"] == "live"
    own = ["<aws:lambda/alias:Alias::worker.arn>"]
    assert grants(athena, "worker-goes-on") == {"lambda:InvokeFunction": own}
    assert "worker-goes-on" not in of_type(graph, "iam/rolePolicy:RolePolicy")


@pytest.mark.parametrize("function", ["failures", "events", "router", "http-router", "synchronous"])
def test_who_may_end_a_report_may_have_a_worker_stop_its_query(athena: Graph, graph: Graph, function: str) -> None:
    worker = "<aws:lambda/alias:Alias::worker.arn>"
    assert variables(athena, function)["WORKER_FUNCTION"] == worker
    assert grants(athena, function)["lambda:InvokeFunction"] == [worker]
    if function in {"failures", "events"}:
        assert "WORKER_FUNCTION" not in variables(graph, function)
        assert "lambda:InvokeFunction" not in grants(graph, function)


def test_failures_are_handed_on_from_when_the_worker_may_do_so(athena: Graph) -> None:
    (config,) = of_type(athena, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").values()
    assert "aws:iam/rolePolicy:RolePolicy::worker-reports-failure" in config.dependencies
    failures = "<aws:lambda/alias:Alias::failures.arn>"
    assert grants(athena, "worker-reports-failure") == {"lambda:InvokeFunction": [failures]}


def test_password_of_a_cluster_is_named_and_nowhere_else(trino: Graph) -> None:
    assert variables(trino)["TRINO_SECRET"] == SECRET
    assert grants(trino)["secretsmanager:GetSecretValue"] == [SECRET]
    assert not [action for action in grants(trino) if action.startswith("athena:")]


def test_stack_without_an_engine_has_nothing_of_it(graph: Graph) -> None:
    assert "engine" not in graph.outputs
    assert not [each.key for each in graph.resources if "glue/" in each.type or "athena/" in each.type]
    assert not [name for name in variables(graph) if name.startswith(("DISTRIBUTED", "ATHENA", "TRINO"))]


def read(**config: str) -> Settings:
    return Settings.read(config | {"protectData": "false"}, region="us-east-1", stage="dev")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"distributedEngine": "trino"}, "distributedEngine: trino needs trinoUrl"),
        ({"trinoUrl": "https://trino.example.com"}, "trinoUrl is for distributedEngine: trino"),
        ({"distributedEngine": "athena", "trinoSecretArn": SECRET}, "trinoSecretArn is for distributedEngine: trino"),
        ({"athenaScanLimitGb": "5"}, "athenaScanLimitGb is for distributedEngine: athena"),
        ({"distributedEngine": "spark"}, "distributedEngine must be"),
        ({"datasetPartitions": "trips=city"}, "datasetPartitions is for a distributedEngine"),
        ({"distributedEngine": "athena", "datasetPartitions": "trips"}, "datasetPartitions must be"),
        ({"distributedEngine": "athena", "datasetPartitions": "trips=day(start)"}, "datasetPartitions must be"),
        ({"distributedEngine": "athena", "datasetPartitions": "trips=a, b"}, "datasetPartitions must be"),
        ({"distributedEngine": "trino", "trinoUrl": "http://trino.example.com"}, "trinoUrl must be"),
        ({"distributedEngine": "trino", "trinoUrl": "https://trino.example.com/ui"}, "trinoUrl must be"),
        (
            {
                "distributedEngine": "trino",
                "trinoUrl": "https://trino.example.com",
                "trinoSecretArn": SECRET.replace("us-east-1", "eu-west-1"),
            },
            "trinoSecretArn is in another region",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_told(config: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidConfig, match=told):
        read(**config)


def reading(kind: str) -> Any:
    class Report:
        readings = (Reading(dataset="trips", columns={"day": kind}, conditions=()),)

    return Report()


@pytest.mark.parametrize(
    ("kind", "hive"), [("INTEGER", "int"), ("DECIMAL(9,2)", "decimal(9,2)"), ("VARCHAR", "string")]
)
def test_types_are_hive_s(kind: str, hive: str) -> None:
    assert tables_of([reading(kind)]) == {"trips": {"day": hive}}


def test_column_of_two_types_or_of_none_is_told() -> None:
    with pytest.raises(NoTable, match=r"trips\.day for DATE and for TIMESTAMP"):
        tables_of([reading("DATE"), reading("TIMESTAMP")])
    with pytest.raises(NoTable, match=r"trips\.day is TIME, which no table of Hive has"):
        tables_of([reading("TIME")])


@pytest.mark.parametrize(
    ("keys", "columns", "types"),
    [
        ("day", {"n": "bigint"}, {"day": "date"}),
        ("year(day),Carrier", {"day": "date", "n": "bigint"}, {"day_year": "int", "carrier": "string"}),
        ("month(start),n", {"day": "date"}, {"start_month": "date", "n": "bigint"}),
        ("unread", {"day": "date", "n": "bigint"}, {"unread": "string"}),
    ],
)
def test_columns_that_are_keys_are_in_no_file(keys: str, columns: dict[str, str], types: dict[str, str]) -> None:
    (table,) = partitioned({"trips": {"day": "date", "n": "bigint"}}, {"trips": keys}).values()
    assert (table.columns, list(table.keys.items())) == (columns, list(types.items()))


def test_setting_for_a_dataset_without_a_table_is_told() -> None:
    with pytest.raises(NoTable, match="datasetPartitions names trips, which no report reads"):
        partitioned({"flights": {}}, {"trips": "city"})


def test_types_of_derived_keys_are_those_of_the_folders() -> None:
    assert {unit: _PLAIN[kind] for unit, kind in DERIVED_TYPES.items()} == _OF_UNITS
