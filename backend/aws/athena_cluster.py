"""Amazon Athena as the distributed engine: a query that leaves its rows as Parquet files in S3.

attendance ──▶ **AthenaCluster** ── UNLOAD ──▶ Athena
validating ──▶ **AthenaCluster** ── EXPLAIN ──▶ Athena

A repeated start with the same token returns the query that there is. A query over the quota of active ones is refused.

Sources: https://docs.aws.amazon.com/athena/latest/ug/unload.html, …/ug/error-reference.html, …/ug/service-limits.html;
https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from backend.aws.glue_partitions import NOT_THERE, GluePartitions, NotEntered
from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent, Look, Phase, Reason
from backend.engine.distributed.partitions import OTHER_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from backend.aws.glue_partitions import CatalogClient
    from backend.engine.layout import Layout

log = logging.getLogger(__name__)

NAME = "athena"
VALIDATE = "EXPLAIN (TYPE VALIDATE)"
"""Costs nothing. On the query's first line: an error then names the line of the query.

Source: https://docs.aws.amazon.com/athena/latest/ug/athena-explain-statement.html
"""
LOOKS_EACH_S = 0.5
MOST_LOOKS = 120
"""At a query that is validated."""
LARGEST_TEXT_BYTES = 262_144
LEAST_PAID_BYTES = 10_000_000
"""A query that reads less costs as much. Source: https://athena.guide/articles/athena-basics-pricing-model (2020)"""
_PHASES = {
    "QUEUED": Phase.QUEUED,
    "RUNNING": Phase.RUNNING,
    "SUCCEEDED": Phase.SUCCEEDED,
    "FAILED": Phase.FAILED,
    "CANCELLED": Phase.FAILED,
}
_BUSY = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling", "RequestLimitExceeded"})
_DENIED = frozenset(
    {
        *("AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId"),
        *("ExpiredTokenException", "ExpiredToken", "InvalidSignatureException"),
    }
)
_REFUSED = frozenset({"InvalidRequestException", "InvalidInputException", NOT_THERE})
_DENIED_WORDS = ("AccessDenied", "Access Denied", "Insufficient permissions")
_REFUSED_WORDS = ("SYNTAX_ERROR", "mismatched input")
_TOLD = {"Bytes scanned limit was exceeded": Reason.SCAN_LIMIT, OTHER_ROWS: Reason.OTHER_ROWS}
_OUT_OF_RESOURCES = range(9)
_TIMED_OUT = frozenset({206, 210})
_NOT_WRITTEN = frozenset({401, 402})
_USERS = 2
"""Among error types, and the category of errors that are the query's own."""


