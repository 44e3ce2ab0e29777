"""Why a report was never begun.

steps, failures ──▶ **no_worker_free**
"""

from backend.protocol.messages import Failure, FailureCode

_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))


def no_worker_free(waited_s: int) -> Failure:
    """Return the failure of a report that no worker was free for."""
    return Failure(code=FailureCode.NO_WORKER_FREE, message=f"No worker was free for {_in_words(waited_s)}.")


def _in_words(seconds: int) -> str:
    """Return a duration in the largest unit that it is a whole number of."""
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
