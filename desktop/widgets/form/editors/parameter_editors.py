"""Editors for the kinds of parameters that a schema can have.

schema ── property ──▶ **make_editor** ──▶ parameter_field. Editors hold text; `wording.form.judging` judges it.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, Qt, SignalInstance
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyledItemDelegate, QWidget

from backend.protocol.parameters import Schema, type_of
from desktop.widgets.combo_box import WideComboBox
from desktop.widgets.form.dates.date_edit import DateEdit
from desktop.widgets.form.editors.number_edit import NumberEdit
from desktop.widgets.form.editors.several_choice import SeveralChoice
from desktop.widgets.line_edit import LineEdit
from desktop.wording.form import judging
from desktop.wording.form.dates import show_day
from desktop.wording.language import tr

LONGEST_TEXT = 2**31 - 1
"""Characters that a line takes: fewer would cut a long text without a word. Source:
https://doc.qt.io/qt-6/qlineedit.html#maxLength-prop"""

Say = Callable[[object], str]
"""Return the words for one of the values of a choice."""


def _leave() -> None:
    """Leave the editor as it is."""


class Editor(Struct, frozen=True):
    """A widget, and functions to use it without knowing its class.

    `read` returns the value, None for an empty field, and raises ValueError with a sentence for text that is not
    allowed. `draft` and `restore` keep what was typed, valid or not. `fill` shows a value that is allowed, None for an
    empty field. `settle` puts in what an empty field means.
    """

    widget: QWidget
    changed: SignalInstance
    read: Callable[[], Any]
    draft: Callable[[], Any]
    restore: Callable[[Any], Any]
    fill: Callable[[Any], Any]
    settle: Callable[[], None] = _leave
    is_closed: bool = False
    """Whether nothing can be typed, so that little can be wrong."""

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Its widgets in tab order."""
        return (self.widget,)


def make_editor(prop: Schema, *, is_required: bool, say: Say = str) -> Editor:
    """Return an editor for every value that `prop` allows, and for none if it may be left out."""
    is_optional = not is_required and "default" not in prop
    choices = [(say(value), value) for value in judging.choices_of(prop)]
    if judging.is_array(prop):
        return _several(prop, choices, is_optional=is_optional)
    if choices:
        return _choice(prop, choices, is_optional=is_optional)
    if type_of(prop) == "boolean":
        return _choice(prop, _truths(), is_optional=True) if is_optional else _check(prop)
    return _typed(prop, is_optional=is_optional)


def _truths() -> list[tuple[str, Any]]:
    return [(tr("Yes"), True), (tr("No"), False)]


def _typed(prop: Schema, *, is_optional: bool) -> Editor:
    match type_of(prop):
        case "integer" | "number":
            return _number(prop, is_optional=is_optional)
        case "string" if prop.get("format") == "date":
            return _date(prop, is_optional=is_optional)
        case _:
            return _line(prop, is_optional=is_optional)


def _line(prop: Schema, *, is_optional: bool) -> Editor:
    line = LineEdit(str(prop.get("default", "")))
    line.setMaxLength(LONGEST_TEXT)
    line.setPlaceholderText(tr("Any") if is_optional else tr("No text") if "default" in prop else "")

    def read() -> object:
        is_given = line.text() != "" or "default" in prop
        return judging.read_text(prop, line.text()) if is_given else None

    def fill(value: object) -> None:
        line.setText("" if value is None else str(value))

    return Editor(line, line.textChanged, read, line.text, line.setText, fill)


def _number(prop: Schema, *, is_optional: bool) -> Editor:
    edit = NumberEdit(prop.get("default"), prop.get("minimum"), prop.get("maximum"))
    edit.setPlaceholderText(
        tr("Any") if is_optional else judging.say_number(prop["default"]) if "default" in prop else ""
    )

    def read() -> object:
        return judging.read_number(prop, edit.text()) if edit.text().strip() else None

    def fill(value: float | None) -> None:
        edit.setText("" if value is None else judging.say_number(value))

    def settle() -> None:
        edit.settle()
        with suppress(ValueError):  # what is wrong stays as it was typed
            if read() is not None:
                edit.regroup()

    return Editor(edit, edit.textChanged, read, edit.text, edit.setText, fill, settle)


def _date(prop: Schema, *, is_optional: bool) -> Editor:
    usual = judging.default_day(prop)
    edit = DateEdit(usual, *judging.bounds_of(prop))
    edit.setPlaceholderText(tr("Any") if is_optional else show_day(usual) if usual else "")

    def read() -> object:
        day = edit.day()
        return None if day is None else judging.check_day(prop, day)

    return Editor(edit, edit.textChanged, read, edit.text, edit.setText, edit.fill, edit.settle)


def _check(prop: Schema) -> Editor:
    check = QCheckBox()
    check.setChecked(bool(prop.get("default", False)))
    state, put = check.isChecked, check.setChecked
    return Editor(check, check.toggled, state, state, put, lambda value: put(bool(value)), is_closed=True)


def _choice(prop: Schema, choices: list[tuple[str, Any]], *, is_optional: bool) -> Editor:
    if "default" not in prop:
        choices = [(tr("Any") if is_optional else tr("Choose…"), None), *choices]
    values = [value for _, value in choices]
    combo = make_combo(text for text, _ in choices)

    def fill(value: object) -> None:
        combo.setCurrentIndex(values.index(value))

    fill(prop.get("default"))
    return Editor(
        combo,
        combo.currentIndexChanged,
        lambda: values[combo.currentIndex()],
        combo.currentIndex,
        combo.setCurrentIndex,
        fill,
        is_closed=True,
    )


def _several(prop: Schema, choices: list[tuple[str, Any]], *, is_optional: bool) -> Editor:
    button = SeveralChoice(choices, tr("Any") if is_optional else tr("Choose…"))

    def read() -> object:
        is_given = button.values or "default" in prop
        return judging.check_several(prop, button.values) if is_given else None

    def fill(values: Iterable[Any] | None) -> None:
        button.set_values(tuple(values or ()))

    def settle() -> None:
        if not button.values:
            fill(prop.get("default"))

    settle()
    return Editor(button, button.changed, read, lambda: button.values, button.set_values, fill, settle, is_closed=True)


def make_combo(texts: Iterable[str]) -> QComboBox:
    """Return a combo box that does not widen the form, and that the wheel does not change."""
    combo = WideComboBox()
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(4)
    combo.setItemDelegate(QStyledItemDelegate(combo))  # the style sheet's own pays heed to no padding
    combo.addItems(list(texts))
    combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    combo.installEventFilter(WheelFilter(combo))
    return combo


class WheelFilter(QObject):
    """Leaves the wheel to what scrolls: it changes no value."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Pass a wheel event on to what is around the editor."""
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)
