"""The system's dialog for files, or Qt's where the system has none.

save_dialog, chart_page, dialogs ──▶ **file_dialog** ──▶ QFileDialog

A class of our own would keep the system's away: Qt shows that for none but its own class.
Source: `QFileDialogPrivate::canBeNativeDialog`
"""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QToolButton, QWidget

from desktop.widgets.theme import icons

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

DRAWINGS = {
    "backButton": "chevron-left",
    "forwardButton": "chevron-right",
    "toParentButton": "chevron-up",
    "newFolderButton": "add",
}
"""Drawings by the names of Qt's buttons, whose own arrows are black in either scheme."""


def file_dialog(parent: QWidget, title: str, folder: str = "", kinds: str = "") -> "QFileDialog":
    """Return a dialog that is not open yet; `kinds` are the files it offers, in Qt's way to write them."""
    from PySide6.QtWidgets import QFileDialog  # noqa: PLC0415  nobody saves before the first paint

    dialog = QFileDialog(parent, title, folder, kinds)
    for name, drawing in DRAWINGS.items():
        button = dialog.findChild(QToolButton, name)
        if button:
            icons.wear(button, drawing)
            button.setIconSize(icons.icon_size())
    return dialog
