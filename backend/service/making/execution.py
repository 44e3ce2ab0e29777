"""Making a report: claim, run, store, finish; every way out leaves the row with an end.

worker ──▶ **Execution** ──▶ definition ──▶ engine ──▶ upload
              └── each step ──▶ store ──▶ announce

A query on a distributed engine runs on whatever becomes of its worker: it is stopped, and its rows are removed, by the
worker that has written the report's end, or by one that finds it written.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.catalog.definition import Catalog, Definition
from backend.catalog.query import Query
from backend.domain import steps
from backend.domain.report import Report, file_name, object_key, preview_key, rows_folder
from backend.domain.steps import Change
from backend.protocol.formats import FORMATS
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Failure, FailureCode, Progress, Result
from backend.protocol.parameters import in_words
from backend.service.announcing import Announce, Announcer
from backend.service.ending import end_report
from backend.service.making.report_job import HandedOver, ReportJob
from backend.service.making.ticker import Cancelled, DeadlineReached, LeaseLost, Ticker
from backend.service.ports import (
    Clock,
    DataUnreadable,
    DefinitionFailed,
    Engine,
    EngineFailed,
    FileOrder,
    Invoke,
    ReportStore,
    ResultStore,
    Sleep,
    StoreUnavailable,
    TooManyRows,
    Upload,
)

log = logging.getLogger(__name__)


Aside = Callable[[Announce], AbstractContextManager[Announce]]
"""Give a function that is called like `announce` and may act later."""
CLAIM_MARGIN_S = 1.0
"""How far two machines' clocks may be apart."""


