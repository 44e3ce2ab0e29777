"""What a use of the service comes to.

counts ──▶ **Usage** ── prices ──▶ dollars
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from infra.costs.prices import MESSAGE_SIZE_BYTES, PRICES

MB_PER_GB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What AWS counts. Fractions are shares of a mean."""

    http_requests: float = 0
    rest_requests: float = 0
    socket_messages: float = 0
    """Both ways, in units of 32 KB."""
    socket_minutes: float = 0
    invocations: float = 0
    gb_s: float = 0
    table_reads: float = 0
    table_writes: float = 0
    bytes_out: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Return both together."""
        return Usage(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Usage)})

    def __mul__(self, times: float) -> "Usage":
        """Return so many times as much."""
        return Usage(**{each.name: getattr(self, each.name) * times for each in fields(Usage)})


def messages(size_bytes: int) -> int:
    """Return as how many messages one of a WebSocket counts."""
    return max(1, math.ceil(size_bytes / MESSAGE_SIZE_BYTES))


def gb_s(seconds: float, memory_mb: int) -> float:
    """Return what an invocation is billed: whole milliseconds of the memory that its function has.

    Source: https://aws.amazon.com/lambda/pricing/
    """
    return math.ceil(round(seconds * 1000, 6)) / 1000 * memory_mb / MB_PER_GB


def open_minutes(*, hours_a_day: float, days: float) -> float:
    """Return for how many minutes a connection is open that is open all day."""
    return hours_a_day * 60 * days


def itemised(usage: Usage) -> Mapping[str, float]:
    """Return the dollars of each thing that is counted, by its name."""
    return {name: getattr(usage, name) * price.each for name, price in PRICES.items()}


def dollars(usage: Usage) -> float:
    """Return the dollars of all of it."""
    return math.fsum(itemised(usage).values())
