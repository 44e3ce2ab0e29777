"""What the product does, and for each grant the step that nothing else allows.

stand ──▶ **STEPS** ──▶ permission_table, test_grants
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from msgspec.structs import replace
from websockets.exceptions import WebSocketException

from backend.protocol.lifecycle import State
from tests.flows.permissions.grants import Grant
from tests.flows.permissions.stand import INVOCATION, Stand, opened
from tests.flows.test_doors import ORDER

MOST_ACTIVE = 5
"""The default of `maxActiveReports`."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the product does."""

    says: str
    works: Callable[[Stand], bool]

    def succeeds(self, stand: Stand) -> bool:
        """Try it; a door that answers with an error, or not at all, has not done it."""
        try:
            return self.works(stand)
        except (httpx.HTTPError, WebSocketException, TimeoutError, KeyError):
            return False


# --- steps on the socket --------------------------------------------------------------------------


def _connects(stand: Stand) -> bool:
    with opened(stand.profile) as line:
        line.send(json.dumps({"action": "ping"}))
        return bool(json.loads(line.recv(timeout=stand.patience_s))["type"] == "pong")


def _is_forgotten(stand: Stand) -> bool:
    table = stand.local.outputs["connectionsTable"]
    dynamodb, key = stand.local.client("dynamodb"), {"connectionId": {"S": "closing"}}
    dynamodb.put_item(TableName=table, Item=key)
    stand.invoke("router", {"requestContext": {"eventType": "DISCONNECT", "connectionId": "closing"}})
    is_there = "Item" in dynamodb.get_item(TableName=table, Key=key)
    dynamodb.delete_item(TableName=table, Key=key)
    return not is_there


def _submits(stand: Stand) -> bool:
    report = stand.ask("generateReport", **ORDER, reportId=str(uuid.uuid4()))["report"]
    return bool(report["state"] != "FAILED")


def _watches(stand: Stand) -> bool:
    return len(stand.ask("watchReports", reportIds=[stand.sample.report_id])["reports"]) == 1


def _links(stand: Stand) -> bool:
    (report,) = stand.ask("watchReports", reportIds=[stand.sample.report_id])["reports"]
    return _leads_to_a_file(report["link"]["url"])


def _leads_to_a_file(url: str) -> bool:
    return httpx.get(url, trust_env=False).status_code == httpx.codes.OK


# --- steps over HTTP ------------------------------------------------------------------------------


def _asks(stand: Stand) -> bool:
    return bool(stand.http("PUT", f"/reports/{uuid.uuid4()}", ORDER).raise_for_status().json()["state"] != "FAILED")


def _cancels(stand: Stand) -> bool:
    with stand.running() as report_id:
        return stand.http("POST", f"/reports/{report_id}/cancel").status_code == httpx.codes.ACCEPTED


def _follows(stand: Stand) -> bool:
    changes = stand.http("GET", f"/changes?watch={stand.sample.report_id}.0").raise_for_status().json()
    return len(changes["reports"]) == 1


def _is_led(stand: Stand) -> bool:
    answer = stand.http("GET", f"/reports/{stand.sample.report_id}/file")
    return _leads_to_a_file(answer.headers["Location"])


def _gets(path: str) -> Callable[[Stand], bool]:
    return lambda stand: stand.http("GET", path.format(id=stand.sample.report_id)).status_code == httpx.codes.OK


def _tells_watchers(end: Callable[[Stand, str], object]) -> Callable[[Stand], bool]:
    """Return the step that whoever watches a report hears of its end, which something brings about."""

    def works(stand: Stand) -> bool:
        with stand.running(is_left=True) as report_id:
            stand.meanwhile(lambda: end(stand, report_id))
            return bool(stand.hears(report_id, State.FAILED))

    return works


@contextmanager
def _full(stand: Stand) -> Iterator[str]:
    """Have the person have as many reports under way as they may; give the one that lost its worker."""
    with ExitStack() as stack:
        for _ in range(MOST_ACTIVE - 1):
            stack.enter_context(stand.running())
        yield stack.enter_context(stand.running(is_left=True))


def _makes_room(stand: Stand) -> bool:
    with _full(stand) as report_id:
        stand.rest(ORDER)
        return stand.row(report_id).state is State.FAILED


def _room_is_told(stand: Stand) -> bool:
    with _full(stand) as report_id:
        stand.meanwhile(lambda: stand.rest(ORDER))
        return bool(stand.hears(report_id, State.FAILED))


