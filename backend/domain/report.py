"""A report as the service keeps it, and the snapshot of it that is sent.

store ──▶ **Report** ──▶ `snapshot` ──▶ push
"""

import hashlib
from datetime import datetime
from typing import Any

from msgspec import Struct

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Failure, Link, Progress, Result, Snapshot


class RemoteQuery(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A query of a report on a distributed engine: what a worker needs to go on with it in place of another.

    It is in the row before the engine hears of it, and stays there after its end.
    """

    engine: str
    """The `Cluster.name` of the engine."""
    token: str
    """Names the query to the engine; the same for every worker of the report that would ask for the same."""
    since: datetime
    """The time when it was first to be started."""
    handle: str | None = None
    """What the engine is asked about it by, which may change with each answer; None until it is started. Never to be
    logged: with Trino it is as good as a key to the query."""
    is_done: bool = False
    """Whether its rows are in the bucket."""
    scanned_bytes: int = 0


class Report(Struct, frozen=True, kw_only=True, rename="camel"):
    """One row of the reports table. Times are aware UTC datetimes."""

    report_id: str
    owner: str
    definition: str
    parameters: dict[str, Any]
    format: str
    format_options: dict[str, Any] = {}
    """Complete, as `backend.protocol.formats` has them."""
    created_at: datetime
    expires_at: datetime
    """From then on the row counts as absent, deleted or not."""
    state: State = State.QUEUED
    revision: int = 0
    state_revision: int = 0
    """The revision that began the present state, or the present attempt."""
    watchers: frozenset[str] = frozenset()
    """Ids of the connections that get every snapshot."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: Progress | None = None
    result: Result | None = None
    error: Failure | None = None
    cancel_requested: bool = False
    attempt: int = 0
    """How many workers have claimed the report. Only the last may still write to the row."""
    invocation: str | None = None
    """The asynchronous invocation the last claim belongs to; of a queued report, its latest."""
    lease_until: datetime | None = None
    awaited_until: datetime | None = None
    """Of a report that a worker has handed over: until then another may come for it. None once one has."""
    query: RemoteQuery | None = None
    """Its query on a distributed engine, if it has one."""
    object_key: str | None = None
    preview_key: str | None = None


def snapshot(report: Report, link: Link | None, now: datetime) -> Snapshot:
    """Return what a client may see of a report, and how soon there may be more."""
    has_ended = is_terminal(report.state)
    return Snapshot(
        report_id=report.report_id,
        revision=report.revision,
        state=report.state,
        definition=report.definition,
        parameters=report.parameters,
        format=report.format,
        format_options=report.format_options,
        created_at=report.created_at,
        started_at=report.started_at,
        finished_at=report.finished_at,
        cancel_requested=report.cancel_requested,
        progress=None if has_ended else report.progress,
        retry_after=None if has_ended else pace_s(report, now),
        result=report.result,
        link=link,
        error=report.error,
    )


_PACES_S = ((30, 1), (300, 2))
"""Until an age, the pace; both in seconds."""
_LAST_PACE_S = 5


def pace_s(report: Report, now: datetime) -> int:
    """Return each how many seconds a report that has not ended is told of: the older it is, the more seldom.

    A push costs about half of a question: at any of these paces being told is cheaper than asking as often, and a push
    each second costs what a question each two does. See tests/benchmarks.
    """
    age_s = (now - report.created_at).total_seconds()
    return next((pace for until, pace in _PACES_S if age_s < until), _LAST_PACE_S)


def file_name(report: Report) -> str:
    """Return the name the file is saved under: `sample-20261123-094105.csv`."""
    return f"{report.definition}-{report.created_at:%Y%m%d-%H%M%S}.{report.format}"


PREVIEW_NAME = "preview.json"


def object_key(report: Report) -> str:
    """Return the key of the file this attempt makes; no two attempts share one, and no owner can be read from it."""
    return _key(report, file_name(report))


def preview_key(report: Report) -> str:
    """Return the key of the preview, beside the file."""
    return _key(report, PREVIEW_NAME)


def rows_folder(report: Report) -> str:
    """Return the folder in which a distributed engine leaves rows for every attempt of the report, without a slash."""
    return f"{_folder(report)}/rows"


def _key(report: Report, name: str) -> str:
    return f"{_folder(report)}/{report.attempt}/{name}"


def _folder(report: Report) -> str:
    owner_hash = hashlib.sha256(report.owner.encode()).hexdigest()[:16]
    return f"{owner_hash}/{report.report_id}"
