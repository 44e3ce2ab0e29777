"""The engine of the worker: DuckDB, and before it a distributed engine where a query is for one.

execution ── `Query`, `Job` ──▶ **ReportEngine** ──▶ attendance ──▶ cluster ── Parquet ──▶ landing
                                     └──▶ `DuckEngine` over the datasets, or over what has landed

The rows of the distributed engine come in any order and with names c0, c1 …: DuckDB casts, sorts and writes them as it
does those of a dataset.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from backend.catalog.query import Elsewhere, Query
from backend.domain.counters import BYTES_SCANNED
from backend.domain.report import RemoteQuery
from backend.engine.distributed.attendance import Attendance, Patience
from backend.engine.distributed.choice import DatasetBytes, is_for_cluster
from backend.engine.distributed.cluster import ENDED, Cluster, Landing, Look
from backend.engine.distributed.partitions import Layouts, checked
from backend.engine.export import DuckEngine
from backend.formats.sql import quoted
from backend.protocol.messages import Failure, FailureCode
from backend.service.ports import EngineFailed, Exported, FileOrder, Job, Write

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 5.0
"""How long the end of a query that was stopped is waited for before its files are deleted."""
LOOKS_EACH_S = 0.5
TERABYTE = 10**12
UNLIKE = "The query engine cannot read the data of this report: {reason}. Tell whoever looks after the reports."


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distributed engine and what goes with it."""

    cluster: Cluster
    landing: Landing
    patience: Patience
    largest_bytes: int
    """The bytes of datasets that DuckDB reads where a query has `auto`."""
    dataset_bytes: DatasetBytes
    cents_per_terabyte: int = 0
    """The price of what the engine reads; 0 where it is not paid by that."""
    partitions: Mapping[str, str] = field(default_factory=dict)
    """What the engine's tables of datasets are divided by, `month(date),carrier`; others are not."""
    least_paid_bytes: int = 0
    """What a query is paid for that reads less."""


@dataclass(frozen=True, slots=True)
class ReportEngine:
    """A `ports.Engine`."""

    duck: DuckEngine
    distribution: Distribution | None = None

    def export(self, query: Query, file: FileOrder, write: Write, job: Job) -> Exported:
        """Write the query's result as the file that is wanted."""
        far = self.distribution
        if not self._is_far(query, job) or far is None or query.elsewhere is None:
            return self.duck.export(query, file, write, job.progress)
        layouts = self._layouts(query.elsewhere)
        if unlike := self._unlike(query.elsewhere, layouts, far.partitions):
            if query.engine != "auto":
                raise EngineFailed(Failure(code=FailureCode.DEFINITION_ERROR, message=UNLIKE.format(reason=unlike)))
            log.error("kept from the distributed engine", extra={"reportId": job.report_id, "reason": unlike})
            return self.duck.export(query, file, write, job.progress)
        text = checked(query.elsewhere.sql, len(query.elsewhere.columns), layouts)
        elsewhere = replace(query.elsewhere, sql=text)
        done, folder = _attend(far, elsewhere, layouts, job)
        near = replace(self.duck, datasets=far.landing)
        files = far.landing.files(folder)
        exported = near.export(landed(query, elsewhere, folder if files else None), file, write, job.progress)
        return replace(exported, bytes_scanned=done.scanned_bytes, cost_usd=_cost_usd(far, done.scanned_bytes))

    def _is_far(self, query: Query, job: Job) -> bool:
        far = self.distribution
        if far is None:
            return is_for_cluster(query, has_cluster=False, largest_bytes=0, dataset_bytes=lambda _: 0)
        if job.query is not None and query.elsewhere is not None:  # an earlier worker has decided
            return True
        return is_for_cluster(query, has_cluster=True, largest_bytes=far.largest_bytes, dataset_bytes=far.dataset_bytes)

    def _layouts(self, elsewhere: Elsewhere) -> Layouts:
        found = ((dataset, self.duck.layout(dataset)) for dataset in elsewhere.reads)
        return {dataset: layout for dataset, layout in found if layout}

    def _unlike(self, elsewhere: Elsewhere, layouts: Layouts, partitions: Mapping[str, str]) -> str | None:
        """Return why the data is not what the text is for: the engine could find other values in it, without an error.

        Where a table is divided otherwise than the data, it would take columns that are folders for NULL, or find no
        files.
        """
        for dataset, columns in elsewhere.reads.items():
            keys = ",".join(map(str, layouts[dataset].keys)) if dataset in layouts else ""
            if keys != (known := partitions.get(dataset, "")):
                return f"{dataset} is partitioned by {keys or 'nothing'}, and the table of it by {known or 'nothing'}"
            there = self.duck.types_of(dataset)
            if other := sorted(name for name, kind in columns.items() if there.get(name) != kind):
                return f"{dataset}.{other[0]} is {there.get(other[0], 'missing')}, and not {columns[other[0]]}"
        return None

    def stop(self, query: RemoteQuery) -> None:
        """Stop a query of a report that has ended, if it still runs. Never raises."""
        far = self._of(query)
        if far is not None and query.handle is not None and not query.is_done:
            _try("query not stopped", lambda: far.cluster.stop(query.handle or ""))

    def clean(self, query: RemoteQuery, folder: str) -> None:
        """Remove what a query of a report that has ended left behind. Never raises: the bucket's rules do the rest."""
        far = self._of(query)
        if far is None:
            return
        if not query.is_done:
            _try("query not seen to end", lambda: _await_end(far, query))
        _try("query not forgotten", lambda: far.cluster.forget(query.token))
        _try("rows not deleted", lambda: far.landing.delete(folder))

    def _of(self, query: RemoteQuery) -> Distribution | None:
        far = self.distribution
        return far if far is not None and far.cluster.name == query.engine else None


