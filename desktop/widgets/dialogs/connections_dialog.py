"""The connections: which there are, what each is, whether it works, which one is used.

desk ── `ConnectionsView` ──▶ **ConnectionsDialog** ── what is asked for ──▶ desk, app
"""

from itertools import pairwise
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMimeData, Signal, SignalInstance
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.dialogs.connection_list import ConnectionList
from desktop.widgets.dialogs.connection_page import ConnectionPage
from desktop.widgets.dialogs.dialog import MARGIN, WIDE_FROM, Dialog, note_label, push_button, side_by_side
from desktop.widgets.dialogs.file_dialog import file_dialog
from desktop.widgets.theme.dress import set_property
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView, say_end
from desktop.wording.examination import Outcome
from desktop.wording.language import tr

SIZE = (50, 37)
LIST_WIDTH = 13.5
QWIDGETSIZE_MAX = 16_777_215
"""Qt's greatest width, which PySide does not name."""


class Desk(Protocol):
    """Carries out what the dialog asks for."""

    def add_file(self, path: Path, /) -> None:
        """Add a profile's file."""

    def add_text(self, text: str, /) -> None:
        """Add what was pasted."""

    def rename(self, id_: str, name: str, /) -> None:
        """Call a connection otherwise."""

    def choose_way(self, id_: str, way: str, /) -> None:
        """Have a service talked to in another way."""

    def remove(self, id_: str, /) -> None:
        """Remove a connection."""

    def answer(self) -> None:
        """Do what the message offers."""

    def test(self, id_: str, /) -> None:
        """Test a connection."""

    def stop(self) -> None:
        """Stop the test."""

    def copy_details(self, id_: str, /) -> None:
        """Put a text for a ticket into the clipboard."""


