"""Entry point of the on-failure destination: the worker crashed, was killed or never ran, and nobody has said so yet.

Lambda ── record of the failed invocation ──▶ **handler** ──▶ store ──▶ announce
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from backend.domain.unstarted import no_worker_free
from backend.protocol.messages import Failure, FailureCode
from backend.wiring import is_in_lambda

if TYPE_CHECKING:
    from backend.service.abandonment import Abandonment


def handler(record: Mapping[str, Any], _context: object) -> None:
    """End the report of a failed invocation with the reason."""
    event, abandonment = record["requestPayload"], _deployed()
    failure = failure_of(record, abandonment.event_max_age_s)
    abandonment.end(event["reportId"], event["invocationId"], failure)


def failure_of(record: Mapping[str, Any], event_max_age_s: int) -> Failure:
    """Return why an invocation failed; its event may wait for so many seconds.

    An event that has aged out after an attempt has that one's answer with it, which says more.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    payload = record.get("responsePayload") or {}
    reason = f"{payload.get('errorType', '')} {payload.get('errorMessage', '')}"
    if "Task timed out" in reason or "Sandbox.Timedout" in reason:
        return Failure(code=FailureCode.TIMED_OUT, message="The report took too long. Ask for less at a time.")
    if "OutOfMemory" in reason or "signal: killed" in reason:
        return Failure(code=FailureCode.OUT_OF_MEMORY, message="The report is too large. Ask for less.")
    if (record.get("requestContext") or {}).get("condition") == "EventAgeExceeded" and not payload:
        return no_worker_free(event_max_age_s)
    return Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again.")


@cache
def _deployed() -> "Abandonment":
    """Compose the use case, once a process."""
    from backend.wiring import for_failures  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_failures.deployed()


if is_in_lambda():
    _deployed()
