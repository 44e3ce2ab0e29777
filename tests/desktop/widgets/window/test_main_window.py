import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, Link
from backend.protocol.preview import Preview, PreviewColumn
from desktop.keeping.settings import Settings
from desktop.session.connection_status import (
    CertificateRefused,
    Connected,
    Connecting,
    Connection,
    NoService,
    SignInNeeded,
    Waiting,
)
from desktop.session.sign_in_status import SignInStatus
from desktop.session.state import Entry, Session
from desktop.widgets.dialogs.dialogs import Sources
from desktop.widgets.intents import (
    CancelSignIn,
    Close,
    CopyText,
    Generate,
    LoadPreview,
    Retry,
    SignIn,
    SignOut,
)
from desktop.wording.dialogs.about import About
from desktop.wording.reports.offers import ActionId
from tests.desktop.conftest import NOW
from tests.desktop.screens import Screen

A = ActionId
ABOUT = About(version="1", license="MIT", python="3", qt="6", system="Linux")
WITH_PREVIEW = Link(url="https://b.test/f", preview_url="https://b.test/p", expires_at=NOW + timedelta(hours=1))
EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_generate_is_possible_offline_once_the_catalog_is_known(window: Screen, make_session: SessionFactory) -> None:
    window.show_session(make_session(connection=Connecting(), catalog=None))
    assert not window.form.generate.isEnabled()
    window.show_session(make_session(connection=Waiting(112.0, "Refused")))
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    (intent,) = window.intents
    assert isinstance(intent, Generate)
    assert (intent.request.report_id, intent.request.definition) == (None, "sample")


@pytest.mark.parametrize(
    ("connection", "can_retry"),
    [(Connected(), False), (Connecting(), False), (Waiting(112.0, ""), True), (SignInNeeded(""), True)],
)
def test_f5_retries_where_that_may_help(
    window: Screen,
    make_session: SessionFactory,
    connection: Connection,
    can_retry: bool,  # noqa: FBT001  a case
) -> None:
    window.show_session(make_session(connection=connection))
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.intents == [Retry()] * can_retry


def test_what_depends_on_the_connection_is_offered_no_longer_than_that_is_so(
    window: Screen, make_session: SessionFactory
) -> None:
    session = make_session(connection=SignInNeeded("You are not signed in."))
    actions = {A.RECONNECT, A.SIGN_IN, A.SIGN_OUT}
    window.change(sign_in=SignInStatus())
    window.show_session(session)
    assert window.enabled() & actions == {A.RECONNECT, A.SIGN_IN}
    window.dispatch.help_connection()
    window.change(sign_in=SignInStatus(is_in_browser=True))
    assert window.enabled() & actions == set()
    window.dispatch.help_connection()
    window.change(sign_in=SignInStatus(who="ann"))
    window.show_session(make_session())
    assert window.enabled() & actions == {A.SIGN_OUT}
    window.dispatch.do(A.SIGN_OUT)
    assert window.intents == [SignIn(), CancelSignIn(), SignOut()]


BY_HAND = SignInStatus(is_in_browser=True, address="https://issuer.test/authorize")


@pytest.mark.parametrize(
    ("sign_in", "asked"),
    [(None, [Retry()]), (SignInStatus(), [SignIn()]), (SignInStatus(who="ann"), [SignIn()])],
    ids=["of AWS", "in the browser", "refused"],
)
def test_menu_button_and_empty_list_offer_the_same_sign_in(
    window: Screen, make_session: SessionFactory, sign_in: SignInStatus | None, asked: list[object]
) -> None:
    session = make_session(connection=SignInNeeded("You are not signed in."), catalog=None)
    window.change(sign_in=sign_in)
    window.show_session(session)
    for press in (
        window.actions_of_window[A.SIGN_IN].trigger,
        window.status.connection.helper.click,
        window.reports.empty.button.click,
    ):
        window.intents.clear()
        press()
        assert window.intents == asked
    assert window.reports.empty.button.text() == window.status.connection.helper.text() == "Sign in…"


