"""The keyboard alone: Tab goes everywhere in order, letters go where they say, F6 goes from region to region."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.session.connection_status import Connecting
from desktop.session.state import Session
from desktop.widgets.form.chooser.chooser_popup import ChooserPopup
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.pane.view import TabId
from desktop.wording.reports.arrangement import Chip
from desktop.wording.reports.offers import ActionId
from tests.desktop.screens import Screen
from tests.desktop.widgets.rings import unseen_stops

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def is_stop(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def walk(window: Screen, start: QWidget) -> list[QWidget]:
    """Press Tab until it comes round, and return where it stopped."""
    start.setFocus()
    stops = [start]
    for _ in range(100):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is start:
            return stops
        stops.append(focused)
    names = [f"{type(stop).__name__} {stop.objectName()}" for stop in stops]
    raise AssertionError(f"Tab does not come round: {names}")


@pytest.mark.parametrize("has_rows", [False, True])
def test_tab_goes_through_form_list_pane_and_status_in_order(
    window: Screen, busy: Session, make_session: object, *, has_rows: bool
) -> None:
    window.show_session(busy if has_rows else make_session())  # type: ignore[operator]
    if has_rows:
        window.select(next(iter(busy.entries)))
    stops = walk(window, window.form.choice)
    regions = [window.form, window.reports, window.pane, window.status]
    visited = [next(each for each in regions if each.isAncestorOf(stop)) for stop in stops]
    order = [here for before, here in pairwise([None, *visited]) if here is not before]
    assert order == regions
    expected = [*window.form.stops(), *window.reports.stops(), *window.pane.stops(), *window.status.stops()]
    assert [stop for stop in stops if stop in expected] == [stop for stop in expected if is_stop(stop)]


def test_no_button_of_the_toolbar_is_a_stop(window: Screen) -> None:
    assert not any(is_stop(button) for button in window.toolbar)


def test_f6_goes_from_region_to_region_and_back(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.form.choice.setFocus()
    regions = [window.form, window.reports, window.pane, window.status]

    def here() -> QWidget:
        focused = QApplication.focusWidget()
        return next(region for region in regions if focused and region.isAncestorOf(focused))

    seen = []
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_F6)
        seen.append(here())
    assert seen == [window.reports, window.pane, window.status, window.form]
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert here() is window.status


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_each_letter_is_given_to_one_thing(qtbot: QtBot, busy: Session, spoken: LanguageId) -> None:
    language.use(spoken)
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.show()
    window.show_session(busy)
    texts = [action.text() for action in window.menuBar().actions()]
    for widget in window.body.findChildren(QWidget):
        text = widget.property("text")
        if widget.isVisible() and isinstance(text, str) and widget.metaObject().className() != "QLineEdit":
            texts.append(text)
    letters = [found.lower() for text in texts for found in re.findall(r"&([^&\s])", text.replace("&&", ""))]
    assert sorted(letters) == sorted(set(letters))


def test_f4_opens_the_reports_from_the_chooser_and_is_the_pane_s_elsewhere(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.form.choice.setFocus()
    QTest.keyClick(window.form.choice, Qt.Key.Key_F4)
    (popup,) = window.form.choice.findChildren(ChooserPopup)
    popup.close()
    assert window.body.is_pane_shown
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, Qt.Key.Key_F4)
    assert not window.body.is_pane_shown


def test_letters_typed_in_the_list_go_to_the_search_and_escape_comes_back(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.reports.table.setFocus()
    QTest.keyClicks(window.reports.table, "x")
    search = window.reports.filters.search
    assert search.hasFocus()
    QTest.keyClicks(search, "yz")
    assert window.desk.arrangement.search == "xyz"
    assert window.reports.empty.isVisible()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert (window.desk.arrangement.search, search.hasFocus()) == ("", True)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert window.reports.table.hasFocus()


def test_show_all_takes_the_filters_away(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    QTest.keyClicks(window.reports.filters.search, "xyz")
    QTest.mouseClick(window.reports.empty.button, Qt.MouseButton.LeftButton)
    assert len(window.reports.table.reports.rows) == len(busy.entries)


def chosen(window: Screen) -> Chip:
    return window.desk.arrangement.chip


def test_chips_are_one_stop_and_the_arrows_choose(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    chips = window.reports.filters.chips
    assert [chip for chip, button in chips.items() if is_stop(button)] == [Chip.ALL]
    chips[Chip.ALL].setFocus()
    QTest.keyClick(chips[Chip.ALL], Qt.Key.Key_Right)
    assert chosen(window) is Chip.UNDER_WAY
    assert chips[Chip.UNDER_WAY].hasFocus()
    QTest.keyClick(chips[Chip.UNDER_WAY], Qt.Key.Key_Left)
    QTest.keyClick(chips[Chip.ALL], Qt.Key.Key_Left)
    assert chosen(window) is Chip.CANCELLED
    assert {row.shown.value.words for row in window.reports.table.reports.rows} == {"Cancelled"}


@pytest.mark.parametrize(("key", "percent"), [(Qt.Key.Key_Plus, 125), (Qt.Key.Key_Minus, 75), (Qt.Key.Key_0, 100)])
def test_size_of_the_text_has_keys(window: Screen, busy: Session, key: Qt.Key, percent: int) -> None:
    window.show_session(busy)
    if percent == 100:
        look().wear(text_percent=200)
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert look().text_percent == percent
    assert window.status.message.text == f"Text {percent} %"


@pytest.mark.parametrize("spoken", list(LanguageId))
@pytest.mark.parametrize("percent", [75, 100, 150, 300])
def test_menu_says_how_large_the_text_is(qtbot: QtBot, spoken: LanguageId, percent: int) -> None:
    language.use(spoken)
    window = Screen()
    qtbot.addWidget(window)
    look().wear(text_percent=percent)
    action = window.actions_of_window[ActionId.NORMAL]
    assert action.text().endswith(f" {percent} %)")
    assert any(action in menu.actions() for menu in window.menuBar().findChildren(QMenu))


def test_undo_is_the_field_s_while_it_has_the_focus(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.change(can_undo=True)
    assert window.form.page is not None
    line = window.form.page.fields["delay"].editor.widget
    line.setFocus()
    QTest.keyClicks(line, "1")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.intents == []
    window.reports.table.setFocus()
    QTest.keyClick(window.reports.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.intents) == 1


def test_f4_leaves_the_tabs_and_brings_the_pane_back(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert window.pane.is_collapsed
    assert not window.actions_of_window[ActionId.PANE].isChecked()
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert not window.pane.is_collapsed


def test_nothing_shown_is_orphaned(window: Screen) -> None:
    """Every action, menu and timer belongs to the window, and so ends with it."""
    for thing in window.findChildren(QObject):
        assert thing.parent() is not None


@pytest.mark.slow
@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("has_rows", [False, True])
@pytest.mark.parametrize("size", [(800, 500), (1366, 768)])
def test_each_stop_shows_that_it_has_the_focus(
    window: Screen,
    busy: Session,
    make_session: Callable[..., Session],
    *,
    size: tuple[int, int],
    has_rows: bool,
    appearance: Appearance,
) -> None:
    look().wear(appearance)
    window.resize(*size)
    window.show_session(busy if has_rows else make_session(is_listed=True))
    window.open_form()
    window.body.show_pane(is_shown=True)
    window.select(*list(busy.entries)[3:4] if has_rows else [])
    for tab in TabId:
        window.pane.show_tab(tab)
        QApplication.processEvents()
        assert unseen_stops(window, window.form.choice) == []


def enter_by_search(window: Screen) -> None:
    window.reports.focus_search()
    QTest.keyClick(window.reports.filters.search, Qt.Key.Key_Return)


def enter_by_f6(window: Screen) -> None:
    window.form.choice.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F6)


@pytest.mark.parametrize("enter", [enter_by_search, enter_by_f6])
def test_list_that_the_keyboard_comes_to_has_a_row_selected(
    window: Screen, busy: Session, enter: Callable[[Screen], None]
) -> None:
    window.show_session(busy)
    assert not window.shown.selected
    enter(window)
    first, second = (row.report_id for row in window.shown.listed[:2])
    assert [row.report_id for row in window.shown.selected] == [first]
    QTest.keyClick(window.reports.table, Qt.Key.Key_Down)
    assert [row.report_id for row in window.shown.selected] == [second]


def test_click_beside_the_rows_and_coming_back_to_the_window_select_none(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    for reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
        window.form.choice.setFocus()
        window.reports.table.setFocus(reason)
        assert not window.shown.selected


@pytest.mark.parametrize(
    ("key", "place"), [(Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 1), (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, -1)]
)
def test_key_selects_where_nothing_was(window: Screen, busy: Session, key: Qt.Key, place: int) -> None:
    window.show_session(busy)
    table = window.reports.table
    table.setFocus()
    table.selectRow(1)
    table.clearSelection()
    assert not window.shown.selected
    QTest.keyClick(table, key)
    assert window.shown.selected == (window.shown.listed[place],)


@pytest.mark.parametrize(("width", "is_narrow"), [(1366, False), (800, True)])
def test_window_begins_in_the_list_and_goes_on_to_the_choice_of_reports(
    qtbot: QtBot, make_session: Callable[..., Session], width: int, *, is_narrow: bool
) -> None:
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.resize(width, 768)
    window.show_session(make_session(connection=Connecting(), catalog=None))
    with qtbot.waitActive(window):
        window.show()
    assert window.focusWidget() is window.reports.table
    window.show_session(make_session())
    assert window.focusWidget() is (window.reports.table if is_narrow else window.form.choice)


def test_catalog_that_comes_takes_the_focus_from_nobody(window: Screen, make_session: Callable[..., Session]) -> None:
    window.show_session(make_session(connection=Connecting(), catalog=None))
    window.reports.focus_search()
    window.show_session(make_session())
    assert window.focusWidget() is window.reports.filters.search
