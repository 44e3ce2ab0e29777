"""Writes to DynamoDB whose answers are lost: the client repeats them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from backend.aws.report_items import Item, encode_report
from backend.aws.report_table import ReportTable
from backend.domain import steps
from backend.domain.report import Report
from backend.domain.steps import Change
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode, Result

NOW = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)
RESULT = Result(file_name="a.csv", size_bytes=1, row_count=1, sha256="0" * 64, expires_at=NOW + timedelta(days=7))
QUEUED = Report(
    report_id="00000000-0000-4000-8000-000000000001",
    owner="anna",
    definition="sample",
    parameters={},
    format="csv",
    state=State.QUEUED,
    revision=1,
    created_at=NOW,
    expires_at=NOW.replace(microsecond=0) + timedelta(days=7),
)
RUNNING = replace(QUEUED, state=State.RUNNING, attempt=1, invocation="i", lease_until=NOW)
FAILURE = Failure(code=FailureCode.INTERNAL, message="no")


@dataclass
class Repeating:
    """A client whose first answer is lost, so that it writes twice; the second time the row is `left`."""

    left: Report
    asked: list[dict[str, Any]] = field(default_factory=list)

    def update_item(self, **request: Any) -> dict[str, Item]:
        self.asked.append(request)
        error = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": encode_report(self.left)}
        raise ClientError(cast("Any", error), "UpdateItem")


def after(change: Change, report: Report) -> Report:
    """Return the row that a change leaves."""
    added = {name: getattr(report, name) + more for name, more in change.adds.items()}
    first = {name: value for name, value in change.begins.items() if getattr(report, name) is None}
    return replace(report, state=change.state, revision=report.revision + 1, **{**change.sets, **first, **added})


def changed(left: Report, change: Change) -> Report | None:
    client = Repeating(left)
    found = ReportTable(cast("Any", client), "reports").change(left.report_id, change)
    assert client.asked[0]["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    return found


CHANGES: dict[str, tuple[Callable[[datetime], Change], Report]] = {
    "claim": (lambda now: steps.claim("i", now), QUEUED),
    "finish": (lambda now: steps.finish(1, RESULT, "key", None, now), RUNNING),
    "fail": (lambda now: steps.fail(1, FAILURE, now), RUNNING),
    "cancel": (steps.cancel_queued, QUEUED),
    "confirm cancel": (lambda now: steps.confirm_cancel(1, now), RUNNING),
    "fail uninvoked": (lambda now: steps.fail_uninvoked("i", now), QUEUED),
    "fail abandoned": (lambda now: steps.fail_abandoned("i", FAILURE, now), QUEUED),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_whose_answer_was_lost_is_told(name: str) -> None:
    make, before = CHANGES[name]
    change = make(NOW)
    left = after(change, before)
    assert changed(left, change) == left


@pytest.mark.parametrize("name", CHANGES)
def test_change_that_another_made_is_not_taken_for_ones_own(name: str) -> None:
    make, before = CHANGES[name]
    left = after(make(NOW - timedelta(seconds=1)), before)
    assert changed(left, make(NOW)) is None


def test_condition_that_fails_without_a_row_is_nothing() -> None:
    class Gone(Repeating):
        def update_item(self, **request: Any) -> dict[str, Item]:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")

    assert ReportTable(cast("Any", Gone(QUEUED)), "reports").change("x", steps.cancel_queued(NOW)) is None
