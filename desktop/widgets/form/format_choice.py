"""The choice of a report's file format, and a popup with the options of that format.

catalog's formats, `wording.formats` ──▶ **FormatChoice** ── format, options ──▶ lower_part. Layout and signals only.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QWidget

from desktop.widgets.form.editors.parameter_editors import Editor, make_combo, make_editor
from desktop.widgets.form.popup import Popup
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form.judging import allows
from desktop.wording.formats import differing, options_of, say_format, say_value
from desktop.wording.language import tr

Options = dict[str, Any]


class FormatChoice(QWidget):
    """The formats of one definition; each definition keeps what was chosen for it.

    Signals:
        edited(): Another format or another option.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.formats: tuple[str, ...] = ()
        self.choice = make_combo(())
        self.button = QPushButton()
        self._definition = ""
        self._chosen: dict[str, str] = {}
        """By definition."""
        self._options: dict[tuple[str, str], Options] = {}
        """What differs from the defaults, by definition and format."""
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._note_choice)
        self.button.clicked.connect(self._open)
        look().changed.connect(self._measure)
        self._measure()

    @property
    def chosen(self) -> str:
        """The chosen format; empty where there is none."""
        return self.formats[self.choice.currentIndex()] if self.formats else ""

    @property
    def asked(self) -> str | None:
        """The format to ask for; None where there is no choice."""
        return self.chosen if len(self.formats) > 1 else None

    @property
    def options(self) -> Options | None:
        """The options that are not as they are by default."""
        return differing(self.chosen, self._options.get((self._definition, self.chosen), {}))

    def offer(self, definition: str, formats: tuple[str, ...]) -> None:
        """Offer the formats of a definition, the one chosen for it before, or the first."""
        self._definition, self.formats = definition, formats
        chosen = self._chosen.get(definition)
        self.choice.blockSignals(True)  # noqa: FBT003  Qt's
        self.choice.clear()
        self.choice.addItems([say_format(name) for name in formats])
        self.choice.setCurrentIndex(formats.index(chosen) if chosen in formats else min(0, len(formats) - 1))
        self.choice.blockSignals(False)  # noqa: FBT003  Qt's
        self.choice.setEnabled(len(formats) > 1)
        self._show_options()

    def choose(self, name: str) -> bool:
        """Choose a format; return whether it is offered."""
        if name in self.formats:
            self.choice.setCurrentIndex(self.formats.index(name))
        return name in self.formats

    def fill(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """Set the options of the chosen format, defaults for the others; return the names of what does not fit."""
        known = options_of(self.chosen) if self.chosen else {}
        fit = {name: value for name, value in options.items() if name in known and allows(known[name], value)}
        self._options[self._definition, self.chosen] = fit
        self.edited.emit()
        return tuple(name for name in options if name not in fit)

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        return [self.choice, self.button]

    def show_popup(self) -> "OptionsPopup":
        """Open the options of the chosen format."""
        popup = OptionsPopup(self.button, self.chosen, self._options.get((self._definition, self.chosen), {}))
        popup.changed.connect(self._take_options)
        popup.open_below()
        return popup

    def _open(self) -> None:
        self.show_popup()

    def _take_options(self, options: Options) -> None:
        self._options[self._definition, self.chosen] = options
        self.edited.emit()

    def _note_choice(self) -> None:
        self._chosen[self._definition] = self.chosen
        self._show_options()
        self.edited.emit()

    def _show_options(self) -> None:
        has_options = bool(self.chosen and options_of(self.chosen))
        self.button.setEnabled(has_options)
        self.button.setToolTip(tr("Options of the format") if has_options else tr("This format has no options."))

    def _measure(self) -> None:
        self.choice.setFixedHeight(measures.h() + 12)
        self.button.setIconSize(icons.icon_size())
        self.button.setFixedSize(measures.h() + 16, measures.h() + 12)

    def _lay_out(self) -> None:
        label = plain_label(tr("Forma&t"))
        label.setBuddy(self.choice)
        self.choice.setAccessibleName(tr("Format"))
        self.button.setAccessibleName(tr("Options of the format"))
        self.button.setProperty("square", True)  # noqa: FBT003  Qt's
        icons.wear(self.button, "options")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self.choice, 1)
        layout.addWidget(self.button)


class OptionsPopup(Popup):
    """The options of one format; each counts at once.

    Signals:
        changed(dict): The values of all options that are allowed.
    """

    changed = Signal(dict)

    def __init__(self, owner: QWidget, name: str, options: Mapping[str, Any]) -> None:
        super().__init__(owner)
        self.editors = {
            option: make_editor(prop, is_required=False, say=say_value) for option, prop in options_of(name).items()
        }
        layout = QGridLayout(self.body)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setVerticalSpacing(8)
        layout.setHorizontalSpacing(10)
        heading = plain_label(tr("Options of the format"))
        heading.setProperty("written", "strong")
        layout.addWidget(heading, 0, 0, 1, 2)
        for option, prop in options_of(name).items():
            editor = self.editors[option]
            if option in options:
                editor.fill(options[option])
            editor.changed.connect(self._tell)
            _add(layout, str(prop.get("title", option)), str(prop.get("description", "")), editor)
        if self.editors:
            next(iter(self.editors.values())).widget.setFocus()

    def _tell(self) -> None:
        values = {}
        for option, editor in self.editors.items():
            with suppress(ValueError):  # what is half typed does not count yet
                values[option] = editor.read()
        self.changed.emit({option: value for option, value in values.items() if value is not None})


def _add(layout: QGridLayout, title: str, description: str, editor: Editor) -> None:
    row = layout.rowCount()
    editor.widget.setToolTip(tooltip(description))
    editor.widget.setAccessibleName(title)
    editor.widget.setAccessibleDescription(description)
    if isinstance(editor.widget, QCheckBox):
        editor.widget.setText(title.replace("&", "&&"))
        layout.addWidget(editor.widget, row, 0, 1, 2)
        return
    label = plain_label(title)
    label.setBuddy(editor.widget)
    editor.widget.setFixedHeight(measures.h() + 12)
    editor.widget.setMinimumWidth(measures.h(10))
    layout.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    layout.addWidget(editor.widget, row, 1)
