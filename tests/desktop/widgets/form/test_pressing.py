"""What Enter and Generate do, wherever the focus is."""

import itertools

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.report_form import ReportForm
from desktop.wording import language
from desktop.wording.form.orders import key_of
from desktop.wording.language import LanguageId
from tests.desktop.widgets.form.forms import (
    RANGE,
    WORST_DAYS,
    block_of,
    define,
    field_of,
    focus,
    format_of,
    submitted,
    type_into,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
EACH_KIND = {
    **RANGE,
    "text": {"type": "string", "default": "a"},
    "number": {"type": "integer", "default": 1},
    "date": {"type": "string", "format": "date", "default": "2013-01-01"},
    "yes or no": {"type": "boolean", "default": True},
    "choice": {"type": "string", "enum": ["a", "b"]},
    "several": {"type": "array", "items": {"enum": ["a", "b"]}},
}
ENTERS = [Qt.Key.Key_Return, Qt.Key.Key_Enter]
LONG = "The days on which most went wrong. " * 12


@pytest.mark.parametrize("key", ENTERS)
@pytest.mark.parametrize("place", ["text", "number", "date", "yes or no", "save", "generate"])
def test_enter_generates_from_fields_and_check_boxes(
    qtbot: QtBot, form: ReportForm, *, key: Qt.Key, place: str
) -> None:
    form.set_catalog((define(EACH_KIND, description=LONG, formats=("xlsx", "csv")),))
    widgets = {"save": form.foot.save, "generate": form.generate}
    widget = widgets[place] if place in widgets else field_of(form, place).editor.widget
    focus(form, widget)
    with qtbot.waitSignal(form.submitted):
        QTest.keyClick(widget, key)


@pytest.mark.parametrize("key", ENTERS)
@pytest.mark.parametrize("place", ["chooser", "choice", "several", "range", "format", "options"])
def test_enter_opens_what_the_focus_is_on(qtbot: QtBot, form: ReportForm, *, key: Qt.Key, place: str) -> None:
    form.set_catalog((define(EACH_KIND, description=LONG, formats=("csv", "xlsx")),))
    days = block_of(form, "start").range
    assert days is not None
    widgets: dict[str, QWidget] = {
        "chooser": form.choice,
        "choice": field_of(form, "choice").editor.widget,
        "several": field_of(form, "several").editor.widget,
        "range": days,
        "format": format_of(form).choice,
        "options": format_of(form).button,
    }
    focus(form, widgets[place])
    with qtbot.assertNotEmitted(form.submitted):
        QTest.keyClick(widgets[place], key)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert widgets[place].isAncestorOf(popup) or popup.parentWidget() is widgets[place]
    popup.close()


@pytest.mark.parametrize("key", ENTERS)
def test_enter_presses_links_and_the_menu_of_the_sets(qtbot: QtBot, form: ReportForm, key: Qt.Key) -> None:
    form.set_catalog((define(EACH_KIND, description=LONG),))
    menu = form.sets.menu()
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu.close))
    with qtbot.assertNotEmitted(form.submitted):
        focus(form, form.description.more)
        QTest.keyClick(form.description.more, key)
        assert form.description.is_open
        focus(form, form.sets)
        with qtbot.waitSignal(menu.aboutToShow):
            QTest.keyClick(form.sets, key)


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_generate_keeps_its_letter_whatever_it_says(qtbot: QtBot, spoken: LanguageId) -> None:
    language.use(spoken)
    form = ReportForm(clock=itertools.count(step=10).__next__)
    qtbot.addWidget(form)
    form.show()
    definition = define(WORST_DAYS)
    form.set_catalog((definition,))
    letter = {LanguageId.ENGLISH: Qt.Key.Key_G, LanguageId.GERMAN: Qt.Key.Key_Z}[spoken]
    for under_way in ([], [key_of(GenerateReport(definition="x"), definition)]):
        form.show_under_way(under_way)
        focus(form, form.choice)
        with qtbot.waitSignal(form.submitted):
            QTest.keyClick(form, letter, Qt.KeyboardModifier.AltModifier)


def test_presses_within_a_double_click_are_one(qtbot: QtBot, sample: DefinitionInfo) -> None:
    now = itertools.count(step=QApplication.doubleClickInterval() / 1000 * 0.4).__next__
    form = ReportForm(clock=now)
    qtbot.addWidget(form)
    form.set_catalog((sample,))
    asked: list[GenerateReport] = []
    form.submitted.connect(asked.append)
    form.submit()
    form.submit()
    assert len(asked) == 1
    type_into(form, "7", "delay")
    form.submit()
    assert len(asked) == 2


def test_presses_apart_are_two(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    assert submitted(qtbot, form) == submitted(qtbot, form)
