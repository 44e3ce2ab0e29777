"""One connection: its name, its address, how it is talked to, and its test.

connections_dialog ── `ConnectionItem` ──▶ **ConnectionPage** ── name, way, test, stop, copy ──▶ connections_dialog
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.widgets.dialogs.dialog import StillComboBox, label_for, note_label, push_button, rule
from desktop.widgets.dialogs.step_rows import StepRows
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.line_edit import LineEdit
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme.dress import look, set_property
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.connections import ConnectionItem
from desktop.wording.language import tr


class ConnectionPage(QWidget):
    """The parts of one connection.

    Signals:
        rename_asked(str): The new name.
        way_asked(str): The transport.
        test_asked(), stop_asked(), copy_asked(): Of the test.
    """

    rename_asked = Signal(str)
    way_asked = Signal(str)
    test_asked = Signal()
    stop_asked = Signal()
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: ConnectionItem | None = None
        self._is_testing = False
        self.name = _Field()
        self.name.setAcceptDrops(False)
        self.address = _read_only()
        self.signed_in_as = ElidedLabel()
        self.way = StillComboBox()
        self.way_note = note_label()
        self.proxy = _read_only()
        self.test = push_button(tr("&Test"))
        self.copy = push_button(tr("&Copy details"), "copy")
        self.steps = StepRows()
        self._form = QGridLayout()
        self._test_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._connect()
        self.measure()
        look().changed.connect(self.measure)

    def show_item(self, item: ConnectionItem, *, is_testing: bool) -> None:
        """Show a connection. A name that is being written stays, unless it is another connection now."""
        is_other = self._item is None or self._item.id != item.id
        self._item, self._is_testing = item, is_testing
        if is_other or not self.name.isModified() or self.name.text().strip() == item.name:
            _show_text(self.name, item.name)
            set_property(self.name, "wrong", False)  # noqa: FBT003  a value
        set_property(self.name, "readOnly", item.is_local)
        self.name.setReadOnly(item.is_local)
        _show_text(self.address, item.address)
        _show_text(self.proxy, item.proxy)
        self.signed_in_as.show_text(item.signed_in_as)
        self._show_way(item)
        self.test.setText(tr("Sto&p") if is_testing else tr("&Test"))
        self.test.setEnabled(item.can_test)
        self.test.setToolTip("" if item.can_test else tr("It can be tested while it is used."))
        self.copy.setEnabled(item.can_test)
        self.steps.show_steps(item.steps)

    def keep_name(self) -> None:
        """Ask for the name that was written, if it is another one."""
        if self._item is None or self._item.is_local or not self.name.isModified():
            return
        name = self.name.text().strip()
        if name == self._item.name:
            _show_text(self.name, name)
            return
        self.rename_asked.emit(name)
        set_property(self.name, "wrong", name != self._item.name)

    def arrange(self, *, is_wide: bool) -> None:
        """Put the fields beside their labels, or below."""
        for row, (label, editor) in enumerate(self._fields):
            self._form.removeWidget(label)
            self._form.removeWidget(editor)
            if is_wide:
                self._form.addWidget(label, 2 * row, 0)
                self._form.addWidget(editor, 2 * row, 1)
            else:
                self._form.addWidget(label, 2 * row, 0, 1, 2)
                self._form.addWidget(editor, 2 * row + 1, 0, 1, 2)
        self._form.setColumnMinimumWidth(0, self._label_width() if is_wide else 0)

    def measure(self) -> None:
        """Set the lengths that follow the text."""
        widest = max(self.test.fontMetrics().horizontalAdvance(tr(text)) for text in ("&Test", "Sto&p"))
        self.test.setMinimumWidth(widest + h(1) + 10)
        self.way.setMinimumWidth(h(12.5))
        self._form.setColumnMinimumWidth(0, self._label_width())
        self.signed_in_as.setMinimumHeight(h() + 12)

    def _label_width(self) -> int:
        widest = max(label.sizeHint().width() for label, _ in self._fields)
        return max(widest + 8, h(6.4))

    def _show_way(self, item: ConnectionItem) -> None:
        words = [choice.words for choice in item.ways]
        if [self.way.itemText(row) for row in range(self.way.count())] != words:
            self.way.clear()
            for choice in item.ways:
                self.way.addItem(choice.words, choice.transport)
        row = next((row for row, choice in enumerate(item.ways) if choice.transport == item.way), 0)
        self.way.setCurrentIndex(row)
        self.way.setEnabled(len(words) > 1)
        note = item.ways[row].note if item.ways else ""
        self.way_note.setText(note)
        self.way.setAccessibleDescription(note)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self.keep_name)
        self.way.activated.connect(lambda _row: self.way_asked.emit(self.way.currentData()))
        self.test.clicked.connect(self._test_or_stop)
        self.copy.clicked.connect(self.copy_asked)

    def _test_or_stop(self) -> None:
        if self._is_testing:
            self.stop_asked.emit()
        else:
            self.test_asked.emit()

    def _lay_out(self) -> None:
        way = QWidget()
        row = QHBoxLayout(way)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.way)
        row.addWidget(self.way_note, 1)
        signed_in = plain_label(tr("Sign-in"))
        self._fields = (
            (label_for(tr("&Name"), self.name), self.name),
            (label_for(tr("Address"), self.address), self.address),
            (signed_in, self.signed_in_as),
            (label_for(tr("&Way"), self.way), way),
            (label_for(tr("Pro&xy"), self.proxy), self.proxy),
        )
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(8)
        self._form.setColumnStretch(1, 1)
        heading = plain_label(tr("Test"))
        set_property(heading, "written", "strong")
        self._test_row.setSpacing(8)
        self._test_row.addWidget(heading, 1)
        self._test_row.addWidget(self.test)
        self._test_row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._form)
        layout.addSpacing(4)
        layout.addWidget(rule())
        layout.addLayout(self._test_row)
        layout.addWidget(self.steps)
        layout.addStretch()
        self.arrange(is_wide=True)


class _Field(LineEdit):
    """A line that leaves a paste to the dialog while it is only to be read."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if self.isReadOnly() and event.matches(QKeySequence.StandardKey.Paste):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _read_only() -> QLineEdit:
    field = _Field()
    field.setReadOnly(True)
    return field


def _show_text(field: QLineEdit, text: str) -> None:
    if field.text() != text:
        field.setText(text)
        field.setCursorPosition(0)
    field.setModified(False)
