"""A dialog to rename, delete, export and import the sets of a report's parameters.

saved sets ──▶ **SetsDialog** ── changes ──▶ report_form ──▶ main_window, which keeps them. Nothing waits for it.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.dialogs.file_dialog import file_dialog
from desktop.widgets.form.sets.name_popup import is_own_name
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, measures
from desktop.wording.form.orders import SavedSet
from desktop.wording.language import tr
from desktop.wording.tone import Tone

Index = QModelIndex | QPersistentModelIndex
FILE_NAME = "reportwire-sets.json"


class SetsDialog(QDialog):
    """The sets of one report.

    Signals:
        renamed(SavedSet, str): Call this one so.
        deleted(SavedSet): Forget this one.
        restored(SavedSet): Keep this one again, which was deleted.
        export_wanted(Path): Write all of them to this file.
        import_wanted(Path): Read this file.
    """

    renamed = Signal(object, str)
    deleted = Signal(object)
    restored = Signal(object)
    export_wanted = Signal(object)
    import_wanted = Signal(object)

    def __init__(self, parent: QWidget, definition: DefinitionInfo) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Sets of {report}", report=definition.title))
        self.definition = definition.id
        self._sets: Sequence[SavedSet] = ()
        self._last_deleted: SavedSet | None = None
        self._news = ""
        self.list = QListWidget()
        self.message = plain_label()
        self.undo = QPushButton(tr("Un&do"))
        self.nothing = plain_label(tr("No sets yet. Save one from the menu of the parameters."))
        self.rename, self.delete, self.bring, self.send, self.leave = (
            QPushButton(tr(text)) for text in ("&Rename", "De&lete", "&Import…", "&Export…", "Close")
        )
        self._lay_out()
        self.list.itemChanged.connect(self._take_name)
        self.list.currentRowChanged.connect(self._enable)
        for key, button in ((QKeySequence.StandardKey.Delete, self.delete), (QKeySequence.StandardKey.Undo, self.undo)):
            QShortcut(key, self).activated.connect(button.click)
        self.rename.clicked.connect(self._edit)
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(self._restore)
        self.bring.clicked.connect(self._choose_source)
        self.send.clicked.connect(self._choose_target)
        self.leave.clicked.connect(self.close)

    def show_sets(self, sets: Sequence[SavedSet]) -> None:
        """Show those of this report, and mark the one that stands where the marked one stood."""
        row = max(0, self.list.currentRow())
        self._sets = sets = [each for each in sets if each.definition == self.definition]
        self.list.blockSignals(True)  # noqa: FBT003  Qt's
        self.list.clear()
        for each in sets:
            item = QListWidgetItem(each.name, self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.list.setCurrentRow(min(row, len(sets) - 1))
        self.list.blockSignals(False)  # noqa: FBT003  Qt's
        self._enable()

    def say(self, text: str) -> None:
        """Say how a change went, here, where the analyst looks."""
        self._news = text
        self._show_deleted()

    def _enable(self) -> None:
        for button in (self.rename, self.delete):
            button.setEnabled(self.list.currentRow() >= 0)
        self.send.setEnabled(bool(self._sets))
        self.nothing.setVisible(not self._sets)
        self._show_deleted()

    def _show_deleted(self) -> None:
        """Offer to take the last deletion back while no other set has the name."""
        deleted = self._last_deleted
        is_gone = deleted is not None and deleted.name not in {each.name for each in self._sets}
        said = tr("{name} is deleted.", name=deleted.name) if deleted and is_gone else ""
        self.message.setText(" ".join(filter(None, (said, self._news))))
        self.undo.setVisible(is_gone)

    def _edit(self) -> None:
        self.list.editItem(self.list.currentItem())

    def _take_name(self, item: QListWidgetItem) -> None:
        """Take a name that is another and no other set's; put the old one back else."""
        self._news = ""
        before, name = self._sets[self.list.row(item)], item.text().strip()
        if name and not is_own_name(name) and name not in {each.name for each in self._sets}:
            self.renamed.emit(before, name)
        elif item.text() != before.name:
            item.setText(before.name)

    def _delete(self) -> None:
        self._last_deleted, self._news = self._sets[self.list.currentRow()], ""
        self.deleted.emit(self._last_deleted)

    def _restore(self) -> None:
        if self._last_deleted:
            name, self._news = self._last_deleted.name, ""
            self.restored.emit(self._last_deleted)
            self.list.setCurrentRow(next((row for row, each in enumerate(self._sets) if each.name == name), 0))

    def _choose_source(self) -> None:
        dialog = self._file_dialog(tr("&Import…"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._bring)
        dialog.open()

    def _choose_target(self) -> None:
        dialog = self._file_dialog(tr("&Export…"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(FILE_NAME)
        dialog.fileSelected.connect(self._send)
        dialog.open()

    def _bring(self, path: str) -> None:
        self.import_wanted.emit(Path(path))

    def _send(self, path: str) -> None:
        self.export_wanted.emit(Path(path))

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = file_dialog(self, title.replace("&", "").rstrip("…"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(tr("Sets of parameters (*.json)"))
        return dialog

    def _lay_out(self) -> None:
        self.list.setAccessibleName(tr("Sets of parameters"))
        self.list.setItemDelegate(NameDelegate(self.list))
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        dress.set_tone(self.nothing, Tone.QUIET)
        self.nothing.setWordWrap(True)
        side = QVBoxLayout()
        side.setSpacing(8)
        for button in (self.rename, self.delete, self.bring, self.send):
            side.addWidget(button)
        side.addStretch(1)
        side.addWidget(self.leave)
        for button in (self.rename, self.delete, self.undo, self.bring, self.send, self.leave):
            button.setMinimumHeight(measures.h() + 12)
            button.setAutoDefault(False)  # Enter in a name is no press
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.nothing)
        said = QHBoxLayout()
        self.message.setWordWrap(True)
        said.addWidget(self.message, 1)
        said.addWidget(self.undo)
        left.addLayout(said)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addLayout(side)
        room = self.screen().availableGeometry().size()
        self.resize(min(measures.h(28), room.width()), min(measures.h(18), room.height()))


class NameDelegate(QStyledItemDelegate):
    """Rows as high as a field, all of which is the editor's while a name is edited."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  Qt's name
        """Make room for a field."""
        return QSize(super().sizeHint(option, index).width(), measures.h() + 12)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:  # noqa: N802  Qt's name
        """Give it the row, without the padding of the texts."""
        editor.setGeometry(option.rect)
