from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Failure
from desktop.session.state import Entry
from desktop.widgets.pane.details_page import DetailsPage
from desktop.widgets.theme import tokens
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording.pane.details import DetailsView
from tests.desktop.conftest import RESULT, EntryFactory
from tests.desktop.widgets.pane.previews import view_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
FAILURE = Failure(code="tooManyRows", message="More than 20,000,000 rows.")


@pytest.fixture(autouse=True)
def _as_at_first(qapp: QApplication) -> Iterator[None]:
    look().wear(Appearance.LIGHT, 100)
    yield
    look().wear(Appearance.SYSTEM, 100)


@pytest.fixture
def page(qtbot: QtBot) -> DetailsPage:
    page = DetailsPage()
    qtbot.addWidget(page)
    page.resize(1000, 300)
    page.show()
    return page


def details(entry: Entry, definition: DefinitionInfo | None = None) -> DetailsView:
    view = view_of(entry, definition=definition).details
    assert view is not None
    return view


def test_failure_is_in_a_box_of_its_colour_with_what_may_help(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.FAILED, error=FAILURE)))
    QApplication.processEvents()
    assert page.failure.isVisible()
    assert page.failure.message.text() == "More than 20,000,000 rows."
    assert page.failure.help.text() == 'Press "Edit and run" and choose a shorter time or less of the rest.'
    image = page.failure.grab().toImage()
    assert image.pixelColor(image.width() - 5, image.height() // 2) == tokens.color("failedBg")
    page.show_details(details(known(1, State.SUCCEEDED)))
    assert not page.failure.isVisible()


def test_facts_and_history_are_shown(page: DetailsPage, known: EntryFactory, sample: DefinitionInfo) -> None:
    page.show_details(details(known(1, State.SUCCEEDED), sample))
    shown = {label.text(): value.text() for label, value in page.facts.rows if label.isVisible()}
    assert shown["Report"] == "Sample report"
    assert shown["SHA-256"] == "0" * 64
    page.show_details(details(known(1, State.RUNNING), sample))
    shown = {label.text(): value.text() for label, value in page.facts.rows if label.isVisible()}
    assert "SHA-256" not in shown
    assert [text.text() for _, text, _ in page.history.rows if text.isVisible()] == [
        "Asked",
        "Queued",
        "Started",
    ]


def test_ids_are_set_in_the_fixed_font(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.SUCCEEDED)))
    fonts = {label.text(): value.property("written") for label, value in page.facts.rows if label.isVisible()}
    assert (fonts["Report id"], fonts["SHA-256"], fonts["Report"]) == ("id", "id", "")


def test_facts_can_be_selected(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.FAILED, error=FAILURE)))
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    values = [value for _, value in page.facts.rows]
    assert all(label.textInteractionFlags() & selectable for label in (*values, page.failure.message))


def test_news_leave_what_is_selected(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.RUNNING)))
    value = page.facts.rows[0][1]
    value.setSelection(0, 3)
    page.show_details(details(known(1, State.FAILED, error=FAILURE)))
    assert value.selectedText() == "sam"


@pytest.mark.parametrize(
    ("state", "is_known", "is_enabled", "is_primary"),
    [(State.FAILED, True, True, True), (State.SUCCEEDED, True, True, False), (State.FAILED, False, False, False)],
)
def test_edit_and_run_comes_first_after_a_failure(
    page: DetailsPage,
    known: EntryFactory,
    sample: DefinitionInfo,
    *,
    state: State,
    is_known: bool,
    is_enabled: bool,
    is_primary: bool,
) -> None:
    page.show_details(details(known(1, state), sample if is_known else None))
    assert page.edit_and_run.isEnabled() is is_enabled
    assert page.edit_and_run.property("primary") is is_primary


def test_details_are_copied_and_said_to_be(page: DetailsPage, known: EntryFactory, qtbot: QtBot) -> None:
    view = details(known(1, State.SUCCEEDED))
    page.show_details(view)
    with qtbot.waitSignal(page.copied) as said:
        QTest.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert said.args == ["Details copied."]
    assert QGuiApplication.clipboard().text() == view.copied
    assert "X-Amz" not in view.copied


def test_columns_stand_below_each_other_where_there_is_no_room(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.FAILED, error=FAILURE)))
    placed = []
    for width in (1000, 500):
        page.resize(width, 300)
        QApplication.processEvents()
        placed.append(page.history.mapTo(page, page.history.rect().topLeft()))
    wide, narrow = placed
    assert wide.x() > 500
    assert narrow.x() < 100
    assert narrow.y() > wide.y()
    assert page.horizontalScrollBar().maximum() == 0
    assert page.verticalScrollBar().maximum() > 0


def test_nothing_scrolls_where_all_has_room(page: DetailsPage, known: EntryFactory) -> None:
    page.show_details(details(known(1, State.FAILED, error=FAILURE)))
    QApplication.processEvents()
    assert page.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bytes_scanned": 3_100_000_000, "cost_usd": 0.0155}, "3.1 GB · about $0.015"),
        ({"bytes_scanned": 4_000, "cost_usd": 0.00005}, "4.0 KB · less than $0.001"),
        ({"bytes_scanned": 3_100_000_000}, "3.1 GB"),
        ({}, None),
    ],
)
def test_what_a_distributed_engine_read_is_there_with_its_price(
    page: DetailsPage, known: EntryFactory, changes: dict[str, Any], said: str | None
) -> None:
    view = view_of(known(1, State.SUCCEEDED, result=replace(RESULT, **changes)))
    page.show_details(view.details)
    shown = {label.text(): value.text() for label, value in page.facts.rows if not label.isHidden()}
    assert shown.get("Data read") == said
    assert view.details is not None
    assert (f"Data read: {said}" in view.details.copied) is (said is not None)
