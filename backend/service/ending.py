"""The last step of a report, logged once with what is counted of it.

execution, abandonment, settling, submission, cancelling ── last step ──▶ **end_report** ──▶ store; ──▶ log
"""

import logging
from typing import Any

from backend.domain.counters import CODE, DEFINITION, QUEUE_AGE, REPORTS_ENDED, ROWS, STATE, TIME_TO_LINK
from backend.domain.report import Report
from backend.domain.steps import Change
from backend.service.ports import ReportStore

log = logging.getLogger(__name__)


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
