"""What an operator may set."""

import pytest

from infra.settings import InvalidConfig, Settings


def read(**config: str) -> Settings:
    return Settings.read(config.get, region="eu-west-1", stage="dev")


def test_defaults_are_allowed() -> None:
    assert read() == Settings(region="eu-west-1", stage="dev")


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
