"""Messages over the WebSocket, and their answers.

examples ──▶ **socket_exchanges** ──▶ AsyncAPI, README
"""

from msgspec.structs import replace

from backend.documents import examples
from backend.documents.examples import ID, ORDER, SAMPLE_ORDER, UNKNOWN_ID
from backend.documents.exchanges import WRONG_FIELDS, WRONG_ORDER, WRONG_SENTENCE, SocketExchange
from backend.protocol.messages import (
    CatalogMessage,
    ErrorCode,
    ErrorInfo,
    ErrorMessage,
    PongMessage,
    ReportMessage,
    ReportsMessage,
)

SOCKET = (
    SocketExchange(
        action="generateReport",
        name="generate",
        situation="nothing",
        request={"action": "generateReport", "requestId": "1", "data": {"reportId": ID, **ORDER}},
        answer=ReportMessage(request_id="1", report=examples.QUEUED),
    ),
    SocketExchange(
        action="generateReport",
        name="sample",
        situation="nothing",
        request={"action": "generateReport", "data": SAMPLE_ORDER},
        answer=ReportMessage(report=replace(examples.QUEUED, format_options={"delimiter": ",", "bom": False})),
    ),
    SocketExchange(
        action="watchReports",
        name="watch",
        situation="succeeded",
        request={"action": "watchReports", "requestId": "2", "data": {"reportIds": [ID, UNKNOWN_ID]}},
        answer=ReportsMessage(request_id="2", reports=(examples.SUCCEEDED,), missing=(UNKNOWN_ID,)),
    ),
    SocketExchange(
        action="cancelReport",
        name="cancel",
        situation="running",
        request={"action": "cancelReport", "requestId": "3", "data": {"reportId": ID}},
        answer=ReportMessage(request_id="3", report=examples.CANCELLING),
    ),
    SocketExchange(
        action="listReports",
        name="list",
        situation="failed",
        request={"action": "listReports", "requestId": "4", "data": {"limit": 10}},
        answer=ReportsMessage(request_id="4", reports=(examples.FAILED,)),
    ),
    SocketExchange(
        action="describeCatalog",
        name="describe",
        situation="nothing",
        request={"action": "describeCatalog", "requestId": "5"},
        answer=CatalogMessage(request_id="5", definitions=(examples.SAMPLE,)),
    ),
    SocketExchange(
        action="ping",
        name="ping",
        situation="nothing",
        request={"action": "ping", "requestId": "6"},
        answer=PongMessage(request_id="6"),
    ),
    SocketExchange(
        action="generateReport",
        name="refused",
        situation="nothing",
        request={"action": "generateReport", "requestId": "7", "data": WRONG_ORDER},
        answer=ErrorMessage(
            request_id="7",
            error=ErrorInfo(code=ErrorCode.INVALID_PARAMETERS, message=WRONG_SENTENCE, fields=WRONG_FIELDS),
        ),
    ),
    SocketExchange(
        action="ping",
        name="busy",
        situation="busy",
        request={"action": "ping", "requestId": "8"},
        answer=ErrorMessage(
            request_id="8",
            error=ErrorInfo(
                code=ErrorCode.TOO_MANY_REQUESTS,
                message="You are sending too many messages. Try again in 10 s.",
                retry_after=10,
            ),
        ),
    ),
)
PUSHED = ReportMessage(report=examples.RUNNING)
"""What comes unasked, of a report that is watched."""
OF_THE_GATEWAY = {
    "message": "Internal server error",
    "connectionId": "Q5o0qfmPrPECHtw=",
    "requestId": "Q5o1QGhwPrPEC3Q=",
}
"""A frame of API Gateway's own."""
