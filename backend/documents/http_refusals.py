"""Requests to the HTTP door that are refused, and their answers.

examples ──▶ **http_refusals** ──▶ OpenAPI
"""

from http import HTTPStatus
from typing import Any

import msgspec

from backend.documents.examples import ID, ORDER, UNKNOWN_ID
from backend.documents.exchanges import WRONG_FIELDS, WRONG_ORDER, WRONG_SENTENCE, HttpExchange, built
from backend.protocol.bodies import GatewayMessage
from backend.protocol.messages import ErrorCode, ErrorInfo
from backend.protocol.quotas import FRAME_SIZE_BYTES
from backend.web.problems import problem

REPORT = f"/reports/{ID}"


def _problem(
    code: ErrorCode, detail: str, status: HTTPStatus | None = None, fields: dict[str, str] | None = None
) -> Any:  # noqa: ANN401  JSON
    return built(msgspec.Raw(problem(ErrorInfo(code=code, message=detail, fields=fields), status).body))


REFUSED = (
    HttpExchange(
        operation="listReports",
        name="invalidMessage",
        situation="nothing",
        path="/reports?limit=51",
        status=400,
        answer=_problem(
            ErrorCode.INVALID_MESSAGE,
            "query: limit must be a whole number from 1 to 50.",
            fields={"limit": "must be a whole number from 1 to 50"},
        ),
    ),
    HttpExchange(
        operation="getReport",
        name="unsigned",
        situation="running",
        path=REPORT,
        is_signed=False,
        status=403,
        answer=built(GatewayMessage(message="Forbidden")),
    ),
    HttpExchange(
        operation="getReport",
        name="notFound",
        situation="nothing",
        path=f"/reports/{UNKNOWN_ID}",
        status=404,
        answer=_problem(ErrorCode.NOT_FOUND, "There is no such report."),
    ),
    HttpExchange(
        operation="getDefinition",
        name="notFound",
        situation="nothing",
        path="/catalog/nothing",
        status=404,
        answer=_problem(ErrorCode.NOT_FOUND, 'There is no report called "nothing".'),
    ),
    HttpExchange(
        operation="generateReport",
        name="reportIdConflict",
        situation="queued",
        method="PUT",
        path=REPORT,
        body={**ORDER, "format": "xlsx", "formatOptions": None},
        status=409,
        answer=_problem(ErrorCode.REPORT_ID_CONFLICT, "This report id is taken by another report."),
    ),
    HttpExchange(
        operation="getReportFile",
        name="notFinished",
        situation="running",
        path=f"{REPORT}/file",
        status=409,
        answer=_problem(ErrorCode.NOT_FINISHED, "The report has not ended yet."),
        answer_headers={"Retry-After": "1"},
    ),
    HttpExchange(
        operation="getReportFile",
        name="noFile",
        situation="failed",
        path=f"{REPORT}/file",
        status=409,
        answer=_problem(ErrorCode.NO_FILE, "The report has failed: there is no file."),
    ),
    HttpExchange(
        operation="getReportFile",
        name="fileExpired",
        situation="expired",
        path=f"{REPORT}/file",
        status=410,
        answer=_problem(ErrorCode.FILE_EXPIRED, "The file is kept no longer. Ask for the report again."),
    ),
    HttpExchange(
        operation="generateReport",
        name="tooLarge",
        situation="nothing",
        method="PUT",
        path=REPORT,
        body={**ORDER, "format": "x" * FRAME_SIZE_BYTES},
        status=413,
        answer=_problem(
            ErrorCode.INVALID_MESSAGE,
            f"The body is larger than {FRAME_SIZE_BYTES:,} bytes.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ),
    ),
    HttpExchange(
        operation="generateReport",
        name="notSaidToBeJson",
        situation="nothing",
        method="PUT",
        path=REPORT,
        headers={"Content-Type": "text/plain"},
        body=ORDER,
        status=415,
        answer=_problem(
            ErrorCode.INVALID_MESSAGE,
            "The body needs the header Content-Type: application/json.",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
    ),
    HttpExchange(
        operation="generateReport",
        name="invalidParameters",
        situation="nothing",
        method="PUT",
        path=REPORT,
        body=WRONG_ORDER,
        status=422,
        answer=_problem(ErrorCode.INVALID_PARAMETERS, WRONG_SENTENCE, fields=WRONG_FIELDS),
    ),
    HttpExchange(
        operation="generateReport",
        name="unknownDefinition",
        situation="nothing",
        method="PUT",
        path=REPORT,
        body={"definition": "nothing"},
        status=422,
        answer=_problem(ErrorCode.UNKNOWN_DEFINITION, 'There is no report called "nothing".'),
    ),
    HttpExchange(
        operation="generateReport",
        name="tooManyReports",
        situation="full",
        method="PUT",
        path=REPORT,
        body=ORDER,
        status=429,
        answer=_problem(
            ErrorCode.TOO_MANY_REPORTS, "You have 5 reports under way. Wait for one to end, or cancel one."
        ),
        answer_headers={"Retry-After": "5"},
    ),
    HttpExchange(
        operation="listReports",
        name="tooManyRequests",
        situation="busy",
        path="/reports",
        status=429,
        answer=_problem(ErrorCode.TOO_MANY_REQUESTS, "You are sending too many messages. Try again in 10 s."),
        answer_headers={"Retry-After": "10"},
    ),
    HttpExchange(
        operation="getReport",
        name="internal",
        situation="broken",
        path=REPORT,
        status=500,
        answer=_problem(ErrorCode.INTERNAL, "Something went wrong in the service. Try again."),
    ),
    HttpExchange(
        operation="getReport",
        name="unavailable",
        situation="unreachable",
        path=REPORT,
        status=503,
        answer=_problem(
            ErrorCode.INTERNAL, "The service cannot reach its data. Try again.", HTTPStatus.SERVICE_UNAVAILABLE
        ),
        answer_headers={"Retry-After": "5"},
    ),
)
