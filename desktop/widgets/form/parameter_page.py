"""The parameters of one report as a form.

schema ──▶ **ParameterPage** ── values by name ──▶ report_form. `wording.form.judging` decides which are allowed.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo
from backend.protocol.ranges import ranges_of
from desktop.widgets.form.field_block import FieldBlock
from desktop.widgets.form.parameter_field import ParameterField
from desktop.wording.form.mnemonics import choose_keys
from desktop.wording.language import tr

PAUSE_MS = 600
"""What is typed is judged so long after the last key."""


class ParameterPage(QWidget):
    """All fields of one definition, in the schema's order; the ends of a span are beside each other.

    Signals:
        edited(): A value changed.
        judged(): Something is wrong that was not, or the other way round.
    """

    edited = Signal()
    judged = Signal()

    def __init__(self, definition: DefinitionInfo) -> None:
        super().__init__()
        self.definition = definition
        schema = definition.parameters
        required = schema.get("required", ())
        self.fields = {
            name: ParameterField(name, prop, is_required=name in required)
            for name, prop in schema.get("properties", {}).items()
        }
        self._ranges = ranges_of(schema)
        self.blocks = self._make_blocks()
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(PAUSE_MS)
        self.pause.timeout.connect(self._judge_typed)
        self._typed: set[str] = set()
        """Fields that were typed into and not judged since."""
        self._lay_out()
        self._name_fields()
        for field in self.fields.values():
            field.edited.connect(self._note_edit)
            field.left.connect(self._judge_left)
            field.judged.connect(self.judged)

    @property
    def first_wrong(self) -> ParameterField | None:
        """The first field that shows an error."""
        return next((field for field in self.fields.values() if field.error), None)

    @property
    def wrong_count(self) -> int:
        """How many fields show an error."""
        return sum(field.error != "" for field in self.fields.values())

    @property
    def wrong_titles(self) -> tuple[str, ...]:
        """The titles of the fields that show an error."""
        return tuple(field.title for field in self.fields.values() if field.error)

    def judge(self) -> bool:
        """Judge all values; return whether all are allowed."""
        self.pause.stop()
        self._typed.clear()
        for field in self.fields.values():
            field.editor.settle()
        for block in self.blocks:
            block.judge()
        self._judge_distant_ranges()
        return self.first_wrong is None

    def stops(self) -> list[QWidget]:
        """Return the widgets in tab order."""
        return [stop for block in self.blocks for stop in block.stops()]

    def values(self) -> dict[str, Any]:
        """Return the values of the fields that are neither empty nor wrong."""
        values = {}
        for name, field in self.fields.items():
            with suppress(ValueError):
                values[name] = field.read()
        return {name: value for name, value in values.items() if value is not None}

    def fill(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Show these values, defaults for the others; return the names of what does not fit."""
        unfit = [name for name, field in self.fields.items() if not field.fill(values.get(name))]
        unknown = [name for name in values if name not in self.fields and values[name] is not None]
        return (*unfit, *unknown)

    def take_over(self, other: "ParameterPage") -> None:
        """Copy the typed text of an older page into the fields that did not change."""
        for name, field in self.fields.items():
            before = other.fields.get(name)
            if before and before.prop == field.prop and before.is_required == field.is_required:
                field.editor.restore(before.editor.draft())

    def show_errors(self, reasons: Mapping[str, str]) -> str:
        """Show the service's errors; return those that have no note here to stand in."""
        noted = {field for block in self.blocks if block.note for field in block.fields}
        for name, reason in reasons.items():
            if name in self.fields:
                self.fields[name].show_error(reason)
        others = [(self._title(name), reason) for name, reason in reasons.items() if self.fields.get(name) not in noted]
        return " ".join(f"{title} {reason}." for title, reason in others)

    def _title(self, name: str) -> str:
        return self.fields[name].title if name in self.fields else name

    def _note_edit(self) -> None:
        """Clear what is mended at once; judge the rest after a pause."""
        field = self.sender()
        if isinstance(field, ParameterField):
            self._typed.add(field.name)
            if field.error and field.is_right():
                field.show_error("")
            self._unmark_ranges()
            self.pause.start()
        self.edited.emit()

    def _judge_typed(self) -> None:
        for name in self._typed:
            self.fields[name].judge()
        self._typed.clear()
        for block in self.blocks:
            block.judge_order()
        self._judge_distant_ranges()

    def _judge_left(self) -> None:
        field = self.sender()
        if isinstance(field, ParameterField) and field.name in self._typed:
            self._judge_typed()

    def _unmark_ranges(self) -> None:
        for block in self.blocks:
            span = block.span() if block.is_span else None
            if span and span.days >= 1:
                block.judge_order()
        self._judge_distant_ranges(marks=False)

    def _judge_distant_ranges(self, *, marks: bool = True) -> None:
        """Judge spans whose ends do not stand beside each other; without `marks` only take back what is mended."""
        beside = {tuple(field.name for field in block.fields) for block in self.blocks}
        values = {name: field.prop.get("default") for name, field in self.fields.items()} | self.values()
        for start, end in set(self._ranges) - beside:
            titles = {"from": self.fields[start].title, "to": self.fields[end].title}
            crossed = tr("{from} is after {to}.", **titles)
            if values.get(start) and values.get(end) and values[start] > values[end]:
                if marks:
                    self.fields[end].show_error(crossed)
            elif self.fields[end].error == crossed:
                self.fields[end].show_error("")

    def _make_blocks(self) -> list[FieldBlock]:
        fields, blocks = list(self.fields.values()), []
        while fields:
            is_span = len(fields) > 1 and self._is_span(fields[0], fields[1])
            taken, fields = (fields[:2], fields[2:]) if is_span else (fields[:1], fields[1:])
            blocks.append(FieldBlock(taken))
        return blocks

    def _is_span(self, first: ParameterField, second: ParameterField) -> bool:
        """Return whether neighbours are a span: by their names, or as the schema says."""
        return (first.name, second.name) in self._ranges

    def _name_fields(self) -> None:
        labels = choose_keys(field.title for field in self.fields.values())
        for label, field in zip(labels, self.fields.values(), strict=True):
            field.set_label(label)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)  # a QFormLayout gives wrapped text too little height
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for block in self.blocks:
            layout.addWidget(block)
