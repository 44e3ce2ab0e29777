"""Asks where to save a file, without stopping anything meanwhile.

reports_panel ── report, suggested name ──▶ **SaveDialog** ── report, path ──▶ reports_panel.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget


class SaveDialog(QObject):
    """Opens a dialog for each question and remembers the folder that was chosen last.

    Signals:
        chosen(str, Path): The report's id and the file to save it as.
    """

    chosen = Signal(str, Path)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)

    def ask(self, report_id: str, file_name: str) -> QFileDialog:
        """Open the dialog, modal to its window, and return at once."""
        dialog = QFileDialog(self._window, "Download to", self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(file_name).suffix.removeprefix("."))
        dialog.selectFile(file_name)
        dialog.fileSelected.connect(partial(self._choose, report_id))
        dialog.open()
        return dialog

    def _choose(self, report_id: str, chosen: str) -> None:
        path = Path(chosen)
        self._folder = str(path.parent)
        self.chosen.emit(report_id, path)
