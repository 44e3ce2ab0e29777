"""How long to wait before connecting again.

client ── attempts so far ──▶ **delay_s**

Full jitter: uniform between nothing and a cap that doubles. Source:
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

What that means when all desktops are cut at once and 500 new connections a second are let in: 99 % are back after, and
each was refused on average. tests/benchmarks has the program, more of it, and why half a second comes first.

                            10,000           100,000           1,000,000
    this                    34 s   3.8       201 s   10.5       1,979 s    70.5
    websockets              21 s   2.5     2,935 s   18.9      34,348 s   181.0
    Socket.IO               23 s   2.5       263 s   22.5       2,638 s   221.2
    reconnecting-websocket  23 s   1.5       239 s   11.7       2,432 s   104.3
    the quota's own limit   19 s             197 s              1,979 s
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
