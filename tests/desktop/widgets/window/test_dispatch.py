from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry, Session
from desktop.widgets.intents import (
    BringBack,
    Cancel,
    CopyLink,
    EditAndRun,
    Intent,
    OpenFile,
    Pause,
    Remove,
    RunAgain,
    SaveAs,
    SaveFile,
    SaveIn,
    ShowFolder,
)
from desktop.wording.pane.view import TabId
from desktop.wording.reports.offers import ALWAYS, ActionId
from tests.desktop.screens import Screen

A = ActionId
EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
ASKED = {A.AGAIN, A.EDIT_AND_RUN, A.COPY_DETAILS}
"""What is possible with any one report."""
ENDED = ASKED | {A.REMOVE, A.CLEAR}
WITH_FILE = ENDED | {A.SAVE_AS, A.SAVE_IN, A.COPY_LINK}


@pytest.fixture
def show_one(window: Screen, known: EntryFactory, make_session: SessionFactory) -> Callable[[State], str]:
    """Show one report in a state, select it, and return its id."""

    def show_it(state: State) -> str:
        entry = known(1, state)
        window.show_session(make_session(entry))
        window.select(entry.report_id)
        return entry.report_id

    return show_it


@pytest.mark.parametrize(
    ("state", "entry", "possible"),
    [
        (State.QUEUED, {}, ASKED | {A.CANCEL}),
        (State.RUNNING, {}, ASKED | {A.CANCEL}),
        (State.RUNNING, {"is_cancel_asked": True}, ASKED),
        (State.SUCCEEDED, {}, WITH_FILE),
        (State.SUCCEEDED, {"refusal": ErrorInfo(code="notFound", message="Gone.")}, ENDED),
        (State.RUNNING, {"refusal": ErrorInfo(code="notFound", message="Gone.")}, ENDED),
        (State.FAILED, {}, ENDED),
        (State.CANCELLED, {}, ENDED),
    ],
)
def test_actions_are_possible_exactly_when_they_make_sense(
    window: Screen,
    known: EntryFactory,
    make_session: SessionFactory,
    *,
    state: State,
    entry: dict[str, Any],
    possible: set[ActionId],
) -> None:
    report = known(1, state, entry=entry)
    window.show_session(make_session(report))
    window.select(report.report_id)
    assert window.enabled() == ALWAYS | possible | {A.GENERATE, A.LARGER, A.SMALLER}


def test_without_a_report_only_what_needs_none_is_possible(window: Screen, make_session: SessionFactory) -> None:
    window.show_session(make_session())
    assert window.enabled() == ALWAYS | {A.GENERATE, A.LARGER, A.SMALLER}


