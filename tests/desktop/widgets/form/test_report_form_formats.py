import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from desktop.widgets.form.report_form import ReportForm
from tests.desktop.widgets.form.forms import define, format_of, submitted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


def check_bom(form: ReportForm) -> None:
    bom = format_of(form).editors["csv"]["bom"].widget
    assert isinstance(bom, QCheckBox)
    bom.setChecked(True)


@pytest.mark.parametrize(("formats", "chosen"), [(("csv",), None), (("csv", "xlsx"), "xlsx")])
def test_format_is_a_choice_only_where_there_is_one(
    qtbot: QtBot, form: ReportForm, formats: tuple[str, ...], chosen: str | None
) -> None:
    form.set_catalog((define({}, formats=formats),))
    assert format_of(form).choice.isVisible() is (chosen is not None)
    format_of(form).choose("xlsx")
    assert submitted(qtbot, form).format == chosen


def test_formats_are_named_and_the_first_is_chosen(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv", "parquet")),))
    choice = format_of(form).choice
    assert [choice.itemText(n) for n in range(choice.count())] == ["Excel (XLSX)", "CSV", "Parquet"]
    assert submitted(qtbot, form).format == "xlsx"


def test_options_are_shown_with_their_format_alone(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    editors = format_of(form).editors["csv"].values()
    assert not any(editor.widget.isVisible() for editor in editors)
    format_of(form).choose("csv")
    assert all(editor.widget.isVisible() for editor in editors)


def test_options_of_the_only_format_are_shown(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("csv",)), define({}, id="y", formats=("xlsx",))))
    assert format_of(form).editors["csv"]["bom"].widget.isVisible()
    form.choice.setCurrentIndex(1)
    assert not format_of(form).isVisible()


def test_options_are_said_in_words_and_sent_where_they_differ(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    format_of(form).choose("csv")
    delimiter, bom = (format_of(form).editors["csv"][name].widget for name in ("delimiter", "bom"))
    assert isinstance(delimiter, QComboBox)
    assert isinstance(bom, QCheckBox)
    assert [delimiter.itemText(n) for n in range(delimiter.count())] == ["Comma", "Semicolon", "Tab", "Bar"]
    assert bom.text() == "For Excel: byte order mark"
    assert submitted(qtbot, form).format_options is None
    delimiter.setCurrentText("Tab")
    assert submitted(qtbot, form).format_options == {"delimiter": "\t"}
    bom.setChecked(True)
    assert submitted(qtbot, form).format_options == {"delimiter": "\t", "bom": True}
    format_of(form).choose("xlsx")
    assert submitted(qtbot, form).format_options is None


def test_format_and_options_survive_a_look_at_another_report(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")), define({}, id="y", formats=("xlsx", "csv"))))
    format_of(form).choose("csv")
    check_bom(form)
    form.choice.setCurrentIndex(1)
    assert format_of(form).chosen == "xlsx"
    form.choice.setCurrentIndex(0)
    assert (format_of(form).chosen, format_of(form).options) == ("csv", {"bom": True})


def test_format_and_options_survive_a_catalog_with_other_formats(form: ReportForm) -> None:
    form.set_catalog((define({}, formats=("xlsx", "csv")),))
    format_of(form).choose("csv")
    check_bom(form)
    form.set_catalog((define({}, formats=("parquet", "csv")),))
    assert (format_of(form).chosen, format_of(form).options) == ("csv", {"bom": True})
    form.set_catalog((define({}, formats=("parquet",)),))
    assert (format_of(form).chosen, format_of(form).options) == ("parquet", None)


def test_tab_goes_from_the_parameters_through_format_and_options_to_generate(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}}, formats=("xlsx", "csv")),))
    order = [*(form.page.stops() if form.page else []), *format_of(form).stops(), form.generate]
    stops = [order[0]]
    while (following := stops[-1].nextInFocusChain()) is not order[0]:
        assert following is not None
        stops.append(following)
    assert [stop for stop in stops if stop in order] == order
