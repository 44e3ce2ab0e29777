import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo
from desktop.files.download import Download, DownloadState
from desktop.session.connection_status import Connected, Connecting, Connection, SignInNeeded, Waiting
from desktop.session.state import Entry, Session
from desktop.widgets.intents import Cancel, Close, CopyLink, Generate, OpenLink, Remove, Retry, SaveFile, ShowFolder
from desktop.widgets.reports.report_actions import ActionId
from tests.desktop.screens import Screen

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
WITH_LINK = {ActionId.COPY_LINK, ActionId.OPEN_LINK, ActionId.DOWNLOAD}


@pytest.fixture
def window(qtbot: QtBot) -> Screen:
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.show()
    return window


@pytest.fixture
def show(window: Screen, now: datetime) -> Callable[[Session], None]:
    return lambda session: window.show_session(session, 100.0, now)


@pytest.fixture
def show_one(
    show: Callable[[Session], None], known: EntryFactory, make_session: SessionFactory
) -> Callable[[State], str]:
    """Show one report in a state, and return its id."""

    def show_it(state: State) -> str:
        entry = known(1, state)
        show(make_session(entry))
        return entry.report_id

    return show_it


def enabled(window: Screen) -> set[ActionId]:
    return {action_id for action_id, action in window.reports.actions_of_row.actions.items() if action.isEnabled()}


@pytest.mark.parametrize(
    ("state", "entry", "possible"),
    [
        (State.QUEUED, {}, {ActionId.CANCEL}),
        (State.RUNNING, {}, {ActionId.CANCEL}),
        (State.RUNNING, {"is_cancel_asked": True}, set()),
        (State.SUCCEEDED, {}, WITH_LINK),
        (State.SUCCEEDED, {"refusal": ErrorInfo(code="notFound", message="Gone.")}, {ActionId.REMOVE}),
        (State.RUNNING, {"refusal": ErrorInfo(code="notFound", message="Gone.")}, {ActionId.REMOVE}),
        (State.FAILED, {}, set()),
        (State.CANCELLED, {}, set()),
    ],
)
def test_actions_are_possible_exactly_when_they_make_sense(
    window: Screen,
    known: EntryFactory,
    make_session: SessionFactory,
    now: datetime,
    *,
    state: State,
    entry: dict[str, Any],
    possible: set[ActionId],
) -> None:
    window.show_session(make_session(known(1, state, entry=entry)), 100.0, now)
    assert enabled(window) == possible


def test_nothing_is_possible_without_a_report(window: Screen) -> None:
    assert enabled(window) == set()


def test_nothing_is_possible_with_a_finished_report_without_link(
    window: Screen, show: Callable[[Session], None], known: EntryFactory, make_session: SessionFactory
) -> None:
    show(make_session(known(1, State.SUCCEEDED, link=None)))
    assert enabled(window) == set()


def test_download_is_shown_and_its_folder_offered(
    window: Screen,
    show: Callable[[Session], None],
    qtbot: QtBot,
    known: EntryFactory,
    make_session: SessionFactory,
) -> None:
    entry, path = known(1, State.SUCCEEDED), Path("/tmp/a.csv")
    show(make_session(entry))
    window.show_downloads({entry.report_id: Download(entry.report_id, path, 43, 100, DownloadState.ACTIVE)})
    assert enabled(window) == WITH_LINK - {ActionId.DOWNLOAD}
    window.show_downloads({entry.report_id: Download(entry.report_id, path, 100, 100, DownloadState.SAVED)})
    assert enabled(window) == WITH_LINK | {ActionId.SHOW_FOLDER}
    window.reports.actions_of_row.actions[ActionId.SHOW_FOLDER].trigger()
    assert window.intents == [ShowFolder(path)]


class KeyCase(NamedTuple):
    key: Qt.Key
    modifier: Qt.KeyboardModifier
    state: State
    intent: type[CopyLink | OpenLink | Cancel]


@pytest.mark.parametrize(
    "case",
    [
        KeyCase(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, State.SUCCEEDED, CopyLink),
        KeyCase(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier, State.SUCCEEDED, OpenLink),
        KeyCase(Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier, State.RUNNING, Cancel),
    ],
)
def test_keys_in_the_table_act_on_the_chosen_report(
    window: Screen, show_one: Callable[[State], str], case: KeyCase
) -> None:
    report_id = show_one(case.state)
    window.activateWindow()
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, case.key, case.modifier)
    assert window.intents == [case.intent(report_id)]


def test_refused_report_is_removed_by_delete(
    window: Screen, show: Callable[[Session], None], unsent: EntryFactory, make_session: SessionFactory
) -> None:
    entry = unsent(refusal=ErrorInfo(code="invalidParameters", message="No."))
    show(make_session(entry))
    window.activateWindow()
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, Qt.Key.Key_Delete)
    assert window.intents == [Remove(entry.report_id)]


def test_download_asks_where_without_stopping_the_window(
    window: Screen,
    qtbot: QtBot,
    tmp_path: Path,
    known: EntryFactory,
    make_session: SessionFactory,
    *,
    now: datetime,
) -> None:
    entry = known(1, State.SUCCEEDED)
    window.show_session(make_session(entry), 100.0, now)
    window.reports.actions_of_row.actions[ActionId.DOWNLOAD].trigger()
    (dialog,) = window.findChildren(QFileDialog)
    assert [Path(name).name for name in dialog.selectedFiles()] == ["sample.csv"]
    dialog.selectFile(str(tmp_path / "mine.csv"))
    dialog.accept()
    assert window.intents == [SaveFile(entry.report_id, tmp_path / "mine.csv")]


