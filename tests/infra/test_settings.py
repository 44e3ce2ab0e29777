"""What an operator may set."""

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Annotated

import msgspec
import pytest
from botocore.loaders import Loader

from infra.bundle import ROOT
from infra.configuration import checking
from infra.settings import InvalidConfig, Settings

ONCALL = "oncall@example.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"


def read_exactly(**config: str) -> Settings:
    return Settings.read(config, region="eu-west-1", stage="dev")


def read(**config: str) -> Settings:
    """Read a configuration that names who hears alarms."""
    heard = {} if "alarmTopicArn" in config else {"alarmEmail": ONCALL}
    return read_exactly(**(heard | config))


def test_defaults_are_allowed_once_somebody_hears_alarms() -> None:
    assert read() == Settings(region="eu-west-1", stage="dev", alarm_email=ONCALL)
    assert read_exactly(alarmTopicArn=TOPIC) == Settings(region="eu-west-1", stage="dev", alarm_topic_arn=TOPIC)


@pytest.mark.parametrize("name", ["alarmEmail", "alarmTopicArn"])
def test_stack_that_protects_its_data_needs_somebody_who_hears_alarms(name: str) -> None:
    with pytest.raises(InvalidConfig, match=f"protectData is true, so somebody must hear alarms: .*{name}"):
        read_exactly()
    assert read_exactly(protectData="false").alarm_email is None


def test_budget_needs_somebody_who_hears_of_it() -> None:
    with pytest.raises(InvalidConfig, match="monthlyBudgetUsd is set, so somebody must hear"):
        read_exactly(protectData="false", monthlyBudgetUsd="50")
    assert read(protectData="false", monthlyBudgetUsd="50").monthly_budget_usd == 50


def test_alarms_have_one_way_to_be_heard() -> None:
    with pytest.raises(InvalidConfig, match="alarmEmail or alarmTopicArn, not both"):
        read(alarmEmail=ONCALL, alarmTopicArn=TOPIC)


@pytest.mark.parametrize(("stack", "is_refused"), [("dev", False), ("prod", True)])
def test_committed_stack_is_deployed_as_it_is_only_where_nobody_need_be_woken(stack: str, is_refused: bool) -> None:  # noqa: FBT001  a case
    lines = (ROOT / f"infra/Pulumi.{stack}.yaml").read_text().splitlines()
    pairs = (line.strip().removeprefix("reportwire:").split(": ") for line in lines if line.startswith("  reportwire:"))
    config = dict(pairs)
    assert config
    with pytest.raises(InvalidConfig, match="alarmEmail") if is_refused else nullcontext():
        read_exactly(**config)
    read(**config)


def test_what_prod_says_of_alarms_is_what_settings_take() -> None:
    said = re.findall(r"^  # reportwire:(\w+): (\S+)$", (ROOT / "infra/Pulumi.prod.yaml").read_text(), re.MULTILINE)
    assert {key for key, _ in said} == {"alarmEmail", "alarmTopicArn"}
    for key, value in said:
        read_exactly(**{key: value})


def test_text_of_the_configuration_becomes_values() -> None:
    settings = read(fileTtlDays="3", protectData="false", alarmEmail="a@example.com", logRetentionDays="90")
    assert settings.file_ttl_s == 3 * 86_400
    assert settings.protect_data is False
    assert settings.alarm_email == "a@example.com"
    assert settings.log_retention_days == 90


def test_reports_share_the_accounts_concurrency_by_default() -> None:
    assert read().worker_reserved_concurrency is None
    assert read(workerReservedConcurrency="20").worker_reserved_concurrency == 20


def test_what_costs_while_it_waits_is_off_by_default() -> None:
    assert (read().server_sent_events, read().synchronous_reports) == (False, False)


def test_worker_has_a_whole_processor_and_room_to_spill_by_default() -> None:
    assert (read().worker_memory_mb, read().worker_storage_mb) == (1_769, 4_096)


def test_one_analyst_has_five_reports_at_once_by_default() -> None:
    assert read().max_active_reports == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("reportTtlDays", "0"),
        ("fileTtlDays", "366"),
        ("linkTtlSeconds", "59"),
        ("linkTtlSeconds", "43201"),
        ("eventMaxAgeSeconds", "21601"),
        ("workerMemoryMb", "511"),
        ("workerMemoryMb", "10241"),
        ("workerStorageMb", "511"),
        ("workerStorageMb", "10241"),
        ("workerTimeoutSeconds", "901"),
        ("workerReservedConcurrency", "0"),
        ("workerReservedConcurrency", "10001"),
        ("maxActiveReports", "0"),
        ("maxActiveReports", "101"),
        ("throttleRate", "0"),
        ("throttleBurst", "many"),
        ("logRetentionDays", "31"),
        ("pointInTimeRecovery", "perhaps"),
        ("alarmEmail", "nobody"),
        ("alarmTopicArn", "oncall"),
        ("alarmTopicArn", "arn:aws:sqs:eu-west-1:123456789012:oncall"),
        ("monthlyBudgetUsd", "0"),
        ("serverSentEvents", "perhaps"),
        ("eventsReservedConcurrency", "0"),
        ("synchronousReports", "2"),
        ("rest", "https://example.com"),
        ("endpoint", "https://example.com"),
        ("endpoint", "wss://example.com/"),
        ("permissionsBoundary", "boundary"),
        ("socketDomain", "wss://reports.example.com"),
        ("socketDomain", "Reports.example.com"),
        ("httpsDomain", "reports"),
        ("httpsDomain", "a..example.com"),
        ("certificateArn", "certificate/1a2b"),
        ("hostedZoneId", "/hostedzone/Z1"),
        ("kmsKeyArn", "alias/reports"),
        ("kmsKeyArn", "arn:aws:kms:eu-west-1:111122223333:alias/reports"),
    ],
)
def test_value_out_of_range_is_refused_by_its_key(key: str, value: str) -> None:
    with pytest.raises(InvalidConfig, match=rf"^{key} must be [^^]*[^.]\.$"):
        read(**{key: value})


