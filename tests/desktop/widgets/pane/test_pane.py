from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Failure
from desktop.files.preview_status import Loading, Unavailable
from desktop.widgets.pane.pane import LEAST_HEIGHT_H, Pane
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.pane.view import TabId, nothing_selected
from tests.desktop.conftest import EntryFactory
from tests.desktop.widgets.pane.previews import counted, make, view_of, with_preview
from tests.desktop.widgets.test_plain_text import MARKUP, tips

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


@pytest.fixture(autouse=True)
def _as_at_first(qapp: QApplication) -> Iterator[None]:
    look().wear(Appearance.LIGHT, 100)
    yield
    look().wear(Appearance.SYSTEM, 100)


@pytest.fixture
def pane(qtbot: QtBot) -> Pane:
    pane = Pane()
    qtbot.addWidget(pane)
    pane.resize(1000, 300)
    pane.show()
    return pane


def says(pane: Pane, tab: TabId = TabId.PREVIEW) -> str:
    """Return the message in front of a tab; empty if its own content is."""
    pane.show_tab(tab)
    message = pane.message(tab)
    return message.label.text() if message.isVisible() else ""


def lose_patience(pane: Pane) -> None:
    """Let the time pass after which waiting needs words."""
    assert pane.patience.isActive()
    pane.patience.stop()
    pane.patience.timeout.emit()


# --- tabs -----------------------------------------------------------------------------------------


def test_four_tabs_have_their_words_and_icons(pane: Pane) -> None:
    tabs = range(pane.tabs.count())
    assert [pane.tabs.tabText(number) for number in tabs] == ["Preview", "Chart", "Summary", "Details"]
    assert not [number for number in tabs if pane.tabs.tabIcon(number).isNull()]


def test_tab_stays_whatever_is_selected(pane: Pane, known: EntryFactory, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.tab_changed, check_params_cb=lambda tab: tab is TabId.SUMMARY):
        QTest.mouseClick(pane.tabs, Qt.MouseButton.LeftButton, pos=pane.tabs.tabRect(2).center())
    for view in (view_of(known(1, State.FAILED)), nothing_selected(), view_of(known(2, State.RUNNING))):
        pane.show_pane(view)
        assert pane.tab is TabId.SUMMARY


def test_arrow_keys_go_from_tab_to_tab(pane: Pane) -> None:
    pane.tabs.setFocus()
    for _ in range(3):
        QTest.keyClick(pane.tabs, Qt.Key.Key_Right)
    assert pane.tab is TabId.DETAILS


@pytest.mark.parametrize("width", [600, 1200])
def test_icons_give_way_before_words_do(pane: Pane, width: int) -> None:
    look().wear(text_percent=200)
    QApplication.processEvents()
    pane.resize(width, 400)
    QApplication.processEvents()
    has_icons = not pane.tabs.tabIcon(0).isNull()
    assert has_icons is (width == 1200)
    assert pane.tabs.geometry().right() < pane.chevron.geometry().left()