def test_generate_is_possible_offline_once_the_catalog_is_known(
    window: Screen, show: Callable[[Session], None], qtbot: QtBot, make_session: SessionFactory
) -> None:
    show(make_session(connection=Connecting(), catalog=None))
    assert not window.form.generate.isEnabled()
    show(make_session(connection=Waiting(112.0, "Refused")))
    assert window.form.generate.isEnabled()
    window.form.generate.click()
    (intent,) = window.intents
    assert isinstance(intent, Generate)
    assert (intent.request.report_id, intent.request.definition) == (None, "sample")


@pytest.mark.parametrize(
    ("connection", "can_retry"),
    [(Connected(), False), (Connecting(), False), (Waiting(112.0, ""), True), (SignInNeeded(""), True)],
)
def test_f5_retries_where_that_may_help(
    window: Screen,
    show: Callable[[Session], None],
    make_session: SessionFactory,
    connection: Connection,
    can_retry: bool,  # noqa: FBT001  a case
) -> None:
    show(make_session(connection=connection))
    window.retry.trigger()
    assert window.intents == [Retry()] * can_retry


def test_tab_goes_through_the_form_and_then_the_reports(
    window: Screen, show: Callable[[Session], None], make_session: SessionFactory
) -> None:
    show(make_session())
    assert window.form.page is not None
    stops: list[QWidget] = [window.form.choice]
    while (following := stops[-1].nextInFocusChain()) is not window.form.choice:
        assert following is not None
        stops.append(following)
    order = [window.form.choice, *window.form.page.stops(), window.form.generate, window.reports.table]
    order += [window.reports.pane.preview]
    assert [stop for stop in stops if stop in order] == order


def test_countdown_goes_on_without_news(window: Screen, make_session: SessionFactory, now: datetime) -> None:
    session = make_session(connection=Waiting(112.0, "Refused"))
    texts = []
    for second in (0, 1, 2):
        window.show_session(session, 100.0 + second, now + timedelta(seconds=second))
        texts.append(window.connection.label.text())
    assert texts == [f"Offline: retry in {left} s" for left in (12, 11, 10)]


def test_showing_the_same_again_changes_nothing(
    window: Screen,
    show: Callable[[Session], None],
    qtbot: QtBot,
    known: EntryFactory,
    make_session: SessionFactory,
) -> None:
    session = make_session(known(1, State.RUNNING), known(2, State.SUCCEEDED))
    show(session)
    model = window.reports.model
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsInserted):
        show(session)
        show(make_session(*session.entries.values(), catalog=session.catalog))


def test_refused_fields_are_shown_once_in_the_form(
    window: Screen, show: Callable[[Session], None], unsent: EntryFactory, make_session: SessionFactory
) -> None:
    refusal = ErrorInfo(code="invalidParameters", message="Not allowed.", fields={"parameters.delay": "must be less"})
    show(make_session(unsent(1)))
    show(make_session(unsent(1, refusal=refusal)))
    assert window.form.page is not None
    field = window.form.page.fields["delay"]
    assert field.error == "Must be less"
    field.show_error("")
    show(make_session(unsent(1, refusal=refusal), unsent(2)))
    assert field.error == ""


def test_notice_of_the_session_is_shown_once(
    window: Screen, show: Callable[[Session], None], make_session: SessionFactory
) -> None:
    session = make_session(notice="It cannot be cancelled.")
    show(session)
    assert window.statusBar().currentMessage() == "It cannot be cancelled."
    window.statusBar().clearMessage()
    show(session)
    assert window.statusBar().currentMessage() == ""


def test_report_just_asked_for_is_chosen_once_it_is_there(
    window: Screen,
    show: Callable[[Session], None],
    unsent: EntryFactory,
    known: EntryFactory,
    make_session: SessionFactory,
) -> None:
    show(make_session(known(1, State.SUCCEEDED)))
    window.choose_report(unsent(2).report_id)
    show(make_session(known(1, State.SUCCEEDED), known(3, State.RUNNING)))
    show(make_session(known(1, State.SUCCEEDED), known(3, State.RUNNING), unsent(2)))
    row = window.reports.table.current_row
    assert row is not None
    assert row.report_id == unsent(2).report_id
    window.reports.table.selectRow(2)
    show(make_session(known(1, State.SUCCEEDED), known(2, State.RUNNING), known(3, State.RUNNING)))
    row = window.reports.table.current_row
    assert row is not None
    assert row.report_id == known(1).report_id


def test_closing_is_left_to_the_composition_root(window: Screen, qtbot: QtBot) -> None:
    assert not window.close()
    assert window.intents == [Close()]
    assert window.isVisible()


def test_thousand_reports_are_shown_at_once_and_in_order(
    window: Screen, show: Callable[[Session], None], known: EntryFactory, make_session: SessionFactory
) -> None:
    entries = [known(number, State.SUCCEEDED, ago_s=number) for number in range(1000)]
    show(make_session(*entries))
    assert window.reports.model.rowCount() == 1000
    changed = {
        **{entry.report_id: entry for entry in entries},
        **{e.report_id: e for e in [known(7, State.FAILED, ago_s=7)]},
    }
    show(make_session(entries=MappingProxyType(changed)))
    row = window.reports.model.row_at(7)
    assert row is not None
    assert row.state == "Failed"


def test_qt_calls_keep_their_reference_to_none(qapp: QApplication) -> None:
    """Some releases of PySide6 lose one on each call that returns nothing, until the process aborts."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("name")
    assert sys.getrefcount(None) > before - 100
