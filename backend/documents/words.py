"""Sentences about the members of what is sent, and examples of values that are open to new ones.

The sentence about a type is its docstring. **MEMBERS**, **EXAMPLES** ──▶ schemas
"""

from collections.abc import Mapping

from backend.protocol.messages import ErrorCode, FailureCode
from backend.web.problems import STATUSES

_REPORT_ID = "The report's id, in small letters."
_NEXT = "The cursor of the following page, null on the last one."
_MISSING = "Ids that are unknown, or not the caller's: the same answer for both."
_REPORTS = "The reports."
_CODE = "What is wrong, for programs. There may be new ones."

MEMBERS: Mapping[str, Mapping[str, str]] = {
    "ReportOrder": {
        "definition": "The id of a report in the catalog.",
        "parameters": "As the schema in the catalog describes them. What has a default may be left out.",
        "format": "One of the report's formats, as `csv`, `xlsx` or `parquet`. Without it the first of them.",
        "formatOptions": "As the format's schema in the catalog describes them.",
    },
    "GenerateReport": {
        "reportId": "A new UUID of the client's. With it, sending again after a lost answer makes no second report.",
    },
    "WatchReports": {"reportIds": "The reports to be told of."},
    "CancelReport": {"reportId": "The report that is not wanted any more."},
    "ListReports": {
        "before": "The `next` of an earlier page. Without it the newest come.",
        "limit": "How many at most. A page is shorter where its reports are large.",
    },
    "ListQuery": {"state": "Only reports in this state."},
    "DescribeCatalog": {"after": "The `next` of an earlier page."},
    "WaitQuery": {"until": "With `Prefer: wait`: wait for the end of the report, not for any news of it."},
    "ChangesQuery": {"watch": "Each report's id and the revision that the client has: `ID.REVISION~ID.REVISION`."},
    "Snapshot": {
        "reportId": _REPORT_ID,
        "revision": "Rises with every change, and may skip some. The highest is the truth, however it came.",
        "state": "Whether the report waits, is made, or has ended, and how.",
        "definition": "The id of what was asked for, in the catalog.",
        "parameters": "The parameters, with the defaults filled in.",
        "format": "The format of the file.",
        "formatOptions": "The format's options, with the defaults filled in.",
        "createdAt": "When the report was asked for.",
        "startedAt": "When it was begun for the first time.",
        "finishedAt": "When it ended.",
        "cancelRequested": "Whether somebody asked for its end before there was one.",
        "progress": "How far it is; null before it was begun and once it has ended.",
        "retryAfter": "Seconds until asking again pays, at least 1; null once it has ended.",
        "result": "The file; null unless the report has SUCCEEDED.",
        "link": "Where the file is; null unless there is one. Lists over HTTPS are without links.",
        "error": "Why it FAILED; null unless it has.",
    },
    "Progress": {
        "stage": "What is being done. There may be new ones.",
        "completed": "How much of it is done.",
        "total": "How much there is to do; null where nobody knows.",
        "unit": "What is counted. There may be new ones.",
    },
    "Result": {
        "fileName": "The name that the file is saved under.",
        "sizeBytes": "The size of the file.",
        "rowCount": "How many rows the report has, without a header.",
        "sha256": "The SHA-256 of the file, in hexadecimal.",
        "expiresAt": "The file may be gone from then on; the report's own entry stays longer.",
        "bytesScanned": "What a distributed engine read for it; absent where none was asked.",
        "costUsd": "What that costs, in US dollars; absent where the engine is not paid by what it reads.",
    },
    "Link": {
        "url": "The address of the file: for GET, with or without Range, and without an Authorization header.",
        "previewUrl": "The address of the first rows, as JSON, where there are some.",
        "expiresAt": "The addresses work until then at most. Asking for the report again brings fresh ones.",
    },
    "Failure": {"code": _CODE, "message": "What went wrong, for people."},
    "DefinitionInfo": {
        "id": "The name that orders use.",
        "title": "A name for people.",
        "description": "What it is a report of.",
        "parameters": "The JSON Schema of `parameters`.",
        "formats": "The formats that there are. The first is the default.",
        "formatOptions": "The JSON Schema of `formatOptions`, by format.",
    },
    "ErrorInfo": {
        "code": _CODE,
        "message": "What is wrong, for people.",
        "fields": "What is wrong, by place: `reportId`, `parameters.delay`, `formatOptions.delimiter`.",
        "retryAfter": "Seconds after which the same request may pass.",
    },
    "Answer": {"requestId": "The `requestId` of the request that this answers. A push has none."},
    "ReportMessage": {"report": "The report."},
    "ReportsMessage": {
        "reports": _REPORTS,
        "next": _NEXT,
        "more": "True on all frames of one answer but the last, which leaves it out.",
        "missing": _MISSING,
    },
    "CatalogMessage": {"definitions": "What can be generated.", "next": _NEXT},
    "ErrorMessage": {"error": "Why the request was refused."},
    "ReportsPage": {"reports": _REPORTS, "next": _NEXT},
    "ChangedReports": {
        "reports": _REPORTS,
        "missing": _MISSING,
        "retryAfter": "Seconds until asking again pays, at least 1; null once all of them have ended.",
    },
    "CatalogPage": {"definitions": "What can be generated.", "next": _NEXT},
    "ProblemDetails": {
        "type": "Always `about:blank`: the status and the code say it.",
        "title": "The status in words.",
        "status": "The status of the answer.",
        "detail": "What is wrong, for people.",
        "code": _CODE,
        "fields": "What is wrong, by place: `reportId`, `parameters.delay`, `formatOptions.delimiter`, `limit`.",
    },
    "GatewayMessage": {"message": "A word or a sentence, for people."},
}
"""By type and member; a type has those of the types it is derived from, too."""

_ELSEWHERE = {ErrorCode.NOT_FINISHED, ErrorCode.NO_FILE, ErrorCode.FILE_EXPIRED}
EXAMPLES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("Failure", "code"): tuple(FailureCode),
    ("ErrorInfo", "code"): tuple(code for code in ErrorCode if code not in _ELSEWHERE),
    ("ProblemDetails", "code"): tuple(STATUSES),
    ("Progress", "stage"): (
        *("waiting", "starting", "waiting for room", "queued", "querying"),
        *("reading", "computing", "writing", "storing"),
    ),
    ("Progress", "unit"): ("ms", "datasets", "%", "rows", "bytes"),
}
"""Values that there are today, of members that may have others tomorrow."""