class AthenaClient(Protocol):
    """The part of botocore's client that is used here."""

    def start_query_execution(self, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401  the client's own parameters
        """Start a query."""

    def get_query_execution(self, *, QueryExecutionId: str) -> Mapping[str, Any]:  # noqa: N803
        """Return what is known of a query."""

    def stop_query_execution(self, *, QueryExecutionId: str) -> Mapping[str, Any]:  # noqa: N803
        """Stop a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AthenaCluster:
    """A `cluster.Cluster`. Handles are ids of executions."""

    client: AthenaClient
    workgroup: str
    """It has the place of results, their encryption, and the most that a query may scan."""
    database: str
    catalog: Callable[[], CatalogClient]
    """Return the client of Glue, which is asked only of partitioned datasets."""
    sleep: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """The name by which a row keeps the engine."""
        return NAME

    def enter_partitions(self, dataset: str, layout: Layout, tick: Callable[[], None]) -> None:
        """Have the table in Glue know the partitions of a layout, and no others."""
        with _translated():
            GluePartitions(self.catalog(), self.database).enter(dataset, layout, tick)

    def refusal(self, sql: str) -> str | None:
        """Return why Athena would not run a query."""
        try:
            with _translated():
                execution_id = self._started(f"{VALIDATE} {sql}")
        except ClusterRefused as refused:
            if refused.reason is Reason.REFUSED and isinstance(refused.__cause__, ClientError):
                return refused.__cause__.response["Error"].get("Message", "")
            raise
        for _ in range(MOST_LOOKS):
            with _translated():
                found = self.client.get_query_execution(QueryExecutionId=execution_id)["QueryExecution"]["Status"]
            match _PHASES[found["State"]]:
                case Phase.SUCCEEDED:
                    return None
                case Phase.FAILED:
                    words: str = found.get("StateChangeReason", found["State"])
                    return words
            self.sleep(LOOKS_EACH_S)
        raise ClusterSilent("the query is not validated yet")

    def start(self, sql: str, target: str, token: str) -> str:
        """Start the query, unless it was started before."""
        text = f"UNLOAD (\n{sql}\n) TO '{target}' WITH (format = 'PARQUET')"
        if len(text.encode()) > LARGEST_TEXT_BYTES:
            raise ClusterRefused(Reason.REFUSED)
        with _translated():
            return self._started(text, ClientRequestToken=token)

    def look(self, handle: str) -> Look:
        """Return how far a query is: Athena counts the bytes that it has read, and not the rows."""
        try:
            with _translated():
                found = self.client.get_query_execution(QueryExecutionId=handle)["QueryExecution"]
        except ClusterRefused as refused:
            reason = Reason.LOST if refused.reason is Reason.REFUSED else refused.reason
            return Look(handle=handle, phase=Phase.FAILED, unit="bytes", reason=reason)
        phase = _PHASES[found["Status"]["State"]]
        scanned_bytes = found.get("Statistics", {}).get("DataScannedInBytes", 0)
        return Look(
            handle=handle,
            phase=phase,
            completed=scanned_bytes,
            unit="bytes",
            scanned_bytes=scanned_bytes,
            reason=_reason(found["Status"]) if phase is Phase.FAILED else None,
        )

    def stop(self, handle: str) -> None:
        """Stop a query that runs."""
        with _translated():
            self.client.stop_query_execution(QueryExecutionId=handle)

    def forget(self, token: str) -> None:
        """Do nothing: Athena keeps no table of an UNLOAD."""

    def _started(self, text: str, **more: str) -> str:
        started = self.client.start_query_execution(
            QueryString=text,
            QueryExecutionContext={"Database": self.database},
            WorkGroup=self.workgroup,
            **more,
        )
        execution_id: str = started["QueryExecutionId"]
        return execution_id


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _BUSY:
            raise ClusterBusy from error
        if code in _DENIED:
            raise ClusterRefused(Reason.DENIED) from error
        if code in _REFUSED:
            raise ClusterRefused(Reason.REFUSED) from error
        raise ClusterSilent(code) from error
    except NotEntered as error:
        raise ClusterSilent(str(error)) from error
    except BotoCoreError as error:
        raise ClusterSilent(type(error).__name__) from error


def _reason(status: Mapping[str, Any]) -> Reason:
    words, error = status.get("StateChangeReason", ""), status.get("AthenaError", {})
    kind = error.get("ErrorType", -1)
    log.error("query failed", extra={"state": status["State"], "errorType": kind})  # its words quote the query
    if told := next((reason for part, reason in _TOLD.items() if part in words), None):
        return told
    if status["State"] == "CANCELLED":
        return Reason.STOPPED
    if kind in _TIMED_OUT or "Query timeout" in words:
        return Reason.TIME_LIMIT
    if kind in _OUT_OF_RESOURCES or "Query exhausted resources" in words:
        return Reason.MEMORY
    if kind in _NOT_WRITTEN or any(each in words for each in _DENIED_WORDS):
        return Reason.DENIED
    is_refused = error.get("ErrorCategory") == _USERS or any(each in words for each in _REFUSED_WORDS)
    return Reason.REFUSED if is_refused else Reason.FAULT
