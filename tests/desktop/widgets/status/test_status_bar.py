import socket

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.outside.environment import WrongEnvironment
from desktop.outside.patience import ANSWER_S
from desktop.outside.sentence import Sentence
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
from desktop.sign_in.credentials import SIGN_IN
from desktop.sign_in.findings import NotSignedIn
from desktop.transport.failures import Route, outage_of
from desktop.widgets.status.status_bar import StatusBar
from desktop.widgets.theme import tokens
from desktop.wording import language
from desktop.wording.connection import describe, describe_connection
from desktop.wording.language import LanguageId
from desktop.wording.tone import Tone

FALLBACK = Connected(over_https=True, is_fallback=True)
ALL: list[tuple[Connection, str, Tone, str, str]] = [
    (Connected(), "Connected", Tone.READY, "", ""),
    (FALLBACK, "Connected over HTTPS", Tone.READY, "", ""),
    (Connected(over_https=True), "Connected over HTTPS", Tone.READY, "", ""),
    (Connecting(), "Connecting…", Tone.RUNNING, "", ""),
    (Waiting(112.0, "No way."), "Offline, next try in 12 s", Tone.WAITING, "waiting", "Retry now"),
    (Waiting(100.2, "No way."), "Offline, next try in 1 s", Tone.WAITING, "waiting", "Retry now"),
    (Waiting(99.0, "No way."), "Offline, trying…", Tone.WAITING, "waiting", "Retry now"),
    (SignInNeeded("Old key"), "Sign in needed", Tone.WAITING, "waiting", "Sign in…"),
    (CertificateRefused("Self-signed"), "Certificate not trusted", Tone.FAILED, "failed", "Details"),
    (NoService(), "No connection yet", Tone.WAITING, "waiting", "Add a connection…"),
    (Closed(), "Not connected", Tone.QUIET, "", ""),
]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    bar = StatusBar(QMenu())
    bar.resize(900, 30)
    qtbot.addWidget(bar)
    bar.show()
    return bar


@pytest.mark.parametrize(("connection", "text", "tone", "fill", "button"), ALL)
def test_each_connection_has_its_words_fill_and_button_and_one_height(
    bar: StatusBar, *, connection: Connection, text: str, tone: Tone, fill: str, button: str
) -> None:
    height = bar.height()
    said = describe_connection(connection, 100.0)
    bar.show_connection("production", said)
    assert (said.text, said.tone) == (text, tone)
    words = bar.connection.words
    assert words.text() == f"production{' · ' if fill else '  '}{text}"
    assert words.property("state") == fill
    assert (bar.connection.helper.text(), bar.connection.helper.isHidden()) == (button, button == "")
    assert (bar.height(), words.height()) == (height, bar.connection.helper.height())
    if fill:
        assert words.grab().toImage().pixelColor(5, 4) == tokens.color(f"{fill}Bg")
    assert not words.icon().isNull()


HERE = Route("a.test")
NO_KEYS = NotSignedIn("The AWS credentials cannot be read: {reason}. {help}", reason="no", help=Sentence(SIGN_IN))
REASONS: list[tuple[BaseException, str]] = [
    (TimeoutError(), "Der Dienst auf a.test antwortet nicht."),
    (ConnectionRefusedError(), "Der Dienst auf a.test nimmt keine Verbindungen an."),
    (socket.gaierror(), "Der Dienst auf a.test hat keine Adresse: Der Name ist falsch, oder es gibt kein Netz."),
    (
        WrongEnvironment(Sentence("{variable} names {file}, which holds no certificate.", variable="X", file="f")),
        "X nennt f",
    ),
    (NO_KEYS, "Die AWS-Zugangsdaten lassen sich nicht lesen: no. Melden Sie sich mit der AWS CLI an"),
]


@pytest.mark.parametrize(("error", "said"), REASONS)
def test_reason_is_german_in_the_german_window(bar: StatusBar, error: BaseException, said: str) -> None:
    language.use(LanguageId.GERMAN)
    reason = outage_of(error, HERE).reason
    for connection in (Waiting(112.0, reason), SignInNeeded(reason), CertificateRefused(reason)):
        bar.show_connection("production", describe_connection(connection, 100.0))
        assert bar.connection.words.accessibleDescription().startswith(said)


@pytest.mark.parametrize(
    ("connection", "since", "text"),
    [
        (Connected(), None, "Connected"),
        (Connected(), 100.0 - ANSWER_S, "Connected"),
        (Connected(), 99.9 - ANSWER_S, "No answer"),
        (Connecting(), 0.0, "Connecting…"),
    ],
)
def test_connection_that_brings_nothing_is_told(connection: Connection, since: float | None, text: str) -> None:
    assert describe(Session(connection, unanswered_since=since), 100.0).text == text


@pytest.mark.parametrize(
    ("connection", "sign_in", "text", "reason", "button"),
    [
        (SignInNeeded("You are not signed in."), None, "Sign in needed", "You are not signed in.", "Sign in…"),
        (SignInNeeded("Refused."), SignInStatus(), "Sign in needed", "Refused.", "Sign in…"),
        (SignInNeeded("Refused."), SignInStatus(failure="Given up."), "Sign in needed", "Given up.", "Sign in…"),
        (SignInNeeded("No."), SignInStatus(who="ann"), "Sign in needed", "No. Signed in as ann.", "Sign in…"),
        (
            SignInNeeded("No."),
            SignInStatus(is_in_browser=True),
            "Waiting for the browser…",
            "Sign in there. This window goes on by itself.",
            "Cancel",
        ),
        (Connected(), SignInStatus(), "Connected", "", ""),
        (Connected(), SignInStatus(who="ann"), "Connected", "Signed in as ann.", ""),
        (
            Connected(),
            SignInStatus(who="ann", is_kept=False),
            "Connected",
            "Signed in as ann. You will sign in again next time.",
            "",
        ),
        (
            Waiting(112.0, "No way."),
            SignInStatus(who="ann"),
            "Offline, next try in 12 s",
            "No way. Signed in as ann.",
            "Retry now",
        ),
    ],
)
def test_sign_in_is_told_beside_the_connection(
    connection: Connection, sign_in: SignInStatus | None, text: str, reason: str, button: str
) -> None:
    said = describe(Session(connection), 100.0, sign_in)
    assert (said.text, said.reason, said.button) == (text, reason, button)


def test_reason_is_in_the_tooltip_and_read_aloud_as_plain_text(bar: StatusBar) -> None:
    bar.show_connection("a & b", describe_connection(Waiting(112.0, "<b>No</b> way."), 100.0))
    words = bar.connection.words
    assert "&lt;b&gt;No&lt;/b&gt; way." in words.toolTip()
    assert words.accessibleDescription() == "<b>No</b> way."
    assert words.text().startswith("a && b")


def test_button_beside_the_connection_and_counts_are_clicked(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_connection("production", describe_connection(Waiting(112.0, ""), 100.0))
    bar.show_counts("2 running, 1 queued")
    with qtbot.waitSignals([bar.help_asked, bar.counts_clicked]):
        QTest.mouseClick(bar.connection.helper, Qt.MouseButton.LeftButton)
        QTest.mouseClick(bar.counts, Qt.MouseButton.LeftButton)


def test_message_passes(bar: StatusBar) -> None:
    bar.show_message("Link copied.")
    assert bar.message.text == "Link copied."
    bar._passing.timeout.emit()
    assert bar.message.text == ""


def test_nothing_under_way_shows_no_counts(bar: StatusBar) -> None:
    bar.show_counts("")
    assert bar.counts.isHidden()
