"""The last step of a connection's test in sentences: a small report, asked for and fetched.

doctor.small_report ── what became of it ──▶ **examined_report** ── Step ──▶ dialog, terminal
"""

from desktop.wording.examination import Check, Outcome, Step, with_help
from desktop.wording.language import grouped, tr
from desktop.wording.numbers import say_rows


def report_came(title: str, rows: int, took_s: float) -> Step:
    """Return the step of a report whose file came."""
    text = tr("{report} came, {rows}", report=title, rows=say_rows(rows))
    return Step(Check.REPORT, Outcome.PASSED, text, _say_tenths(took_s))


def report_not_asked(reason: str) -> Step:
    """Return the step of a service that could not be asked for a report."""
    return Step(Check.REPORT, Outcome.FAILED, tr(reason))


def report_refused(title: str, reason: str) -> Step:
    """Return the step of a report that the service does not accept."""
    return Step(Check.REPORT, Outcome.FAILED, tr("{report} was refused: {reason}", report=title, reason=tr(reason)))


def report_put_off(title: str, reason: str) -> Step:
    """Return the step of a report that the service would accept later."""
    text = tr("{report} has to wait: {reason}", report=title, reason=tr(reason))
    return Step(Check.REPORT, Outcome.WARNING, with_help(text, "The way to the service is open."))


def report_failed(title: str, reason: str) -> Step:
    """Return the step of a report that the service could not make."""
    text = tr("{report} failed: {reason}", report=title, reason=tr(reason))
    help_ = "The way to the service is open. Whoever runs it can look up why."
    return Step(Check.REPORT, Outcome.FAILED, with_help(text, help_))


def report_ended_elsewhere(title: str) -> Step:
    """Return the step of a report that somebody cancelled."""
    return Step(Check.REPORT, Outcome.WARNING, tr("{report} was cancelled by somebody.", report=title))


def report_not_here(title: str, reason: str) -> Step:
    """Return the step of a report that was made and whose file does not come."""
    text = tr("{report} was made, but its file does not come: {reason}", report=title, reason=tr(reason))
    help_ = "Files come from another host, which a proxy or a firewall may close."
    return Step(Check.REPORT, Outcome.FAILED, with_help(text, help_))


def report_slow(title: str, limit_s: float) -> Step:
    """Return the step of a report that did not end in time, and was cancelled."""
    text = "{report} was not ready within {seconds} s, and was cancelled. The service may be busy."
    return Step(Check.REPORT, Outcome.WARNING, tr(text, report=title, seconds=f"{limit_s:.0f}"))


def catalog_silent(limit_s: float) -> Step:
    """Return the step of a service that did not say what can be asked for."""
    text = "The service did not say within {seconds} s which reports there are."
    return Step(Check.REPORT, Outcome.FAILED, tr(text, seconds=f"{limit_s:.0f}"))


def no_small_report() -> Step:
    """Return the step of a service all of whose reports need a choice of parameters."""
    return Step(Check.REPORT, Outcome.SKIPPED, tr("every report of this service needs a choice of parameters"))


def _say_tenths(seconds: float) -> str:
    return tr("{number} s", number=grouped(f"{seconds:,.1f}"))
