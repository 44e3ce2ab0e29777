"""The connection in words, which never say connected when it is not.

`Session` ──▶ **describe** ──▶ status bar
"""

from math import ceil
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from desktop.outside.patience import ANSWER_S
from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    NoService,
    SignInNeeded,
    Waiting,
)
from desktop.session.sign_in_status import SignInStatus
from desktop.session.state import Session
from desktop.wording.language import tr
from desktop.wording.tone import Tone

POLL_S = 2
"""The pace that HTTPS is asked at while something is under way."""


class ConnectionText(Struct, frozen=True):
    """Words for the connection, why it is so, and what may help."""

    text: str
    tone: Tone
    icon: str
    reason: str = ""
    fill: str = ""
    """The tone that fills the button's ground: "waiting", "failed", or none."""
    button: str = ""
    """Words for a button beside it; empty for none."""

    @property
    def can_retry(self) -> bool:
        """Whether another attempt now may help."""
        return (self.fill != "" and not self.is_missing) or self.is_fallback

    @property
    def obstacle(self) -> str:
        """Why nothing can be had from the service now, in words that stay while time passes; "" where it can."""
        if self.is_missing or self.is_refused:
            return self.text
        return tr("Not connected") if self.fill else ""

    @property
    def wants_sign_in(self) -> bool:
        """Whether somebody has to sign in, in the browser or by other means."""
        return self.icon == "sign-in" and not self.is_in_browser

    is_fallback: bool = False
    is_missing: bool = False
    """Whether there is nothing to connect to before a connection is added."""
    is_refused: bool = False
    """Whether trying again changes nothing before something else is done, of which the connections dialog says more."""
    is_settled: bool = False
    """Whether the words stay true while time passes."""
    can_sign_in: bool = False
    """Whether signing in, in the browser, is what helps."""
    is_in_browser: bool = False
    """Whether the browser is waited for, and the button ends that."""
    address: str = ""
    """The address to be opened in a browser, where none could be."""


def describe(session: Session, now_s: float, sign_in: SignInStatus | None = None) -> ConnectionText:
    """Return the words for the connection of a session, also for one that brings nothing. `now_s` is on its clock.

    `sign_in` is None where nobody signs in, in the browser.
    """
    text = _describe(session, now_s)
    return text if sign_in is None else _with_sign_in(text, session.connection, sign_in)


def _with_sign_in(text: ConnectionText, connection: Connection, sign_in: SignInStatus) -> ConnectionText:
    if sign_in.is_in_browser:
        by_hand = "No browser opens here. Copy the address, open it in a browser and sign in there."
        usual = "Sign in there. This window goes on by itself."
        return ConnectionText(
            tr("Waiting for the browser…"),
            Tone.WAITING,
            "sign-in",
            tr(by_hand if sign_in.address else usual),
            fill="waiting",
            button=tr("Cancel"),
            is_refused=True,
            is_settled=True,
            is_in_browser=True,
            address=sign_in.address,
        )
    if isinstance(connection, SignInNeeded):
        reason = sign_in.failure or tr(connection.reason)
        return replace(text, reason=_lines(reason, _say_who(sign_in)), can_sign_in=True)
    return replace(text, reason=_lines(text.reason, _say_who(sign_in)))


def _say_who(sign_in: SignInStatus) -> str:
    if not sign_in.who:
        return ""
    again = "" if sign_in.is_kept else tr("You will sign in again next time.")
    return " ".join(filter(None, (tr("Signed in as {who}.", who=sign_in.who), again)))


def _lines(*texts: str) -> str:
    return " ".join(filter(None, texts))


def _describe(session: Session, now_s: float) -> ConnectionText:
    since = session.unanswered_since
    is_silent = isinstance(session.connection, Connected) and since is not None and now_s - since > ANSWER_S
    if is_silent:
        reason = tr("The service accepts the connection and does not answer.")
        return ConnectionText(tr("No answer"), Tone.WAITING, "warning", reason, fill="waiting", button=tr("Retry now"))
    return describe_connection(session.connection, now_s)


def describe_connection(connection: Connection, now_s: float) -> ConnectionText:
    """Return the words for a connection. `now_s` is on the clock of `Waiting.retry_at`."""
    match connection:
        case Connected():
            return _say_connected(connection)
        case Connecting():
            return ConnectionText(tr("Connecting…"), Tone.RUNNING, "connecting")
        case Waiting(retry_at, reason):
            left_s = ceil(retry_at - now_s)
            text = tr("Offline, next try in {seconds} s", seconds=left_s) if left_s > 0 else tr("Offline, trying…")
            return ConnectionText(text, Tone.WAITING, "offline", tr(reason), fill="waiting", button=tr("Retry now"))
        case SignInNeeded() | CertificateRefused():
            return _say_refused(connection)
        case NoService():
            return _say_missing()
        case Closed():
            return ConnectionText(tr("Not connected"), Tone.QUIET, "offline", is_settled=True)
        case _:
            assert_never(connection)


def _say_connected(connection: Connected) -> ConnectionText:
    if not connection.over_https:
        return ConnectionText(tr("Connected"), Tone.READY, "connection-live", is_settled=True)
    reason = ""
    if connection.is_fallback:
        reason = tr(
            "Live messages do not get through here, so the service is asked every {seconds} s. Nothing is lost.",
            seconds=POLL_S,
        )
    return ConnectionText(
        tr("Connected over HTTPS"),
        Tone.READY,
        "connection-https",
        reason,
        is_fallback=connection.is_fallback,
        is_settled=True,
    )


def _say_refused(connection: SignInNeeded | CertificateRefused) -> ConnectionText:
    reason = tr(connection.reason)
    if isinstance(connection, SignInNeeded):
        text = tr("Sign in needed")
        return ConnectionText(
            text, Tone.WAITING, "sign-in", reason, fill="waiting", button=tr("Sign in…"), is_refused=True
        )
    text = tr("Certificate not trusted")
    return ConnectionText(
        text, Tone.FAILED, "certificate", reason, fill="failed", button=tr("Details"), is_refused=True
    )


def _say_missing() -> ConnectionText:
    return ConnectionText(
        tr("No connection yet"),
        Tone.WAITING,
        "offline",
        tr("Add the connection that you were sent: a profile, as a file or as text."),
        fill="waiting",
        button=tr("Add a connection…"),
        is_missing=True,
        is_settled=True,
    )
