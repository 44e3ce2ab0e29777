"""Everything has room: in each window, at each size of the text, in both languages."""

import itertools

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from desktop.session.connection_status import Connecting, Connection, Waiting
from desktop.session.state import Session
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.form.dates.date_edit import DateEdit
from desktop.widgets.form.dates.room import day_width
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.pane.view import TabId
from tests.desktop.screens import Screen
from tests.desktop.widgets.form.forms import RANGE, define

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SIZES = [(800, 500), (1366, 768), (1920, 1080), (3840, 2160)]


def outside(window: QWidget) -> list[str]:
    """Return the visible widgets that reach out of their window."""
    room = window.rect()
    found = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
            if not room.contains(place) and not is_scrolled(widget):
                found.append(f"{type(widget).__name__} {widget.objectName()} {place}")
    return found


def is_scrolled(widget: QWidget) -> bool:
    parent: QWidget | None = widget
    while parent is not None:
        if parent.objectName() in {"qt_scrollarea_viewport", "qt_scrollarea_hcontainer", "qt_scrollarea_vcontainer"}:
            return True
        parent = parent.parentWidget()
    return False


def clipped(window: QWidget) -> list[str]:
    """Return the labels and buttons whose text neither fits nor elides with a tooltip that is whole."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or isinstance(widget, ElidedLabel):
            continue
        if not isinstance(widget, QAbstractButton | QLabel) or widget.toolTip():
            continue
        if widget.text() and is_too_narrow(widget):
            found.append(f"{type(widget).__name__} {widget.text()!r}: {widget.size()} of {widget.sizeHint()}")
    return found


def is_too_narrow(widget: QAbstractButton | QLabel) -> bool:
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() < widget.heightForWidth(widget.width()) - 1
    height = QFontMetrics(widget.font()).height()
    return widget.width() < widget.minimumSizeHint().width() or widget.height() < height


@pytest.mark.slow
@pytest.mark.parametrize("tab", [TabId.PREVIEW, TabId.DETAILS])
@pytest.mark.parametrize(("size", "text_percent", "spoken"), [*itertools.product(SIZES, (100, 150, 200), LanguageId)])
def test_nothing_is_outside_and_nothing_clipped(
    qtbot: QtBot, busy: Session, *, size: tuple[int, int], text_percent: int, spoken: LanguageId, tab: TabId
) -> None:
    language.use(spoken)
    look().wear(text_percent=text_percent)
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.resize(*size)
    window.show()
    window.show_session(busy)
    window.select(next(iter(busy.entries)))
    window.pane.show_tab(tab)
    for step in ("as it is", "with the form", "offline"):
        if step == "with the form":
            window.open_form()
        if step == "offline":
            window.show_session(replace_connection(busy, Waiting(112.0, "reports.example cannot be reached.")))
        for _ in range(3):  # what wraps is laid out once its width is known
            QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert outside(window) == [], step
        assert clipped(window) == [], step


def smallest(qtbot: QtBot, session: Session, text_percent: int, spoken: LanguageId) -> Screen:
    """Return the smallest window, with the session."""
    language.use(spoken)
    look().wear(text_percent=text_percent)
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.resize(800, 500)
    window.show()
    window.show_session(session)
    return window


@pytest.mark.slow
@pytest.mark.parametrize("text_percent", [150, 175, 200])
@pytest.mark.parametrize("spoken", LanguageId)
def test_every_tab_of_the_pane_is_whole_in_the_smallest_window(
    qtbot: QtBot, busy: Session, *, text_percent: int, spoken: LanguageId
) -> None:
    window = smallest(qtbot, busy, text_percent, spoken)
    tabs = window.pane.tabs
    assert tabs.elideMode() is Qt.TextElideMode.ElideNone  # else Qt cuts words that have room
    for is_open in (False, True):
        for number, tab in enumerate(TabId):
            QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(number).center())
            QApplication.processEvents()
            assert window.pane.tab is tab
            assert cut(tabs) == [], is_open


@pytest.mark.parametrize("text_percent", [150, 200, 300])
@pytest.mark.parametrize("spoken", LanguageId)
def test_list_ends_above_an_open_pane_in_the_smallest_window(
    qtbot: QtBot, busy: Session, *, text_percent: int, spoken: LanguageId
) -> None:
    window = smallest(qtbot, busy, text_percent, spoken)
    for _ in range(2):
        window.body.toggle_pane()
        QApplication.processEvents()
        shown = places(window)
        assert shown["list"].bottom() < shown["pane"].top()
        assert shown["pane"].bottom() < shown["status"].top()
        assert window.reports.table.viewport().height() >= window.reports.table.rowHeight(0)


def cut(tabs: QTabBar) -> list[str]:
    """Return the tabs that have less room than they need, or are not in sight."""
    found = []
    for number in range(tabs.count()):
        place, needed = tabs.tabRect(number), tabs.tabSizeHint(number)
        if place.width() < needed.width() or not tabs.rect().contains(place):
            found.append(f"{tabs.tabText(number)}: {place} of {needed} in {tabs.rect()}")
    return found


def replace_connection(session: Session, connection: Connection) -> Session:
    return replace(session, connection=connection)


def places(window: Screen) -> dict[str, QRect]:
    return {
        name: QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
        for name, widget in (
            ("form", window.form),
            ("toolbar", window.toolbar),
            ("list", window.reports.table),
            ("pane", window.pane),
            ("status", window.status),
            ("generate", window.form.generate),
        )
    }


def test_nothing_moves_when_the_connection_goes_or_a_field_is_wrong(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    QApplication.processEvents()
    before = places(window)
    for connection in (Connecting(), Waiting(112.0, "reports.example cannot be reached.")):
        window.show_session(replace_connection(busy, connection))
        QApplication.processEvents()
        assert places(window) == before
    window.form.show_field_errors({"delay": "must be less"})
    window.select(next(iter(busy.entries)))
    QApplication.processEvents()
    assert places(window) == before


@pytest.mark.parametrize(
    ("width_h", "height_h", "has_form", "has_pane"),
    [(85, 48, True, True), (61, 48, False, True), (85, 27, True, False), (50, 27, False, False)],
)
def test_form_and_pane_give_way_in_small_windows(
    window: Screen, *, width_h: int, height_h: int, has_form: bool, has_pane: bool
) -> None:
    window.setMinimumSize(1, 1)
    window.resize(measures.h(width_h), measures.h(height_h))
    QApplication.processEvents()
    assert window.form.isVisible() is has_form
    assert window.pane.is_collapsed is not has_pane


def test_form_of_a_narrow_window_opens_and_closes(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.setMinimumSize(1, 1)
    window.resize(measures.h(58), measures.h(40))
    assert not window.form.isVisible()
    window.open_form()
    assert window.form.isVisible()
    window.form.escaped.emit()
    assert not window.form.isVisible()
    assert window.reports.table.hasFocus()


def test_form_keeps_its_width_when_the_window_grows(window: Screen) -> None:
    window.resize(1366, 768)
    QApplication.processEvents()
    width = window.form.width()
    assert width == pytest.approx(measures.h(20.5), abs=2)
    window.resize(1900, 900)
    QApplication.processEvents()
    assert window.form.width() == width


def test_double_click_on_the_handle_shares_the_height_as_at_first(window: Screen) -> None:
    QApplication.processEvents()
    first = window.body.down.sizes()
    window.body.down.moveSplitter(120, 1)
    window.body.down.reset_asked.emit()
    assert window.body.down.sizes() == first


def test_window_is_as_it_was_left(qtbot: QtBot, window: Screen) -> None:
    window.resize(800, 640)
    window.body.show_form(is_shown=False)
    window.pane.show_tab(TabId.SUMMARY)
    window.body.down.moveSplitter(200, 1)
    window.body.down.splitterMoved.emit(200, 1)
    other = Screen()
    qtbot.addWidget(other, before_close_func=lambda shown: shown.hide())
    other.restore(window.kept())
    other.show()
    QApplication.processEvents()
    assert other.kept() == window.kept()
    assert (other.pane.tab, other.form.isVisible()) == (TabId.SUMMARY, False)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"size": "large", "body": 7, "columns": [], "tab": "x", "sort": [1]},
        {"size": [-5, 10**9], "body": {"listShare": "x", "formWidth": -3}},
    ],
)
def test_nonsense_in_what_is_kept_is_left_aside(window: Screen, kept: dict[str, object]) -> None:
    window.restore(kept)
    QApplication.processEvents()
    assert window.width() >= 800
    assert outside(window) == []


@pytest.mark.parametrize("spoken", LanguageId)
@pytest.mark.parametrize("text_percent", [75, 100, 150, 300])
def test_narrowest_form_shows_whole_days(qtbot: QtBot, *, text_percent: int, spoken: LanguageId) -> None:
    language.use(spoken)
    look().wear(text_percent=text_percent)
    window = Screen()
    qtbot.addWidget(window)
    window.resize(2400, 1400)
    window.form.set_catalog((define(RANGE),))
    window.form.choose("x")
    window.show()
    window.body.across.setSizes([1, 2399])
    QApplication.processEvents()
    days = window.form.findChildren(DateEdit)
    assert len(days) == 2
    for edit in days:
        assert edit.width() >= day_width()
        assert window.form.rect().contains(QRect(edit.mapTo(window.form, edit.rect().topLeft()), edit.size()))
        edit.fill("2000-08-08")
        edit.setCursorPosition(0)
        first = edit.cursorRect().center().x()
        edit.end(False)  # noqa: FBT003  Qt's
        assert edit.cursorRect().center().x() - first >= edit.fontMetrics().horizontalAdvance(edit.text()) - 1
        assert edit.cursorRect().right() <= edit.button.x() + 4