def test_address_that_no_browser_opens_can_be_copied_for_as_long_as_it_is_waited_for(
    window: Screen, make_session: SessionFactory
) -> None:
    session = make_session(connection=SignInNeeded("You are not signed in."), catalog=None)
    window.change(sign_in=BY_HAND)
    window.show_session(session)
    assert "Copy the address" in window.reports.empty.sentence.text()
    window.reports.empty.button.click()
    window.actions_of_window[A.COPY_ADDRESS].trigger()
    assert window.intents == [CopyText(BY_HAND.address, "Address copied.")] * 2
    window.change(sign_in=SignInStatus(is_in_browser=True))
    assert A.COPY_ADDRESS not in window.enabled()


@pytest.mark.parametrize("who", ["ann@example.com", "ann & bob"])
def test_menu_says_who_would_be_signed_out(window: Screen, make_session: SessionFactory, who: str) -> None:
    window.change(sign_in=SignInStatus(who=who))
    window.show_session(make_session())
    text = window.actions_of_window[A.SIGN_OUT].text()
    assert text.replace("&&", "\0").replace("&", "").replace("\0", "&") == f"Sign out {who}"
    window.change(sign_in=SignInStatus())
    assert window.actions_of_window[A.SIGN_OUT].text() == "Sign &out"


def test_countdown_goes_on_without_news(window: Screen, make_session: SessionFactory, now: datetime) -> None:
    session = make_session(connection=Waiting(112.0, "Refused"))
    texts = []
    for second in (0, 1, 2):
        window.show_session(session, 100.0 + second, now + timedelta(seconds=second))
        texts.append(window.status.connection.words.text())
    assert texts == [f"This computer · Offline, next try in {left} s" for left in (12, 11, 10)]


def test_showing_the_same_again_changes_nothing(
    window: Screen, qtbot: QtBot, known: EntryFactory, make_session: SessionFactory
) -> None:
    session = make_session(known(1, State.RUNNING), known(2, State.SUCCEEDED))
    window.show_session(session)
    model = window.reports.table.reports
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsInserted):
        window.show_session(session)
        window.show_session(make_session(*session.entries.values(), catalog=session.catalog))


def test_refused_fields_are_shown_once_in_the_form(
    window: Screen, unsent: EntryFactory, make_session: SessionFactory
) -> None:
    refusal = ErrorInfo(code="invalidParameters", message="Not allowed.", fields={"parameters.delay": "must be less"})
    window.show_session(make_session(unsent(1)))
    window.show_session(make_session(unsent(1, refusal=refusal)))
    assert window.form.page is not None
    field = window.form.page.fields["delay"]
    assert field.error != ""
    field.show_error("")
    window.show_session(make_session(unsent(1, refusal=refusal), unsent(2)))
    assert field.error == ""


def test_notice_of_the_session_is_shown_once(window: Screen, make_session: SessionFactory) -> None:
    session = make_session(notice="It cannot be cancelled.")
    window.show_session(session)
    assert window.status.message.text == "It cannot be cancelled."
    window.status.show_message("")
    window.show_session(session)
    assert window.status.message.text == ""


def test_report_just_asked_for_is_selected_once_it_is_there(
    window: Screen, unsent: EntryFactory, known: EntryFactory, make_session: SessionFactory
) -> None:
    window.show_session(make_session(known(1, State.SUCCEEDED)))
    window.select(unsent(2).report_id)
    window.show_session(make_session(known(1, State.SUCCEEDED), known(3, State.RUNNING)))
    window.show_session(make_session(known(1, State.SUCCEEDED), known(3, State.RUNNING), unsent(2)))
    assert window.reports.table.selected_ids() == [unsent(2).report_id]


def test_preview_is_loaded_once_a_row_has_settled(
    window: Screen, known: EntryFactory, make_session: SessionFactory, qtbot: QtBot
) -> None:
    entries = [known(number, State.SUCCEEDED, link=WITH_PREVIEW) for number in (1, 2, 3)]
    window.show_session(make_session(*entries))
    for entry in entries:
        window.select(entry.report_id)
    window.settled.timeout.emit()
    assert window.intents == [LoadPreview(entries[-1].report_id)]


