"""A service to take permissions from: its doors, its rows, its functions, and a line on which it pushes.

steps ──▶ **Stand** ──▶ the local backend
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any

import httpx
from msgspec.structs import replace
from websockets.sync.client import ClientConnection, connect

from backend.aws.report_items import decode_report, encode_report
from backend.domain.report import Report
from backend.protocol.lifecycle import State
from backend.service.rates import MESSAGES_WINDOW
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from infra.local.backend import LocalBackend
from tests.flows.test_doors import ORDER, Person
from tests.limits import HANG_S

POLL_S = 0.05
INVOCATION = "an event of the test"
DATA = {"definition": "fleet-age", "parameters": {}, "format": "csv"}
"""A report that reads data."""


@dataclass
class Stand:
    """A person at both doors, with reports in any state."""

    local: LocalBackend
    profile: Profile
    events_url: str
    line: ClientConnection
    sample: Report
    """The row of a report that has ended, without data; the line watched it."""
    flights: Report
    """Another, of data."""
    patience_s: float = HANG_S
    """How long something is waited for that may never come."""
    _ids: Iterator[int] = field(default_factory=count)
    _threads: list[Thread] = field(default_factory=list)

    @property
    def person(self) -> Person:
        return Person(self.profile)

    # --- on the socket ----------------------------------------------------------------------------

    def ask(self, action: str, **data: Any) -> dict[str, Any]:
        """Ask on the line; return the answer, or raise `TimeoutError`."""
        request_id = f"r{next(self._ids)}"
        self.line.send(json.dumps({"action": action, "data": data, "requestId": request_id}))
        while True:
            message: dict[str, Any] = json.loads(self.line.recv(timeout=self.patience_s))
            if message.get("requestId") == request_id:
                return message

    def hears(self, report_id: str, state: State) -> dict[str, Any]:
        """Return the push of a report in a state, or raise `TimeoutError`: it comes soon after the row is in that."""
        while self.row(report_id).state is not state:
            time.sleep(POLL_S)
        end = time.monotonic() + self.patience_s
        while True:
            message = json.loads(self.line.recv(timeout=max(0.0, end - time.monotonic())))
            report: dict[str, Any] = message.get("report") or {}
            if (report.get("reportId"), report.get("state")) == (report_id, state):
                return report

    # --- over HTTP --------------------------------------------------------------------------------

    def http(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.person.http(method, path, body)

    def rest(self, body: object) -> dict[str, Any]:
        """Ask for a report in one request."""
        url, content = f"{self.local.outputs['rest']}/reports/synchronous", json.dumps(body).encode()
        headers = {**Signer(self.profile).sign("POST", url, content), "Content-Type": "application/json"}
        answer = httpx.post(url, content=content, headers=headers, timeout=HANG_S, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def streamed(self, report_id: str) -> dict[str, Any]:
        """Return the first snapshot of a stream."""
        url = f"{self.events_url}/reports/{report_id}/events"
        with httpx.stream(
            "GET", url, headers=Signer(self.profile).sign("GET", url), timeout=5, trust_env=False
        ) as news:
            news.raise_for_status()
            for line in news.iter_lines():
                if line.startswith("data:"):
                    found: dict[str, Any] = json.loads(line.removeprefix("data:"))
                    return found
        return {}

    # --- behind the doors -------------------------------------------------------------------------

    def invoke(self, function: str, event: Mapping[str, Any]) -> bool:
        """Invoke a function and wait for it; tell whether it ended well."""
        name = self.local.outputs[f"{function}Function"]
        answer = self.local.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        answer["Payload"].read()
        return "FunctionError" not in answer

    def row(self, report_id: str) -> Report:
        table, key = self.local.outputs["reportsTable"], {"reportId": {"S": report_id}}
        found = self.local.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        return decode_report(found["Item"])

    def change(self, report: Report) -> None:
        table = self.local.outputs["reportsTable"]
        self.local.client("dynamodb").put_item(TableName=table, Item=encode_report(report))

    @contextmanager
    def there_is(self, like: Report, state: State, **changes: Any) -> Iterator[str]:
        """Put a row for as long as the context lasts: a report that is queued, running, or was left by its worker."""
        began = {"started_at": None, "finished_at": None, "result": None, "object_key": None, "preview_key": None}
        found = replace(like, **{**began, "report_id": str(uuid.uuid4()), "state": state, "attempt": 0, **changes})
        self.change(replace(found, created_at=datetime.now(UTC), invocation=INVOCATION))
        try:
            yield found.report_id
        finally:
            table, key = self.local.outputs["reportsTable"], {"reportId": {"S": found.report_id}}
            self.local.client("dynamodb").delete_item(TableName=table, Key=key)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Have the person seem to have asked for a lot already."""
        dynamodb, table = self.local.client("dynamodb"), self.local.outputs["connectionsTable"]
        of_owner = hashlib.sha256(self.sample.owner.encode()).hexdigest()
        window = int(time.time() // MESSAGES_WINDOW.total_seconds())
        keys = [{"connectionId": {"S": f"count#messages/{of_owner}/{window + ahead}"}} for ahead in range(3)]
        for key in keys:
            dynamodb.put_item(TableName=table, Item={**key, "count": {"N": "10000"}})
        try:
            yield
        finally:
            for key in keys:
                dynamodb.delete_item(TableName=table, Key=key)

    def running(self, *, is_left: bool = False) -> Any:
        """Put a report that is being made, or whose worker has gone."""
        lease = datetime.now(UTC) + timedelta(minutes=-10 if is_left else 1)
        return self.there_is(self.sample, State.RUNNING, attempt=1, lease_until=lease)

    def made(self, like: Report, **parameters: Any) -> Report:
        """Have the worker make a queued report, and return its row."""
        given = {**like.parameters, **parameters}
        with self.there_is(like, State.QUEUED, parameters=given) as report_id:
            self.invoke("worker", {"reportId": report_id, "invocationId": INVOCATION})
            return self.row(report_id)

    def uploads(self, report_id: str) -> list[str]:
        listed = self.local.client("s3").list_multipart_uploads(Bucket=self.local.outputs["reportsBucket"])
        return [item["Key"] for item in listed.get("Uploads", ()) if f"/{report_id}/" in item["Key"]]

    def meanwhile(self, act: Callable[[], object]) -> Thread:
        """Have something done that may go on for longer than anybody waits; none of its errors matter."""

        def quietly() -> None:
            with suppress(httpx.HTTPError):
                act()

        thread = Thread(target=quietly)
        thread.start()
        self._threads.append(thread)
        return thread

    def join(self) -> None:
        """Wait for whatever still goes on."""
        for thread in self._threads:
            thread.join()


@contextmanager
def standing(local: LocalBackend, profile: Profile, events_url: str) -> Iterator[Stand]:
    """Give a stand with a report of each kind made."""
    person, table = Person(profile), local.outputs["reportsTable"]
    ids = [str(uuid.uuid4()) for _ in range(2)]
    for report_id, order in zip(ids, (ORDER, DATA), strict=True):
        assert person.http("PUT", f"/reports/{report_id}", order, Prefer="wait=25").json()["state"] == "SUCCEEDED"
    with opened(profile) as line:
        connections = local.client("dynamodb").scan(TableName=local.outputs["connectionsTable"])["Items"]
        (connection_id,) = [each["connectionId"]["S"] for each in connections if "connectedAt" in each]
        rows = [
            local.client("dynamodb").get_item(TableName=table, Key={"reportId": {"S": each}})["Item"] for each in ids
        ]
        sample, flights = (replace(decode_report(row), watchers=frozenset({connection_id})) for row in rows)
        stand = Stand(local, profile, events_url, line, sample, flights)
        try:
            yield stand
        finally:
            stand.join()


def opened(profile: Profile) -> ClientConnection:
    return connect(profile.endpoint, additional_headers=Signer(profile).sign(), proxy=None, compression=None)
