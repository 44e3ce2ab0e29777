"""Asking for a report: checked before anything exists, stored before anything runs, safe to repeat.

router ──▶ **submit** ──▶ store (put), worker (invoke) ──▶ the report as it stands
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from backend.catalog.definition import Catalog, Definition, open_to
from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.counters import REPORTS_ASKED
from backend.domain.report import Report
from backend.protocol import parameters, quotas
from backend.protocol.formats import complete_options
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import ErrorCode, ErrorInfo, GenerateReport
from backend.protocol.refusals import LONGEST_NAME, PARAMETERS, RefusedRequest, cut, refused, refused_fields
from backend.service.ending import Ending
from backend.service.ports import InvocationRefused, Invoke, ReportStore
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.settling import Settling

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
"""When one of too many reports may have ended: a guess."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A report that was asked for, and whether it was new."""

    report: Report
    is_new: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """Takes reports in."""

    reports: ReportStore
    ending: Ending
    reading: Reading
    settling: Settling
    invoke: Invoke
    catalog: Catalog
    report_ttl: timedelta
    rates: Rates
    max_active: int
    """How many reports of one caller may be queued or running. The index that lists them lags behind a little."""

    def submit(self, caller: Caller, request: GenerateReport, now: datetime) -> Submitted:
        """Store the report and start its worker; for a known id return what there is.

        A report still QUEUED is started by another event: the first may never have been queued, and claims make two
        harmless.

        Raises:
            RefusedRequest: `unknownDefinition`, `invalidParameters`, `tooManyReports`, `tooManyRequests` or
                `reportIdConflict`.
        """
        invocation = str(uuid.uuid4())
        try:
            report = self._asked(caller, request, now, now)
        except RefusedRequest:
            first = self.reports.get(request.report_id, now) if request.report_id else None
            if first is None or first.owner != caller.owner:
                raise
            report = self._asked(caller, request, now, first.created_at)  # its dates may have been right on that day
        report = replace(report, invocation=invocation)
        self.rates.check_submission(caller.owner, now)
        self._check_limit(caller, report, now)
        known = self.reports.put_new(report, now)
        if known is None:
            log.info("report accepted", extra={"reportId": report.report_id, REPORTS_ASKED: 1})
            return Submitted(self._start(caller, report, invocation, now), is_new=True)
        report = self.settling.settle(self._rejoin(caller, request, report, now), now, but=caller.connection_id)
        if report.state is State.QUEUED:
            report = self._restart(caller, report, invocation, now)
        return Submitted(report, is_new=False)

    def _asked(self, caller: Caller, request: GenerateReport, now: datetime, asked_at: datetime) -> Report:
        """Return the report that the request asks for, checked as of the day it was asked for."""
        definition = self._definition(caller, request.definition)
        return Report(
            report_id=request.report_id or str(uuid.uuid4()),
            owner=caller.owner,
            definition=definition.id,
            **_checked(definition, request, asked_at.date()),
            created_at=now,
            expires_at=now + self.report_ttl,
            watchers=frozenset({caller.connection_id} if caller.connection_id else ()),
        )

    def _definition(self, caller: Caller, definition_id: str) -> Definition:
        definition = open_to(self.catalog, caller.groups).get(definition_id)
        if definition is None:
            name = cut(definition_id, LONGEST_NAME)
            raise refused(ErrorCode.UNKNOWN_DEFINITION, f'There is no report called "{name}".')
        return definition

    def _check_limit(self, caller: Caller, report: Report, now: datetime) -> None:
        if self._is_full(caller, now) and self.reports.get(report.report_id, now) is None:
            sentence = f"You have {self.max_active} reports under way. Wait for one to end, or cancel one."
            error = ErrorInfo(code=ErrorCode.TOO_MANY_REPORTS, message=sentence, retry_after=RETRY_AFTER_S)
            raise RefusedRequest(error)

    def _is_full(self, caller: Caller, now: datetime) -> bool:
        """Return whether the caller may have no more reports, after ending those that no worker will end."""
        if len(self.reports.active_ids(caller.owner)) < self.max_active:
            return False
        active = self.reading.active(caller, now)
        settled = [self.settling.settle(report, now, but=caller.connection_id) for report in active]
        return sum(not is_terminal(report.state) for report in settled) >= self.max_active

    def _rejoin(self, caller: Caller, request: GenerateReport, asked: Report, now: datetime) -> Report:
        """Return the known report if it is the one that is asked for; defaults are those of the day it was created."""
        known = self.reading.joined(caller, asked.report_id, now)
        if known is not None:
            schema = self.catalog[asked.definition].schema(known.created_at.date())
            asked = replace(asked, parameters=parameters.fill(schema, request.parameters))
        if known is None or _content(known) != _content(asked):
            raise refused(ErrorCode.REPORT_ID_CONFLICT, "This report id is taken by another report.")
        return known

    def _start(self, caller: Caller, report: Report, invocation: str, now: datetime) -> Report:
        if self._queue(caller, report.report_id, invocation):
            return report
        failed = self.ending.end(report.report_id, steps.fail_uninvoked(invocation, now))
        return failed or self.reports.get(report.report_id, now) or report

    def _restart(self, caller: Caller, report: Report, invocation: str, now: datetime) -> Report:
        """Queue another event; where that is refused the report is left to the earlier one, which may still come."""
        requeued = self.reports.change(report.report_id, steps.requeue(invocation))
        if requeued is not None and not self._queue(caller, report.report_id, invocation):
            requeued = self.reports.change(report.report_id, steps.requeue(report.invocation, before=invocation))
        return requeued or self.reports.get(report.report_id, now) or report

    def _queue(self, caller: Caller, report_id: str, invocation: str) -> bool:
        """Queue an event that the row names already; return whether that was not refused."""
        extra = {"reportId": report_id, "owner": caller.owner, "connectionId": caller.connection_id}
        try:
            self.invoke(report_id, invocation)
        except InvocationRefused:
            log.exception("worker not invoked", extra=extra)
            return False
        log.info("report queued", extra=extra)
        return True


def _content(report: Report) -> tuple[object, ...]:
    return report.definition, report.parameters, report.format, report.format_options


def _checked(definition: Definition, request: GenerateReport, today: date) -> dict[str, Any]:
    """Return the fields of the report that the request decides, complete."""
    asked = (request.parameters, request.format, request.format_options)
    if len(msgspec.json.encode(asked)) > quotas.PARAMETERS_SIZE_BYTES:
        raise refused(ErrorCode.INVALID_PARAMETERS, "The parameters and options are too large.")
    wrong: dict[str, str] = {}
    name = request.format or definition.formats[0]
    if name not in definition.formats:
        wrong["format"] = "must be one of " + ", ".join(definition.formats)
    checked: dict[str, Any] = {"format": name}
    try:
        checked["parameters"] = parameters.complete(definition.schema(today), request.parameters)
    except parameters.InvalidParameters as error:
        wrong |= {f"{PARAMETERS}{each}": reason for each, reason in error.fields.items()}
    try:
        checked["format_options"] = complete_options(name, request.format_options or {})
    except parameters.InvalidParameters as error:
        wrong |= {f"formatOptions.{each}": reason for each, reason in error.fields.items()}
    if wrong:
        raise refused_fields(ErrorCode.INVALID_PARAMETERS, "Some parameters are wrong", wrong)
    return checked
