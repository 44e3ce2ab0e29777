"""The connection test in words: its steps, how each ended, and what may help.

doctor ── what was seen ──▶ **examination** ── `Step` ──▶ connections dialog, terminal, ticket

What went well is a phrase that begins small, as beside a label; what did not is a sentence, and a second one that may
help. Values go into their text by name, so that it can be said in another language.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from desktop.wording.language import current, grouped, tr
from desktop.wording.numbers import say_time


class Check(StrEnum):
    """A step of the test, in the order in which they are taken."""

    NAME = "name"
    WAY = "way"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    SIGN_IN = "signIn"
    LIVE = "liveMessages"
    HTTPS = "https"
    REPORT = "report"


class Outcome(StrEnum):
    """How a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


TITLES: Mapping[Check, str] = {
    Check.NAME: "Host name",
    Check.WAY: "Way there",
    Check.CERTIFICATE: "Certificate",
    Check.CLOCK: "Clock",
    Check.SIGN_IN: "Sign-in",
    Check.LIVE: "Live messages",
    Check.HTTPS: "HTTPS",
    Check.REPORT: "A small report",
}


class Step(Struct, frozen=True):
    """One step as it stands now. `figure` is what was measured: "12 ms"."""

    check: Check
    outcome: Outcome
    sentence: str = ""
    figure: str = ""

    @property
    def title(self) -> str:
        """The name of the step."""
        return tr(TITLES[self.check])

    @property
    def text(self) -> str:
        """The sentence and the figure, in one line."""
        return ", ".join(filter(None, (self.sentence, self.figure)))


def waiting(check: Check) -> Step:
    """Return a step whose turn has not come."""
    return Step(check, Outcome.WAITING)


def running(check: Check) -> Step:
    """Return a step that is being taken."""
    return Step(check, Outcome.RUNNING, tr("running…"))


def skipped(check: Check, obstacle: Check) -> Step:
    """Return a step that cannot be taken after another one failed."""
    return Step(check, Outcome.SKIPPED, tr('not tried, as "{step}" failed', step=tr(TITLES[obstacle])))


def broken_off(check: Check, kind: str) -> Step:
    """Return a step that broke off in this program; `kind` names the error."""
    return Step(check, Outcome.FAILED, tr("This step broke off: a fault of this program ({kind}).", kind=kind))


# --- name -----------------------------------------------------------------------------------------


def name_found(host: str, took_s: float) -> Step:
    """Return the step of a name that has an address."""
    return Step(Check.NAME, Outcome.PASSED, host, _say_ms(took_s))


def name_is_address(host: str) -> Step:
    """Return the step of an address, which has no name to be found."""
    return Step(Check.NAME, Outcome.PASSED, tr("{host} is an address, not a name", host=host))


def name_left_to_proxy(host: str, proxy: str) -> Step:
    """Return the step of a name that is unknown here, which harms nobody: the proxy finds it."""
    text = "unknown here, and need not be: the proxy {proxy} looks {host} up"
    return Step(Check.NAME, Outcome.PASSED, tr(text, host=host, proxy=proxy))


def name_unknown(host: str) -> Step:
    """Return the step of a name that no name server knows."""
    text = (
        "The name {host} is unknown. Either it is wrong in the profile, or it is only known within a company's network."
    )
    return Step(Check.NAME, Outcome.FAILED, tr(text, host=host))


def no_name_server(host: str) -> Step:
    """Return the step of a name that nobody could be asked for."""
    text = "No name server answers for {host}. This computer may have no network."
    return Step(Check.NAME, Outcome.FAILED, tr(text, host=host))


# --- way ------------------------------------------------------------------------------------------


