"""One parameter: its label and its editor.

schema ── property ──▶ **ParameterField** ── a value, or what is wrong ──▶ field_block, parameter_page
"""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from backend.protocol.parameters import Schema
from desktop.widgets.form.editors.parameter_editors import Say, make_editor
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form import judging
from desktop.wording.language import tr

LABEL_GAP = 4
_NOT_LEFT = {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.MenuBarFocusReason}
"""The focus comes back by itself."""


class ParameterField(QWidget):
    """A label over an editor; a check box is its own label.

    Signals:
        edited(): The value changed.
        left(): The editor lost the focus.
        judged(): `error` is another.
    """

    edited = Signal()
    left = Signal()
    judged = Signal()

    def __init__(self, name: str, prop: Schema, *, is_required: bool, say: Say = str) -> None:
        super().__init__()
        self.name, self.prop, self.is_required = name, prop, is_required
        self.title = str(prop.get("title", name))
        self.description = str(prop.get("description", ""))
        self.editor = make_editor(prop, is_required=is_required, say=say)
        self.label = plain_label()
        self.error = ""
        self._lay_out()
        self.editor.widget.installEventFilter(self)
        self.editor.changed.connect(self._note_edit)
        look().changed.connect(self._measure)
        self._measure()
        self._describe()

    @property
    def hint(self) -> str:
        """What stands below it while nothing is wrong."""
        return judging.say_hint(self.prop)

    def set_label(self, text: str) -> None:
        """Show the title with its letter for Alt marked."""
        if isinstance(self.editor.widget, QCheckBox):
            self.editor.widget.setText(text)
        else:
            self.label.setText(text)
            self.label.setBuddy(self.editor.widget)

    def read(self) -> Any:  # noqa: ANN401  as wide as JSON
        """Return the value, or None for an empty field.

        Raises:
            ValueError: It is not allowed; the message is a sentence.
        """
        value = self.editor.read()
        if value is None and self.is_required and "default" not in self.prop:
            raise ValueError(tr("Is needed."))
        if value is not None and not judging.allows(self.prop, value):
            raise ValueError(tr("Does not fit: {description}", description=self.description or str(value)))
        return value

    def fill(self, value: object) -> bool:
        """Show a value, None for what an empty field means; return False for one that is not allowed."""
        is_allowed = value is None or judging.allows(self.prop, value)
        default = self.prop.get("default")
        self.editor.fill(value if is_allowed and value is not None else default)
        self.show_error("")
        return is_allowed

    def judge(self) -> bool:
        """Return whether the value is allowed, and show what is wrong if it is not."""
        try:
            self.read()
        except ValueError as error:
            self.show_error(str(error))
            return False
        self.show_error("")
        return True

    def is_right(self) -> bool:
        """Return whether the value is allowed, and show nothing."""
        try:
            self.read()
        except ValueError:
            return False
        return True

    def show_error(self, reason: str) -> None:
        """Show what is wrong with the value, or that nothing is."""
        error = reason[:1].upper() + reason[1:]
        if error != self.error:
            self.error = error
            dress.set_property(self.editor.widget, "wrong", error != "")
            self._describe()
            self.judged.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Notice that the editor is left for another."""
        if isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut and event.reason() not in _NOT_LEFT:
            self.editor.settle()
            self.left.emit()
        return super().eventFilter(watched, event)

    def _note_edit(self) -> None:
        self.edited.emit()

    def _describe(self) -> None:
        widget = self.editor.widget
        wrong = tr("Wrong: {note}", note=self.error) if self.error else ""
        widget.setAccessibleName(self.title)
        widget.setAccessibleDescription(" ".join(filter(None, (wrong, self.hint or self.description))))
        self.setToolTip(tooltip(self.error, self.description))

    def _measure(self) -> None:
        if not isinstance(self.editor.widget, QCheckBox):
            self.editor.widget.setFixedHeight(measures.h() + 12)
        self.label.setFixedHeight(measures.h())

    def _lay_out(self) -> None:
        policy = self.editor.widget.sizePolicy()
        is_check = isinstance(self.editor.widget, QCheckBox)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Maximum if is_check else QSizePolicy.Policy.Ignored)
        self.editor.widget.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(LABEL_GAP)
        if is_check:
            self.label.hide()
        else:
            layout.addWidget(self.label)
        layout.addWidget(self.editor.widget)
