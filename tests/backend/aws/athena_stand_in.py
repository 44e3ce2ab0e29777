"""A stand-in for what the emulator's Athena lacks.

UNLOAD, tokens that repeat, the quota, the scan limit, states that go back, and failures with their types.

`AthenaCluster` ──▶ **AthenaStandIn** ── files ──▶ landing

It runs no SQL: a test says which files an UNLOAD leaves, and which statuses an execution goes through.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.exceptions import ClientError

Status = Mapping[str, Any]
RUNNING: Status = {"State": "RUNNING"}
SUCCEEDED: Status = {"State": "SUCCEEDED"}
CUT_OFF: Status = {"State": "CANCELLED", "StateChangeReason": "Bytes scanned limit was exceeded"}
CANCELLED: Status = {"State": "CANCELLED", "StateChangeReason": "Query cancelled by user"}
ENDED = {"SUCCEEDED", "FAILED", "CANCELLED"}


@dataclass
class Execution:
    request: dict[str, Any]
    statuses: list[Status]
    looks: int = 0

    @property
    def status(self) -> Status:
        return self.statuses[min(self.looks, len(self.statuses) - 1)]

    @property
    def target(self) -> str:
        found = re.search(r"\) TO '(s3://[^']*/)' WITH \(format = 'PARQUET'\)$", self.request["QueryString"])
        assert found, "no UNLOAD of Parquet files into a folder"
        return found[1]


@dataclass
class AthenaStandIn:
    """The part of botocore's client that the adapter uses."""

    unload: Callable[[str], None] = lambda _target: None
    """Called with the target of an execution that SUCCEEDED, once."""
    statuses: list[Status] = field(default_factory=lambda: [{"State": "QUEUED"}, RUNNING, SUCCEEDED])
    cutoff_bytes: int = 10**15
    """The `BytesScannedCutoffPerQuery` of the workgroup."""
    bytes_per_look: int = 1_000
    quota: int = 20
    executions: dict[str, Execution] = field(default_factory=dict)

    @property
    def active(self) -> int:
        return sum(each.status["State"] not in ENDED for each in self.executions.values())

    def start_query_execution(self, **request: Any) -> Mapping[str, Any]:
        request = {"ClientRequestToken": uuid.uuid4().hex, **request}  # as botocore does
        for execution_id, each in self.executions.items():
            if each.request["ClientRequestToken"] == request["ClientRequestToken"]:
                if each.request != request:
                    raise refused("InvalidRequestException", "Idempotent parameters do not match")
                return {"QueryExecutionId": execution_id}
        if self.active >= self.quota:
            raise refused("TooManyRequestsException", "You have exceeded the limit for the number of queries")
        execution_id = f"00000000-0000-4000-8000-{len(self.executions):012}"
        self.executions[execution_id] = Execution(dict(request), list(self.statuses))
        return {"QueryExecutionId": execution_id}

    def get_query_execution(self, *, QueryExecutionId: str) -> Mapping[str, Any]:  # noqa: N803
        found = self._find(QueryExecutionId)
        status, scanned = found.status, found.looks * self.bytes_per_look
        if scanned > self.cutoff_bytes and status["State"] not in ENDED:
            found.statuses, status = [CUT_OFF], CUT_OFF
        is_explained = found.request["QueryString"].startswith("EXPLAIN")
        if status["State"] == "SUCCEEDED" and found.looks < len(found.statuses) and not is_explained:
            self.unload(found.target)
        found.looks += 1
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": scanned}}}

    def stop_query_execution(self, *, QueryExecutionId: str) -> Mapping[str, Any]:  # noqa: N803
        found = self._find(QueryExecutionId)
        if found.status["State"] not in ENDED:
            found.statuses = [CANCELLED]
        return {}

    def _find(self, execution_id: str) -> Execution:
        if execution_id not in self.executions:
            raise refused("InvalidRequestException", f"QueryExecution {execution_id} was not found")
        return self.executions[execution_id]


def refused(code: str, message: str = "") -> ClientError:
    return ClientError(cast("Any", {"Error": {"Code": code, "Message": message}}), "Athena")
