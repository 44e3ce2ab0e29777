"""The log that the last run left, as it ended by itself.

app ── path and text ──▶ **LogDialog** ── show its folder ──▶ app
"""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from desktop.widgets.dialogs.dialog import MARGIN, Dialog, note_label, push_button
from desktop.widgets.theme.dress import set_property
from desktop.wording.language import tr

SIZE = (50, 32)


class LogDialog(Dialog):
    """The text of the log, to be looked at before it is copied.

    Signals:
        folder_asked(Path): Show this file in its folder.
    """

    folder_asked = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Log"), SIZE, parent)
        self._path: Path | None = None
        self.intro = note_label()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(tr("Log"))
        set_property(self.text, "written", "id")
        self.copy = push_button(tr("&Copy"), "copy")
        self.folder = push_button(tr("Show in &folder"), "folder")
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(lambda: self._path and self.folder_asked.emit(self._path))
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(8)
        layout.addWidget(self.intro)
        layout.addWidget(self.text, 1)
        self.add_buttons(self.folder, self.copy, self.close_button)

    def show_log(self, path: Path | None, text: str) -> None:
        """Show a log; without a path there is none."""
        self._path = path
        self.text.setPlainText(text)
        for widget in (self.text, self.copy, self.folder):
            widget.setEnabled(path is not None)
        self.text.setVisible(path is not None)
        words = (
            "The last run ended by itself. This log says where in the program; it has nothing of your reports in it."
        )
        self.intro.setText(tr(words) if path else tr("No log was written."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.say(tr("Copied."))
