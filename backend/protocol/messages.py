"""Every message on the wire, as immutable values.

desktop ── `Request` ──▶ router        desktop ◀── `ServiceMessage` ── router, worker, failures

Field names are camelCase on the wire. The service refuses fields it does not know; the client ignores them, so that a
newer service may add some. The sentences about types are published (`backend.documents`), so they use the wire's names.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from backend.protocol import quotas
from backend.protocol.lifecycle import State

ReportId = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", description="a UUID")]
"""Taken in capitals too, and always sent in small letters."""
DefinitionId = Annotated[str, Meta(min_length=1, max_length=64, description="a text of 1 to 64 characters")]
Object = Annotated[dict[str, Any], Meta(description="an object")]
Cursor = Annotated[str, Meta(max_length=128, description="a text of at most 128 characters")]
Count = Annotated[int, Meta(ge=0)]
Dollars = Annotated[float, Meta(ge=0)]


class Value(Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of a message."""


class Data(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `data` of a request. What a field must be is the description of its type."""


class ReportOrder(Data, frozen=True, kw_only=True):
    """What is to be made."""

    definition: DefinitionId
    parameters: Object = {}
    format: Annotated[str, Meta(max_length=16, description="a text of at most 16 characters")] | None = None
    format_options: Object | None = None


class GenerateReport(ReportOrder, frozen=True, kw_only=True):
    """Ask for a report. The client picks `reportId`, so that sending again is safe; without one the service does."""

    report_id: ReportId | None = None


class WatchReports(Data, frozen=True, kw_only=True):
    """Ask for snapshots now and pushes from now on, on this connection."""

    report_ids: Annotated[
        tuple[ReportId, ...],
        Meta(
            max_length=quotas.REPORT_IDS_PER_WATCH,
            description=f"a list of at most {quotas.REPORT_IDS_PER_WATCH} UUIDs",
        ),
    ]


class CancelReport(Data, frozen=True, kw_only=True):
    """Ask that a report be stopped."""

    report_id: ReportId


class ListReports(Data, frozen=True, kw_only=True):
    """Ask for the caller's reports, newest first. `before` is the `next` of an earlier page."""

    before: Cursor | None = None
    limit: Annotated[
        int,
        Meta(ge=1, le=quotas.REPORTS_PER_PAGE, description=f"a whole number from 1 to {quotas.REPORTS_PER_PAGE}"),
    ] = quotas.REPORTS_PER_PAGE


class DescribeCatalog(Data, frozen=True, kw_only=True):
    """Ask what can be generated. `after` is the `next` of an earlier page."""

    after: Cursor | None = None


class Nothing(Data, frozen=True, kw_only=True):
    """What needs no data."""


class Ping(Nothing, frozen=True, kw_only=True):
    """Keep the connection and its row alive."""


RequestData = GenerateReport | WatchReports | CancelReport | ListReports | DescribeCatalog | Ping

ACTIONS: dict[str, type[RequestData]] = {
    "generateReport": GenerateReport,
    "watchReports": WatchReports,
    "cancelReport": CancelReport,
    "listReports": ListReports,
    "describeCatalog": DescribeCatalog,
    "ping": Ping,
}
"""Every action and what its `data` must be; each is also a route of the API."""


class Request(Struct, frozen=True):
    """One message from client to service."""

    data: RequestData
    request_id: str | None = None


class Progress(Value, frozen=True, kw_only=True):
    """How far a running report is. `total` is null where nobody knows."""

    stage: str
    completed: Count
    total: Count | None
    unit: str


class Result(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The file a report made. From `expiresAt` on it may be gone."""

    file_name: str
    size_bytes: Count
    row_count: Count
    sha256: str
    expires_at: datetime
    bytes_scanned: Count | None = None
    """What a distributed engine read for it, and asks to be paid for; absent where none was asked."""
    cost_usd: Dollars | None = None
    """What that costs at the service's price; absent where it is not paid by what is read."""


class Link(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A signed address of the file, usable not later than `expiresAt`. Never to be logged."""

    url: str
    preview_url: str | None = None
    expires_at: datetime

    def __repr__(self) -> str:
        """Leave out the signature: reprs end in logs."""
        return f"Link(expires_at={self.expires_at.isoformat()})"


class FailureCode(StrEnum):
    """Why a report FAILED."""

    TIMED_OUT = "timedOut"
    OUT_OF_MEMORY = "outOfMemory"
    WORKER_LOST = "workerLost"
    NO_WORKER_FREE = "noWorkerFree"
    DEFINITION_ERROR = "definitionError"
    TOO_MANY_ROWS = "tooManyRows"
    SCAN_LIMIT = "scanLimit"
    ENGINE_UNAVAILABLE = "engineUnavailable"
    INTERNAL = "internal"


class Failure(Value, frozen=True, kw_only=True):
    """Why a report FAILED, in a sentence for the analyst. There may be new codes, so `code` is any text."""

    code: str
    message: str


class Snapshot(Value, frozen=True, kw_only=True):
    """Everything about one report at one revision. A higher revision replaces a lower one whole."""

    report_id: ReportId
    revision: Count
    state: State
    definition: str
    parameters: dict[str, Any]
    format: str
    format_options: dict[str, Any] = {}
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested: bool = False
    progress: Progress | None = None
    retry_after: int | None = None
    """Seconds until asking again pays; None once the report has ended."""
    result: Result | None = None
    link: Link | None = None
    error: Failure | None = None


class DefinitionInfo(Value, frozen=True, kw_only=True):
    """One report in the catalog. `parameters` and the options of each format are JSON Schemas of type object."""

    id: str
    title: str
    description: str
    parameters: dict[str, Any]
    formats: tuple[str, ...]
    format_options: dict[str, dict[str, Any]] = {}


class ErrorCode(StrEnum):
    """Why a request was refused."""

    INVALID_MESSAGE = "invalidMessage"
    INVALID_PARAMETERS = "invalidParameters"
    UNKNOWN_ACTION = "unknownAction"
    UNKNOWN_DEFINITION = "unknownDefinition"
    REPORT_ID_CONFLICT = "reportIdConflict"
    TOO_MANY_REPORTS = "tooManyReports"
    TOO_MANY_REQUESTS = "tooManyRequests"
    NOT_FOUND = "notFound"
    NOT_FINISHED = "notFinished"
    NO_FILE = "noFile"
    FILE_EXPIRED = "fileExpired"
    UNKNOWN_CONNECTION = "unknownConnection"
    SIGN_IN_ENDED = "signInEnded"
    INTERNAL = "internal"


class ErrorInfo(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused, in a sentence; `fields` tells it by place: `limit`, `parameters.days`."""

    code: str
    message: str
    fields: dict[str, str] | None = None
    retry_after: int | None = None
    """Seconds after which the same request may pass, of `tooManyRequests`."""


class Answer(Value, frozen=True, kw_only=True, tag_field="type"):
    """A message from service to client. `requestId` is that of the request it answers; a push has none."""

    request_id: str | msgspec.UnsetType = msgspec.UNSET


class ReportMessage(Answer, frozen=True, kw_only=True, tag="report"):
    """One report as it stands now."""

    report: Snapshot


class ReportsMessage(Answer, frozen=True, kw_only=True, tag="reports"):
    """Several reports; `missing` are unknown or not the caller's. All frames of one answer but the last have `more`."""

    reports: tuple[Snapshot, ...]
    next: str | None = None
    more: bool | msgspec.UnsetType = msgspec.UNSET
    missing: tuple[ReportId, ...] = ()


class CatalogMessage(Answer, frozen=True, kw_only=True, tag="catalog"):
    """The catalog, or a page of it."""

    definitions: tuple[DefinitionInfo, ...]
    next: str | None = None


class PongMessage(Answer, frozen=True, kw_only=True, tag="pong"):
    """The answer to a ping."""


class ErrorMessage(Answer, frozen=True, kw_only=True, tag="error"):
    """A request was refused."""

    error: ErrorInfo


ServiceMessage = ReportMessage | ReportsMessage | CatalogMessage | PongMessage | ErrorMessage
