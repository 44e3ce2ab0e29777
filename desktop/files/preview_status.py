"""How the preview of one report stands. Values only.

previews ── `Previewed` ──▶ window
"""

from dataclasses import dataclass

from backend.protocol.preview import Preview


@dataclass(frozen=True, slots=True)
class Loading:
    """The preview is on its way."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """There is no preview to show; the sentence says why."""

    reason: str


Previewed = Preview | Loading | Unavailable
"""How the preview of one report stands."""
