import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from backend import reports
from backend.catalog.loading import load
from desktop.widgets.form.chooser.chooser_popup import ChooserPopup
from desktop.widgets.form.chooser.definition_delegate import FOUND_ROLE
from desktop.widgets.form.popup import Popup
from desktop.widgets.form.report_form import ReportForm
from desktop.wording.form.orders import FormState
from desktop.wording.form.search import Found
from tests.desktop.conftest import NOW
from tests.desktop.widgets.form.forms import define, focus

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
CATALOG = tuple(definition.info(NOW.date()) for definition in load(reports).values())


@pytest.fixture
def flights(form: ReportForm) -> ReportForm:
    form.set_catalog(CATALOG)
    form.choose("worst-days")
    form.restore(FormState(definition="worst-days", recent=("carrier-delays", "gone", "flights")))
    return form


def open_popup(form: ReportForm) -> ChooserPopup:
    return next(popup for popup in form.choice.findChildren(ChooserPopup) if popup.isVisible())


def shown(popup: ChooserPopup) -> list[str]:
    """Return ids, and headings as they are."""
    texts = []
    for row in range(popup.model.rowCount()):
        found = popup.model.index(row, 0).data(FOUND_ROLE)
        texts.append(found.definition if isinstance(found, Found) else popup.model.index(row, 0).data())
    return texts


KEYS = {
    "space": (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
    "enter": (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
    "enter of the digits": (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier),
    "up": (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier),
    "down": (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
    "alt+down": (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
    "F4": (Qt.Key.Key_F4, Qt.KeyboardModifier.NoModifier),
}


@pytest.mark.parametrize("way", ["click", *KEYS, "typing"])
def test_list_opens(flights: ReportForm, way: str) -> None:
    focus(flights, flights.choice)
    asked: list[object] = []
    flights.submitted.connect(asked.append)
    match way:
        case "click":
            QTest.mouseClick(flights.choice, Qt.MouseButton.LeftButton)
        case "typing":
            QTest.keyClicks(flights.choice, "l")
        case _:
            QTest.keyClick(flights.choice, *KEYS[way])
    popup = open_popup(flights)
    assert popup.search.text() == ("l" if way == "typing" else "")
    popup.close()
    assert asked == []


@pytest.mark.parametrize("key", ["down", "F4", "alt+down"])
def test_mnemonic_and_a_key_after_it_open_one_list(flights: ReportForm, key: str) -> None:
    focus(flights, flights.choice)
    QTest.keyClick(flights.choice, *KEYS[key])
    popup = open_popup(flights)
    QTest.keyClicks(popup.search, "score")
    flights.choice.click()  # that of the label's mnemonic, which Qt presses for a while first
    assert [each for each in flights.choice.findChildren(Popup) if each.isVisible()] == [popup]
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert flights.choice.said == "Carrier scorecard"


@pytest.mark.parametrize("recent", [(), ("carrier-delays", "route-matrix")])
def test_enter_takes_the_report_that_is_called_so(flights: ReportForm, recent: tuple[str, ...]) -> None:
    flights.restore(FormState(definition="worst-days", recent=recent))
    focus(flights, flights.choice)
    QTest.keyClicks(flights.choice, "f")
    popup = open_popup(flights)
    QTest.keyClicks(popup.search, "lights")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert flights.choice.said == "Flights"


def test_late_car_finds_five(flights: ReportForm) -> None:
    popup = flights.choice.show_popup()
    QTest.keyClicks(popup.search, "late car")
    assert popup.count.text() == f"5 of {len(CATALOG)} reports"
    assert shown(popup)[:3] == ["Reports found", "carrier-delays", "carrier-scorecard"]
    popup.close()


def test_recent_reports_come_first_and_once(flights: ReportForm) -> None:
    popup = flights.choice.show_popup()
    assert shown(popup)[:4] == ["Recent", "carrier-delays", "flights", "All reports"]
    assert len(shown(popup)) == len(CATALOG) + 2
    assert popup.current == "worst-days"
    popup.close()


def test_enter_takes_the_marked_one(flights: ReportForm) -> None:
    popup = flights.choice.show_popup()
    QTest.keyClicks(popup.search, "late car")
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert flights.definition is not None
    assert flights.definition.id == "carrier-scorecard"
    assert (flights.choice.said, flights.choice.accessibleDescription()) == ("Carrier scorecard",) * 2
    assert not popup.isVisible()


def test_escape_keeps_the_old(flights: ReportForm) -> None:
    popup = flights.choice.show_popup("late car")
    QTest.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert flights.definition is not None
    assert flights.definition.id == "worst-days"


def test_click_takes(flights: ReportForm) -> None:
    popup = flights.choice.show_popup("data quality")
    place = popup.list.visualRect(popup.model.index(1, 0)).center()
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert flights.definition is not None
    assert flights.definition.id == "data-quality"


def test_words_that_no_report_has_take_nothing(flights: ReportForm) -> None:
    popup = flights.choice.show_popup("xyz")
    assert shown(popup) == ["No report has these words."]
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()
    QTest.mouseClick(popup.clear, Qt.MouseButton.LeftButton)
    assert len(shown(popup)) == len(CATALOG) + 2
    popup.close()


def test_heading_cannot_be_taken(flights: ReportForm) -> None:
    popup = flights.choice.show_popup("late")
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert popup.isVisible()
    popup.close()


def test_rows_have_two_lines_and_are_painted(flights: ReportForm) -> None:
    popup = flights.choice.show_popup("late car")
    heights = [popup.list.sizeHintForRow(row) for row in (0, 1)]
    assert heights[1] > 2 * popup.list.fontMetrics().height() > heights[0]
    QApplication.processEvents()
    assert not popup.grab().isNull()
    popup.close()


def test_text_of_the_service_is_no_markup(form: ReportForm) -> None:
    form.set_catalog((define({}, description="<i>Words</i> " * 60, title="A & <b>B</b>"),))
    popup = form.choice.show_popup()
    assert "&lt;i&gt;" in popup.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert form.choice.said == "A & <b>B</b>"
    popup.close()
