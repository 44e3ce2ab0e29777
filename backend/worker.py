"""Entry point of the worker: one asynchronous invocation, one report.

router ── `{"reportId": …, "invocationId": …}`, InvocationType=Event ──▶ **handler** ──▶ execution
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from backend.wiring import is_in_lambda

if TYPE_CHECKING:
    from backend.service.making.execution import Execution


class Context(Protocol):
    """The part of Lambda's context object that the worker reads."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


def handler(event: Mapping[str, str], context: Context) -> None:
    """Make the report named by the event."""
    _deployed().execute(event["reportId"], event["invocationId"], lambda: context.get_remaining_time_in_millis() / 1000)


@cache
def _deployed() -> "Execution":
    """Compose the use case, once a process."""
    from backend.wiring import for_worker  # noqa: PLC0415  who imports this module for a name needs no engine

    return for_worker.deployed()


if is_in_lambda():
    _deployed()
