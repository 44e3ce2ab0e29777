"""Events of a session and the requests it answers them with. Values only; times are seconds of a monotonic clock.

window, command line, transport ── `Event` ──▶ step ── `Requests` ──▶ transport
"""

from datetime import datetime

from msgspec import Struct

from backend.protocol.messages import GenerateReport, Request, ServiceMessage
from desktop.session.connection_status import Connection


class Submitted(Struct, frozen=True):
    """The analyst asked for a report. `request.report_id` is set."""

    request: GenerateReport
    at: float
    is_sent: bool = False
    """Whether it was sent before, by an earlier run."""
    asked_at: datetime | None = None
    """When the analyst asked for it, aware, by this computer's clock."""


class CancelAsked(Struct, frozen=True):
    """The analyst wants a report stopped."""

    report_id: str


class RemoveAsked(Struct, frozen=True):
    """The analyst does not want to see a report any more that was refused or lost."""

    report_id: str


class RefreshAsked(Struct, frozen=True):
    """The shell needs a fresh link, or doubts that it knows the latest."""

    report_id: str


class ConnectionChanged(Struct, frozen=True):
    """The shell opened, lost or gave up a connection."""

    connection: Connection
    at: float


class ServiceEnded(Struct, frozen=True):
    """The local service ended, and with it all that it had."""


class Received(Struct, frozen=True):
    """The service sent a message."""

    message: ServiceMessage
    at: float


class TimePassed(Struct, frozen=True):
    """About a second went by."""

    at: float


Event = Submitted | CancelAsked | RemoveAsked | RefreshAsked | ConnectionChanged | ServiceEnded | Received | TimePassed
Requests = tuple[Request, ...]
"""Requests to send, in order."""
