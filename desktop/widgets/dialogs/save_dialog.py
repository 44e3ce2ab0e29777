"""Asks where to save files, without stopping anything meanwhile.

main_window ── report, suggested name ──▶ **SaveDialog** ── report, path ──▶ main_window
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.dialogs.file_dialog import file_dialog
from desktop.wording.formats import say_format
from desktop.wording.language import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog


class SaveDialog(QObject):
    """Opens the system's dialog for each question, in the folder that was chosen last.

    Signals:
        chosen(str, Path): The report's id and the file to save it as.
        renamed(str): The file that was named has another name now; the text says why.
        folder_chosen(Path): A folder for files from now on.
        folder_for(list, Path): The ids of reports, and the folder to save them in.
    """

    chosen = Signal(str, Path)
    renamed = Signal(str)
    folder_chosen = Signal(Path)
    folder_for = Signal(list, Path)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.folder = Path()

    def ask(self, report_id: str, file_name: str) -> "QFileDialog":
        """Ask for a file of the format that `file_name` ends with, modal to the window, and return at once."""
        ext = Path(file_name).suffix.removeprefix(".")
        kinds = f"{say_format(ext)} (*.{ext})" if ext else ""
        dialog = file_dialog(self._window, tr("Save as"), str(self.folder), kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(dialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ext)
        dialog.selectFile(file_name)
        dialog.fileSelected.connect(partial(self._choose, report_id, ext))
        dialog.open()
        return dialog

    def ask_folder(self) -> "QFileDialog":
        """Ask for the folder for files, modal to the window, and return at once."""
        dialog = self._open_for_folder()
        dialog.fileSelected.connect(lambda chosen: self.folder_chosen.emit(Path(chosen)))
        return dialog

    def ask_folder_for(self, report_ids: list[str]) -> "QFileDialog":
        """Ask for a folder for several reports, modal to the window, and return at once."""
        dialog = self._open_for_folder()
        dialog.fileSelected.connect(lambda chosen: self.folder_for.emit(report_ids, Path(chosen)))
        return dialog

    def _open_for_folder(self) -> "QFileDialog":
        dialog = file_dialog(self._window, tr("Choose folder"), str(self.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(dialog.FileMode.Directory)
        dialog.setOption(dialog.Option.ShowDirsOnly)
        dialog.open()
        return dialog

    def _choose(self, report_id: str, ext: str, chosen: str) -> None:
        from desktop.wording.file_names import named_truly  # noqa: PLC0415  nobody saves before the first paint

        path = named_truly(Path(chosen), ext, Path.exists)
        self.folder = path.parent
        if path != Path(chosen):
            words = "This report is {format}, so its file is called {name}."
            self.renamed.emit(tr(words, format=say_format(ext), name=path.name))
        self.chosen.emit(report_id, path)
