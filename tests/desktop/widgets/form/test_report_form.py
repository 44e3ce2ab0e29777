import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.form.orders import FormState, key_of
from desktop.wording.language import LanguageId
from desktop.wording.tone import Tone
from tests.desktop.widgets.form.forms import (
    WORST_DAYS,
    define,
    field_of,
    focus,
    format_of,
    line_of,
    page_of,
    submitted,
    type_into,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
LONG = "The days on which most went wrong. " * 12


def test_form_waits_for_the_catalog_and_says_so(form: ReportForm) -> None:
    assert form.description.text == form.generate.toolTip() == "Loading the reports…"
    assert not form.generate.isEnabled()


def test_empty_catalog_says_whom_to_ask(form: ReportForm) -> None:
    form.set_catalog(())
    assert form.description.text == form.generate.toolTip() == "No reports here. Ask who runs the service."
    assert not form.generate.isEnabled()


def test_sample_is_asked_for_as_filled_in(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    type_into(form, "1,000,000", "amountOfRows")
    assert submitted(qtbot, form) == GenerateReport(
        definition="sample", parameters={"delay": 40000, "amountOfRows": 1_000_000}
    )


def test_same_report_under_way_is_said_until_a_field_changes(qtbot: QtBot, form: ReportForm) -> None:
    definition = define(WORST_DAYS)
    form.set_catalog((definition,))
    form.show_under_way([key_of(GenerateReport(definition="x", parameters={"days": 10}), definition)])
    assert form.message.text() == "The same report is under way. Enter again makes another."
    assert form.generate.text() == "&Generate another"
    assert submitted(qtbot, form).parameters["days"] == 10
    type_into(form, "11", "days")
    assert (form.message.text(), form.generate.text()) == ("", "&Generate")
    form.show_under_way([])
    type_into(form, "10", "days")
    assert form.generate.text() == "&Generate"


def test_offline_is_said_and_does_not_hinder(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    form.show_connected(is_connected=False)
    assert (form.message.text(), form.message.tone) == ("Offline: it goes out when connected.", Tone.WAITING)
    submitted(qtbot, form)
    form.show_connected(is_connected=True)
    assert form.message.text() == ""


def test_message_has_its_room_always(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    before = form.message.geometry(), form.generate.geometry()
    form.show_connected(is_connected=False)
    QApplication.processEvents()
    assert (form.message.geometry(), form.generate.geometry()) == before


def test_description_has_two_lines_and_all_on_demand(form: ReportForm) -> None:
    form.resize(328, 700)
    form.set_catalog((define({"a": {"type": "string"}}, description=LONG), define({}, id="y", description="Short.")))
    QApplication.processEvents()
    height = form.description.height()
    assert form.description.more.text() == "More"
    assert form.description.toolTip().count("went") == 12
    QTest.mouseClick(form.description.more, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert form.description.height() > 2 * height
    assert form.description.more.text() == "Less"
    form.choose("y")
    assert not form.description.more.isVisible()
    assert form.description.height() == height


def test_choice_and_values_survive_a_catalog_that_comes_again(form: ReportForm, sample: DefinitionInfo) -> None:
    other = define({"a": {"type": "string"}, "b": {"type": "integer"}}, formats=("csv", "xlsx"))
    form.set_catalog((sample, other))
    form.choose("x")
    format_of(form).choose("xlsx")
    type_into(form, "kept")
    type_into(form, "half-", "b")
    changed = define({"a": {"type": "string"}, "b": {"type": "string"}}, formats=("csv", "xlsx"), title="Y")
    form.set_catalog((changed, sample))
    assert form.definition == changed
    assert field_of(form).editor.draft() == "kept"
    assert field_of(form, "b").editor.draft() == ""
    assert format_of(form).chosen == "xlsx"


def test_values_survive_a_look_at_another_report(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample, define({"a": {"type": "string"}})))
    form.choose("x")
    type_into(form, "kept")
    form.choose("sample")
    assert form.description.text == "Waits, then writes."
    form.choose("x")
    assert field_of(form).editor.draft() == "kept"


def test_report_that_is_not_offered_cannot_be_chosen(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    assert not form.choose("gone")
    assert form.definition == sample


def test_order_to_edit_fills_the_form_and_goes_to_its_first_field(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({}, id="y"), define(WORST_DAYS, formats=("xlsx", "csv"))))
    focus(form, form.generate)
    values = {"days": 900_000, "origin": "JFK", "start": "2013-02-01", "gone": 1}
    assert form.fill("x", values, "csv", {"bom": True, "odd": 1}) == ("days", "gone", "odd")
    assert line_of(form, "start").hasFocus()
    order = submitted(qtbot, form)
    assert order.parameters == {
        "start": "2013-02-01",
        "end": "2013-12-31",
        "days": 10,
        "origin": "JFK",
        "threshold": 15,
    }
    assert (order.format, order.format_options) == ("csv", {"bom": True})


def test_order_of_a_report_that_is_gone_changes_nothing(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    type_into(form, "5", "delay")
    assert form.fill("gone", {}) == ("gone",)
    assert line_of(form, "delay").text() == "5"


def test_format_that_is_not_offered_is_named(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    assert form.fill("sample", {}, "pdf") == ("pdf",)


def test_what_is_kept_comes_back(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    catalog = (sample, define(WORST_DAYS, formats=("xlsx", "csv")))
    form.set_catalog(catalog)
    form.choose("x")
    type_into(form, "50", "days")
    format_of(form).choose("csv")
    form.show_folder("/home/me/Reports")
    form.foot.save.setChecked(True)
    order = submitted(qtbot, form)
    kept = form.kept()
    assert (kept.definition, kept.recent, kept.folder, kept.saves_when_ready) == ("x", ("x",), "/home/me/Reports", True)
    other = ReportForm()
    qtbot.addWidget(other)
    other.restore(kept)
    assert other.kept() == kept
    other.set_catalog(catalog)
    assert submitted(qtbot, other) == order
    assert other.kept() == kept
    assert other.foot.folder_path == "/home/me/Reports"


def test_what_was_kept_of_another_catalog_is_left_out(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    form.restore(FormState(definition="gone", parameters={"delay": 3}))
    assert (form.definition, line_of(form, "delay").text()) == (sample, "40,000")
    form.restore(FormState(definition="sample", parameters={"delay": "x", "amountOfRows": 7}, format="pdf"))
    assert [line_of(form, name).text() for name in ("delay", "amountOfRows")] == ["40,000", "7"]


def test_service_that_has_not_said_what_it_makes_offers_nothing(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    form.set_catalog(None)
    form.restore(FormState(definition="x", parameters={"days": 50}))
    assert (form.definition, form.page, form.generate.isEnabled()) == (None, None, False)
    assert form.description.text == "Loading the reports…"
    form.set_catalog((sample, define(WORST_DAYS)))
    assert line_of(form, "days").text() == "50"


def test_three_reports_are_recent(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog(tuple(define({}, id=each) for each in "abcd"))
    for each in "abcdb":
        form.choose(each)
        submitted(qtbot, form)
    assert form.kept().recent == ("b", "d", "c")


def test_other_folder_is_asked_for_by_the_window(qtbot: QtBot, form: ReportForm) -> None:
    form.resize(328, 600)
    form.show_folder("/home/me/A & B")
    QApplication.processEvents()
    assert form.foot.folder.text() == "A && B"
    with qtbot.waitSignal(form.folder_wanted):
        form.foot.menu.actions()[0].trigger()


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_long_folder_gives_way_and_no_word_is_cut(qtbot: QtBot, spoken: LanguageId) -> None:
    language.use(spoken)
    form = ReportForm()
    qtbot.addWidget(form)
    form.set_catalog((define(WORST_DAYS),))
    form.show_folder("/home/me/All the reports of this and the last year")
    form.resize(measures.h(18), 700)
    form.show()
    QApplication.processEvents()
    assert "…" in form.foot.folder.text()
    assert form.foot.save.width() >= form.foot.save.sizeHint().width()
    assert "last year" in form.foot.folder.toolTip()


def test_tab_goes_through_everything_in_order(form: ReportForm) -> None:
    form.set_catalog((define(WORST_DAYS, formats=("xlsx", "csv"), description=LONG),))
    order = form.stops()
    foot = form.foot
    assert order[:3] == [form.choice, form.description.more, form.sets]
    assert order[-5:] == [foot.format.choice, foot.format.button, foot.save, foot.folder, form.generate]
    assert [stop for stop in chain_of(order[0]) if stop in order] == order


def chain_of(first: QWidget) -> list[QWidget]:
    stops = [first]
    while (following := stops[-1].nextInFocusChain()) is not first:
        assert following is not None
        stops.append(following)
    return stops


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_no_two_letters_are_the_same(qtbot: QtBot, spoken: LanguageId) -> None:
    language.use(spoken)
    form = ReportForm()
    qtbot.addWidget(form)
    form.set_catalog((define(WORST_DAYS),))
    labels = [field.label.text() for field in page_of(form).fields.values()]
    letters = [label[label.index("&") + 1].upper() for label in labels]
    letters += "PTSG" if spoken is LanguageId.ENGLISH else "RTSZ"
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("percent", [75, 150, 200, 300])
def test_form_keeps_up_with_the_text(form: ReportForm, percent: int) -> None:
    form.set_catalog((define(WORST_DAYS, description=LONG),))
    look().wear(text_percent=percent)
    form.resize(measures.h(20.5), measures.h(50))
    for _ in range(5):
        QApplication.processEvents()
    for stop in form.stops():
        area = stop.rect().translated(stop.mapTo(form, stop.rect().topLeft()))
        assert not stop.isVisible() or form.rect().contains(area), stop
    assert line_of(form, "days").height() == measures.h() + 12
    assert form.generate.height() == measures.h() + 20


def test_form_is_painted_in_the_dark(form: ReportForm) -> None:
    look().wear(Appearance.DARK)
    form.resize(328, 600)
    form.set_catalog((define(WORST_DAYS),))
    QApplication.processEvents()
    assert form.grab().toImage().pixelColor(8, 300).lightness() < 80


def test_names_and_descriptions_are_plain_text(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "title": "A", "description": "It is <b>x</b>."}}),))
    widget = field_of(form).editor.widget
    assert (widget.accessibleName(), widget.accessibleDescription()) == ("A", "It is <b>x</b>.")
    for stop in form.stops():
        assert stop.accessibleName() or getattr(stop, "text", str)(), stop


@pytest.mark.parametrize("was_in_it", [False, True])
def test_typing_in_the_field_that_is_gone_to_replaces_what_is_in_it(form: ReportForm, *, was_in_it: bool) -> None:
    form.set_catalog((define({"a": {"type": "integer", "title": "A", "default": 0}}),))
    line = line_of(form)
    if was_in_it:
        line.setFocus()
        line.deselect()
    form.focus_first()
    QTest.keyClicks(line, "5")
    assert line.text() == "5"