def way_open(proxy: str | None, source: str, took_s: float) -> Step:
    """Return the step of a way that is open; `source` is the setting that names the proxy, "" for the system's."""
    if proxy is None:
        text = tr("directly, without a proxy")
    elif source:
        text = tr("through {proxy}, from {source}", proxy=proxy, source=source)
    else:
        text = tr("through {proxy}, from the system's settings", proxy=proxy)
    return Step(Check.WAY, Outcome.PASSED, text, _say_ms(took_s))


def way_closed(
    reason: str, host: str, port: int, proxy: str | None, source: str, *, is_refused: bool, is_here: bool
) -> Step:
    """Return the step of a way that is not open.

    `is_refused` is whether a proxy is there and lets nothing through; `is_here`, whether it is this machine's.
    """
    values = {"host": host, "port": str(port), "source": source or tr("the system's settings")}
    if is_here:
        help_ = "The local backend may have ended, or been started anew under another address."
    elif proxy is None:
        help_ = "A firewall may close port {port}, or this network needs a proxy, which HTTPS_PROXY would name."
    elif is_refused:
        help_ = "Whoever runs the proxy can let {host} through; a password for it belongs in {source}."
    else:
        help_ = "Its address is from {source}."
    return Step(Check.WAY, Outcome.FAILED, with_help(reason, help_, **values))


def way_misnamed(reason: str) -> Step:
    """Return the step of a proxy that is named in no way this program can use."""
    return Step(Check.WAY, Outcome.FAILED, tr(reason))


# --- certificate ----------------------------------------------------------------------------------

EXPIRED, NOT_YET_VALID, OTHER_NAME = 10, 9, 62
UNKNOWN_ISSUERS = frozenset({2, 18, 19, 20, 21})
"""Results of OpenSSL's verification. Source: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/"""


def certificate_trusted(issuer: str, until: datetime | None) -> Step:
    """Return the step of a certificate that is trusted; `until` is in the time zone of the analyst."""
    if until is None:
        return Step(Check.CERTIFICATE, Outcome.PASSED, tr("trusted"))
    text = tr("valid until {day}, issued by {issuer}", day=_say_day(until), issuer=issuer)
    return Step(Check.CERTIFICATE, Outcome.PASSED, text)


def certificate_not_needed(host: str) -> Step:
    """Return the step of a service on this computer, which is spoken to without TLS."""
    return Step(Check.CERTIFICATE, Outcome.PASSED, tr("not needed: {host} is this computer", host=host))


def certificate_refused(
    host: str, code: int | None, message: str, issuer: str, until: datetime | None, *, is_proxied: bool
) -> Step:
    """Return the step of a certificate that is not trusted.

    `code` and `message` are OpenSSL's; `issuer` and `until` are those of the certificate, "" and None where unknown.
    """
    values = {"host": host, "message": message, "issuer": issuer, "day": _say_day(until) if until else ""}
    if code == EXPIRED and until:
        text = (
            "The certificate of {host} ended on {day}. Its owner has to renew it, unless this computer's date is wrong."
        )
    elif code == NOT_YET_VALID:
        text = "The certificate of {host} is not valid yet. This computer's date may be wrong."
    elif code == OTHER_NAME:
        text = (
            "The certificate is not that of {host}. The address in the profile may be wrong, or something answers in"
            " the place of the service, as a network's sign-in page does."
        )
    elif code in UNKNOWN_ISSUERS and issuer:
        text = (
            "This computer does not trust {issuer}, which issued the certificate of {host}. If that is your company's"
            " proxy, which reads along, ask for its certificate: SSL_CERT_FILE names the file."
        )
    else:
        text = "The certificate of {host} is not trusted: {message}."
    help_ = "A company's proxy may read along." if is_proxied and code in UNKNOWN_ISSUERS and not issuer else ""
    return Step(Check.CERTIFICATE, Outcome.FAILED, with_help(tr(text, **values), help_))


def certificates_misnamed(reason: str) -> Step:
    """Return the step where a variable names no file of certificates."""
    return Step(Check.CERTIFICATE, Outcome.FAILED, tr(reason))