def test_removed_reports_are_asked_for_in_the_empty_list_and_in_the_menu(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    entry = known(1, State.SUCCEEDED)
    window.change(session=make_session(entry, is_listed=True), removed=frozenset({entry.report_id}))
    window.intents.clear()
    QTest.mouseClick(window.reports.empty.button, Qt.MouseButton.LeftButton)
    window.actions_of_window[A.SHOW_REMOVED].trigger()
    assert window.intents == [BringBack(), BringBack()]


@pytest.mark.parametrize(
    ("state", "possible", "impossible"),
    [
        (DownloadState.ACTIVE, {A.PAUSE, A.CANCEL}, {A.SAVE_AS, A.OPEN, A.REMOVE}),
        (DownloadState.PAUSED, {A.PAUSE, A.CANCEL}, {A.SAVE_AS, A.OPEN, A.REMOVE}),
        (DownloadState.SAVED, {A.OPEN, A.FOLDER, A.SAVE_AS, A.REMOVE}, {A.PAUSE}),
        (DownloadState.MISSING, {A.SAVE_AS, A.REMOVE}, {A.OPEN, A.FOLDER, A.PAUSE}),
        (DownloadState.FAILED, {A.SAVE_AS, A.REMOVE}, {A.OPEN, A.FOLDER, A.PAUSE, A.CANCEL}),
        (DownloadState.STOPPED, {A.SAVE_AS, A.REMOVE}, {A.OPEN, A.FOLDER, A.PAUSE, A.CANCEL}),
    ],
)
def test_file_on_its_way_and_on_disk_offers_other_actions(
    window: Screen,
    show_one: Callable[[State], str],
    *,
    state: DownloadState,
    possible: set[ActionId],
    impossible: set[ActionId],
) -> None:
    report_id = show_one(State.SUCCEEDED)
    window.show_downloads({report_id: Download(report_id, Path("/tmp/a.csv"), 43, 100, state)})
    assert possible <= window.enabled()
    assert not impossible & window.enabled()
    text = window.actions_of_window[A.PAUSE].text()
    assert text == ("Continue download" if state is DownloadState.PAUSED else "Pause download")


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("state", [DownloadState.ACTIVE, DownloadState.PAUSED])
def test_download_is_given_up_and_gone_on_with_by_the_toolbar(
    window: Screen, show_one: Callable[[State], str], *, state: DownloadState
) -> None:
    report_id = show_one(State.SUCCEEDED)
    buttons, menu = window.toolbar.buttons, window.toolbar.buttons[A.SAVE_AS].menu()
    assert menu is not None
    window.show_downloads({report_id: Download(report_id, Path("/tmp/a.csv"), 43, 100, state)})
    assert window.actions_of_window[A.CANCEL].text() == "&Cancel download"
    QTest.mouseClick(buttons[A.CANCEL], Qt.MouseButton.LeftButton)
    assert window.intents == [Cancel((report_id,))]
    assert not buttons[A.SAVE_AS].property("primary")
    QTest.mouseClick(buttons[A.SAVE_AS], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert menu.isVisible()
    QTest.mouseClick(
        menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(window.actions_of_window[A.PAUSE]).center()
    )
    assert window.intents[1:] == [Pause((report_id,))]
    window.show_downloads({report_id: Download(report_id, Path("/tmp/a.csv"), 43, 100, DownloadState.STOPPED)})
    assert window.shown.selected[0].work.text == "Ready to save"
    assert window.actions_of_window[A.CANCEL].text() == "&Cancel report"
    assert buttons[A.SAVE_AS].property("primary")


CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize(
    ("key", "modifier", "state", "intent"),
    [
        (Qt.Key.Key_S, CONTROL, State.SUCCEEDED, SaveAs),
        (Qt.Key.Key_S, CONTROL | SHIFT, State.SUCCEEDED, SaveIn),
        (Qt.Key.Key_Period, CONTROL, State.RUNNING, Cancel),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, State.FAILED, Remove),
    ],
)
def test_keys_act_on_the_selected_reports(
    window: Screen,
    show_one: Callable[[State], str],
    *,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    state: State,
    intent: Callable[[tuple[str, ...]], Intent],
) -> None:
    report_id = show_one(state)
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, key, modifier)
    assert window.intents == [intent((report_id,))]


@pytest.mark.parametrize(
    ("key", "modifier", "intent"),
    [
        (Qt.Key.Key_R, CONTROL, RunAgain),
        (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier, EditAndRun),
        (Qt.Key.Key_L, CONTROL, CopyLink),
    ],
)
def test_keys_act_on_the_selected_report(
    window: Screen,
    show_one: Callable[[State], str],
    *,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    intent: Callable[[str], Intent],
) -> None:
    report_id = show_one(State.SUCCEEDED)
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, key, modifier)
    assert window.intents == [intent(report_id)]


def test_delete_in_a_field_is_the_field_s(window: Screen, show_one: Callable[[State], str]) -> None:
    show_one(State.FAILED)
    assert window.form.page is not None
    line = window.form.page.fields["delay"].editor.widget
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Home)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert window.intents == []


@pytest.mark.parametrize(
    ("download", "intent"),
    [
        (None, lambda report_id, _: SaveAs((report_id,))),
        (DownloadState.SAVED, OpenFile),
    ],
)
def test_enter_opens_what_is_saved_and_saves_what_is_ready(
    window: Screen, show_one: Callable[[State], str], download: DownloadState | None, intent: Callable[..., Intent]
) -> None:
    report_id, path = show_one(State.SUCCEEDED), Path("/tmp/a.csv")
    if download:
        window.show_downloads({report_id: Download(report_id, path, 100, 100, download)})
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, Qt.Key.Key_Return)
    assert window.intents == [intent(report_id, path)]


