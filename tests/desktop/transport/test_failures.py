"""Errors and answers in the words for them."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidProxyStatus, InvalidStatus, InvalidURI, ProxyError
from websockets.http11 import Response as HttpResponse

from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.transport.failures import Outage, Remedy, Route
from desktop.transport.websocket import outage_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


HERE, BEHIND = Route("reports.example"), Route("reports.example", "proxy.example:3128")


def answer(code: int, *headers: tuple[str, str]) -> HttpResponse:
    return HttpResponse(code, "", Headers(headers))


JSON = ("Content-Type", "application/json")


def status(code: int, *headers: tuple[str, str]) -> InvalidStatus:
    return InvalidStatus(answer(code, *headers))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (10, "This computer's clock is 10 minutes fast: set it right to sign in."),
        (-10, "This computer's clock is 10 minutes slow: set it right to sign in."),
        (4, "The service refused the sign-in."),
    ],
)
def test_wrong_clock_is_told_apart_from_wrong_credentials(minutes: int, words: str) -> None:
    refusal = status(403, JSON, ("Date", format_datetime(NOW, usegmt=True)))
    assert outage_of(refusal, HERE, NOW + timedelta(minutes=minutes)) == Outage(Remedy.SIGN_IN, words)


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (status(401, JSON), Outage(Remedy.SIGN_IN, "The service refused the sign-in.")),
        (status(403, JSON), Outage(Remedy.SIGN_IN, "The service refused the sign-in.")),
        (status(403), Outage(Remedy.SIGN_IN, "The service refused the sign-in.", is_blocked=True)),
        (status(429, ("Retry-After", "3")), Outage(Remedy.WAIT, "The service at reports.example is busy.", 3.0)),
        (
            status(429, ("Retry-After", "3"), ("Retry-After", "9"), ("Date", ""), ("Date", "x")),
            Outage(Remedy.WAIT, "The service at reports.example is busy.", 3.0),
        ),
        (
            status(503, ("Retry-After", "soon")),
            Outage(Remedy.WAIT, "The service at reports.example answered with status 503."),
        ),
        (
            status(403, ("Content-Type", "text/plain"), ("x-amzn-RequestId", "1")),
            Outage(Remedy.SIGN_IN, "The service refused the sign-in."),
        ),
        (
            status(426),
            Outage(Remedy.WAIT, "The service at reports.example answered with status 426.", is_blocked=True),
        ),
        (
            InvalidURI("https://login.example", "scheme isn't ws or wss"),
            Outage(
                Remedy.WAIT, "Something between here and reports.example lets no WebSocket through.", is_blocked=True
            ),
        ),
        (
            status(200, ("Content-Type", "text/html; charset=utf-8")),
            Outage(
                Remedy.WAIT,
                "Something between here and reports.example answers with a page: "
                "a network's sign-in, or a proxy's error (status 200).",
                is_blocked=True,
            ),
        ),
        (NotSignedIn("Sign in first."), Outage(Remedy.SIGN_IN, "Sign in first.")),
        (SignInUnreachable("No portal."), Outage(Remedy.WAIT, "No portal.")),
        (TimeoutError(), Outage(Remedy.WAIT, "The service at reports.example does not answer.")),
        (ConnectionRefusedError(), Outage(Remedy.WAIT, "The service at reports.example refuses connections.")),
        (
            socket.gaierror(),
            Outage(
                Remedy.WAIT,
                "The service at reports.example has no address: its name is wrong, or there is no network.",
            ),
        ),
        (ssl.SSLError("handshake"), Outage(Remedy.WAIT, "The service at reports.example cannot be reached.")),
    ],
)
def test_outage_says_what_may_help(error: Exception, outage: Outage) -> None:
    assert outage_of(error, HERE, NOW) == outage


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            InvalidProxyStatus(answer(407)),
            "The proxy proxy.example:3128 asks for a password to reports.example (status 407).",
        ),
        (
            InvalidProxyStatus(answer(502)),
            "The proxy proxy.example:3128 does not open a way to reports.example (status 502).",
        ),
        (ProxyError("cut"), "The proxy proxy.example:3128 does not open a way to reports.example."),
        (ConnectionRefusedError(), "The proxy proxy.example:3128 refuses connections."),
        (OSError(), "The proxy proxy.example:3128 cannot be reached."),
    ],
)
def test_proxy_that_fails_is_named(error: Exception, words: str) -> None:
    assert outage_of(error, BEHIND, NOW) == Outage(Remedy.WAIT, words, is_blocked=isinstance(error, ProxyError))


def test_untrusted_certificate_is_its_own_outage() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "self-signed certificate"
    assert outage_of(error, HERE, NOW) == Outage(
        Remedy.CERTIFICATE, "The certificate of reports.example is not trusted: self-signed certificate."
    )
