import pytest

from backend.wiring.settings import FailuresSettings, InvalidSettings, RouterSettings


def test_fields_are_read_from_their_variables() -> None:
    environment = {
        "REPORTS_TABLE": "reports",
        "MANAGEMENT_ENDPOINT": "https://x/prod",
        "METRICS_NAMESPACE": "x",
        "EVENT_MAX_AGE_S": "60",
    }
    assert FailuresSettings.read(environment | {"OTHER": "1"}) == FailuresSettings(
        reports_table="reports", management_endpoint="https://x/prod", metrics_namespace="x", event_max_age_s=60
    )


def test_missing_variable_is_named() -> None:
    with pytest.raises(InvalidSettings, match="MANAGEMENT_ENDPOINT is not set"):
        FailuresSettings.read({"METRICS_NAMESPACE": "x", "REPORTS_TABLE": "reports"})


def test_variable_with_a_default_may_be_left_out_and_is_true_or_false() -> None:
    environment = dict.fromkeys(RouterSettings.variables(), "1")
    assert "ACCESS_KEY_IS_IDENTITY" not in environment
    assert RouterSettings.read(environment).access_key_is_identity is False
    assert RouterSettings.read(environment | {"ACCESS_KEY_IS_IDENTITY": "true"}).access_key_is_identity is True
    with pytest.raises(InvalidSettings, match="ACCESS_KEY_IS_IDENTITY must be true or false"):
        RouterSettings.read(environment | {"ACCESS_KEY_IS_IDENTITY": "1"})


def test_number_that_is_none_is_named() -> None:
    environment = dict.fromkeys(RouterSettings.variables(), "1") | {"LINK_TTL_S": "soon"}
    with pytest.raises(InvalidSettings, match="LINK_TTL_S must be a whole number"):
        RouterSettings.read(environment)
