"""Requests to the HTTP door that are carried out, and their answers.

examples ──▶ **http_answers** ──▶ OpenAPI
"""

from backend.documents import examples
from backend.documents.examples import ID, ORDER, SAMPLE_ORDER, UNKNOWN_ID, WATCH
from backend.documents.exchanges import HttpExchange, built
from backend.protocol.bodies import CatalogPage, ChangedReports, ReportsPage

REPORT = f"/reports/{ID}"
QUEUED, RUNNING, SUCCEEDED = map(built, (examples.QUEUED, examples.RUNNING, examples.SUCCEEDED))

OF_REPORTS = (
    HttpExchange(
        operation="generateReport",
        name="made",
        situation="nothing",
        method="PUT",
        path=REPORT,
        body=ORDER,
        status=201,
        answer=QUEUED,
        answer_headers={"ETag": 'W/"0"', "Retry-After": "1"},
    ),
    HttpExchange(
        operation="generateReport",
        name="sample",
        situation="nothing",
        method="PUT",
        path=REPORT,
        body=SAMPLE_ORDER,
        status=201,
        answer={**QUEUED, "formatOptions": {"delimiter": ",", "bom": False}},
    ),
    HttpExchange(
        operation="generateReport",
        name="known",
        situation="succeeded",
        method="PUT",
        path=REPORT,
        body=ORDER,
        status=200,
        answer=SUCCEEDED,
        answer_headers={"ETag": 'W/"46-1793610940"'},
    ),
    HttpExchange(
        operation="generateReport",
        name="waited",
        situation="nothing",
        method="PUT",
        path=REPORT,
        headers={"Prefer": "wait=20"},
        body=ORDER,
        status=201,
        answer=QUEUED,
        answer_headers={"Preference-Applied": "wait=20"},
    ),
    HttpExchange(
        operation="submitReport",
        name="made",
        situation="nothing",
        method="POST",
        path="/reports",
        body=ORDER,
        status=201,
        answer=QUEUED,
        answer_headers={"Location": f"reports/{ID}", "ETag": 'W/"0"', "Retry-After": "1"},
    ),
    HttpExchange(
        operation="getReport",
        name="running",
        situation="running",
        path=REPORT,
        status=200,
        answer=RUNNING,
        answer_headers={"ETag": 'W/"2"', "Retry-After": "1"},
    ),
    HttpExchange(
        operation="getReport",
        name="succeeded",
        situation="succeeded",
        path=f"{REPORT}?until=end",
        headers={"If-None-Match": 'W/"2"', "Prefer": "wait=20"},
        status=200,
        answer=SUCCEEDED,
        answer_headers={"ETag": 'W/"46-1793610940"', "Preference-Applied": "wait=20"},
    ),
    HttpExchange(
        operation="getReport",
        name="failed",
        situation="failed",
        path=REPORT,
        status=200,
        answer=built(examples.FAILED),
    ),
    HttpExchange(
        operation="getReport",
        name="known",
        situation="running",
        path=REPORT,
        headers={"If-None-Match": 'W/"2"'},
        status=304,
        answer_headers={"ETag": 'W/"2"', "Retry-After": "1"},
    ),
    HttpExchange(
        operation="getReportFile",
        name="ready",
        situation="succeeded",
        path=f"{REPORT}/file",
        status=302,
        answer_headers={"Location": examples.LINK_URL, "Repr-Digest": examples.DIGEST},
    ),
    HttpExchange(
        operation="cancelReport",
        name="running",
        situation="running",
        method="POST",
        path=f"{REPORT}/cancel",
        status=202,
        answer=built(examples.CANCELLING),
        answer_headers={"ETag": 'W/"3"', "Retry-After": "1"},
    ),
    HttpExchange(
        operation="cancelReport",
        name="queued",
        situation="queued",
        method="POST",
        path=f"{REPORT}/cancel",
        body={},
        status=200,
        answer=built(examples.CANCELLED),
        answer_headers={"ETag": 'W/"1"'},
    ),
    HttpExchange(
        operation="listReports",
        name="newest",
        situation="succeeded",
        path="/reports?limit=10&state=SUCCEEDED",
        status=200,
        answer=built(ReportsPage(reports=(examples.LISTED,), next=None)),
    ),
    HttpExchange(
        operation="getChanges",
        name="news",
        situation="succeeded",
        path=f"/changes?watch={WATCH}",
        headers={"Prefer": "wait=20"},
        status=200,
        answer=built(ChangedReports(reports=(examples.SUCCEEDED,), missing=(UNKNOWN_ID,), retry_after=None)),
        answer_headers={"Preference-Applied": "wait=20"},
    ),
)
OF_THE_CATALOG = (
    HttpExchange(
        operation="getCatalog",
        name="page",
        situation="nothing",
        path="/catalog",
        status=200,
        answer=built(CatalogPage(definitions=(examples.SAMPLE,), next=None)),
    ),
    HttpExchange(
        operation="getDefinition",
        name="sample",
        situation="nothing",
        path="/catalog/sample",
        status=200,
        answer=built(examples.SAMPLE),
    ),
)
ANSWERED = (*OF_REPORTS, *OF_THE_CATALOG)
