"""The choice of a report's file format, and the options of that format.

catalog's formats, `wording.formats` ──▶ **FormatChoice** ── format, options ──▶ report_form. Layout and signals only.
"""

from itertools import chain
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from desktop.widgets.form.parameter_editors import Editor, make_editor
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import measures
from desktop.wording.formats import differing, options_of, say_format, say_value

LABEL = "&Format"


class FormatChoice(QWidget):
    """The formats of one definition; the options of the chosen one below it."""

    def __init__(self, formats: tuple[str, ...]) -> None:
        super().__init__()
        self.formats = formats
        self.choice = QComboBox()
        self.editors = {name: _make_editors(name) for name in formats}
        self._rows: dict[str, list[QWidget]] = {name: [] for name in formats}
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._show_options)
        self._show_options()

    @property
    def chosen(self) -> str:
        """The chosen format."""
        return self.formats[self.choice.currentIndex()]

    @property
    def asked(self) -> str | None:
        """The format to ask for; None where there is no choice."""
        return self.chosen if len(self.formats) > 1 else None

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.formats) > 1 or any(self.editors.values())

    @property
    def options(self) -> dict[str, Any] | None:
        """The options that are not as they are by default."""
        return differing(self.chosen, {name: editor.read() for name, editor in self.editors[self.chosen].items()})

    def choose(self, name: str) -> None:
        """Choose a format, if it is offered."""
        if name in self.formats:
            self.choice.setCurrentIndex(self.formats.index(name))

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        editors = chain.from_iterable(editors.values() for editors in self.editors.values())
        return [self.choice, *chain.from_iterable(editor.stops for editor in editors)]

    def take_over(self, other: "FormatChoice") -> None:
        """Keep what was chosen in an older one, as far as it is still offered."""
        self.choose(other.chosen)
        for name in set(self.formats) & set(other.formats):
            for option, editor in self.editors[name].items():
                editor.restore(other.editors[name][option].draft())

    def _show_options(self) -> None:
        for name, widgets in self._rows.items():
            for widget in widgets:
                widget.setVisible(name == self.chosen)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(6)
        layout.setColumnStretch(1, 1)
        self.choice.addItems([say_format(name) for name in self.formats])
        self.choice.setAccessibleName("Format")
        label = self._add(layout, LABEL, self.choice)
        for widget in (label, self.choice):
            widget.setVisible(len(self.formats) > 1)
        for name, editors in self.editors.items():
            for option, editor in editors.items():
                self._add_option(layout, name, option, editor)

    def _add_option(self, layout: QGridLayout, name: str, option: str, editor: Editor) -> None:
        prop = options_of(name)[option]
        title = str(prop.get("title", option))
        editor.widget.setToolTip(tooltip(str(prop.get("description", ""))))
        editor.widget.setAccessibleName(title)
        if isinstance(editor.widget, QCheckBox):
            editor.widget.setText(title)
            layout.addWidget(editor.widget, layout.rowCount(), 0, 1, 2)
            self._rows[name] += [editor.widget]
        else:
            self._rows[name] += [self._add(layout, title, editor.widget), editor.widget]

    def _add(self, layout: QGridLayout, text: str, widget: QWidget) -> QLabel:
        label, row = plain_label(text), layout.rowCount()
        label.setBuddy(widget)
        widget.setMinimumHeight(measures.h() + 12)
        layout.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(widget, row, 1)
        return label


def _make_editors(name: str) -> dict[str, Editor]:
    return {option: make_editor(prop, is_required=False, say=say_value) for option, prop in options_of(name).items()}
