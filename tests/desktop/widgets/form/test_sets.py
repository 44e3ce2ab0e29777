import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QScrollBar, QStyle, QStyleOptionFrame
from pytestqt.qtbot import QtBot

from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.form.sets.sets_dialog import SetsDialog
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.form.orders import SavedSet
from desktop.wording.language import LanguageId
from desktop.wording.tone import Tone
from tests.desktop.widgets.form.forms import WORST_DAYS, define, format_of, line_of, submitted, type_into
from tests.desktop.widgets.rings import unseen_stops

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
SUMMER = SavedSet(name="Summer & sun", definition="x", parameters={"days": 92, "start": "2013-06-01"})


@pytest.fixture
def days(form: ReportForm) -> ReportForm:
    form.set_catalog((define(WORST_DAYS, formats=("xlsx", "csv")), define({}, id="y")))
    return form


def action(form: ReportForm, text: str) -> QAction:
    return next(
        each
        for each in form.sets.menu().actions()
        if each.text().replace("&&", "\0").replace("&", "").replace("\0", "&&") == text
    )


def test_name_says_that_values_were_edited_and_defaults_come_back(days: ReportForm) -> None:
    assert days.sets.said == "Defaults"
    type_into(days, "50", "days")
    assert days.sets.said == "Defaults, changed"
    action(days, "Defaults").trigger()
    assert (days.sets.said, line_of(days, "days").text()) == ("Defaults", "10")


def test_last_used_are_those_of_this_report(qtbot: QtBot, days: ReportForm) -> None:
    assert not action(days, "Last used").isEnabled()
    type_into(days, "50", "days")
    submitted(qtbot, days)
    assert days.sets.said == "Last used"
    type_into(days, "7", "days")
    action(days, "Last used").trigger()
    assert line_of(days, "days").text() == "50"
    days.choose("y")
    assert not action(days, "Last used").isEnabled()


def test_saved_set_is_offered_for_its_report_alone_and_taken(qtbot: QtBot, days: ReportForm) -> None:
    days.show_sets([SUMMER, SavedSet(name="Other", definition="y", parameters={})])
    assert "Other" not in [each.text() for each in days.sets.menu().actions()]
    action(days, "Summer && sun").trigger()
    assert days.sets.said == "Summer & sun"
    assert submitted(qtbot, days).parameters["days"] == 92


def test_set_is_named_only_as_far_as_the_fields_are_it(days: ReportForm) -> None:
    long = SavedSet(name="JFK " * 20, definition="x", parameters={"days": 30})
    days.show_sets([SUMMER, long])
    action(days, long.name).trigger()
    type_into(days, "31", "days")
    assert days.sets.said == f"{long.name}, changed"
    assert days.sets.text().endswith("…, changed")
    type_into(days, "30", "days")
    assert days.sets.said == long.name
    type_into(days, "10", "days")
    assert days.sets.said == "Defaults"
    type_into(days, "31", "days")
    assert days.sets.said == f"{long.name}, changed"
    days.show_sets([SUMMER])
    assert days.sets.said == "Own values"


def test_set_that_was_saved_with_a_format_brings_it(days: ReportForm) -> None:
    days.show_sets([SavedSet(name="A", definition="x", parameters={}, format="csv", format_options={"bom": True})])
    action(days, "A").trigger()
    assert (format_of(days).asked, format_of(days).options) == ("csv", {"bom": True})


def test_set_is_saved_by_a_name(qtbot: QtBot, days: ReportForm) -> None:
    days.show_sets([SUMMER])
    type_into(days, "50", "days")
    popup = days.sets.ask_for_name()
    assert not popup.save.isEnabled()
    QTest.keyClicks(popup.line, "Summer & sun")
    assert popup.note.text() == "A set of this name is replaced."
    QTest.keyClicks(popup.line, "s ")
    assert popup.note.text() == ""
    with qtbot.waitSignal(days.set_saved) as signal, qtbot.assertNotEmitted(days.submitted):
        QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert signal.args is not None
    saved = signal.args[0]
    assert (saved.name, saved.definition, saved.parameters["days"], saved.format) == ("Summer & suns", "x", 50, "xlsx")


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ({"days": "5e3"}, "Days"),
        ({"days": "900", "threshold": "0"}, "Days, Late from (min)"),
        ({"start": "2013-07-01", "end": "2013-06-01"}, "From, To"),
        ({"start": "soon"}, "From"),
    ],
)
def test_no_set_is_saved_while_a_field_is_wrong_which_is_named(
    qtbot: QtBot, days: ReportForm, typed: dict[str, str], titles: str
) -> None:
    for name, text in typed.items():
        type_into(days, text, name)
    popup = days.sets.ask_for_name()
    said = f"A set holds no wrong values. To be mended: {titles}."
    assert (popup.note.text(), popup.note.tone) == (said, Tone.FAILED)
    assert popup.line.accessibleDescription() == said
    QApplication.processEvents()
    assert "".join(popup.note.folded()).replace(" ", "") == said.replace(" ", "")
    assert not [bar for bar in popup.findChildren(QScrollBar) if bar.isVisible()]
    QTest.keyClicks(popup.line, "Summer")
    assert not popup.save.isEnabled()
    assert popup.note.text() == said
    with qtbot.assertNotEmitted(days.set_saved):
        QTest.keyClick(popup.line, Qt.Key.Key_Return)
        QTest.mouseClick(popup.save, Qt.MouseButton.LeftButton)
    popup.close()
    action(days, "Defaults").trigger()
    popup = days.sets.ask_for_name()
    QTest.keyClicks(popup.line, "Summer")
    with qtbot.waitSignal(days.set_saved):
        QTest.keyClick(popup.line, Qt.Key.Key_Return)


