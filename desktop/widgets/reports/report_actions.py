"""The actions on the chosen report.

reports_table ── row ──▶ **ReportActions** ── action, row ──▶ reports_panel. Each can be used only where it makes sense.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from desktop.widgets.theme import icons
from desktop.wording.report_row import ReportRow


class ActionId(StrEnum):
    """An action; the value is the name of its icon."""

    COPY_LINK = "copy"
    OPEN_LINK = "open"
    DOWNLOAD = "save"
    SHOW_FOLDER = "folder"
    CANCEL = "cancel"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One action: its words, its key while the table has the focus, and when it makes sense."""

    text: str
    tip: str
    shortcut: QKeySequence.StandardKey | str
    is_possible: Callable[[ReportRow], bool]


ACTIONS = {
    ActionId.COPY_LINK: ActionInfo(
        "Copy link", "Copy the download link", QKeySequence.StandardKey.Copy, lambda row: row.url is not None
    ),
    ActionId.OPEN_LINK: ActionInfo(
        "Open link", "Open the download link in the browser", "Ctrl+O", lambda row: row.url is not None
    ),
    ActionId.DOWNLOAD: ActionInfo(
        "Download to…", "Save the file on this computer", QKeySequence.StandardKey.Save, lambda row: row.can_download
    ),
    ActionId.SHOW_FOLDER: ActionInfo(
        "Show in folder", "Show the saved file in its folder", "Ctrl+Shift+O", lambda row: row.saved_path is not None
    ),
    ActionId.CANCEL: ActionInfo("Cancel", "Stop this report", "Ctrl+.", lambda row: row.can_cancel),
    ActionId.REMOVE: ActionInfo(
        "Remove", "Take this report off the list", QKeySequence.StandardKey.Delete, lambda row: row.can_remove
    ),
}


class ReportActions(QObject):
    """The actions for one row at a time.

    Signals:
        asked(ActionId, ReportRow): The analyst wants this done to this report.
    """

    asked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._row: ReportRow | None = None
        self.actions = {action_id: self._make(action_id, info) for action_id, info in ACTIONS.items()}
        self.load_icons()
        self.show_row(None)

    def show_row(self, row: ReportRow | None) -> None:
        """Offer what makes sense for `row`."""
        self._row = row
        for action_id, action in self.actions.items():
            action.setEnabled(row is not None and ACTIONS[action_id].is_possible(row))

    def load_icons(self) -> None:
        """Load the icons in the current colours."""
        for action_id, action in self.actions.items():
            action.setIcon(icons.icon(action_id.value))

    def _make(self, action_id: ActionId, info: ActionInfo) -> QAction:
        action = QAction(info.text, self)
        action.setShortcut(QKeySequence(info.shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setIconText(info.text)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{info.tip} ({keys})")
        action.triggered.connect(partial(self._ask, action_id))
        return action

    def _ask(self, action_id: ActionId) -> None:
        self.asked.emit(action_id, self._row)
