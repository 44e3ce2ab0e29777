"""How the preview of one report stands. Values only.

previews ── `Previewed` ──▶ window
"""

from msgspec import Struct

from backend.protocol.preview import Preview


class Loading(Struct, frozen=True):
    """The preview is on its way."""


class Unavailable(Struct, frozen=True):
    """There is no preview to show; the sentence says why."""

    reason: str


Previewed = Preview | Loading | Unavailable
"""How the preview of one report stands."""
