"""What holds for all reports. Each field is applied as it is changed: there is nothing to confirm, and a way back.

app ── `Settings` ──▶ **SettingsDialog** ── changed `Settings` ──▶ app, which keeps them
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.keeping.settings import Settings
from desktop.widgets.dialogs.dialog import MARGIN, Dialog, StillComboBox, label_for, note_label, push_button
from desktop.widgets.dialogs.file_dialog import file_dialog
from desktop.widgets.line_edit import LineEdit
from desktop.widgets.theme.dress import set_property, set_tone
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.settings import languages, say_example
from desktop.wording.file_names import judge, say_placeholders
from desktop.wording.language import tr
from desktop.wording.tone import Tone

SIZE = (32, 0)
APART = 12


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


class SettingsDialog(Dialog):
    """The settings.

    Signals:
        changed(Settings): All settings, one of which is another now.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None, now: Callable[[], datetime] = _now) -> None:
        super().__init__(tr("Settings"), SIZE, parent)
        self._settings = self._opened_with = settings
        self._now = now
        self.folder = LineEdit()
        self.folder.setReadOnly(True)
        self.choose = push_button(tr("&Choose…"), "folder")
        self.file_name = LineEdit()
        self.example = note_label()
        self.saves = QCheckBox(tr("&Save when ready"))
        self.notifies = QCheckBox(tr("N&otify when a report ends"))
        self.language: QComboBox = StillComboBox()
        self.undo = push_button(tr("&Undo changes"))
        self._fill()
        self._connect()
        self.show_settings(settings)

    def show_settings(self, settings: Settings) -> None:
        """Show these, which are what can be gone back to."""
        self._settings = self._opened_with = settings
        self._show()

    def _show(self) -> None:
        settings = self._settings
        self._show_folder()
        self.file_name.setText(settings.file_name)
        self.saves.setChecked(settings.saves_when_ready)
        self.notifies.setChecked(settings.notifies)
        self.language.setCurrentIndex(max(0, self.language.findData(settings.language)))
        self._judge()
        self._offer_undo()

    def ask_folder(self) -> QFileDialog:
        """Open the system's dialog for a folder, and return at once."""
        dialog = file_dialog(self, tr("Folder for files"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _take_folder(self, folder: str) -> None:
        self._change(folder=folder)
        self._show_folder()

    def _show_folder(self) -> None:
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self.folder.setText(self._settings.folder or usual)
        self.folder.setCursorPosition(0)

    def _judge(self) -> None:
        pattern = self.file_name.text()
        wrong, said = judge(pattern), say_example(pattern, self._now())
        set_property(self.file_name, "wrong", bool(wrong))
        self.example.setText(said)
        set_tone(self.example, Tone.FAILED if wrong else Tone.QUIET)
        note = tr("Wrong: {note}", note=said) if wrong else said
        self.file_name.setAccessibleDescription(f"{note} {say_placeholders()}")

    def _take_pattern(self, pattern: str) -> None:
        self._judge()
        if not judge(pattern):
            self._change(file_name=pattern.strip())
        self._offer_undo()

    def _change(self, **changes: object) -> None:
        settings = msgspec.structs.replace(self._settings, **changes)
        if settings != self._settings:
            self._settings = settings
            self._offer_undo()
            self.changed.emit(settings)

    def _go_back(self) -> None:
        """Have everything as it was when this was opened."""
        before, self._settings = self._settings, self._opened_with
        self._show()
        if before != self._settings:
            self.changed.emit(self._settings)

    def _offer_undo(self) -> None:
        is_wrong = self.file_name.text().strip() != self._settings.file_name
        self.undo.setEnabled(is_wrong or self._settings != self._opened_with)

    def _connect(self) -> None:
        self.choose.clicked.connect(self.ask_folder)
        self.file_name.textEdited.connect(self._take_pattern)
        self.saves.clicked.connect(lambda is_on: self._change(saves_when_ready=is_on))
        self.notifies.clicked.connect(lambda is_on: self._change(notifies=is_on))
        self.undo.clicked.connect(self._go_back)
        self.language.activated.connect(lambda _row: self._change(language=self.language.currentData()))

    def measure(self) -> None:
        """Set the lengths that follow the text."""
        self.language.setMinimumWidth(h(12.5))
        self.language.setMaximumWidth(h(20))

    def _fill(self) -> None:
        for language, words in languages():
            self.language.addItem(words, language)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self.folder, 1)
        folder.addWidget(self.choose)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(4)
        layout.addWidget(label_for(tr("&Folder for files"), self.folder))
        layout.addLayout(folder)
        layout.addSpacing(APART)
        layout.addWidget(label_for(tr("&Name of files"), self.file_name))
        layout.addWidget(self.file_name)
        layout.addWidget(self.example)
        layout.addWidget(note_label(say_placeholders()))
        layout.addSpacing(APART)
        layout.addWidget(self.saves)
        layout.addWidget(note_label(tr("New reports begin so; each form can say otherwise.")))
        layout.addSpacing(APART // 2)
        layout.addWidget(self.notifies)
        layout.addSpacing(APART)
        layout.addWidget(label_for(tr("&Language"), self.language))
        layout.addWidget(self.language)
        layout.addWidget(note_label(tr("The language changes at the next start.")))
        layout.addStretch()
        self.say(tr("Changes hold at once."))
        self.add_buttons(self.undo, self.close_button)
        self.measure()
