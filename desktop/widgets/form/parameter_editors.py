"""Editors for the kinds of parameters that a schema can have.

schema ── property ──▶ **make_editor** ──▶ parameter_page. Editors read values; `parameters` decides which are allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, Qt, SignalInstance
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from backend.protocol import parameters
from backend.protocol.parameters import Schema
from desktop.widgets.form.date_edit import DateEdit
from desktop.widgets.form.number_edit import NumberEdit

ANY = "Any"
"""The text in a field that may stay empty: the report is not narrowed by it."""

CHOOSE = "Choose…"
NO_TEXT = "No text"
"""The text in a field whose empty text is a value, and not its default."""
DATE_HINT = "YYYY-MM-DD"
LONGEST_TEXT = 2**31 - 1
"""Characters that a line takes: fewer would cut a long text without a word. Source:
https://doc.qt.io/qt-6/qlineedit.html#maxLength-prop"""
CHOICES_AT_ONCE = 16
"""A longer list scrolls."""

Say = Callable[[object], str]
"""Return the words for one of the values of a choice."""


@dataclass(frozen=True, slots=True)
class Editor:
    """A widget, and functions to use it without knowing its class.

    `stops` are its widgets in tab order. `read` returns the value, None for an empty field, and raises ValueError for
    text that is no value. `draft` and `restore` keep the typed text, valid or not.
    """

    widget: QWidget
    stops: tuple[QWidget, ...]
    changed: tuple[SignalInstance, ...]
    read: Callable[[], Any]
    draft: Callable[[], Any]
    restore: Callable[[Any], Any]


def make_editor(  # noqa: PLR0911  one a type
    prop: Schema, *, is_required: bool, say: Say = str
) -> Editor:
    """Return an editor for every value that `prop` allows, and for none if it may be left out."""
    is_optional = not is_required and "default" not in prop
    if "enum" in prop:
        return _choice(prop, [(say(value), value) for value in prop["enum"]], is_optional=is_optional)
    match prop["type"]:
        case "array":
            return _list(prop, is_optional=is_optional)
        case "boolean" if is_optional:
            return _choice(prop, [("Yes", True), ("No", False)], is_optional=True)
        case "boolean":
            return _check(prop)
        case "integer" | "number":
            return _number(prop, is_optional=is_optional)
        case "string" if prop.get("format") == "date":
            return _date(prop, is_optional=is_optional)
        case _:
            return _line(prop, is_optional=is_optional)


def _line(prop: Schema, *, is_optional: bool) -> Editor:
    line = QLineEdit(str(prop.get("default", "")))
    line.setMaxLength(LONGEST_TEXT)
    line.setPlaceholderText(ANY if is_optional else NO_TEXT if "default" in prop else "")

    def read() -> object:
        is_given = line.text() != "" or "default" in prop
        return parameters.parse(prop, line.text()) if is_given else None

    return Editor(line, (line,), (line.textChanged,), read, line.text, line.setText)


def _list(prop: Schema, *, is_optional: bool) -> Editor:
    """Return a line for some of the choices, with commas between them.

    Where there is a default it may not be empty: an empty list is as absent, and so would be the default again.
    """
    line = QLineEdit(", ".join(map(str, prop.get("default", ()))))
    line.setMaxLength(LONGEST_TEXT)
    line.setPlaceholderText(ANY if is_optional else "")

    def read() -> object:
        if line.text().strip():
            return parameters.parse(prop, line.text())
        if "default" in prop:
            raise ValueError(parameters.describe(prop))
        return None

    return Editor(line, (line,), (line.textChanged,), read, line.text, line.setText)


def _number(prop: Schema, *, is_optional: bool) -> Editor:
    edit = NumberEdit(prop.get("default"), prop.get("minimum"), prop.get("maximum"))
    edit.setPlaceholderText(ANY if is_optional else "")

    def read() -> object:
        return parameters.parse(prop, edit.plain_text()) if edit.text() or "default" in prop else None

    return Editor(edit, (edit,), (edit.textChanged,), read, edit.text, edit.setText)


def _check(prop: Schema) -> Editor:
    check = QCheckBox()
    check.setChecked(bool(prop.get("default", False)))
    return Editor(check, (check,), (check.toggled,), check.isChecked, check.isChecked, check.setChecked)


def _choice(prop: Schema, choices: list[tuple[str, Any]], *, is_optional: bool) -> Editor:
    values = [value for _, value in choices]
    if "default" not in prop:
        choices = [(ANY if is_optional else CHOOSE, None), *choices]
        values = [None, *values]
    combo = QComboBox()
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMaxVisibleItems(CHOICES_AT_ONCE)
    combo.addItems([text for text, _ in choices])
    combo.setCurrentIndex(values.index(prop.get("default")))
    _leave_wheel_to_scrolling(combo)
    return Editor(
        combo,
        (combo,),
        (combo.currentIndexChanged,),
        lambda: values[combo.currentIndex()],
        combo.currentIndex,
        combo.setCurrentIndex,
    )


def _date(prop: Schema, *, is_optional: bool) -> Editor:
    first, last = (
        QDate.fromString(str(prop.get(bound, "")), Qt.DateFormat.ISODate) for bound in ("minimum", "maximum")
    )
    edit = DateEdit(str(prop.get("default", "")), first, last)
    edit.setPlaceholderText(ANY if is_optional else str(prop.get("default", DATE_HINT)))
    edit.setClearButtonEnabled(is_optional)

    def read() -> object:
        text = edit.text().strip()
        if not text:
            return None
        date = QDate.fromString(text, Qt.DateFormat.ISODate)
        if (first.isValid() and date < first) or (last.isValid() and date > last):
            raise ValueError(_say_span(first, last))
        return parameters.parse(prop, text)

    return Editor(edit, (edit,), (edit.textChanged,), read, edit.text, edit.setText)


def _say_span(first: QDate, last: QDate) -> str:
    low = f" from {first.toString(Qt.DateFormat.ISODate)}" if first.isValid() else ""
    high = f" to {last.toString(Qt.DateFormat.ISODate)}" if last.isValid() else ""
    return f"a date{low}{high}"


class WheelFilter(QObject):
    """Stops the wheel from changing a value while the form scrolls under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Pass a wheel event on unless the editor has the focus."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _leave_wheel_to_scrolling(widget: QWidget) -> None:
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(WheelFilter(widget))
