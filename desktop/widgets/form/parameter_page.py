"""The parameters of one report as a form.

schema ──▶ **ParameterPage** ── values by name ──▶ report_form. `protocol.parameters` decides which values are allowed.
"""

import textwrap
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from backend.protocol import parameters
from backend.protocol.messages import DefinitionInfo
from backend.protocol.parameters import Schema
from desktop.widgets.form.parameter_editors import Say, make_editor
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, measures
from desktop.wording.tone import Tone

FIELD_GAP = 8
HINT_LENGTH = 90
"""Characters of a description that stand below a field, two or three lines; all of it is in the tooltip."""


class ParameterField(QWidget):
    """An editor, and below it a hint or an error.

    Signals:
        edited(): The value changed.
    """

    edited = Signal()

    def __init__(self, name: str, prop: Schema, *, is_required: bool, say: Say = str) -> None:
        super().__init__()
        self.name, self.prop, self.is_required = name, prop, is_required
        self.title = str(prop.get("title", name))
        self.description = str(prop.get("description", ""))
        self.editor = make_editor(prop, is_required=is_required, say=say)
        self.message = plain_label()
        self.error = ""
        self._lay_out()
        for changed in self.editor.changed:
            changed.connect(self._note_edit)
        self.show_error("")

    def read(self) -> Any:  # noqa: ANN401  as wide as JSON
        """Return the value, or None for an empty field.

        Raises:
            ValueError: It is not allowed; the message follows "must be".
        """
        value = self.editor.read()
        if (value is None and self.is_required) or (value is not None and not parameters.is_allowed(self.prop, value)):
            raise ValueError(parameters.describe(self.prop))
        return value

    def check(self) -> bool:
        """Return whether the value is allowed, and show the error below it if not."""
        try:
            self.read()
        except ValueError as error:
            self.show_error(f"must be {error}")
            return False
        self.show_error("")
        return True

    def show_error(self, reason: str) -> None:
        """Show an error, in words that follow the field's name; "" shows the hint again."""
        self.error = _as_sentence(reason)
        text = self._say_error() or textwrap.shorten(self.description, HINT_LENGTH, placeholder=" …")
        self.message.setText(text)
        self.message.setVisible(text != "")
        dress.set_tone(self.message, Tone.FAILED if reason else Tone.QUIET)
        self.editor.stops[0].setAccessibleDescription(self._say_error() or self.description)

    def _say_error(self) -> str:
        """Add the description to the error of a text, as no pattern reads like words."""
        is_explained = self.error and "pattern" in self.prop and self.description
        return f"{self.error}. {self.description}" if is_explained else self.error

    def add_to(self, layout: QVBoxLayout, label: str) -> None:
        """Lay out the field below its label, in which `&` marks the access key."""
        if isinstance(self.editor.widget, QCheckBox):
            self.editor.widget.setText(label)
        else:
            name = plain_label(label)
            name.setWordWrap(True)
            name.setBuddy(self)
            layout.addWidget(name)
        layout.addWidget(self)

    def _note_edit(self) -> None:
        self.check()
        self.edited.emit()

    def _lay_out(self) -> None:
        self.editor.stops[0].setMinimumHeight(measures.h() + 12)
        tips = (self.description, _as_sentence(parameters.describe(self.prop)))
        self.setToolTip(tooltip(*tips))
        self.editor.widget.setAccessibleName(self.title)
        self.message.setWordWrap(True)
        self.setFocusProxy(self.editor.stops[0])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, FIELD_GAP)
        layout.setSpacing(3)
        layout.addWidget(self.editor.widget)
        layout.addWidget(self.message)


class ParameterPage(QWidget):
    """All fields of one definition, in the schema's order."""

    def __init__(self, definition: DefinitionInfo, taken_keys: Iterable[str]) -> None:
        super().__init__()
        self.definition = definition
        schema = definition.parameters
        required = schema.get("required", ())
        self.fields = {
            name: ParameterField(name, prop, is_required=name in required)
            for name, prop in schema.get("properties", {}).items()
        }
        self._crossed: set[str] = set()
        """Errors of ranges that are shown."""
        layout = QVBoxLayout(self)  # a QFormLayout gives wrapped text too little height
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        labels = choose_keys([field.title for field in self.fields.values()], taken_keys)
        for label, field in zip(labels, self.fields.values(), strict=True):
            field.add_to(layout, label)
            field.edited.connect(self._check_ranges)

    @property
    def first_wrong(self) -> ParameterField | None:
        """The first field that shows an error."""
        return next((field for field in self.fields.values() if field.error), None)

    def check(self) -> bool:
        """Return whether all values are allowed; the first that is not gets the focus."""
        for field in self.fields.values():
            field.check()
        self._check_ranges()
        if self.first_wrong:
            self.first_wrong.setFocus()
        return self.first_wrong is None

    def _check_ranges(self) -> None:
        """Show at the end of each range whether it comes before the start."""
        values = {}
        for name, field in self.fields.items():
            with suppress(ValueError):
                values[name] = field.read()
        given = {name: value for name, value in values.items() if value is not None}
        crossed = parameters.crossed(self.definition.parameters, given)
        for name, field in self.fields.items():
            if name in crossed:
                field.show_error(crossed[name])
            elif name in values and field.error in self._crossed:
                field.check()
        self._crossed = {self.fields[name].error for name in crossed}

    def stops(self) -> list[QWidget]:
        """Return the widgets in tab order."""
        return [stop for field in self.fields.values() for stop in field.editor.stops]

    def values(self) -> dict[str, Any]:
        """Return the values of the fields that are not empty. Call it after `check`."""
        read = {name: field.read() for name, field in self.fields.items()}
        return {name: value for name, value in read.items() if value is not None}

    def take_over(self, other: "ParameterPage") -> None:
        """Copy the typed text of an older page into the fields that did not change."""
        for name, field in self.fields.items():
            before = other.fields.get(name)
            if before and before.prop == field.prop and before.is_required == field.is_required:
                field.editor.restore(before.editor.draft())

    def show_errors(self, reasons: Mapping[str, str]) -> str:
        """Show the service's errors; return those that belong to no field here."""
        for name, reason in reasons.items():
            if name in self.fields:
                self.fields[name].show_error(reason)
        return " ".join(f"{name} {reason}." for name, reason in reasons.items() if name not in self.fields)


def choose_keys(titles: Iterable[str], taken_keys: Iterable[str]) -> list[str]:
    """Mark in each title the first letter that is no other label's access key; none if all are taken."""
    taken, labels = {key.upper() for key in taken_keys}, []
    for title in titles:
        place = next((i for i, letter in enumerate(title) if letter.isalpha() and letter.upper() not in taken), None)
        taken |= {title[place].upper()} if place is not None else set()
        parts = (title,) if place is None else (title[:place], title[place:])
        labels.append("&".join(part.replace("&", "&&") for part in parts))
    return labels


def _as_sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
