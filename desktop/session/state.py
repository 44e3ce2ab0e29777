"""Everything known of the service: the reports, the catalog, the connection. Values only.

step ── `Session` ──▶ window, command line
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct, field

from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import DefinitionInfo, ErrorInfo, GenerateReport, Snapshot
from desktop.session.connection_status import Closed, Connection

NOT_SAFE = ""
"""Stands in a link for an address that must not be used: see `files.links`."""


class Entry(Struct, frozen=True):
    """One report as far as this side knows. Without snapshot and refusal it was asked for and not yet answered."""

    report_id: str
    request: GenerateReport | None = None
    """The request, if it was made here; None for a report learnt from the service."""
    asked_at: datetime | None = None
    """When it was made, by this computer's clock."""
    snapshot: Snapshot | None = None
    refusal: ErrorInfo | None = None
    is_sent: bool = False
    """Whether the request went out, so that the service may know of it."""
    is_cancel_asked: bool = False
    cancel_sent_at: float | None = None
    """When the session last saw to it that the service knows of the cancel."""
    is_refresh_asked: bool = False
    heard_at: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether news is still to come."""
        return self.refusal is None and (self.snapshot is None or not is_terminal(self.snapshot.state))

    @property
    def is_waited_for(self) -> bool:
        """Whether an answer or a push is expected."""
        return self.is_open or (self.is_refresh_asked and self.refusal is None)

    @property
    def definition(self) -> str:
        """The id of the report's definition."""
        if self.snapshot:
            return self.snapshot.definition
        return self.request.definition if self.request else ""


class Session(Struct, frozen=True):
    """Everything the desktop knows. `entries` is in the order in which they became known."""

    connection: Connection = field(default_factory=Closed)
    catalog: tuple[DefinitionInfo, ...] | None = None
    described: Mapping[str, DefinitionInfo] = field(default_factory=lambda: MappingProxyType({}))
    """The pages of the catalog that have come, by id, while it is not known whole."""
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    is_listed: bool = False
    """Whether the service has said which reports there are, all of them."""
    listed_at: float = 0.0
    """When it last said so of the newest."""
    asked_at: float = 0.0
    """When it was last asked what there is."""
    unanswered_since: float | None = None
    """When it was asked, or the connection last changed, if nothing was heard since."""
    notice: str | None = None
    """The last refusal that belongs to no report."""
