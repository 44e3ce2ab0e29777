"""A Trino cluster that leaves rows as Parquet files in S3.

attendance ──▶ **TrinoCluster** ── CREATE TABLE … AS, DROP TABLE ──▶ statements
validating ──▶ **TrinoCluster** ── EXPLAIN ──▶ statements

The table is an external one of the Hive connector, which must allow that: `hive.non-managed-table-writes-enabled`. Its
files stay when it is dropped.

Sources: https://trino.io/docs/current/connector/hive.html; StandardErrorCode.java and HiveErrorCode.java in
https://github.com/trinodb/trino
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.catalog.compiled import string
from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent, Look, Phase, Reason
from backend.engine.distributed.partitions import OTHER_ROWS
from backend.engine.layout import Layout
from backend.trino.statements import Answer, Error, Statements

log = logging.getLogger(__name__)

NAME = "trino"
SOURCE = "reportwire"
VALIDATE = "EXPLAIN (TYPE VALIDATE)"
"""On the query's first line: an error then names the line of the query.

Source: https://trino.io/docs/current/sql/explain.html
"""
MOST_ANSWERS = 20
"""How many answers to a short statement are waited for; the coordinator holds each for a second at most."""
MOST_SYNC_ANSWERS = 120
"""The same where folders are looked through, up to a thousand."""
_QUEUED = frozenset({"QUEUED", "WAITING_FOR_RESOURCES", "DISPATCHING"})
_REASONS: Mapping[str, Reason] = {
    "QUERY_QUEUE_FULL": Reason.BUSY,
    "NO_NODES_AVAILABLE": Reason.BUSY,
    "SERVER_STARTING_UP": Reason.BUSY,
    "CLUSTER_HAS_TOO_MANY_RUNNING_TASKS": Reason.BUSY,
    "EXCEEDED_SCAN_LIMIT": Reason.SCAN_LIMIT,
    "EXCEEDED_TIME_LIMIT": Reason.TIME_LIMIT,
    "EXCEEDED_CPU_LIMIT": Reason.TIME_LIMIT,
    "REMOTE_TASK_ERROR": Reason.NODE_LOST,
    "REMOTE_TASK_MISMATCH": Reason.NODE_LOST,
    "REMOTE_HOST_GONE": Reason.NODE_LOST,
    "PAGE_TRANSPORT_ERROR": Reason.NODE_LOST,
    "PAGE_TRANSPORT_TIMEOUT": Reason.NODE_LOST,
    "TOO_MANY_REQUESTS_FAILED": Reason.NODE_LOST,
    "SERVER_SHUTTING_DOWN": Reason.NODE_LOST,
    "USER_CANCELED": Reason.STOPPED,
    "ADMINISTRATIVELY_KILLED": Reason.STOPPED,
    "ADMINISTRATIVELY_PREEMPTED": Reason.STOPPED,
    "ABANDONED_QUERY": Reason.LOST,
    "PERMISSION_DENIED": Reason.DENIED,
    "EXCEEDED_LOCAL_MEMORY_LIMIT": Reason.MEMORY,
    "EXCEEDED_GLOBAL_MEMORY_LIMIT": Reason.MEMORY,
    "CLUSTER_OUT_OF_MEMORY": Reason.MEMORY,
    "EXCEEDED_SPILL_LIMIT": Reason.MEMORY,
    "OUT_OF_SPILL_SPACE": Reason.MEMORY,
}
_REASONS_BY_TYPE: Mapping[str, Reason] = {"USER_ERROR": Reason.REFUSED, "INSUFFICIENT_RESOURCES": Reason.MEMORY}


@dataclass(frozen=True, slots=True)
class TrinoCluster:
    """A `cluster.Cluster`. Handles are paths, each for one answer; the one before it can be had again."""

    statements: Statements

    @property
    def name(self) -> str:
        """The name by which a row keeps the engine."""
        return NAME

    def enter_partitions(self, dataset: str, layout: Layout, tick: Callable[[], None]) -> None:  # noqa: ARG002  the folders say the same
        """Have the table's metastore, whichever it is, know the folders that there are, and no others.

        Source: https://trino.io/docs/current/connector/hive.html#procedures
        """
        place = f"schema_name => {string(self.statements.schema)}, table_name => {string(dataset)}"
        call = f"CALL system.sync_partition_metadata({place}, mode => 'FULL')"
        answer = self.statements.run(call, SOURCE, MOST_SYNC_ANSWERS, tick)
        if answer.error is not None and (reason := _reason(answer.error)) is Reason.BUSY:
            raise ClusterBusy
        if answer.error is not None:
            raise ClusterRefused(reason)
        if answer.next_path is not None:
            self.statements.stop(answer.next_path)
            raise ClusterSilent("the partitions are not entered")

    def refusal(self, sql: str) -> str | None:
        """Return why Trino would not run a query."""
        answer = self.statements.run(f"{VALIDATE} {sql}", SOURCE, MOST_ANSWERS)
        if answer.error is not None:
            return answer.error.message or answer.error.error_name
        if answer.next_path is not None:
            raise ClusterSilent("the query is not validated yet")
        return None

    def start(self, sql: str, target: str, token: str) -> str:
        """Have the coordinator take the query, which runs from the first look on."""
        place = target.replace("'", "''")
        made = f"CREATE TABLE {_table(token)} WITH (format = 'PARQUET', external_location = '{place}') AS\n{sql}"
        answer = self.statements.send(made, f"{SOURCE}-{token}")
        if answer.error is not None:
            raise ClusterRefused(_reason(answer.error))
        if answer.next_path is None:
            raise ClusterRefused(Reason.FAULT)
        return answer.next_path

    def look(self, handle: str) -> Look:
        """Return how far a query is."""
        try:
            return _look(handle, self.statements.follow(handle))
        except ClusterRefused as refused:
            return Look(handle=handle, phase=Phase.FAILED, reason=refused.reason)

    def stop(self, handle: str) -> None:
        """Stop a query that runs."""
        self.statements.stop(handle)

    def forget(self, token: str) -> None:
        """Drop the table; its files are no part of it."""
        answer = self.statements.run(f"DROP TABLE IF EXISTS {_table(token)}", f"{SOURCE}-{token}", MOST_ANSWERS)
        if answer.error is not None:
            raise ClusterRefused(_reason(answer.error))


def _table(token: str) -> str:
    return f'"{SOURCE}_{token}"'


def _look(handle: str, answer: Answer) -> Look:
    stats, following = answer.stats, answer.next_path
    if answer.error is not None:
        phase = Phase.FAILED
    elif following is None:
        phase = Phase.SUCCEEDED
    else:
        phase = Phase.QUEUED if stats.state in _QUEUED else Phase.RUNNING
    return Look(
        handle=following or handle,
        phase=phase,
        completed=stats.processed_rows,
        scanned_bytes=stats.physical_input_bytes,
        reason=_reason(answer.error) if answer.error else None,
    )


def _reason(error: Error) -> Reason:
    if error.error_name == "INVALID_CAST_ARGUMENT" and OTHER_ROWS in error.message:
        reason = Reason.OTHER_ROWS
    else:
        reason = _REASONS.get(error.error_name) or _REASONS_BY_TYPE.get(error.error_type, Reason.FAULT)
    log.error("query failed", extra={"error": error.error_name, "reason": reason.value})
    return reason
