import time

import msgspec
import pytest

from backend.aws.report_items import decode_report
from backend.domain.report import Report
from backend.protocol.lifecycle import is_terminal
from desktop.sign_in.profiles import Profile
from infra.local.backend import LocalBackend


@pytest.fixture
def profile(local: LocalBackend) -> Profile:
    return msgspec.convert(local.profile, Profile)


class Inspect:
    """Looks behind the service, as its administrator."""

    def __init__(self, local: LocalBackend) -> None:
        self._local = local

    def row(self, report_id: str) -> Report:
        found = self._find(report_id)
        assert found is not None
        return found

    def _find(self, report_id: str) -> Report | None:
        found = self._local.client("dynamodb").get_item(
            TableName=self._local.outputs["reportsTable"], Key={"reportId": {"S": report_id}}, ConsistentRead=True
        )
        return decode_report(found["Item"]) if "Item" in found else None

    def until_ended(self, report_id: str) -> None:
        """Poll until the report has ended: for when nobody is told."""
        while (found := self._find(report_id)) is None or not is_terminal(found.state):
            time.sleep(0.05)

    def files(self, report_id: str) -> list[str]:
        listed = self._local.client("s3").list_objects_v2(Bucket=self._local.outputs["reportsBucket"])
        return [item["Key"] for item in listed.get("Contents", ()) if f"/{report_id}/" in item["Key"]]


@pytest.fixture
def inspect(local: LocalBackend) -> Inspect:
    return Inspect(local)