class ConnectionsDialog(Dialog):
    """The list at the left, the selected connection at the right.

    Signals:
        use_asked(str): Talk to this one from now on.
        file_asked(Path), text_asked(str): Add a profile: a file, or what was pasted.
        rename_asked(str, str), way_asked(str, str): An id, and the name or the transport.
        remove_asked(str), test_asked(str), copy_asked(str): An id.
        stop_asked(): Stop the test.
        answered(): Do what the message offers.
    """

    use_asked = Signal(str)
    file_asked = Signal(Path)
    text_asked = Signal(str)
    rename_asked = Signal(str, str)
    way_asked = Signal(str, str)
    remove_asked = Signal(str)
    test_asked = Signal(str)
    stop_asked = Signal()
    copy_asked = Signal(str)
    answered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Connections"), SIZE, parent)
        self._view = ConnectionsView()
        self.list = ConnectionList()
        self.add = push_button(tr("&Add file…"), "add")
        self.remove = push_button("", "remove")
        self.hint = note_label(tr("Or drop a profile file here, or paste it."))
        self.page = ConnectionPage()
        self.answer = push_button("")
        self.use = push_button(tr("&Use this connection"))
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.content)
        self._left = QWidget()
        self._file_dialog: QFileDialog | None = None
        self.remove.setAccessibleName(tr("Remove"))
        self.setAcceptDrops(True)
        self._fill()
        self._connect()
        self.measure()

    def work_with(self, desk: Desk) -> None:
        """Have a desk carry out what is asked for, all but `use_asked`."""
        self.file_asked.connect(desk.add_file)
        self.text_asked.connect(desk.add_text)
        self.rename_asked.connect(desk.rename)
        self.way_asked.connect(desk.choose_way)
        self.remove_asked.connect(desk.remove)
        self.answered.connect(desk.answer)
        self.test_asked.connect(desk.test)
        self.stop_asked.connect(desk.stop)
        self.copy_asked.connect(desk.copy_details)

    def show_view(self, view: ConnectionsView) -> None:
        """Show what is known now."""
        self._view = view
        self.list.show_items(view.items, view.selected)
        self._show_selected()

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def selected(self) -> ConnectionItem | None:
        """Return the connection that is shown."""
        return next((item for item in self._view.items if item.id == self.list.selected_id()), None)

    def ask_file(self) -> QFileDialog:
        """Open the system's dialog for a file, and return at once."""
        dialog = file_dialog(self, tr("Add a profile"), "", f"{tr('Profiles')} (*.json);;{tr('All files')} (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.file_asked.emit(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        self._file_dialog = dialog
        dialog.open()
        return dialog

    def _show_selected(self) -> None:
        item = self.selected()
        if item is None:
            return
        is_testing = item.id == self._view.testing
        self.page.show_item(item, is_testing=is_testing)
        self.use.setEnabled(not item.is_used)
        self.use.setToolTip(tr("This connection is in use.") if item.is_used else "")
        self.remove.setEnabled(not item.is_used and not item.is_local)
        self.remove.setToolTip(tr("Remove this connection (Del)"))
        self._show_message(item, is_testing=is_testing)

    def _show_message(self, item: ConnectionItem, *, is_testing: bool) -> None:
        message = self._view.message
        if message and message.about not in {None, item.id}:
            message = None
        is_over = bool(item.steps) and not is_testing
        if message is None and is_over and not {Outcome.WAITING, Outcome.RUNNING} & {s.outcome for s in item.steps}:
            message = say_end(item.steps)
        self.say(message.text if message else "", message.tone if message else None)
        self.answer.setText(message.answer if message else "")
        self.answer.setVisible(bool(message and message.answer))

    def _connect(self) -> None:
        self.list.selected.connect(lambda _id: self._show_selected())
        self.add.clicked.connect(self.ask_file)
        self.remove.clicked.connect(lambda: self._ask(self.remove_asked))
        self.list.remove_asked.connect(self.remove.click)
        self.use.clicked.connect(lambda: self._ask(self.use_asked))
        self.answer.clicked.connect(self.answered)
        self.page.test_asked.connect(lambda: self._ask(self.test_asked))
        self.page.stop_asked.connect(self.stop_asked)
        self.page.copy_asked.connect(lambda: self._ask(self.copy_asked))
        self.page.rename_asked.connect(lambda name: self._ask(self.rename_asked, name))
        self.page.way_asked.connect(lambda way: self._ask(self.way_asked, way))

    def _ask(self, signal: SignalInstance, *values: str) -> None:
        """Emit a signal with the id of the selected connection."""
        item = self.selected()
        if item is not None:
            signal.emit(item.id, *values)

    # --- files that are dropped or pasted

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        """Take files and texts."""
        if _file_of(event.mimeData()) or event.mimeData().hasText():
            event.acceptProposedAction()
            set_property(self.list, "dropping", True)  # noqa: FBT003  a value

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802  Qt's name
        """Look as before."""
        set_property(self.list, "dropping", False)  # noqa: FBT003

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        """Ask to add what was dropped."""
        set_property(self.list, "dropping", False)  # noqa: FBT003
        event.acceptProposedAction()
        self._take(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Ask to add what is pasted; a field that is written in has taken the key before."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._take(QGuiApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def _take(self, data: QMimeData) -> None:
        if path := _file_of(data):
            self.file_asked.emit(path)
        elif data.hasText():
            self.text_asked.emit(data.text())

    # --- layout

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Begin in the list, wherever it was left: what is typed is no name then."""
        super().showEvent(event)
        self.list.setFocus()

    def reject(self) -> None:
        """Close it, and keep the name that is being written."""
        self.page.keep_name()
        super().reject()

    def arrange(self, width: int) -> None:
        """Put the list above the connection where there is no room beside it."""
        is_wide = width >= h(WIDE_FROM)
        self._body.setDirection(side_by_side(is_wide=is_wide))
        self._left.setMaximumWidth(h(LIST_WIDTH) + MARGIN if is_wide else QWIDGETSIZE_MAX)
        below = self.add.sizeHint().height() + self.hint.heightForWidth(h(LIST_WIDTH) + MARGIN) + 5 * MARGIN // 2
        room = self.room_height() - below
        self.list.setMinimumHeight(h(5))
        self.list.setMaximumHeight(max(h(5), room) if is_wide else h(8))
        self.page.arrange(is_wide=is_wide)

    def measure(self) -> None:
        """Set the lengths that follow the text."""
        self._left.setMinimumWidth(h(LIST_WIDTH) + MARGIN)

    def _fill(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        left.addWidget(self.hint)
        left.addStretch()
        self._body.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN // 2)
        self._body.setSpacing(MARGIN)
        self._body.addWidget(self._left)
        self._body.addWidget(self.page, 1)
        set_property(self.use, "primary", True)  # noqa: FBT003
        self.answer.hide()
        self.add_buttons(self.answer, self.close_button, self.use)
        page = (self.page.name, self.page.address, self.page.way, self.page.proxy, self.page.test, self.page.copy)
        stops = (self.list, self.add, self.remove, *page, self.answer, self.close_button, self.use)
        for stop, after in pairwise(stops):
            self.setTabOrder(stop, after)


def _file_of(data: QMimeData) -> Path | None:
    """Return the first file of what was dropped or pasted."""
    paths = (url.toLocalFile() for url in data.urls()) if data.hasUrls() else ()
    return next((Path(path) for path in paths if path), None)
