"""What an operator may set."""

import re
from contextlib import nullcontext

import pytest

from infra.bundle import ROOT
from infra.settings import InvalidConfig, Settings

ONCALL = "oncall@example.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"


def read_exactly(**config: str) -> Settings:
    return Settings.read(config.get, region="eu-west-1", stage="dev")


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
        ("workerReservedConcurrency", "1001"),
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
    ],
)
def test_value_out_of_range_is_refused_by_its_key(key: str, value: str) -> None:
    with pytest.raises(InvalidConfig, match=key):
        read(**{key: value})


def test_row_outlives_its_file() -> None:
    with pytest.raises(InvalidConfig, match="reportTtlDays"):
        read(reportTtlDays="3", fileTtlDays="4")


@pytest.mark.parametrize(
    ("endpoint", "management"),
    [("wss://a.example/x", "https://a.example/x"), ("ws://127.0.0.1:1/x", "http://127.0.0.1:1/x")],
)
def test_service_posts_to_the_endpoint_over_http(endpoint: str, management: str) -> None:
    assert read(endpoint=endpoint).management_endpoint == management
