"""Bodies of the HTTP door's answers, beside `Snapshot` and `DefinitionInfo`.

web ──▶ **bodies** ──▶ whoever asks over HTTPS
"""

from typing import Annotated

from msgspec import Meta

from backend.protocol.messages import DefinitionInfo, ReportId, Snapshot, Value


class ReportsPage(Value, frozen=True, kw_only=True):
    """A page of the caller's reports, newest first. A null `next` alone is the end."""

    reports: tuple[Snapshot, ...]
    next: str | None


class ChangedReports(Value, frozen=True, kw_only=True):
    """The reports that are newer than the client has them; `missing` are unknown, or not the caller's."""

    reports: tuple[Snapshot, ...]
    missing: tuple[ReportId, ...]
    retry_after: int | None


class CatalogPage(Value, frozen=True, kw_only=True):
    """A page of the catalog."""

    definitions: tuple[DefinitionInfo, ...]
    next: str | None


class ProblemDetails(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused.

    Source: https://www.rfc-editor.org/rfc/rfc9457
    """

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    code: str
    fields: dict[str, str] | None = None


class GatewayMessage(Value, frozen=True, kw_only=True):
    """What API Gateway answers in the service's place."""

    message: str
