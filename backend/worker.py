"""Entry point of the worker: one asynchronous invocation, one report.

router ── `{"reportId": …}`, InvocationType=Event ──▶ **handler** ──▶ execution
"""

from collections.abc import Mapping
from typing import Protocol

from backend import wiring


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


def handler(event: Mapping[str, str], context: Context) -> None:
    """Make the report named by the event."""
    wiring.execution().execute(
        event["reportId"], context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000
    )
