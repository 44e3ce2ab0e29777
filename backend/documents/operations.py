"""The operations of the HTTP door: what each takes, and every way it answers.

resources, queries ──▶ **OPERATIONS** ──▶ OpenAPI
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.protocol.messages import Data, DescribeCatalog, Nothing
from backend.web.changes import ChangesQuery
from backend.web.reports import ListQuery, WaitQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One way in which an operation is carried out."""

    words: str
    body: str | None = None
    """The name of its schema."""
    headers: tuple[str, ...] = ()
    """Names of headers; those that are not always there end in `?`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of a resource."""

    id: str
    tag: str = "reports"
    method: str
    resource: str
    summary: str
    description: str = ""
    query: type[Data] = Nothing
    headers: tuple[str, ...] = ()
    """Headers of the request."""
    body: str | None = None
    answers: Mapping[int, Answer]
    refusals: Mapping[int, str] = field(default_factory=dict)
    """Why it may be refused, by status, besides what every operation is refused for."""
    is_signed: bool = True


_OF_A_REPORT = ("ETag", "Retry-After?", "Preference-Applied?")
_ORDER = {
    400: "The request is not understood.",
    413: "The body is larger than 32 KiB.",
    415: "The body is not said to be JSON.",
    422: "There is no such report, or its parameters or options are wrong.",
}
_NOT_FOUND = {404: "The report is unknown, or not the caller's: the same answer for both."}
_WRONG_QUERY = {400: "The query is not understood."}
_UNCHANGED = "It is what the client has."

TAGS = {
    "reports": "Ask for reports, look at them, stop them, fetch them.",
    "catalog": "What can be generated.",
    "documents": "What describes the service, for everybody.",
}
OPERATIONS = (
    Operation(
        id="generateReport",
        method="put",
        resource="/reports/{reportId}",
        summary="Ask for a report under an id of the client's",
        description=(
            "Safe to repeat: the same content under the same id is the same report. With `Prefer: wait=N` the answer "
            "comes once the report has ended, or after N seconds."
        ),
        headers=("Prefer",),
        body="Order",
        answers={
            200: Answer(words="The report is there already, ended or not.", body="Snapshot", headers=_OF_A_REPORT),
            201: Answer(words="This request made the report.", body="Snapshot", headers=_OF_A_REPORT),
        },
        refusals={**_ORDER, 409: "The id is taken by a report with other content, or by another's report."},
    ),
    Operation(
        id="submitReport",
        method="post",
        resource="/reports",
        summary="Ask for a report under an id of the service's",
        description="Not safe to repeat: each request makes a report. `generateReport` is.",
        headers=("Prefer",),
        body="Order",
        answers={201: Answer(words="The report.", body="Snapshot", headers=("Location", *_OF_A_REPORT))},
        refusals=_ORDER,
    ),
    Operation(
        id="getReport",
        method="get",
        resource="/reports/{reportId}",
        summary="Look at a report",
        description=(
            "With `If-None-Match` and `Prefer: wait=N` the answer comes with a new state, or from the third second on "
            "with any newer revision; with `until=end` once the report has ended; or after N seconds. Without "
            "`If-None-Match`, and of a report that has ended, it comes at once."
        ),
        query=WaitQuery,
        headers=("If-None-Match", "Prefer"),
        answers={
            200: Answer(words="The report, with a fresh link once it is there.", body="Snapshot", headers=_OF_A_REPORT),
            304: Answer(words=_UNCHANGED + " Its link works for five minutes more at least.", headers=_OF_A_REPORT),
        },
        refusals={**_WRONG_QUERY, **_NOT_FOUND},
    ),
    Operation(
        id="getReportFile",
        method="get",
        resource="/reports/{reportId}/file",
        summary="Be led to the file",
        description="The link wants no Authorization header. It is for GET, with or without Range.",
        answers={302: Answer(words="A fresh link to the file.", headers=("Location", "Repr-Digest"))},
        refusals={
            **_WRONG_QUERY,
            **_NOT_FOUND,
            409: "`notFinished`: there is no file yet; or `noFile`: the report ended without one.",
            410: "The file is kept no longer.",
        },
    ),
    Operation(
        id="cancelReport",
        method="post",
        resource="/reports/{reportId}/cancel",
        summary="Stop a report",
        description="May be repeated. A body is not needed; if there is one, it is an empty object.",
        body="Nothing",
        answers={
            200: Answer(words="The report has ended, whatever its end.", body="Snapshot", headers=_OF_A_REPORT[:2]),
            202: Answer(words="The report will end soon.", body="Snapshot", headers=_OF_A_REPORT[:2]),
        },
        refusals={**_NOT_FOUND, **{status: _ORDER[status] for status in (400, 413, 415)}},
    ),
    Operation(
        id="listReports",
        method="get",
        resource="/reports",
        summary="List the caller's reports",
        description="Newest first, without links.",
        query=ListQuery,
        answers={200: Answer(words="A page of reports.", body="ReportsPage", headers=("Link?",))},
        refusals=_WRONG_QUERY,
    ),
    Operation(
        id="getChanges",
        method="get",
        resource="/changes",
        summary="Ask for news of many reports",
        description="With `Prefer: wait=N` the answer comes with news of any of them, or after N seconds.",
        query=ChangesQuery,
        headers=("Prefer",),
        answers={
            200: Answer(
                words="What is newer than the client has it, perhaps nothing. What does not fit comes next time.",
                body="ChangedReports",
                headers=("Retry-After?", "Preference-Applied?"),
            )
        },
        refusals=_WRONG_QUERY,
    ),
    Operation(
        id="getCatalog",
        tag="catalog",
        method="get",
        resource="/catalog",
        summary="List what can be generated",
        query=DescribeCatalog,
        headers=("If-None-Match",),
        answers={
            200: Answer(words="A page of the catalog.", body="CatalogPage", headers=("ETag",)),
            304: Answer(words=_UNCHANGED, headers=("ETag",)),
        },
        refusals=_WRONG_QUERY,
    ),
    Operation(
        id="getDefinition",
        tag="catalog",
        method="get",
        resource="/catalog/{definition}",
        summary="Look at one report of the catalog",
        headers=("If-None-Match",),
        answers={
            200: Answer(
                words="What can be generated, and with which parameters.", body="DefinitionInfo", headers=("ETag",)
            ),
            304: Answer(words=_UNCHANGED, headers=("ETag",)),
        },
        refusals={**_WRONG_QUERY, 404: "There is no such report."},
    ),
    *(
        Operation(
            id=name,
            tag="documents",
            method="get",
            resource=resource,
            summary=summary,
            headers=("If-None-Match",),
            answers={
                200: Answer(words="The document.", body="Document", headers=("ETag",)),
                304: Answer(words=_UNCHANGED, headers=("ETag",)),
            },
            refusals=_WRONG_QUERY,
            is_signed=False,
        )
        for name, resource, summary in (
            ("getOpenApi", "/openapi.json", "Read this document"),
            ("getAsyncApi", "/asyncapi.json", "Read the document about the WebSocket"),
        )
    ),
)
