"""How long to wait before connecting again.

client ── attempts so far ──▶ **delay_s**

Full jitter: uniform between nothing and a cap that doubles. Source:
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

tests/benchmarks compares it with the policies of other libraries when all desktops are cut off at once, and says why
half a second comes first.
"""

from collections.abc import Callable

FIRST_CAP_S = 0.5
LAST_CAP_S = 30.0

Uniform = Callable[[float, float], float]
"""Draw a number between two."""


def delay_s(attempt: int, uniform: Uniform) -> float:
    """Return the wait before attempt `attempt` + 1, counted from 0."""
    doublings = min(attempt, 16)
    return uniform(0.0, min(LAST_CAP_S, FIRST_CAP_S * 2**doublings))
