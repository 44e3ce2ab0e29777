import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from desktop.widgets.form.format_choice import OptionsPopup
from desktop.widgets.form.report_form import ReportForm
from desktop.wording import language
from desktop.wording.language import LanguageId
from tests.desktop.widgets.form.forms import define, format_of, submitted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


def set_option(popup: OptionsPopup, name: str, value: object) -> None:
    widget = popup.editors[name].widget
    if isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    else:
        assert isinstance(widget, QComboBox)
        widget.setCurrentText(str(value))


@pytest.mark.parametrize(("formats", "chosen"), [(("csv",), None), (("csv", "xlsx"), "xlsx")])
def test_format_is_a_choice_only_where_there_is_one(
    qtbot: QtBot, form: ReportForm, formats: tuple[str, ...], chosen: str | None
) -> None:
    form.set_catalog((define({}, formats=formats),))
    assert format_of(form).choice.isEnabled() is (chosen is not None)
    format_of(form).choose("xlsx")
    assert submitted(qtbot, form).format == chosen


def test_formats_are_named_and_the_first_is_chosen(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv", "parquet")),))
    choice = format_of(form).choice
    assert [choice.itemText(n) for n in range(choice.count())] == ["Excel (XLSX)", "CSV", "Parquet"]
    assert submitted(qtbot, form).format == "xlsx"


def test_options_speak_the_language_of_the_window(form: ReportForm) -> None:
    language.use(LanguageId.GERMAN)
    form.set_catalog((define({}),))
    QTest.mouseClick(format_of(form).button, Qt.MouseButton.LeftButton)
    (popup,) = format_of(form).button.findChildren(OptionsPopup)
    delimiter, mark = popup.editors["delimiter"].widget, popup.editors["bom"].widget
    assert isinstance(delimiter, QComboBox)
    assert isinstance(mark, QCheckBox)
    assert (delimiter.accessibleName(), delimiter.currentText()) == ("Trennzeichen", "Komma")
    assert mark.text() == "Für Excel: Byte-Order-Mark"
    popup.close()


def test_options_are_offered_where_the_format_has_some(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    assert not format_of(form).button.isEnabled()
    assert format_of(form).button.toolTip() == "This format has no options."
    format_of(form).choose("csv")
    assert format_of(form).button.isEnabled()


def test_options_are_said_in_words_and_sent_where_they_differ(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    format_of(form).choose("csv")
    popup = format_of(form).show_popup()
    delimiter, bom = (popup.editors[name].widget for name in ("delimiter", "bom"))
    assert isinstance(delimiter, QComboBox)
    assert isinstance(bom, QCheckBox)
    assert [delimiter.itemText(n) for n in range(delimiter.count())] == ["Comma", "Semicolon", "Tab", "Bar"]
    assert bom.text() == "For Excel: byte order mark"
    assert submitted(qtbot, form).format_options is None
    set_option(popup, "delimiter", "Tab")
    assert submitted(qtbot, form).format_options == {"delimiter": "\t"}
    set_option(popup, "bom", value=True)
    popup.close()
    assert submitted(qtbot, form).format_options == {"delimiter": "\t", "bom": True}
    format_of(form).choose("xlsx")
    assert submitted(qtbot, form).format_options is None


def test_popup_shows_what_was_chosen_before(form: ReportForm) -> None:
    form.set_catalog((define({}),))
    set_option(format_of(form).show_popup(), "delimiter", "Bar")
    delimiter = format_of(form).show_popup().editors["delimiter"].widget
    assert isinstance(delimiter, QComboBox)
    assert delimiter.currentText() == "Bar"


def test_format_and_options_survive_a_look_at_another_report(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")), define({}, id="y", formats=("xlsx", "csv"))))
    format_of(form).choose("csv")
    set_option(format_of(form).show_popup(), "bom", value=True)
    form.choose("y")
    assert format_of(form).chosen == "xlsx"
    form.choose("x")
    assert (format_of(form).chosen, format_of(form).options) == ("csv", {"bom": True})


def test_format_and_options_survive_a_catalog_with_other_formats(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    format_of(form).choose("csv")
    set_option(format_of(form).show_popup(), "bom", value=True)
    form.set_catalog((define({}, formats=("parquet", "csv")),))
    assert (format_of(form).chosen, format_of(form).options) == ("csv", {"bom": True})
    form.set_catalog((define({}, formats=("parquet",)),))
    assert (format_of(form).chosen, format_of(form).options) == ("parquet", None)
