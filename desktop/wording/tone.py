"""How a text is meant.

wording ── `Tone` ──▶ theme, which gives each a colour
"""

from enum import StrEnum


class Tone(StrEnum):
    """A meaning that has a colour, the token of the same name."""

    QUIET = "quiet"
    RUNNING = "running"
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
