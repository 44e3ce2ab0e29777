"""A choice of several values of a list.

enum of an array's items ──▶ **SeveralChoice** ── values ──▶ parameter_editors
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.form.drop_button import DropButton
from desktop.widgets.form.popup import Popup
from desktop.widgets.theme import measures
from desktop.wording.language import tr

MOST_NAMED = 6
"""More values than these are counted instead of named."""


class SeveralChoice(DropButton):
    """A button that names what is chosen, and opens a list of check boxes.

    Signals:
        changed(): Another choice.
    """

    changed = Signal()

    def __init__(self, choices: Sequence[tuple[str, Any]], nothing: str) -> None:
        super().__init__()
        self._choices, self._nothing = tuple(choices), nothing
        self._values: tuple[Any, ...] = ()
        self.set_values(())

    @property
    def values(self) -> tuple[Any, ...]:
        """The chosen values in the order of the list."""
        return self._values

    def set_values(self, values: Sequence[Any]) -> None:
        """Choose these."""
        self._values = tuple(value for _, value in self._choices if value in values)
        self._name()
        self.changed.emit()

    def show_popup(self) -> "SeveralPopup":
        """Open the list."""
        popup = SeveralPopup(self, self._choices, self._values)
        popup.chosen.connect(self.set_values)
        popup.open_below()
        return popup

    def _name(self) -> None:
        names = [name for name, value in self._choices if value in self._values]
        text = ", ".join(names)
        if len(names) > MOST_NAMED or (len(names) > 1 and self.fontMetrics().horizontalAdvance(text) > measures.h(15)):
            self.say(tr("{count} chosen", count=len(names)))
            self.setToolTip(text)
        else:
            self.say(text or self._nothing)


class SeveralPopup(Popup):
    """Check boxes, each of which counts at once; a letter goes to the next one that begins so.

    Signals:
        chosen(tuple): Exactly these values.
    """

    chosen = Signal(tuple)

    def __init__(self, owner: QWidget, choices: Sequence[tuple[str, Any]], values: Sequence[Any]) -> None:
        super().__init__(owner)
        self._values = [value for _, value in choices]
        self.checks = [QCheckBox(name.replace("&", "&&")) for name, _ in choices]
        self.all, self.none = QPushButton(tr("All")), QPushButton(tr("None"))
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(8, 6, 12, 6)
        layout.setSpacing(2)
        layout.addLayout(self._make_head())
        for check, value in zip(self.checks, self._values, strict=True):
            check.setChecked(value in values)
            check.toggled.connect(self._tell)
            layout.addWidget(check)
        self.body.setMinimumWidth(owner.width() - 2)
        if self.checks:
            self.checks[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Go through the boxes with Up, Down and letters; Enter presses a button, or is done."""
        match event.key():
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not self.press_focused():
                    self.close()
            case _ if event.text().strip() and event.text().isprintable():
                self._go_to(event.text())
            case _:
                super().keyPressEvent(event)

    def _go_to(self, letter: str) -> None:
        """Give the focus to the next box whose name begins with a letter."""
        focused = self.focusWidget()
        at = self.checks.index(focused) + 1 if isinstance(focused, QCheckBox) else 0
        for check in (*self.checks[at:], *self.checks[:at]):
            if check.text().casefold().startswith(letter.casefold()):
                check.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for button, is_checked in ((self.all, True), (self.none, False)):
            button.clicked.connect(partial(self._check_all, is_checked=is_checked))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _check_all(self, *, is_checked: bool) -> None:
        for check in self.checks:
            check.blockSignals(True)  # noqa: FBT003  Qt's
            check.setChecked(is_checked)
            check.blockSignals(False)  # noqa: FBT003  Qt's
        self._tell()

    def _tell(self) -> None:
        self.chosen.emit(tuple(v for check, v in zip(self.checks, self._values, strict=True) if check.isChecked()))
