"""Entry point of the worker: one asynchronous invocation, one report.

router ── `{"reportId": …, "invocationId": …}`, InvocationType=Event ──▶ **handler** ──▶ execution
"""

from collections.abc import Mapping
from typing import Protocol

from backend.wiring import functions


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


def handler(event: Mapping[str, str], context: Context) -> None:
    """Make the report named by the event."""
    functions.execution().execute(
        event["reportId"], event["invocationId"], lambda: context.get_remaining_time_in_millis() / 1000
    )
