import pytest

from backend.settings import FailuresSettings, InvalidSettings, RouterSettings


def test_fields_are_read_from_their_variables() -> None:
    environment = {"REPORTS_TABLE": "reports", "MANAGEMENT_ENDPOINT": "https://x/prod", "OTHER": "1"}
    assert FailuresSettings.read(environment) == FailuresSettings(
        reports_table="reports", management_endpoint="https://x/prod"
    )


def test_missing_variable_is_named() -> None:
    with pytest.raises(InvalidSettings, match="MANAGEMENT_ENDPOINT is not set"):
        FailuresSettings.read({"REPORTS_TABLE": "reports"})


def test_number_that_is_none_is_named() -> None:
    environment = dict.fromkeys(RouterSettings.variables(), "1") | {"LINK_TTL_S": "soon"}
    with pytest.raises(InvalidSettings, match="LINK_TTL_S must be a whole number"):
        RouterSettings.read(environment)