def test_pane_shows_the_first_rows_of_the_selected_report(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    entry = known(1, State.SUCCEEDED, link=WITH_PREVIEW)
    window.show_session(make_session(entry))
    window.select(entry.report_id)
    preview = Preview(columns=(PreviewColumn(name="a", type="integer"),), rows=((1,), (2,)), row_count=7)
    window.show_previews(MappingProxyType({entry.report_id: preview}))
    assert window.pane.caption.text.endswith("first 2 of 7 rows · 1.2 MB")


def test_closing_is_left_to_the_composition_root(window: Screen) -> None:
    assert not window.close()
    assert window.intents == [Close()]
    assert window.isVisible()


@pytest.mark.slow
def test_thousand_reports_are_shown_at_once_and_in_order(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    entries = [known(number, State.SUCCEEDED, ago_s=number) for number in range(1000)]
    window.show_session(make_session(*entries))
    assert len(window.reports.table.reports.rows) == 1000
    failed = known(7, State.FAILED, ago_s=7)
    changed = {entry.report_id: entry for entry in entries} | {failed.report_id: failed}
    window.show_session(make_session(entries=MappingProxyType(changed)))
    row = window.reports.table.reports.row_at(7)
    assert row is not None
    assert row.shown.value.words == "Failed"


def test_qt_calls_keep_their_reference_to_none(qapp: QApplication) -> None:
    """Some releases of PySide6 lose one on each call that returns nothing, until the process aborts."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("name")
    assert sys.getrefcount(None) > before - 100


def test_window_without_a_service_asks_for_a_connection(window: Screen, qtbot: QtBot) -> None:
    window.show_session(Session(NoService()))
    assert window.reports.empty.heading.text() == "No connection yet"
    assert window.form.description.text == "No connection yet"
    assert A.RECONNECT not in window.view.offered if window.view else False
    window.dispatch.dialogs.work_with(Sources(settings=Settings, keys=list, about=lambda: ABOUT, log=lambda: None))
    with qtbot.waitSignal(window.dispatch.dialogs.connections_made):
        QTest.mouseClick(window.status.connection.helper, Qt.MouseButton.LeftButton)
    window.show_session(Session(Connecting()))
    assert window.form.description.text == "Loading the reports…"


@pytest.mark.parametrize(
    ("connection", "heading", "asked"),
    [
        (SignInNeeded("There is no AWS profile called work."), "Sign in needed", [Retry()]),
        (CertificateRefused("It is self-signed."), "Certificate not trusted", [Retry()]),
    ],
)
def test_service_that_lets_nobody_in_says_why_and_its_button_shows_more(
    window: Screen, qtbot: QtBot, connection: Connection, heading: str, asked: list[object]
) -> None:
    window.show_session(Session(connection))
    assert (window.reports.empty.heading.text(), window.form.description.text) == (heading, heading)
    assert window.reports.empty.sentence.text() == getattr(connection, "reason", "")
    window.dispatch.dialogs.work_with(Sources(settings=Settings, keys=list, about=lambda: ABOUT, log=lambda: None))
    with qtbot.waitSignal(window.dispatch.dialogs.connections_made):
        QTest.mouseClick(window.status.connection.helper, Qt.MouseButton.LeftButton)
    assert window.intents == asked


def test_list_of_a_service_out_of_reach_is_not_said_to_be_loading(window: Screen) -> None:
    window.show_session(Session(Waiting(30.0, "The name is unknown.")))
    assert (window.reports.empty.heading.text(), window.reports.empty.sentence.text()) == (
        "Not connected",
        "The name is unknown.",
    )


def test_window_has_room_for_its_frame_on_a_small_screen(window: Screen) -> None:
    window.restore({"size": [9000, 9000]})
    assert window.height() < QGuiApplication.primaryScreen().availableGeometry().height() - 40