@dataclass(frozen=True, slots=True)
class Execution:
    """Makes reports, one at a time."""

    reports: ReportStore
    results: ResultStore
    announcer: Announcer
    catalog: Catalog
    engine: Engine
    clock: Clock
    sleep: Sleep
    invoke: Invoke
    file_ttl: timedelta
    event_max_age: timedelta
    """How long an asynchronous invocation may wait for its function."""
    aside: Aside = nullcontext
    """Announces snapshots while the report is made."""

    def execute(self, report_id: str, invocation: str, remaining_s: Callable[[], float]) -> None:
        """Make the report, unless it has ended or another worker is at it.

        Args:
            report_id: The report.
            invocation: The id of the asynchronous event; it is the same when Lambda repeats it after a crash.
            remaining_s: Seconds until the function is killed.
        """
        report = self._claim(report_id, invocation)
        if report is None:
            log.info("nothing to do", extra={"reportId": report_id})
            self._part_again(report_id, invocation)
            return
        with self.aside(self.announcer.announce) as announce:
            announce(report)
            ticker = Ticker(report, self.reports, announce, self.clock, remaining_s)
            job = ReportJob(
                report,
                ticker,
                reports=self.reports,
                invoke=self.invoke,
                clock=self.clock,
                remaining_s=remaining_s,
                event_max_age=self.event_max_age,
            )
            upload = self.results.open(object_key(report), file_name(report), FORMATS[report.format].content_type)
            try:
                last = self._make(report, job, upload)
                ended = self._write(report, last) if last else None
            finally:
                upload.abort()
            if ended is not None:
                self._part(ended)

    def _part_again(self, report_id: str, invocation: str) -> None:
        """Do the rest where the event finds its report ended: by an earlier delivery that died, or by no worker."""
        known = self.reports.get(report_id, self.clock())
        if known and known.invocation == invocation and is_terminal(known.state):
            self._part(known)

    def _part(self, ended: Report) -> None:
        """Announce the report's end, and leave nothing of it elsewhere."""
        if ended.query is not None:
            self.engine.stop(ended.query)
        self.announcer.announce(ended)
        if ended.query is not None:
            self.engine.clean(ended.query, rows_folder(ended))

    def _claim(self, report_id: str, invocation: str) -> Report | None:
        """Claim the report; where the same event's earlier delivery holds it, once more after that lease.

        A repeated event may come before the lease of its crashed worker lapses, or find the claim of a request whose
        answer was lost. A worker that lives renews its lease, and then this one has nothing to do.
        """
        claimed = self.reports.change(report_id, steps.claim(invocation, self.clock()))
        if claimed is None:
            known = self.reports.get(report_id, self.clock())
            if known is None or known.invocation != invocation or known.lease_until is None:
                return None
            self.sleep((known.lease_until - self.clock()).total_seconds() + CLAIM_MARGIN_S)
            claimed = self.reports.change(report_id, steps.claim(invocation, self.clock()))
        if claimed is not None:
            log.info("report claimed", extra={"reportId": report_id, "attempt": claimed.attempt})
        return claimed

    def _make(self, report: Report, job: ReportJob, upload: Upload) -> Change | None:
        """Run the definition and return the report's last step; None if the report is no longer this worker's."""
        try:
            return self._run(report, job, upload)
        except Cancelled:
            return steps.confirm_cancel(report.attempt, self.clock())
        except (HandedOver, LeaseLost) as left:
            extra = {"reportId": report.report_id, "attempt": report.attempt, "reason": type(left).__name__}
            log.warning("report left to another worker", extra=extra)
            return None
        except DeadlineReached:
            failure = Failure(code=FailureCode.TIMED_OUT, message="The report took too long. Ask for less at a time.")
        except DataUnreadable:
            log.exception("data not read", extra={"reportId": report.report_id, "attempt": report.attempt})
            failure = Failure(
                code=FailureCode.INTERNAL, message="The data of the report could not be read. Try again later."
            )
        except DefinitionFailed as error:
            failure = Failure(code=FailureCode.DEFINITION_ERROR, message=str(error))
        except EngineFailed as error:
            failure = error.failure
        except TooManyRows as error:
            failure = Failure(code=FailureCode.TOO_MANY_ROWS, message=str(error))
        except MemoryError:
            failure = Failure(code=FailureCode.OUT_OF_MEMORY, message="The report is too large. Ask for less.")
        except Exception:  # whatever a definition raises, its report must end
            log.exception("report failed", extra={"reportId": report.report_id, "attempt": report.attempt})
            failure = Failure(code=FailureCode.INTERNAL, message="Something went wrong in the service. Try again.")
        return steps.fail(report.attempt, failure, self.clock())

    def _run(self, report: Report, job: ReportJob, upload: Upload) -> Change:
        definition = self.catalog[report.definition]
        run = _Run(report, _file_order(definition, report, self.clock()), self.engine, job, self.sleep, upload)
        row_count = definition.run(run)
        job.progress(Progress(stage="storing", completed=upload.stored_bytes, total=upload.size_bytes, unit="bytes"))
        stored = upload.complete()
        result = Result(
            file_name=file_name(report),
            size_bytes=stored.size_bytes,
            row_count=row_count,
            sha256=stored.sha256,
            expires_at=self.clock() + self.file_ttl,
            bytes_scanned=run.bytes_scanned,
            cost_usd=run.cost_usd,
        )
        preview = self._store_preview(report, run.preview)
        return steps.finish(report.attempt, result, object_key(report), preview, self.clock())

    def _store_preview(self, report: Report, preview: bytes | None) -> str | None:
        """Store the preview and return its key; the report is as good without one."""
        if preview is None:
            return None
        try:
            self.results.put(preview_key(report), preview, "application/json")
        except StoreUnavailable:
            log.exception("preview not stored", extra={"reportId": report.report_id})
            return None
        return preview_key(report)

    def _write(self, report: Report, last: Change) -> Report | None:
        ended = end_report(self.reports, report.report_id, last)
        if ended is None:
            extra = {"reportId": report.report_id, "attempt": report.attempt, "step": last.step}
            log.warning("too late: the report is another worker's, or has ended", extra=extra)
        return ended


@dataclass(slots=True)
class _Run:
    """A `definition.Run`."""

    report: Report
    file: FileOrder
    engine: Engine
    job: ReportJob
    sleep: Sleep
    upload: Upload
    preview: bytes | None = None
    bytes_scanned: int | None = None
    cost_usd: float | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self.report.parameters

    @property
    def format(self) -> str:
        return self.report.format

    def progress(self, progress: Progress) -> None:
        self.job.progress(progress)

    def wait(self, seconds: float) -> None:
        self.sleep(seconds)

    def write(self, data: bytes) -> None:
        self.upload.write(data)

    def export(self, query: Query) -> int:
        exported = self.engine.export(query, self.file, self.upload.write, self.job)
        self.preview = exported.preview
        self.bytes_scanned, self.cost_usd = exported.bytes_scanned, exported.cost_usd
        return exported.row_count


def _file_order(definition: Definition, report: Report, now: datetime) -> FileOrder:
    """Return the order of the file: its format, its options, and the facts for its reader."""
    properties = definition.parameters["properties"]
    asked = [(prop.get("title", name), in_words(report.parameters.get(name))) for name, prop in properties.items()]
    made = f"{now:%Y-%m-%d %H:%M} UTC"
    about = (("Report", definition.title), ("About", definition.description), *asked, ("Made at", made))
    return FileOrder(format=report.format, title=definition.title, options=report.format_options, about=about)