def no_tls(reason: str, host: str, port: int) -> Step:
    """Return the step where the other side is there and speaks no TLS, or breaks it off."""
    help_ = "Something else may serve port {port} of {host}, or a firewall breaks off what it cannot read."
    return Step(Check.CERTIFICATE, Outcome.FAILED, with_help(reason, help_, host=host, port=str(port)))


# --- clock ----------------------------------------------------------------------------------------


def clock_right(apart_s: float) -> Step:
    """Return the step of a clock that is near enough to the service's."""
    return Step(Check.CLOCK, Outcome.PASSED, tr("close to the service's"), _say_s(apart_s))


def clock_wrong(fault: str, apart_s: float) -> Step:
    """Return the step of a clock that is so far off that no signature is accepted."""
    return Step(Check.CLOCK, Outcome.WARNING, tr(fault), _say_s(apart_s))


def clock_unknown(reason: str) -> Step:
    """Return the step of a service that gave no time."""
    text = tr("The service gave no time to compare with.")
    return Step(Check.CLOCK, Outcome.SKIPPED, " ".join(filter(None, (text, tr(reason)))))


# --- sign-in --------------------------------------------------------------------------------------

ORIGINS: Mapping[str, str] = {
    "explicit": "keys in the profile",
    "env": "keys in environment variables",
    "shared-credentials-file": "keys in the AWS credentials file",
    "config-file": "keys in the AWS configuration file",
    "custom-process": "credentials from a program",
    "sso": "credentials from the AWS sign-in portal",
    "login": 'credentials from "aws login"',
    "assume-role": "credentials of an AWS role",
    "assume-role-with-web-identity": "credentials of an AWS role",
    "iam-role": "credentials of this machine",
    "container-role": "credentials of this container",
}
"""Words for where botocore finds credentials, by the name it has for that."""
UNKNOWN_ORIGIN = "credentials of AWS's tools"


def signed_in(origin: str, aws_profile: str | None, ends_at: datetime | None, now: datetime) -> Step:
    """Return the step of credentials that were found; times are aware, `now` in the time zone of the analyst."""
    found = tr(ORIGINS.get(origin, UNKNOWN_ORIGIN))
    if aws_profile is not None:
        found = tr("{found}, AWS profile {profile}", found=found, profile=aws_profile)
    until = tr("until {time}", time=say_time(ends_at, now)) if ends_at else ""
    return Step(Check.SIGN_IN, Outcome.PASSED, found, until)


def sign_in_not_needed() -> Step:
    """Return the step of a service on this computer, whose keys are made for the one run."""
    return Step(Check.SIGN_IN, Outcome.PASSED, tr("not needed on this computer"))


def signed_in_at(issuer: str, who: str, ends_at: datetime | None, now: datetime) -> Step:
    """Return the step of somebody who signed in, in the browser; times as in `signed_in`."""
    found = (
        tr("{who}, signed in at {issuer}", who=who, issuer=issuer)
        if who
        else tr("signed in at {issuer}", issuer=issuer)
    )
    until = tr("until {time}", time=say_time(ends_at, now)) if ends_at else ""
    return Step(Check.SIGN_IN, Outcome.PASSED, found, until)


def not_signed_in(reason: str, *, is_in_browser: bool = False) -> Step:
    """Return the step of credentials that are missing or cannot be used; the reason says what to do.

    `is_in_browser` is whether signing in there is what helps.
    """
    help_ = "Sign in, in the window or with reportwire login." if is_in_browser else ""
    return Step(Check.SIGN_IN, Outcome.FAILED, with_help(reason, help_))


def sign_in_refused(reason: str) -> Step:
    """Return the step of credentials that the service does not accept."""
    help_ = "Sign in again, or ask whoever runs the service to let you in."
    return Step(Check.SIGN_IN, Outcome.FAILED, with_help(reason, help_))


