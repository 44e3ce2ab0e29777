import pytest
from pytestqt.qtbot import QtBot

from desktop.outside.patience import ANSWER_S
from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.session.state import Session
from desktop.widgets.connection_item import ConnectionItem
from desktop.wording.connection import ConnectionText, describe, describe_connection
from desktop.wording.tone import Tone

ALL: list[tuple[Connection, ConnectionText]] = [
    (Connected(), ConnectionText("Connected", Tone.READY)),
    (Connecting(), ConnectionText("Connecting…", Tone.RUNNING)),
    (Waiting(112.0, "Refused"), ConnectionText("Offline: retry in 12 s", Tone.WAITING, "Refused", can_retry=True)),
    (Waiting(100.2, "Refused"), ConnectionText("Offline: retry in 1 s", Tone.WAITING, "Refused", can_retry=True)),
    (Waiting(99.0, "Refused"), ConnectionText("Offline: retrying…", Tone.WAITING, "Refused", can_retry=True)),
    (SignInNeeded("Old key"), ConnectionText("Sign in needed", Tone.FAILED, "Old key", can_retry=True)),
    (
        CertificateRefused("Self-signed"),
        ConnectionText("Certificate not trusted", Tone.FAILED, "Self-signed", can_retry=True),
    ),
    (Closed(), ConnectionText("Not connected", Tone.QUIET)),
]


@pytest.mark.parametrize(("connection", "text"), ALL)
def test_each_connection_has_its_words(connection: Connection, text: ConnectionText) -> None:
    assert describe_connection(connection, 100.0) == text


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


@pytest.mark.parametrize(("connection", "text"), ALL)
def test_item_shows_words_reason_and_retry(qtbot: QtBot, connection: Connection, text: ConnectionText) -> None:
    item = ConnectionItem()
    qtbot.addWidget(item)
    item.show_connection(describe_connection(connection, 100.0))
    assert item.label.text() == text.text
    assert item.reason.text == text.reason
    assert (item.retry.isHidden(), item.reason.isHidden()) == (not text.can_retry, text.reason == "")
    assert item.dot.pixmap().isNull() is False
    assert text.text in item.accessibleName()


def test_item_is_as_high_with_the_button_as_without(qtbot: QtBot) -> None:
    item = ConnectionItem()
    qtbot.addWidget(item)
    heights = set()
    for connection, _ in ALL:
        item.show_connection(describe_connection(connection, 100.0))
        heights.add(max(item.sizeHint().height(), item.minimumHeight()))
    assert len(heights) == 1


def test_retry_button_asks_to_retry(qtbot: QtBot) -> None:
    item = ConnectionItem()
    qtbot.addWidget(item)
    item.show_connection(describe_connection(Waiting(112.0, "Refused"), 100.0))
    with qtbot.waitSignal(item.retry_requested):
        item.retry.click()
