"""How a text is meant.

wording ── `Tone` ──▶ theme, which gives each a colour
"""

from enum import StrEnum


class Tone(StrEnum):
    """A meaning that has a colour."""

    QUIET = "quiet"
    BUSY = "busy"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
