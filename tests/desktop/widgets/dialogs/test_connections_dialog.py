from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.desk.connections import ConnectionsDesk
from desktop.keeping.connections import Connections
from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog
from desktop.widgets.theme import tokens
from desktop.wording.dialogs.connections import Message, ways
from desktop.wording.examination import Check, Outcome, Step
from desktop.wording.tone import Tone
from tests.desktop.keeping.profile_texts import profile_text
from tests.desktop.widgets.dialogs.shown import STEPS, connection, connections

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot) -> ConnectionsDialog:
    dialog = ConnectionsDialog()
    qtbot.addWidget(dialog)
    dialog.show_view(connections(message=None))
    dialog.appear()
    return dialog


class Heard:
    """What a dialog asked for, in its order."""

    def __init__(self, dialog: ConnectionsDialog) -> None:
        self.asked: list[tuple[Any, ...]] = []
        for name in ("use", "file", "text", "rename", "way", "remove", "test", "copy", "stop"):
            getattr(dialog, f"{name}_asked").connect(lambda *values, name=name: self.asked.append((name, *values)))
        dialog.answered.connect(lambda: self.asked.append(("answer",)))


@pytest.fixture
def heard(dialog: ConnectionsDialog) -> Heard:
    return Heard(dialog)


def select(dialog: ConnectionsDialog, row: int) -> None:
    where = dialog.list.visualItemRect(dialog.list.item(row)).center()
    QTest.mouseClick(dialog.list.viewport(), LEFT, pos=where)


def test_list_has_this_computer_first_and_says_which_is_in_use(dialog: ConnectionsDialog) -> None:
    rows = [dialog.list.item(row) for row in range(dialog.list.count())]
    assert [row.text() for row in rows] == ["This computer", "production", "staging"]
    spoken = [row.data(Qt.ItemDataRole.AccessibleTextRole) for row in rows]
    assert spoken == ["This computer, in use", "production", "staging"]


def test_click_shows_another_connection(dialog: ConnectionsDialog) -> None:
    select(dialog, 2)
    assert dialog.page.name.text() == "staging"
    assert dialog.page.address.text() == "wss://api.example.com/staging"
    QTest.keyClick(dialog.list, Qt.Key.Key_Home)
    assert dialog.page.name.text() == "This computer"
    assert dialog.page.name.isReadOnly()


def test_one_in_use_is_neither_used_nor_removed(dialog: ConnectionsDialog, heard: Heard) -> None:
    select(dialog, 0)
    QTest.mouseClick(dialog.use, LEFT)
    QTest.mouseClick(dialog.remove, LEFT)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert heard.asked == []
    select(dialog, 2)
    QTest.mouseClick(dialog.use, LEFT)
    QTest.mouseClick(dialog.remove, LEFT)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert heard.asked == [("use", "staging"), ("remove", "staging"), ("remove", "staging")]


