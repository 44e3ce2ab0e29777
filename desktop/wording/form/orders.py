"""Orders as values: one that is under way, one that is kept for the next start, one that was saved by name.

form ── **FormState** ──▶ keeping        snapshots ── **key_of** ──▶ form: "The same report is under way."
"""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct, field, json

from backend.protocol import parameters
from backend.protocol.messages import DefinitionInfo
from desktop.wording.formats import differing

MOST_RECENT = 3


class Order(Protocol):
    """A request for a report, or the snapshot of one."""

    @property
    def definition(self) -> str:
        """The id of the definition."""

    @property
    def parameters(self) -> dict[str, Any]:
        """Values by name."""

    @property
    def format(self) -> str | None:
        """The file format; None is the first that is offered."""

    @property
    def format_options(self) -> dict[str, Any] | None:
        """Options of the format."""


class RequestKey(Struct, frozen=True):
    """Two orders with the same key make the same file."""

    definition: str
    contents: bytes


def key_of(order: Order, definition: DefinitionInfo) -> RequestKey:
    """Return the key of an order; what it leaves out counts as the default of its definition."""
    filled = parameters.fill({"properties": {}} | dict(definition.parameters), order.parameters)
    file_format = order.format or definition.formats[0]
    options = differing(file_format, order.format_options or {}) or {}
    contents = json.encode([filled, file_format, options], order="deterministic", enc_hook=str)
    return RequestKey(order.definition, contents)


class SavedSet(Struct, frozen=True, kw_only=True):
    """Parameters of one report with a name, and the format if it was saved with one."""

    name: str
    definition: str
    parameters: Mapping[str, Any]
    format: str | None = None
    format_options: Mapping[str, Any] | None = None


class FormState(Struct, frozen=True, kw_only=True):
    """The form as it is kept for one connection; every value can be written as JSON."""

    definition: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Of the chosen report; fields that were wrong are left out."""
    format: str | None = None
    format_options: Mapping[str, Any] | None = None
    saves_when_ready: bool = False
    folder: str = ""
    recent: tuple[str, ...] = ()
    """Definitions of the last reports that were asked for, the newest first."""
    used: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The parameters each definition was last asked for with."""
