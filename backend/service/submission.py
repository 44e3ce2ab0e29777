"""Asking for a report: checked before anything exists, stored before anything runs, safe to repeat.

router ──▶ **submit** ──▶ store (put), worker (invoke) ──▶ the report as it stands
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from backend.catalog.definition import Catalog, Definition
from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol import parameters, quotas
from backend.protocol.codec import RefusedRequest, cut
from backend.protocol.formats import options_schema
from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, ErrorInfo, GenerateReport
from backend.service.ports import Clock, InvocationRefused, Invoke, ReportStore
from backend.service.rates import Rates
from backend.service.reading import Reading

log = logging.getLogger(__name__)

MOST_FAULTS = 10
LONGEST_NAME = 80
"""How many faults a refusal names, and how much of a name it repeats: what a client sends must not come back larger."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Takes reports in."""

    reports: ReportStore
    reading: Reading
    invoke: Invoke
    catalog: Catalog
    clock: Clock
    report_ttl: timedelta
    rates: Rates
    max_active: int
    """How many reports of one caller may be queued or running. The index that lists them lags behind a little."""

    def submit(self, caller: Caller, request: GenerateReport) -> Report:
        """Store the report and start its worker; for a known id return what there is.

        A report still QUEUED is started again: its worker may never have been invoked, and claims make two harmless.

        Raises:
            RefusedRequest: `unknownDefinition`, `invalidParameters`, `tooManyReports`, `tooManyRequests` or
                `reportIdConflict`.
        """
        report = self._asked(caller, request, self.clock())
        self.rates.check_submission(caller.owner)
        self._check_limit(caller, report)
        known = self.reports.put_new(report, self.clock())
        if known is not None:
            known = self._rejoin(caller, self._asked(caller, request, known.created_at), known)
        report = known or report
        return self._start(report) if report.state is State.QUEUED else report

    def _asked(self, caller: Caller, request: GenerateReport, at: datetime) -> Report:
        """Return the report that the request asks for when it comes at that time: defaults may depend on the day."""
        definition = self._definition(request.definition)
        return Report(
            report_id=request.report_id or str(uuid.uuid4()),
            owner=caller.owner,
            definition=definition.id,
            **_checked(definition, request, at.date()),
            created_at=at,
            expires_at=at + self.report_ttl,
            watchers=frozenset({caller.connection_id}),
        )

    def _check_limit(self, caller: Caller, report: Report) -> None:
        is_full = (
            len(self.reports.active_ids(caller.owner)) >= self.max_active
            and self.reading.count_active(caller) >= self.max_active
        )
        if is_full and self.reports.get(report.report_id, self.clock()) is None:
            sentence = f"You have {self.max_active} reports under way. Wait for one to end, or cancel one."
            raise _refused(ErrorCode.TOO_MANY_REPORTS, sentence)

    def _definition(self, definition_id: str) -> Definition:
        definition = self.catalog.get(definition_id)
        if definition is None:
            name = cut(definition_id, LONGEST_NAME)
            raise _refused(ErrorCode.UNKNOWN_DEFINITION, f'There is no report called "{name}".')
        return definition

    def _rejoin(self, caller: Caller, asked: Report, known: Report) -> Report:
        watched = self.reports.watch(known.report_id, caller.owner, caller.connection_id, self.clock())
        if watched is None or _content(watched) != _content(asked):
            raise _refused(ErrorCode.REPORT_ID_CONFLICT, "This report id is taken by another report.")
        return watched

    def _start(self, report: Report) -> Report:
        extra = {"reportId": report.report_id}
        try:
            self.invoke(report.report_id)
        except InvocationRefused:
            log.exception("worker not invoked", extra=extra)
            failed = self.reports.change(report.report_id, steps.fail_uninvoked(self.clock()))
            return failed or self.reports.get(report.report_id, self.clock()) or report
        log.info("report queued", extra=extra)
        return report


def _content(report: Report) -> tuple[object, ...]:
    return report.definition, report.parameters, report.format, report.format_options


def _checked(definition: Definition, request: GenerateReport, today: date) -> dict[str, Any]:
    """Return the fields of the report that the request decides, complete."""
    asked = (request.parameters, request.format, request.format_options)
    if len(msgspec.json.encode(asked)) > quotas.PARAMETERS_SIZE_BYTES:
        raise _refused(ErrorCode.INVALID_PARAMETERS, "The parameters and options are too large.")
    wrong: dict[str, str] = {}
    name = request.format or definition.formats[0]
    if name not in definition.formats:
        wrong["format"] = "must be one of " + ", ".join(definition.formats)
    checked = {
        "parameters": _complete(definition.schema(today), request.parameters, wrong),
        "format": name,
        "format_options": _complete(options_schema(name), request.format_options or {}, wrong, "formatOptions."),
    }
    if wrong:
        named = {cut(name, LONGEST_NAME): reason for name, reason in islice(wrong.items(), MOST_FAULTS)}
        more = f"; and {len(wrong) - len(named):,} more" if len(wrong) > len(named) else ""
        sentence = "; ".join(f"{name} {reason}" for name, reason in named.items())
        raise _refused(ErrorCode.INVALID_PARAMETERS, f"Some parameters are wrong: {sentence}{more}.", named)
    return checked


def _complete(
    schema: parameters.Schema, values: Mapping[str, Any], wrong: dict[str, str], prefix: str = ""
) -> dict[str, Any] | None:
    """Return the values with defaults filled in; put what is wrong with them into `wrong`."""
    try:
        return parameters.complete(schema, values)
    except parameters.InvalidParameters as error:
        wrong |= {f"{prefix}{name}": reason for name, reason in error.fields.items()}
        return None


def _refused(code: ErrorCode, message: str, fields: dict[str, str] | None = None) -> RefusedRequest:
    return RefusedRequest(ErrorInfo(code=code, message=message, fields=fields))