def test_name_is_asked_for_once_at_enter(dialog: ConnectionsDialog, heard: Heard) -> None:
    dialog.page.name.setFocus()
    QTest.keyClick(dialog.page.name, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(dialog.page.name, "main")
    dialog.show_view(connections(message=None, selected=None))
    assert dialog.page.name.text() == "main"
    QTest.keyClick(dialog.page.name, Qt.Key.Key_Return)
    assert heard.asked == [("rename", "production", "main")]
    assert dialog.isVisible()


def test_escape_keeps_the_name_that_was_written(dialog: ConnectionsDialog, heard: Heard) -> None:
    dialog.page.name.setFocus()
    QTest.keyClick(dialog.page.name, Qt.Key.Key_End)
    QTest.keyClicks(dialog.page.name, "2")
    QTest.keyClick(dialog.page.name, Qt.Key.Key_Escape)
    assert ("rename", "production", "production2") in heard.asked
    assert not dialog.isVisible()


def test_refused_name_is_marked(dialog: ConnectionsDialog) -> None:
    dialog.rename_asked.connect(lambda *_: dialog.show_view(connections(message=Message("No.", Tone.FAILED))))
    dialog.page.name.setFocus()
    dialog.page.name.selectAll()
    QTest.keyClick(dialog.page.name, Qt.Key.Key_Delete)
    QTest.keyClick(dialog.page.name, Qt.Key.Key_Return)
    assert dialog.page.name.property("wrong") is True
    assert dialog.message.text() == "No."


def test_way_is_chosen_only_where_there_is_a_choice(dialog: ConnectionsDialog, heard: Heard) -> None:
    dialog.page.way.setFocus()
    QTest.keyClick(dialog.page.way, Qt.Key.Key_Down)
    assert heard.asked == [("way", "production", "websocket")]
    dialog.show_view(connections(items=(connection("old", ways=ways(has_https=False)),), selected="old"))
    assert not dialog.page.way.isEnabled()
    assert dialog.page.way.currentText() == "Live messages only"
    assert dialog.page.way_note.text() == "this service offers no HTTPS"


def test_test_becomes_stop_while_it_runs(dialog: ConnectionsDialog, heard: Heard) -> None:
    before = dialog.page.test.geometry()
    QTest.mouseClick(dialog.page.test, LEFT)
    dialog.show_view(connections(message=None, testing="production"))
    QApplication.processEvents()
    assert dialog.page.test.text() == "Sto&p"
    assert dialog.page.test.geometry() == before
    QTest.mouseClick(dialog.page.test, LEFT)
    select(dialog, 2)
    assert dialog.page.test.text() == "&Test"
    assert heard.asked == [("test", "production"), ("stop",)]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("check", Check)
def test_step_shows_how_it_stands_and_moves_nothing(dialog: ConnectionsDialog, check: Check, outcome: Outcome) -> None:
    place = list(Check).index(check)
    dialog.show_view(connections(items=(connection("one"),), message=None, selected="one"))
    QApplication.processEvents()
    rows = dialog.page.steps._rows
    before = [row.title.geometry() for row in rows]
    step = Step(check, outcome, "why, in some words", "12 ms")
    dialog.show_view(connections(items=(connection("one", steps=(step,)),), message=None, selected="one"))
    QApplication.processEvents()
    assert [row.title.geometry().topLeft() for row in rows] == [each.topLeft() for each in before]
    row = rows[place]
    is_loud = outcome in (Outcome.WARNING, Outcome.FAILED)
    assert (row.text.text == "why, in some words") is not is_loud
    assert ("why, in some words" in dialog.page.steps.help.text()) is is_loud, "said once"
    assert row.figure.text() == "12 ms"
    assert row.title.accessibleName().startswith(row.title.text() + ": ")
    assert row.icon.pixmap().isNull() == (outcome is Outcome.WAITING)
    if not row.icon.pixmap().isNull():
        tone = {"passed": "ready", "warning": "waiting", "failed": "failed", "running": "running"}.get(outcome, "quiet")
        image = row.icon.pixmap().toImage()
        inks = {image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())}
        assert QColor(tokens.tokens()[tone]).rgb() in inks


@pytest.mark.parametrize("outcome", [Outcome.WARNING, Outcome.FAILED])
@pytest.mark.parametrize("words", [2, 60])
def test_dialog_grows_until_what_was_found_is_in_sight(
    qtbot: QtBot, dialog: ConnectionsDialog, outcome: Outcome, words: int
) -> None:
    help_, room = dialog.page.steps.help, dialog._room()
    dialog.show_view(connections(items=(connection("one"),), message=None, selected="one"))
    qtbot.waitUntil(lambda: dialog._needed == dialog._natural_height(dialog.width()) and not help_.text())
    for _ in range(9):
        QApplication.processEvents()  # one for each part around the note
    dialog.resize(dialog.width(), 400)
    steps = tuple(Step(check, outcome, "why " * words) for check in Check)
    dialog.show_view(connections(items=(connection("one", steps=steps),), message=None, selected="one"))

    def is_in_sight() -> bool:
        is_whole = help_.height() >= help_.heightForWidth(help_.width())
        is_all = dialog._scroll.verticalScrollBar().maximum() == 0
        return is_whole and (is_all or dialog.height() == room.height())

    qtbot.waitUntil(is_in_sight, timeout=1000)
    assert room.contains(dialog.geometry())


def test_end_of_the_test_stays_with_its_connection(dialog: ConnectionsDialog) -> None:
    steps = tuple(Step(check, Outcome.PASSED) for check in Check)
    items = (connection("one", steps=steps), connection("two"))
    dialog.show_view(connections(items=items, message=None, selected="one"))
    assert dialog.message.text() == "All is well."
    select(dialog, 1)
    assert dialog.message.text() == ""


def test_message_about_one_connection_is_not_shown_with_another(dialog: ConnectionsDialog) -> None:
    passed = tuple(Step(check, Outcome.PASSED) for check in Check)
    failed = Message("Reports do not come from here.", Tone.FAILED, about="one")
    items = (connection("one"), connection("two", steps=passed))
    dialog.show_view(connections(items=items, message=failed, selected="one"))
    assert dialog.message.property("tone") == "failed"
    select(dialog, 1)
    assert (dialog.message.text(), dialog.message.property("tone")) == ("All is well.", "ready")


def test_message_is_answered_by_its_button(dialog: ConnectionsDialog, heard: Heard) -> None:
    assert dialog.answer.isHidden()
    dialog.show_view(connections())
    QTest.mouseClick(dialog.answer, LEFT)
    assert heard.asked == [("answer",)]