def _is_refused(asks: Callable[[Stand], object]) -> Step:
    """Return the step that whoever asks too often is refused: a limit that cannot be counted refuses nobody."""

    def works(stand: Stand) -> bool:
        with stand.busy():
            try:
                answer = asks(stand)
            except httpx.HTTPStatusError as error:
                answer = error.response
        return isinstance(answer, httpx.Response) and answer.status_code == httpx.codes.TOO_MANY_REQUESTS

    return Step("who asks too often is refused", works)


# --- steps behind the doors -----------------------------------------------------------------------


def _makes(stand: Stand) -> bool:
    return stand.made(stand.sample).state is State.SUCCEEDED


def _reads_data(stand: Stand) -> bool:
    return stand.made(stand.flights).state is State.SUCCEEDED


def _told(stand: Stand) -> dict[str, Any]:
    """Return the last snapshot that the worker pushes of a report."""
    with stand.there_is(stand.sample, State.QUEUED) as report_id:
        stand.meanwhile(lambda: stand.invoke("worker", _event(report_id)))
        return stand.hears(report_id, State.SUCCEEDED)


def _event(report_id: str) -> dict[str, str]:
    return {"reportId": report_id, "invocationId": INVOCATION}


def _is_there_again(stand: Stand) -> bool:
    event = {"reportId": stand.sample.report_id, "invocationId": "another"}
    return stand.invoke("worker", event)


def _aborts(stand: Stand) -> bool:
    large = {**stand.sample.parameters, "amountOfRows": 10_000_000}
    with stand.there_is(stand.sample, State.QUEUED, parameters=large) as report_id:
        worker = stand.meanwhile(lambda: stand.invoke("worker", _event(report_id)))
        while not stand.uploads(report_id):
            time.sleep(0.05)
        stand.change(replace(stand.row(report_id), cancel_requested=True))
        worker.join()
        left = stand.uploads(report_id)
        for key in left:
            _forget_upload(stand, key)
        return not left


def _forget_upload(stand: Stand, key: str) -> None:
    s3, bucket = stand.local.client("s3"), stand.local.outputs["reportsBucket"]
    for upload in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]:
        if upload["Key"] == key:
            s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload["UploadId"])


def _record(report_id: str) -> dict[str, Any]:
    return {"requestPayload": {"reportId": report_id, "invocationId": INVOCATION}}


def _is_ended(stand: Stand) -> bool:
    with stand.running(is_left=True) as report_id:
        stand.invoke("failures", _record(report_id))
        return stand.row(report_id).state is State.FAILED


def _streams(stand: Stand) -> bool:
    return bool(stand.streamed(stand.sample.report_id)["state"] == "SUCCEEDED")


def _streams_the_end(stand: Stand) -> bool:
    with stand.running(is_left=True) as report_id:
        return bool(stand.streamed(report_id)["state"] == "FAILED")


SUBMIT = Step("`generateReport` starts a report", _submits)
WATCH = Step("`watchReports` finds one that has ended", _watches)
ASK = Step("`PUT /reports/{id}` starts a report", _asks)
LIST = Step("`GET /reports` lists reports", _gets("/reports"))
GET = Step("`GET /reports/{id}` finds a report", _gets("/reports/{id}"))
ONCE = Step("`POST /reports/synchronous` answers with the report", lambda stand: "link" in stand.rest(ORDER))
MAKE = Step("the worker makes a report", _makes)
DATA = Step("the worker makes a report of data", _reads_data)
STREAM = Step("`GET /reports/{id}/events` begins with the report", _streams)
REPORTS, CONNECTIONS, FILES = "table reports", "table connections", "bucket reports/*"
OWNERS, ACTIVE = "table reports/index/byOwner", "table reports/index/active"
LINE = "api reportwire/local/POST/@connections/*"
WORKER = "function worker"

