"""The answer of a handler that streams.

events ──▶ **StreamedAnswer** ──▶ bootstrap
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """Status and headers, then a body that comes into being as it is sent."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterable[bytes]
    """Parts of the body, each sent at once; empty ones are left out."""
