"""What a screen reader hears: names, descriptions and announcements."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QWidget

from desktop.session.connection_status import SignInNeeded, Waiting
from desktop.session.state import Session
from desktop.wording.language import tr
from tests.desktop.screens import Screen

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NAMED = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def test_everything_that_can_be_used_has_a_name_without_markup(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.select(next(iter(busy.entries)))
    for widget in window.findChildren(QWidget):
        if isinstance(widget, NAMED) and widget.isVisible() and not widget.objectName().startswith("qt_"):
            name = name_of(widget)
            assert name, f"{type(widget).__name__} {widget.objectName()} {widget.toolTip()}"
            assert "<" not in name


def test_no_text_of_the_window_has_a_signature(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    for report_id in busy.entries:
        window.select(report_id)
        for widget in window.findChildren(QWidget):
            told = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.property("text")]
            assert "X-Amz" not in " ".join(str(text) for text in told)


def test_cells_are_read_in_words(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    model = window.reports.table.reports
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            assert str(model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole))


Spy = Callable[[], list[tuple[str, QAccessible.AnnouncementPoliteness]]]


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> Spy:
    told: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []

    def note(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            told.append((event.message(), event.politeness()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return lambda: told


def test_change_of_the_connection_is_announced(window: Screen, busy: Session, announced: Spy) -> None:
    politeness = QAccessible.AnnouncementPoliteness
    window.show_session(busy)
    window.show_session(replace(busy, connection=Waiting(112.0, "")))
    window.show_session(replace(busy, connection=Waiting(111.0, "")), 101.0)
    window.show_session(replace(busy, connection=SignInNeeded("")))
    assert announced() == [
        ("This computer, Offline, next try in 12 s", politeness.Polite),
        ("This computer, Sign in needed", politeness.Assertive),
    ]


def test_fields_that_need_a_look_are_announced(window: Screen, busy: Session, announced: Spy) -> None:
    window.show_session(busy)
    assert window.form.page is not None
    line = window.form.page.fields["delay"].editor.widget
    assert isinstance(line, QLineEdit)
    line.setText("many")
    window.form.generate.click()
    assert [text for text, _ in announced()] == [tr("1 field needs a look. Nothing was sent.")]