def test_enter_on_a_failed_report_shows_its_details(window: Screen, show_one: Callable[[State], str]) -> None:
    show_one(State.FAILED)
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, Qt.Key.Key_Return)
    assert window.pane.tab is TabId.DETAILS


def test_folder_and_pause_are_intents(window: Screen, show_one: Callable[[State], str]) -> None:
    report_id, path = show_one(State.SUCCEEDED), Path("/tmp/a.csv")
    window.show_downloads({report_id: Download(report_id, path, 100, 100, DownloadState.SAVED)})
    window.actions_of_window[A.FOLDER].trigger()
    window.show_downloads({report_id: Download(report_id, path, 10, 100, DownloadState.ACTIVE)})
    window.actions_of_window[A.PAUSE].trigger()
    assert window.intents == [ShowFolder(report_id, path), Pause((report_id,))]


def test_several_reports_are_saved_cancelled_removed_and_copied_together(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    ready, running, failed = known(1, State.SUCCEEDED), known(2, State.RUNNING), known(3, State.FAILED)
    window.show_session(make_session(ready, running, failed))
    window.select(*(entry.report_id for entry in (ready, running, failed)))
    for action in (A.SAVE_AS, A.CANCEL, A.REMOVE):
        window.actions_of_window[action].trigger()
    (saved, cancelled, removed) = window.intents
    assert saved == SaveAs((ready.report_id,))
    assert cancelled == Cancel((running.report_id,))
    assert removed == Remove((ready.report_id, failed.report_id))
    assert not {A.AGAIN, A.EDIT_AND_RUN, A.COPY_LINK} & window.enabled()
    window.reports.table.setFocus()
    window.actions_of_window[A.COPY].trigger()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["Ready", "Running", "Failed"]
    assert "X-Amz" not in QGuiApplication.clipboard().text()


def test_save_asks_where_without_stopping_the_window(window: Screen, tmp_path: Path) -> None:
    window.show_folder(tmp_path)
    window.save_dialog.ask("id", "worst-days.csv")
    (dialog,) = window.findChildren(QFileDialog)
    assert [Path(name) for name in dialog.selectedFiles()] == [tmp_path / "worst-days.csv"]
    dialog.selectFile(str(tmp_path / "mine.csv"))
    dialog.accept()
    assert window.intents == [SaveFile("id", tmp_path / "mine.csv")]


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("mine.xlsx", "mine.csv"),
        ("mine.XLSX", "mine.csv"),
        ("there.parquet", "there (2).csv"),
        ("mine.txt", "mine.txt"),
        ("mine.CSV", "mine.CSV"),
        ("mine", "mine.csv"),
    ],
)
def test_file_named_after_another_format_is_renamed_with_a_sentence(
    window: Screen, tmp_path: Path, typed: str, saved: str
) -> None:
    (tmp_path / "there.csv").write_text("precious")
    window.show_folder(tmp_path)
    dialog = window.save_dialog.ask("id", "worst-days.csv")
    assert dialog.nameFilters() == ["CSV (*.csv)"]
    said: list[str] = []
    window.save_dialog.renamed.connect(said.append)
    dialog.selectFile(str(tmp_path / typed))
    dialog.accept()
    assert window.intents == [SaveFile("id", tmp_path / saved)]
    is_renamed = Path(typed).suffix and Path(typed).suffix != Path(saved).suffix
    assert said == ([f"This report is CSV, so its file is called {saved}."] if is_renamed else [])


def test_copy_takes_what_the_window_has_though_a_dialog_has_the_focus(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    report = known(1, State.RUNNING)
    window.show_session(make_session(report))
    window.select(report.report_id)
    window.reports.table.setFocus()
    dialog = QDialog(window)
    dialog.copy = lambda text: None  # type: ignore[attr-defined]
    field = QLineEdit(dialog)
    dialog.show()
    dialog.activateWindow()
    field.setFocus()
    window.actions_of_window[A.COPY].trigger()
    assert QGuiApplication.clipboard().text().startswith("Running\t")
