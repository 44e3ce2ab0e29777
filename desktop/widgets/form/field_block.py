"""One parameter, or the two ends of a span, and the note below.

ParameterField ──▶ **FieldBlock** ──▶ parameter_page. One line of the note has room always.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from itertools import chain

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.form.dates.range_button import RangeButton
from desktop.widgets.form.dates.room import BETWEEN
from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.form.parameter_field import ParameterField
from desktop.widgets.plain_text import tooltip
from desktop.wording.form import judging
from desktop.wording.form.dates import Span, say_span
from desktop.wording.language import tr
from desktop.wording.tone import Tone

NOTE_LINES = 3
"""The most of a note: what is below moves only where a sentence would be cut short."""

GAP_BELOW_NOTE, GAP_BELOW_CHOICE = 5, 10


class FieldBlock(QWidget):
    """Fields beside each other over one note; closed choices have none."""

    def __init__(self, fields: Sequence[ParameterField]) -> None:
        super().__init__()
        self.fields = tuple(fields)
        first = fields[0]
        is_said = isinstance(first.editor.widget, QCheckBox) and first.description != ""
        self.note = NoteLabel(most=NOTE_LINES) if is_said or not first.editor.is_closed else None
        self.range = RangeButton(self.span, self._bounds()) if self.is_span else None
        self._lay_out()
        for field in self.fields:
            field.judged.connect(self.refresh)
            field.edited.connect(self.refresh)
        if self.range:
            self.range.taken.connect(self._take)
        self.refresh()

    @property
    def is_span(self) -> bool:
        """Whether these are the two ends of a span of days."""
        return len(self.fields) > 1

    def span(self) -> Span | None:
        """Return the days of the two ends, or None while one of them is none."""
        with suppress(ValueError):
            start, end = (
                judging.default_day({"default": field.read() or field.prop.get("default")}) for field in self.fields
            )
            return Span(start, end) if start and end else None
        return None

    def stops(self) -> list[QWidget]:
        """Return its widgets in tab order."""
        editors = chain.from_iterable(field.editor.stops for field in self.fields)
        return [*editors, *filter(None, [self.range])]

    def judge(self) -> None:
        """Judge all of it."""
        for field in self.fields:
            field.judge()
        self.judge_order()

    def judge_order(self) -> None:
        """Mark both ends of a span whose end is before its start, and unmark them as soon as it is not."""
        span = self.span() if self.is_span else None
        start, end = self.fields[0], self.fields[-1]
        crossed = tr("{from} is after {to}.", **{"from": start.title, "to": end.title}) if self.is_span else ""
        if span and span.days < 1:
            for field in self.fields:
                field.show_error(crossed)
        else:
            for field in self.fields:
                if crossed and field.error == crossed:
                    field.show_error("")

    def refresh(self) -> None:
        """Show what is wrong, else what there is to say."""
        if self.note is None:
            return
        error = next((field.error for field in self.fields if field.error), "")
        if error:
            self.note.say(error, Tone.FAILED, icon="state-failed")
        else:
            hint = self._hint()
            self.note.say(hint)
            said = ((field.hint, field.description) for field in self.fields)
            others = dict.fromkeys(text for text in chain.from_iterable(said) if text and text.strip() not in hint)
            self.note.setToolTip(tooltip(hint, *others))

    def _hint(self) -> str:
        if not self.is_span:
            field = self.fields[0]
            is_check = isinstance(field.editor.widget, QCheckBox)
            return judging.one_sentence(field.description) if is_check else field.hint
        span = self.span()
        if span and span.days >= 1:
            return say_span(span, date.today())  # noqa: DTZ011  the analyst's own day
        return tr("The last day counts.")

    def _bounds(self) -> tuple[date | None, date | None]:
        bounds = [judging.bounds_of(field.prop) for field in self.fields]
        lows, highs = [low for low, _ in bounds if low], [high for _, high in bounds if high]
        return min(lows, default=None), max(highs, default=None)

    def _take(self, span: Span) -> None:
        for field, day in zip(self.fields, (span.start, span.end), strict=True):
            field.editor.fill(day.isoformat())
        self.judge()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(BETWEEN)
        for field in self.fields:
            row.addWidget(field, 1)
        if self.range:
            row.addWidget(self.range, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GAP_BELOW_NOTE if self.note else GAP_BELOW_CHOICE)
        layout.setSpacing(0)
        layout.addLayout(row)
        if self.note:
            layout.addWidget(self.note)