@pytest.mark.parametrize("spoken", LanguageId)
@pytest.mark.parametrize("width", [300, 450, 600])
def test_tabs_without_room_are_brought_into_sight(qtbot: QtBot, spoken: LanguageId, width: int) -> None:
    language.use(spoken)
    look().wear(text_percent=300)
    pane = Pane()
    qtbot.addWidget(pane)
    pane.resize(width, 400)
    pane.show()
    pane.tabs.setFocus()
    assert len([arrow for arrow in pane.tabs.findChildren(QToolButton) if arrow.isVisible()]) == 2
    for number in range(pane.tabs.count()):
        pane.tabs.setCurrentIndex(number)
        QApplication.processEvents()
        words = pane.tabs.fontMetrics().horizontalAdvance(pane.tabs.tabText(number))
        assert min(words, pane.tabs.width() // 2) < (pane.tabs.tabRect(number) & pane.tabs.rect()).width()
    language.use(LanguageId.ENGLISH)


def test_caption_gives_way_to_the_tabs_and_is_whole_in_its_tooltip(pane: Pane, known: EntryFactory) -> None:
    pane.show_pane(view_of(with_preview(known), previewed=make(count=98_210), title="A very long title " * 9))
    assert pane.tabs.width() == pane.tabs.sizeHint().width()
    assert pane.caption.width() < pane.caption.sizeHint().width()
    assert "first 3 of 98,210 rows" in pane.caption.toolTip()


def test_caption_says_that_rows_are_sorted_and_that_the_summary_counts_all(pane: Pane, known: EntryFactory) -> None:
    view = view_of(with_preview(known), previewed=counted(98_210))
    pane.show_pane(view)
    header = pane.preview.horizontalHeader()
    header.setSortIndicator(2, Qt.SortOrder.DescendingOrder)
    assert "first 3 rows only, sorted" in pane.caption.text
    pane.show_tab(TabId.CHART)
    assert "first 3 of 98,210 rows" in pane.caption.text
    pane.show_tab(TabId.SUMMARY)
    assert "all 98,210 rows" in pane.caption.text
    pane.show_tab(TabId.PREVIEW)
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert "first 3 of 98,210 rows" in pane.caption.text
    header.setSortIndicator(2, Qt.SortOrder.DescendingOrder)
    pane.show_pane(view_of(with_preview(known, 2), previewed=counted(500)))
    assert "first 3 of 500 rows" in pane.caption.text


# --- collapsing -----------------------------------------------------------------------------------


def test_chevron_leaves_the_tabs_alone_and_brings_the_rest_back(pane: Pane, qtbot: QtBot) -> None:
    assert pane.minimumHeight() == measures.h(LEAST_HEIGHT_H)
    with qtbot.waitSignal(pane.collapse_toggled, check_params_cb=bool):
        QTest.mouseClick(pane.chevron, Qt.MouseButton.LeftButton)
    assert not pane.stack.isVisible()
    assert pane.maximumHeight() == measures.h() + 16
    assert pane.chevron.accessibleName() == "Show the lower pane"
    with qtbot.waitSignal(pane.collapse_toggled, check_params_cb=lambda is_collapsed: not is_collapsed):
        QTest.mouseClick(pane.chevron, Qt.MouseButton.LeftButton)
    assert pane.stack.isVisible()


def test_click_on_a_tab_opens_a_collapsed_pane(pane: Pane, known: EntryFactory) -> None:
    pane.set_collapsed(is_collapsed=True)
    pane.show_pane(view_of(with_preview(known), previewed=make()))
    QTest.mouseClick(pane.tabs, Qt.MouseButton.LeftButton, pos=pane.tabs.tabRect(0).center())
    assert not pane.is_collapsed
    assert pane.preview.cells.rowCount() == 3


# --- in place of rows -----------------------------------------------------------------------------


def test_loading_has_no_words_before_it_lasts(pane: Pane, known: EntryFactory) -> None:
    pane.show_pane(view_of(with_preview(known)))
    assert says(pane) == ""
    assert pane.patience.interval() == 300
    pane.show_pane(view_of(with_preview(known), previewed=Loading()))
    lose_patience(pane)
    assert says(pane) == "Loading the first rows…"
    pane.show_pane(view_of(with_preview(known), previewed=make()))
    assert says(pane) == ""
    assert not pane.patience.isActive()


def test_each_report_is_waited_for_anew(pane: Pane, known: EntryFactory) -> None:
    pane.show_pane(view_of(with_preview(known, 1)))
    lose_patience(pane)
    pane.show_pane(view_of(with_preview(known, 2)))
    assert says(pane) == ""
    lose_patience(pane)
    assert says(pane) == "Loading the first rows…"


@pytest.mark.parametrize("tab", [TabId.PREVIEW, TabId.CHART, TabId.SUMMARY])
def test_rows_of_another_report_are_never_shown(pane: Pane, known: EntryFactory, tab: TabId) -> None:
    pane.show_tab(tab)
    pane.show_pane(view_of(with_preview(known, 1), previewed=make()))
    assert not pane.message(tab).isVisible()
    pane.show_pane(view_of(with_preview(known, 2)))
    assert pane.message(tab).isVisible()
    assert pane.preview.cells.rowCount() == 0
    assert pane.summary.cells.rowCount() == 0
    assert pane.chart.chart is None


def test_preview_that_cannot_be_loaded_is_tried_again(pane: Pane, known: EntryFactory, qtbot: QtBot) -> None:
    entry = with_preview(known)
    pane.show_pane(view_of(entry, previewed=Unavailable("It is gone.")))
    assert says(pane) == "The preview cannot be loaded. It is gone."
    button = pane.message(TabId.PREVIEW).button
    assert button.text() == "Try again"
    with qtbot.waitSignal(pane.retry_requested) as asked:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == [entry.report_id]


def test_failed_report_shows_its_details_when_asked(pane: Pane, known: EntryFactory, qtbot: QtBot) -> None:
    pane.show_pane(view_of(known(1, State.FAILED, error=Failure(code="tooManyRows", message="Too many rows."))))
    assert says(pane) == "Too many rows."
    button = pane.message(TabId.PREVIEW).button
    assert button.text() == "Show details"
    with qtbot.waitSignal(pane.details_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pane.tab is TabId.DETAILS
    assert pane.details.failure.message.text() == "Too many rows."


def test_chart_without_numbers_says_so(pane: Pane, known: EntryFactory) -> None:
    pane.show_pane(view_of(with_preview(known), previewed=make((("a",),), (("Name", "text"),))))
    assert says(pane, TabId.CHART) == "No column here has numbers."
    assert says(pane, TabId.PREVIEW) == ""


# --- geometry -------------------------------------------------------------------------------------


def geometries(pane: Pane) -> list[Any]:
    QApplication.processEvents()
    return [widget.geometry() for widget in (pane, pane.tabs, pane.chevron, pane.stack)]


def test_nothing_jumps_from_state_to_state(pane: Pane, known: EntryFactory) -> None:
    entry = with_preview(known)
    views = [
        nothing_selected(),
        view_of(entry),
        view_of(entry, previewed=Unavailable("It is gone.")),
        view_of(entry, previewed=make()),
        view_of(known(1, State.FAILED)),
    ]
    found, hints = [], set()
    for tab in TabId:
        pane.show_tab(tab)
        for view in views:
            pane.show_pane(view)
            found.append(geometries(pane))
            hints.add(pane.minimumSizeHint().height())
    assert all(each == found[0] for each in found)


def test_sentence_is_at_the_same_place_with_a_button_and_without(pane: Pane, known: EntryFactory) -> None:
    places = set()
    for previewed in (make(rows=()), Unavailable("It is gone.")):
        pane.show_pane(view_of(with_preview(known), previewed=previewed))
        QApplication.processEvents()
        places.add(pane.message(TabId.PREVIEW).label.y())
    assert len(places) == 1


@pytest.mark.parametrize("percent", [100, 200])
def test_least_height_has_room_for_rows(pane: Pane, known: EntryFactory, percent: int) -> None:
    look().wear(text_percent=percent)
    pane.show_pane(view_of(with_preview(known), previewed=make()))
    pane.resize(1366, pane.minimumHeight())
    QApplication.processEvents()
    assert pane.height() == measures.h(LEAST_HEIGHT_H)
    assert pane.preview.viewport().height() >= 2 * pane.preview.rowHeight(0)


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("tab", TabId)
@pytest.mark.parametrize("size", [(800, 300), (1366, 400)])
def test_everything_is_inside_the_pane(
    pane: Pane, known: EntryFactory, tab: TabId, percent: int, size: tuple[int, int]
) -> None:
    look().wear(text_percent=percent)
    pane.resize(*size)
    pane.show_tab(tab)
    pane.show_pane(view_of(with_preview(known), previewed=make(count=98_210)))
    QApplication.processEvents()
    assert (pane.width(), pane.height()) == size
    shown = [w for w in pane.findChildren(QWidget) if w.isVisible() and not pane.details.isAncestorOf(w)]
    outside = [w for w in shown if not pane.rect().contains(w.rect().translated(w.mapTo(pane, w.rect().topLeft())))]
    assert not [w for w in outside if type(w).__module__.startswith("desktop") or isinstance(w, QLabel)]


# --- what the service wrote -----------------------------------------------------------------------


def test_words_of_the_service_are_plain_text(pane: Pane, known: EntryFactory, sample: DefinitionInfo) -> None:
    preview = make(((MARKUP, 1),), ((MARKUP, "text"), (MARKUP, "integer")))
    failure = Failure(code="internal", message=MARKUP)
    for view in (
        view_of(with_preview(known, parameters={"delay": MARKUP}), previewed=preview, definition=sample, title=MARKUP),
        view_of(known(2, State.FAILED, error=failure), title=MARKUP),
    ):
        pane.show_pane(view)
        for tab in TabId:
            pane.show_tab(tab)
            QApplication.processEvents()
            labels = [label for label in pane.findChildren(QLabel) if "<" in label.text()]
            assert {label.textFormat() for label in labels} <= {Qt.TextFormat.PlainText}
            assert not [tip for tip in tips(pane) if "<img" in tip or "<b>" in tip]


def test_no_text_has_a_signed_link(pane: Pane, known: EntryFactory) -> None:
    signed = "https://bucket.test/a?X-Amz-Signature=1"
    pane.show_pane(view_of(with_preview(known), previewed=Unavailable(f"No answer from {signed}.")))
    for tab in TabId:
        pane.show_tab(tab)
        for widget in pane.findChildren(QWidget):
            said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
            said += [widget.text()] if isinstance(widget, QLabel) else []
            assert not [text for text in said if "X-Amz" in text]


# --- keys -----------------------------------------------------------------------------------------


def test_every_stop_takes_the_focus_and_has_a_name(pane: Pane, known: EntryFactory) -> None:
    pane.show_tab(TabId.CHART)
    pane.show_pane(view_of(with_preview(known), previewed=make()))
    for stop in pane.stops():
        assert stop.focusPolicy() & Qt.FocusPolicy.TabFocus, stop
        named = stop.accessibleName() or getattr(stop, "text", str)()
        assert named or stop in {pane.message(tab).button for tab in TabId}, stop


def test_edit_and_run_names_the_report(pane: Pane, known: EntryFactory, sample: DefinitionInfo, qtbot: QtBot) -> None:
    entry = known(1, State.FAILED)
    pane.show_tab(TabId.DETAILS)
    pane.show_pane(view_of(entry, definition=sample))
    with qtbot.waitSignal(pane.edit_and_run_requested) as asked:
        QTest.mouseClick(pane.details.edit_and_run, Qt.MouseButton.LeftButton)
    assert asked.args == [entry.report_id]


def test_details_are_up_to_date_behind_another_tab(pane: Pane, known: EntryFactory) -> None:
    pane.show_pane(view_of(known(1, State.RUNNING)))
    pane.show_pane(view_of(known(2, State.RUNNING)))
    pane.details.copy_details()
    assert known(2).report_id in QApplication.clipboard().text()
    pane.show_pane(nothing_selected())
    QApplication.clipboard().setText("kept")
    pane.details.copy_details()
    assert QApplication.clipboard().text() == "kept"