def mime(**changes: Any) -> QMimeData:
    data = QMimeData()
    if "urls" in changes:
        data.setUrls(changes["urls"])
    if "text" in changes:
        data.setText(changes["text"])
    return data


def test_dropped_file_is_asked_for_and_the_list_shows_where(dialog: ConnectionsDialog, heard: Heard) -> None:
    data = mime(urls=[QUrl.fromLocalFile("/tmp/profile.json")])
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, keys)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    assert dialog.list.property("dropping") is True
    QApplication.sendEvent(dialog, QDropEvent(QPointF(5, 5), copy, data, LEFT, keys))
    assert heard.asked == [("file", Path("/tmp/profile.json"))]
    assert dialog.list.property("dropping") is False


def test_what_is_no_file_and_no_text_is_not_taken(dialog: ConnectionsDialog) -> None:
    data, keys = QMimeData(), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, keys)
    enter.ignore()
    dialog.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_paste_asks_for_what_the_clipboard_has(dialog: ConnectionsDialog, heard: Heard) -> None:
    clipboard = QGuiApplication.clipboard()
    dialog.list.setFocus()
    clipboard.setText('{"name": "x"}')
    QTest.keyClick(dialog.list, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    clipboard.setMimeData(mime(urls=[QUrl.fromLocalFile("/tmp/profile.json")]))
    QTest.keyClick(dialog.page.address, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert heard.asked == [("text", '{"name": "x"}'), ("file", Path("/tmp/profile.json"))]


def test_paste_into_the_name_is_text(dialog: ConnectionsDialog, heard: Heard) -> None:
    QGuiApplication.clipboard().setText("main")
    dialog.page.name.setFocus()
    dialog.page.name.selectAll()
    QTest.keyClick(dialog.page.name, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.page.name.text() == "main"
    assert heard.asked == []


def test_add_file_opens_the_systems_dialog_and_goes_on(dialog: ConnectionsDialog, heard: Heard) -> None:
    QTest.mouseClick(dialog.add, LEFT)
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit("/tmp/profile.json")
    chooser.close()
    assert heard.asked == [("file", Path("/tmp/profile.json"))]


def test_wheel_changes_no_way(dialog: ConnectionsDialog, heard: Heard) -> None:
    assert dialog.page.steps
    assert STEPS
    dialog.page.way.setFocus()
    before = dialog.page.way.currentIndex()
    wheel(dialog.page.way)
    assert dialog.page.way.currentIndex() == before
    assert heard.asked == []


def wheel(widget: Any) -> None:
    from PySide6.QtGui import QWheelEvent  # noqa: PLC0415

    point = QPointF(5, 5)
    event = QWheelEvent(
        point,
        widget.mapToGlobal(point),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003  Qt's
    )
    QApplication.sendEvent(widget, event)


def test_desk_and_dialog_work_together(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ConnectionsDialog()
    qtbot.addWidget(dialog)
    desk = ConnectionsDesk(Connections(tmp_path / "profiles", tmp_path / "last"))
    dialog.work_with(desk)
    desk.show_on(dialog)
    dialog.appear()
    QGuiApplication.clipboard().setText(profile_text())
    QTest.keyClick(dialog.list, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.page.name.text() == "production"
    assert dialog.message.text() == "Added production."
    dialog.page.name.setFocus()
    dialog.page.name.selectAll()
    QTest.keyClicks(dialog.page.name, "main")
    QTest.keyClick(dialog.page.name, Qt.Key.Key_Return)
    assert dialog.list.item(1).text() == "main"
    QTest.mouseClick(dialog.page.copy, LEFT)
    assert "secret-of-nobody" not in QGuiApplication.clipboard().text()
    QTest.mouseClick(dialog.remove, LEFT)
    assert dialog.list.count() == 1
    QTest.mouseClick(dialog.answer, LEFT)
    assert dialog.list.count() == 2
    QGuiApplication.clipboard().setText("{}")
    QTest.keyClick(dialog.list, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.message.property("tone") == "failed"
    assert dialog.list.count() == 2


def test_tab_goes_from_the_list_to_the_foot(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    dialog.show_view(connections())
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    page = dialog.page
    stops = [dialog.list, dialog.add, dialog.remove, page.name, page.address, page.way, page.proxy, page.test]
    stops += [page.copy, dialog.answer, dialog.close_button, dialog.use]
    dialog.list.setFocus()
    walked = []
    for _ in stops:
        walked.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert walked == stops
    assert dialog.focusWidget() is dialog.list


@pytest.mark.parametrize("left_in", ["name", "way", "test"])
def test_dialog_begins_in_the_list_wherever_it_was_left(dialog: ConnectionsDialog, left_in: str) -> None:
    getattr(dialog.page, left_in).setFocus()
    dialog.reject()
    dialog.appear()
    assert dialog.focusWidget() is dialog.list