# --- live messages, HTTPS -------------------------------------------------------------------------


def live(took_s: float) -> Step:
    """Return the step of a WebSocket on which a ping was answered."""
    return Step(Check.LIVE, Outcome.PASSED, tr("a ping was answered"), _say_ms(took_s))


def not_live(reason: str, *, can_fall_back: bool, is_offered: bool, is_blocked: bool) -> Step:
    """Return the step of a WebSocket that does not open, or brings nothing."""
    outcome = Outcome.WARNING if can_fall_back else Outcome.FAILED
    if can_fall_back:
        help_ = "Reports take HTTPS instead, where that is open."
    elif is_blocked and not is_offered:
        help_ = "This service names no address for HTTPS, which would be the way around."
    elif is_blocked:
        help_ = 'Choose the way "Automatic", which takes HTTPS instead.'
    else:
        help_ = ""
    return Step(Check.LIVE, outcome, with_help(reason, help_))


def live_not_used() -> Step:
    """Return the step of a profile that wants HTTPS alone."""
    return Step(Check.LIVE, Outcome.SKIPPED, tr("not used: the profile asks for HTTPS only"))


def over_https(took_s: float) -> Step:
    """Return the step of an HTTP door that answers."""
    return Step(Check.HTTPS, Outcome.PASSED, tr("the service answered"), _say_ms(took_s))


def not_over_https(reason: str, *, is_live: bool) -> Step:
    """Return the step of an HTTP door that does not answer; with live messages nobody needs it."""
    if is_live:
        help_ = "Live messages work, so nothing is lost."
        return Step(Check.HTTPS, Outcome.WARNING, with_help(reason, help_))
    return Step(Check.HTTPS, Outcome.FAILED, tr(reason))


def https_not_offered() -> Step:
    """Return the step of a profile without an HTTP door."""
    return Step(Check.HTTPS, Outcome.SKIPPED, tr("not offered: the profile has no address for it"))


def https_not_used() -> Step:
    """Return the step of a profile that wants the WebSocket alone."""
    return Step(Check.HTTPS, Outcome.SKIPPED, tr("not used: the profile asks for live messages only"))


# --- all of it ------------------------------------------------------------------------------------


def conclude(steps: Iterable[Step]) -> str:
    """Return one sentence on the whole test, once it is over."""
    found = {step.check: step for step in steps}
    outcomes = {check: step.outcome for check, step in found.items()}
    failed = [step for check in Check if (step := found.get(check)) and step.outcome is Outcome.FAILED]
    if Outcome.WAITING in outcomes.values() or Outcome.RUNNING in outcomes.values():
        return tr("The test was stopped.")
    is_proved = outcomes.get(Check.REPORT) is Outcome.PASSED
    if failed and not is_proved:
        return tr('Reports do not come from here: "{step}" failed.', step=failed[0].title)
    if outcomes.get(Check.CLOCK) is Outcome.WARNING:
        return tr("This computer's clock is wrong.")
    if is_proved and outcomes.get(Check.LIVE) is Outcome.WARNING:
        return tr("Live messages are blocked here. Reports work over HTTPS.")
    if {Outcome.WARNING, Outcome.FAILED} & set(outcomes.values()):
        return tr("The service can be reached. See what is marked.")
    return tr("All is well.")


def with_help(reason: str, help_: str, **values: str) -> str:
    """Return a reason, in the language that is spoken, and what may help."""
    return " ".join(filter(None, (tr(reason), help_ and tr(help_, **values))))


def _say_ms(seconds: float) -> str:
    return tr("{number} ms", number=grouped(f"{max(seconds * 1000, 1):,.0f}"))


def _say_s(seconds: float) -> str:
    return tr("{number} s", number=grouped(f"{abs(seconds):,.0f}"))


def _say_day(at: datetime) -> str:
    language = current()
    return language.date.format(day=at.day, month=language.months[at.month - 1], year=at.year)