def test_number_without_an_end_is_one_or_more() -> None:
    class Kind(msgspec.Struct):
        budget: Annotated[int, msgspec.Meta(ge=1)] | None = None

    (field,) = msgspec.structs.fields(Kind)
    assert list(checking.faults({"budget": field}, {"budget": "0"})) == ["budget must be a whole number, 1 or more."]


def test_every_setting_says_what_it_may_be() -> None:
    """No setting's sentence is the one of a text of any kind, but for those that may be any text."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
    vague = {key for key, field in fields.items() if checking._allowed(field) == "a text"}
    assert vague == {"bundle", "workerBundle", "eventsBundle", "authorizerBundle"}


@pytest.mark.parametrize(
    ("key", "guess"),
    [
        ("reportTTLdays", "reportTtlDays"),
        ("throtleBurst", "throttleBurst"),
        ("file_ttl_days", "fileTtlDays"),
        ("protectdata", "protectData"),
        ("stage", None),
        ("region", None),
        ("shoeSize", None),
    ],
)
def test_key_of_no_setting_is_refused_with_a_guess(key: str, guess: str | None) -> None:
    with pytest.raises(InvalidConfig) as refused:
        read(**{key: "3"})
    assert str(refused.value) == f"There is no setting {key}." + (f" Is {guess} meant?" if guess else "")


def test_all_faults_are_told_at_once_on_one_line() -> None:
    with pytest.raises(InvalidConfig) as refused:
        Settings.read({"maxWaiters": "many\n", "fileTtlDays": "0", "shoe": "3"}, region="moon", stage="A b")
    told = str(refused.value)
    assert "\n" not in told
    assert "many" not in told, "which may be a secret"
    for name in ("aws:region", "The stack's name", "maxWaiters", "fileTtlDays", "shoe"):
        assert f"{name} must be " in told or f"no setting {name}." in told


def test_keys_are_those_of_the_project_among_all_that_the_engine_passes() -> None:
    everything = {"aws:region": "eu-west-1", "reportwire:fileTtlDays": "3", "reportwirex:fileTtlDays": "4"}
    assert checking.of_project({"PULUMI_CONFIG": json.dumps(everything)}) == {"fileTtlDays": "3"}
    assert checking.of_project({}) == {}


@pytest.mark.parametrize(("key", "end"), [("endpoint", ""), ("https", "/v1"), ("rest", "/v1"), ("allowedOrigins", "")])
@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("127.0.0.1:4566", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("[::1]:1", True),
        ("reports.example.com", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("127.0.0.1@example.com", False),
        ("localhost:1@example.com", False),
        ("10.0.0.1", False),
        ("[2001:db8::1]", False),
    ],
)
def test_only_loopback_is_reached_unencrypted(key: str, end: str, host: str, is_allowed: bool) -> None:  # noqa: FBT001  a table of cases
    plain, secure = ("ws", "wss") if key == "endpoint" else ("http", "https")
    read(**{key: f"{secure}://{host}{end}"})
    if is_allowed:
        read(**{key: f"{plain}://{host}{end}"})
    else:
        with pytest.raises(InvalidConfig, match=key):
            read(**{key: f"{plain}://{host}{end}"})


def regions() -> Iterator[tuple[str, str, str]]:
    """Every region that botocore knows, with its partition and the end of its hosts' names."""
    for partition in Loader().load_data("partitions")["partitions"]:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                yield region, partition["id"], partition["outputs"]["dnsSuffix"]


def test_hosts_of_every_region_end_as_its_partition_s_do() -> None:
    found = {
        (region, *Settings.read({"protectData": "false"}, region=region, stage="dev").partition)
        for region, *_ in regions()
    }
    assert found == set(regions())
    assert len({partition for _, partition, _ in found}) >= 8


@pytest.mark.parametrize(
    ("config", "least"),
    [
        ({"workerReservedConcurrency": "2", "eventMaxAgeSeconds": "60"}, "2,100"),
        ({"workerReservedConcurrency": "1"}, "3,900"),
        ({"workerReservedConcurrency": "20", "eventMaxAgeSeconds": "1199"}, "1,200"),
        ({"workerReservedConcurrency": "3", "maxActiveReports": "100", "eventMaxAgeSeconds": "21600"}, "30,000"),
    ],
)
def test_reports_may_wait_as_long_as_few_workers_make_them(config: dict[str, str], least: str) -> None:
    with pytest.raises(
        InvalidConfig, match=f"eventMaxAgeSeconds must be at least {least}: .*workerReservedConcurrency"
    ):
        read(**config)


@pytest.mark.parametrize(
    "config",
    [
        {"workerReservedConcurrency": "2", "eventMaxAgeSeconds": "2100"},
        {"workerReservedConcurrency": "20", "eventMaxAgeSeconds": "1200"},
        {"workerReservedConcurrency": "1", "workerTimeoutSeconds": "60", "eventMaxAgeSeconds": "540"},
        {"eventMaxAgeSeconds": "60"},
    ],
)
def test_age_that_is_long_enough_is_allowed(config: dict[str, str]) -> None:
    read(**config)