@pytest.fixture
def dialog(days: ReportForm) -> SetsDialog:
    days.show_sets([SUMMER, SavedSet(name="B", definition="x", parameters={})])
    dialog = days.manage_sets()
    assert dialog is not None
    return dialog


def test_dialog_renames_and_keeps_names_apart(qtbot: QtBot, days: ReportForm, dialog: SetsDialog) -> None:
    with qtbot.waitSignal(days.set_renamed) as signal:
        dialog.list.item(0).setText(" Winter ")
    assert signal.args == [SUMMER, "Winter"]
    with qtbot.assertNotEmitted(days.set_renamed):
        dialog.list.item(1).setText("Summer & sun")
    assert dialog.list.item(1).text() == "B"


def test_dialog_deletes_the_marked_one_and_shows_what_is_left(
    qtbot: QtBot, days: ReportForm, dialog: SetsDialog
) -> None:
    with qtbot.waitSignal(days.set_deleted) as signal:
        QTest.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    assert signal.args == [SUMMER]
    days.show_sets([])
    assert dialog.list.count() == 0
    assert not dialog.delete.isEnabled()
    assert dialog.nothing.isVisible()


def test_deleted_set_comes_back_as_it_was(qtbot: QtBot, days: ReportForm, dialog: SetsDialog) -> None:
    assert not dialog.undo.isVisible()
    QTest.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    days.show_sets([SavedSet(name="B", definition="x", parameters={})])
    assert dialog.message.text() == "Summer & sun is deleted."
    with qtbot.waitSignal(days.set_saved) as signal:
        QTest.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    assert signal.args == [SUMMER]
    days.show_sets([SUMMER])
    assert (dialog.message.text(), dialog.undo.isVisible()) == ("", False)


def test_deletion_cannot_be_undone_over_another_set_of_the_name(days: ReportForm, dialog: SetsDialog) -> None:
    QTest.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    days.show_sets([SavedSet(name=SUMMER.name, definition="x", parameters={"days": 1})])
    assert not dialog.undo.isVisible()


@pytest.mark.parametrize("percent", [75, 100, 200])
def test_letters_of_a_name_have_room_while_it_is_edited(dialog: SetsDialog, percent: int) -> None:
    look().wear(Appearance.LIGHT, percent)
    QApplication.processEvents()
    QTest.mouseClick(dialog.rename, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    (line,) = dialog.list.findChildren(QLineEdit)
    option = QStyleOptionFrame()
    line.initStyleOption(option)
    inside = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line)
    assert line.fontMetrics().height() <= inside.height()
    assert dialog.list.viewport().rect().contains(line.geometry())


@pytest.mark.parametrize("way", ["bring", "send"])
def test_dialog_asks_for_files_without_stopping_the_window(
    qtbot: QtBot, days: ReportForm, dialog: SetsDialog, tmp_path: Path, *, way: str
) -> None:
    button, wanted = (
        (dialog.bring, days.sets_import_wanted) if way == "bring" else (dialog.send, days.sets_export_wanted)
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    (files,) = dialog.findChildren(QFileDialog)
    with qtbot.waitSignal(wanted) as signal:
        files.fileSelected.emit(str(tmp_path / "a.json"))
    assert signal.args == [tmp_path / "a.json"]
    files.close()


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_each_stop_of_the_dialog_shows_that_it_has_the_focus(dialog: SetsDialog, appearance: Appearance) -> None:
    look().wear(appearance)
    assert unseen_stops(dialog, dialog.list) == []


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_F4, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_menu_opens_with_the_keys_of_a_combo_box(
    days: ReportForm, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    opened = []
    monkeypatch.setattr(days.sets, "showMenu", lambda: opened.append(True))
    days.sets.setFocus()
    QTest.keyClick(days.sets, key, modifier)
    assert opened
    assert days.focusWidget() is days.sets


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_each_command_of_the_menu_has_a_letter_of_its_own(days: ReportForm, spoken: LanguageId) -> None:
    language.use(spoken)
    days.sets.offer([], has_last=True)
    letters = [re.findall(r"&(\w)", each.text()) for each in days.sets.menu().actions() if not each.isSeparator()]
    assert all(len(each) == 1 for each in letters)
    assert len({each[0].lower() for each in letters}) == len(letters)
