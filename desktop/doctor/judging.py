"""What a knock at the service showed, as steps. Pure: no I/O.

`Knocked` ──▶ **judge_way**, **judge_certificate**, **judge_clock** ──▶ examination
"""

from desktop.doctor.target import Target
from desktop.outside.answers import clock_fault
from desktop.outside.environment import Proxy
from desktop.transport.knocking import Knocked
from desktop.wording import examination as words
from desktop.wording.examination import Step

HALF_A_SECOND = 0.5
"""A `Date` is cut to the second: on average the service's clock shows so much more."""


def judge_way(knocked: Knocked, target: Target, proxy: Proxy | None) -> Step:
    """Return the step of the way to the service."""
    name, source = (proxy.name, proxy.source) if proxy else (None, "")
    if knocked.way_s is not None:
        return words.way_open(name, source, knocked.way_s)
    outage = knocked.outage
    reason, is_refused = (outage.reason, outage.is_blocked) if outage else ("", False)
    return words.way_closed(
        reason, target.host, target.port, name, source, is_refused=is_refused, is_here=not target.is_secure
    )


def judge_certificate(knocked: Knocked, target: Target, proxy: Proxy | None) -> Step:
    """Return the step of the service's certificate."""
    if not target.is_secure:
        return words.certificate_not_needed(target.host)
    found = knocked.certificate
    issuer, until = (found.issuer, found.until) if found else ("", None)
    if knocked.distrust:
        return words.certificate_refused(target.host, *knocked.distrust, issuer, until, is_proxied=proxy is not None)
    if knocked.misnamed:
        return words.certificates_misnamed(knocked.misnamed)
    if knocked.is_past_tls:
        return words.certificate_trusted(issuer, until)
    return words.no_tls(knocked.outage.reason if knocked.outage else "", target.host, target.port)


def judge_clock(knocked: Knocked) -> Step:
    """Return the step of this computer's clock."""
    at, date = knocked.answered_at, knocked.date
    if at is None or date is None:
        return words.clock_unknown(knocked.outage.reason if knocked.outage else "")
    apart_s = (at - date).total_seconds() - HALF_A_SECOND
    fault = clock_fault(date, at)
    return words.clock_wrong(fault, apart_s) if fault else words.clock_right(apart_s)