STEPS: Mapping[Grant, Step] = {
    Grant("router", "dynamodb:PutItem", CONNECTIONS): Step("a connection opens", _connects),
    Grant("router", "dynamodb:UpdateItem", CONNECTIONS): Step(
        "`ping` is answered", lambda stand: stand.ask("ping")["type"] == "pong"
    ),
    Grant("router", "dynamodb:DeleteItem", CONNECTIONS): Step("a connection that closes is forgotten", _is_forgotten),
    Grant("router", "dynamodb:PutItem", REPORTS): SUBMIT,
    Grant("router", "dynamodb:UpdateItem", REPORTS): WATCH,
    Grant("router", "dynamodb:GetItem", REPORTS): WATCH,
    Grant("router", "dynamodb:Query", OWNERS): Step(
        "`listReports` lists reports", lambda stand: stand.ask("listReports")["type"] == "reports"
    ),
    Grant("router", "dynamodb:Query", ACTIVE): SUBMIT,
    Grant("router", "s3:GetObject", FILES): Step("the link of `watchReports` leads to the file", _links),
    Grant("router", "lambda:InvokeFunction", WORKER): SUBMIT,
    Grant("router", "execute-api:ManageConnections", LINE): Step(
        "an answer arrives", lambda stand: bool(stand.ask("describeCatalog"))
    ),
    Grant("http-router", "dynamodb:UpdateItem", CONNECTIONS): _is_refused(lambda stand: stand.http("GET", "/reports")),
    Grant("http-router", "dynamodb:PutItem", REPORTS): ASK,
    Grant("http-router", "dynamodb:UpdateItem", REPORTS): Step("`POST /reports/{id}/cancel` stops a report", _cancels),
    Grant("http-router", "dynamodb:GetItem", REPORTS): GET,
    Grant("http-router", "dynamodb:BatchGetItem", REPORTS): Step("`GET /changes` finds reports", _follows),
    Grant("http-router", "dynamodb:Query", OWNERS): LIST,
    Grant("http-router", "dynamodb:Query", ACTIVE): ASK,
    Grant("http-router", "s3:GetObject", FILES): Step("`GET /reports/{id}/file` leads to the file", _is_led),
    Grant("http-router", "lambda:InvokeFunction", WORKER): ASK,
    Grant("http-router", "execute-api:ManageConnections", LINE): Step(
        "who watches a report hears that `GET /reports/{id}` found it lost",
        _tells_watchers(lambda stand, report_id: stand.http("GET", f"/reports/{report_id}")),
    ),
    Grant("synchronous", "dynamodb:UpdateItem", CONNECTIONS): _is_refused(lambda stand: stand.rest(ORDER)),
    Grant("synchronous", "dynamodb:PutItem", REPORTS): ONCE,
    Grant("synchronous", "dynamodb:GetItem", REPORTS): ONCE,
    Grant("synchronous", "dynamodb:UpdateItem", REPORTS): Step(
        "`POST /reports/synchronous` ends lost reports that take up room", _makes_room
    ),
    Grant("synchronous", "dynamodb:Query", ACTIVE): ONCE,
    Grant("synchronous", "lambda:InvokeFunction", WORKER): Step(
        "`POST /reports/synchronous` starts a report", lambda stand: stand.rest(ORDER)["state"] == "SUCCEEDED"
    ),
    Grant("synchronous", "s3:GetObject", FILES): Step(
        "the link of `POST /reports/synchronous` leads to the file",
        lambda stand: _leads_to_a_file(stand.rest(ORDER)["link"]["url"]),
    ),
    Grant("synchronous", "execute-api:ManageConnections", LINE): Step(
        "who watches a lost report hears that it was ended to make room", _room_is_told
    ),
    Grant("events", "dynamodb:UpdateItem", CONNECTIONS): _is_refused(
        lambda stand: stand.streamed(stand.sample.report_id)
    ),
    Grant("events", "dynamodb:GetItem", REPORTS): STREAM,
    Grant("events", "dynamodb:UpdateItem", REPORTS): Step("a stream ends a lost report", _streams_the_end),
    Grant("events", "s3:GetObject", FILES): Step(
        "the link of a stream leads to the file",
        lambda stand: _leads_to_a_file(stand.streamed(stand.sample.report_id)["link"]["url"]),
    ),
    Grant("events", "execute-api:ManageConnections", LINE): Step(
        "who watches a report hears that a stream found it lost",
        _tells_watchers(lambda stand, report_id: stand.streamed(report_id)),
    ),
    Grant("worker", "dynamodb:UpdateItem", REPORTS): MAKE,
    Grant("worker", "dynamodb:GetItem", REPORTS): Step(
        "an event that comes again finds its report made", _is_there_again
    ),
    Grant("worker", "s3:PutObject", FILES): MAKE,
    Grant("worker", "s3:AbortMultipartUpload", FILES): Step("a cancelled report leaves no upload", _aborts),
    Grant("worker", "s3:GetObject", FILES): Step(
        "the link that is pushed leads to the file",
        lambda stand: _leads_to_a_file(_told(stand)["link"]["url"]),
    ),
    Grant("worker", "s3:GetObject", "bucket datasets/*"): DATA,
    Grant("worker", "s3:ListBucket", "bucket datasets"): DATA,
    Grant("worker", "execute-api:ManageConnections", LINE): Step(
        "who watches a report hears that it is made", lambda stand: bool(_told(stand))
    ),
    Grant("failures", "dynamodb:UpdateItem", REPORTS): Step("a report that lost its worker is ended", _is_ended),
    Grant("failures", "execute-api:ManageConnections", LINE): Step(
        "who watches a report hears that it lost its worker",
        _tells_watchers(lambda stand, report_id: stand.invoke("failures", _record(report_id))),
    ),
}
