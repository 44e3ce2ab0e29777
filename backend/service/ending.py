"""The last step of a report, logged once with what is counted of it.

execution ── last step ──▶ **end_report** ──▶ store; ──▶ log
abandonment, settling, submission, cancelling ── last step ──▶ **Ending** ──▶ the same; ── event ──▶ a worker

A query on a distributed engine outlives the end of its report. Workers alone reach the engine and the rows that it
leaves: where no worker has ended the report, one is invoked by the event that the row names. It finds the report ended,
stops the query and deletes its rows; to do so twice does no harm.
"""

import logging
from dataclasses import dataclass
from typing import Any

from backend.domain.counters import CODE, DEFINITION, QUEUE_AGE, REPORTS_ENDED, ROWS, STATE, TIME_TO_LINK
from backend.domain.report import Report
from backend.domain.steps import Change
from backend.service.ports import InvocationRefused, Invoke, ReportStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends reports for those who are not their workers."""

    reports: ReportStore
    invoke: Invoke

    def end(self, report_id: str, last: Change) -> Report | None:
        """Take a report's last step, as `end_report` does, and have its query stopped, if it has one.

        Where no worker can be invoked the query ends by the limits of its engine, and its rows by those of the bucket.
        """
        ended = end_report(self.reports, report_id, last)
        if ended is not None and ended.query is not None and ended.invocation is not None:
            self._have_cleaned(report_id, ended.invocation)
        return ended

    def _have_cleaned(self, report_id: str, invocation: str) -> None:
        try:
            self.invoke(report_id, invocation)
        except InvocationRefused:  # the report has ended, and none of this may change how
            log.exception("query not stopped", extra={"reportId": report_id})


def end_report(reports: ReportStore, report_id: str, last: Change) -> Report | None:
    """Take a report's last step and return the row after it; None, with nothing logged, if no condition is met.

    The store takes a last step of a report once, so each report is counted once, whoever ends it.
    """
    ended = reports.change(report_id, last)
    if ended is not None:
        log.info("report ended", extra=fields_of(ended))
    return ended


def fields_of(ended: Report) -> dict[str, Any]:
    """Return the fields of the line; times are in seconds."""
    fields = {"reportId": ended.report_id, "attempt": ended.attempt, REPORTS_ENDED: 1}
    return fields | _dividing(ended) | _measured(ended)


def _dividing(ended: Report) -> dict[str, str]:
    fields = {STATE: ended.state.value, DEFINITION: ended.definition}
    return fields | ({CODE: str(ended.error.code)} if ended.error else {})


def _measured(ended: Report) -> dict[str, float]:
    measured: dict[str, float] = {}
    if ended.started_at and ended.attempt == 1:
        measured[QUEUE_AGE] = (ended.started_at - ended.created_at).total_seconds()
    if ended.result and ended.finished_at:
        measured[TIME_TO_LINK] = (ended.finished_at - ended.created_at).total_seconds()
        measured[ROWS] = ended.result.row_count
    return measured | _paid(ended)


def _paid(ended: Report) -> dict[str, float]:
    """Return what a distributed engine read for the report, and its price, where there are any."""
    result = ended.result
    amounts = {"bytesScanned": result.bytes_scanned, "costUsd": result.cost_usd} if result else {}
    return {name: amount for name, amount in amounts.items() if amount is not None}