def landed(query: Query, elsewhere: Elsewhere, folder: str | None) -> Query:
    """Return the query over the rows that have landed in a folder; with None for the folder, over no rows."""
    source = f"FROM {quoted(folder)}" if folder else "WHERE false"
    cells = (
        f"CAST({f'c{number}' if folder else 'NULL'} AS {column.type}) AS {quoted(column.title)}"
        for number, column in enumerate(elsewhere.columns)
    )
    sql = f"SELECT {', '.join(cells)} {source}"
    return replace(query, sql=sql, binds={}, datasets=(folder,) if folder else (), elsewhere=None)


def token_of(report_id: str, sql: str) -> str:
    """Return the token of a query: the same for the same report and text; letters and digits, 44 of them.

    A text that has changed meanwhile, by a deployment, makes another query: its rows would be others.
    """
    return report_id.replace("-", "").lower() + hashlib.sha256(sql.encode()).hexdigest()[:12]


def _attend(far: Distribution, elsewhere: Elsewhere, layouts: Layouts, job: Job) -> tuple[RemoteQuery, str]:
    """Return the query once its rows have landed, and the folder in which they are."""
    token = token_of(job.report_id, elsewhere.sql)
    query, known = RemoteQuery(engine=far.cluster.name, token=token, since=far.patience.clock()), job.query
    if known is not None and (known.engine, known.token) == (query.engine, query.token):
        query = known
    elif known is not None and known.handle is not None and known.engine == query.engine and not known.is_done:
        _try("query not stopped", lambda: far.cluster.stop(known.handle or ""))
    folder = f"{job.folder}/{token}"

    def tell(last: Look) -> None:
        extra = {"reportId": job.report_id, "engine": query.engine, "phase": last.phase.value}
        log.info("query ended", extra={**extra, **_cost(far, last.scanned_bytes)})

    attendance = Attendance(far.cluster, job, query, far.patience, tell)
    return attendance.run(elsewhere.sql, far.landing.address(folder), layouts), folder


def _cost(far: Distribution, scanned_bytes: int) -> dict[str, float]:
    """Return the fields of the line: bytes, and dollars where they are paid for."""
    cost_usd = _cost_usd(far, scanned_bytes)
    return {BYTES_SCANNED: scanned_bytes} | ({} if cost_usd is None else {"costUsd": cost_usd})


def _cost_usd(far: Distribution, scanned_bytes: int) -> float | None:
    """Return the price of what a query read, in dollars; None where it is not paid by that."""
    if not far.cents_per_terabyte:
        return None
    return round(max(scanned_bytes, far.least_paid_bytes) / TERABYTE * far.cents_per_terabyte / 100, 6)


def _await_end(far: Distribution, query: RemoteQuery) -> None:
    """Wait until a query that was stopped has ended: until then it may write."""
    handle, waited_s = query.handle, 0.0
    while handle is not None and waited_s < ENDS_WITHIN_S:
        look = far.cluster.look(handle)
        if look.phase in ENDED:
            return
        handle = look.handle
        far.patience.sleep(LOOKS_EACH_S)
        waited_s += LOOKS_EACH_S


def _try(failure: str, act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # the report has ended, and none of this may change how
        log.exception(failure)
