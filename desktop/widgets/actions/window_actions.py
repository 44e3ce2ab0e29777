"""Every action of the window once: its words, icon and keys.

`offers` ── what makes sense ──▶ **WindowActions** ── ActionId ──▶ main_window
"""

from collections.abc import Set as AbstractSet
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.widgets.theme import icons
from desktop.wording.language import tr
from desktop.wording.reports.offers import ActionId

A = ActionId


class Spec(Struct, frozen=True):
    """The words of an action, in English, with the mark of its access key; its keys, and where it stands."""

    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    short: str = ""
    """The words on the toolbar, and in tooltips."""


SPECS = {
    A.NEW: Spec("&New report", ("Ctrl+N",), "add", "New report"),
    A.GENERATE: Spec("&Generate", ("Ctrl+Return", "Ctrl+Enter")),
    A.SAVE_AS: Spec("&Save as…", ("Ctrl+S",), "save", "Save as…"),
    A.SAVE_IN: Spec("Save &in {folder}", ("Ctrl+Shift+S",)),
    A.PAUSE: Spec("Pause download", ("Ctrl+P",), "pause"),
    A.OPEN: Spec("&Open", ("Ctrl+O",), "open", "Open"),
    A.FOLDER: Spec("Show in &folder", ("Ctrl+Shift+O",), "folder", "Show in folder"),
    A.AGAIN: Spec("&Run again", ("Ctrl+R",), "again", "Run again"),
    A.EDIT_AND_RUN: Spec("&Edit and run", ("F2",), "edit", "Edit and run"),
    A.CANCEL: Spec("&Cancel report", ("Ctrl+.",), "cancel", "Cancel"),
    A.REMOVE: Spec("Re&move from list", ("Delete",), "remove", "Remove"),
    A.CLEAR: Spec("C&lear finished", ("Ctrl+Shift+Delete",), "clear"),
    A.QUIT: Spec("&Quit", ("Ctrl+Q",)),
    A.UNDO: Spec("&Undo", ("Ctrl+Z",)),
    A.COPY: Spec("&Copy", ("Ctrl+C",), "copy"),
    A.COPY_LINK: Spec("Copy &link", ("Ctrl+L",), "link", "Copy link"),
    A.COPY_DETAILS: Spec("Copy &details", ("Ctrl+Shift+D",)),
    A.SELECT_ALL: Spec("Select &all", ("Ctrl+A",)),
    A.FIND: Spec("&Find", ("Ctrl+F",), "search"),
    A.SETTINGS: Spec("&Settings…", ("Ctrl+,",), "options"),
    A.FORM: Spec("&Form", ("Ctrl+B",), "form"),
    A.PANE: Spec("&Lower pane", ("F4",), "pane"),
    A.PREVIEW: Spec("Preview", ("Ctrl+1",), "preview"),
    A.CHART: Spec("Chart", ("Ctrl+2",), "chart-bar"),
    A.SUMMARY: Spec("Summary", ("Ctrl+3",), "summary"),
    A.DETAILS: Spec("Details", ("Ctrl+4",), "details"),
    A.SHOW_REMOVED: Spec("Show &removed reports"),
    A.COLUMNS_RESET: Spec("Default c&olumns"),
    A.LARGER: Spec("L&arger text", ("Ctrl++", "Ctrl+=")),
    A.SMALLER: Spec("S&maller text", ("Ctrl+-",)),
    A.NORMAL: Spec("&Normal text", ("Ctrl+0",)),
    A.RECONNECT: Spec("&Reconnect now", ("F5",), "again"),
    A.CONNECTIONS: Spec("&Connections…", ("Ctrl+Shift+C",), "connection"),
    A.SIGN_IN: Spec("&Sign in…", (), "sign-in"),
    A.COPY_ADDRESS: Spec("Copy &address", (), "copy"),
    A.SIGN_OUT: Spec("Sign &out"),
    A.SUPPORT: Spec("Copy details for s&upport", (), "copy"),
    A.KEYS: Spec("&Keys and words", ("F1",), "help"),
    A.LOG: Spec("Show &log"),
    A.ABOUT: Spec("&About Reportwire", (), "info"),
    A.NEXT_REGION: Spec("Next region", ("F6",)),
    A.PREVIOUS_REGION: Spec("Previous region", ("Shift+F6",)),
    A.CONTEXT_MENU: Spec("Menu of what is selected", ("Shift+F10",)),
}
CHECKABLE = frozenset({A.FORM, A.PANE})
FOLDER_AT_FIRST = "…"


class WindowActions(QObject):
    """All actions; those that make no sense now are disabled.

    Signals:
        asked(ActionId): The analyst wants this.
    """

    asked = Signal(object)

    def __init__(self, window: QWidget, table: QWidget) -> None:
        super().__init__(window)
        self.by_id = {action_id: self._make(action_id, spec) for action_id, spec in SPECS.items()}
        self._folder = FOLDER_AT_FIRST
        self.show_folder("")
        for action_id, action in self.by_id.items():
            if action_id is A.REMOVE:  # elsewhere the key empties a field
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                table.addAction(action)
            else:
                window.addAction(action)

    def __getitem__(self, action_id: ActionId) -> QAction:
        return self.by_id[action_id]

    def show_offers(self, offered: AbstractSet[ActionId]) -> None:
        """Enable what makes sense, and nothing else."""
        for action_id, action in self.by_id.items():
            if action.isEnabled() is not (action_id in offered):
                action.setEnabled(action_id in offered)

    def show_folder(self, folder: str) -> None:
        """Name the folder that files are saved in."""
        if folder != self._folder:
            self._folder = folder
            named = tr(SPECS[A.SAVE_IN].text, folder=folder.replace("&", "&&") or FOLDER_AT_FIRST)
            self.by_id[A.SAVE_IN].setText(named)

    def show_text_size(self, percent: int) -> None:
        """Name the size of the text, where it can be made the usual one again."""
        self.by_id[A.NORMAL].setText(tr("&Normal text (now {percent} %)", percent=percent))

    def show_paused(self, *, is_paused: bool) -> None:
        """Offer to go on with a download that is paused, and to pause another."""
        text = tr("Continue download" if is_paused else "Pause download")
        action = self.by_id[A.PAUSE]
        if action.text() != text:
            action.setText(text)
            icons.wear(action, "resume" if is_paused else "pause")

    def show_person(self, who: str) -> None:
        """Say who would be signed out; "" is nobody."""
        text = tr("Sign &out {who}", who=who.replace("&", "&&")) if who else tr(SPECS[A.SIGN_OUT].text)
        action = self.by_id[A.SIGN_OUT]
        if action.text() != text:
            action.setText(text)

    def show_saving(self, *, is_saving: bool) -> None:
        """Say what a cancel ends: a report, or only the download of its file."""
        text = tr("&Cancel download") if is_saving else tr(SPECS[A.CANCEL].text)
        action = self.by_id[A.CANCEL]
        if action.text() != text:
            action.setText(text)

    def tooltip_of(self, action_id: ActionId) -> str:
        """Return the words of an action and its key, as plain text."""
        spec = SPECS[action_id]
        words = tr(spec.short) if spec.short else self.by_id[action_id].text().replace("&&", "\0").replace("&", "")
        key = self.by_id[action_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return f"{words.replace(chr(0), '&')} ({key})" if key else words.replace(chr(0), "&")

    def _make(self, action_id: ActionId, spec: Spec) -> QAction:
        action = QAction(tr(spec.text) if "{" not in spec.text else spec.text, self)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setCheckable(action_id in CHECKABLE)
        action.setIconVisibleInMenu(action_id not in CHECKABLE)  # it would stand in the place of the check mark
        action.setEnabled(False)
        if spec.short:
            action.setIconText(tr(spec.short))
        if spec.icon:
            icons.wear(action, spec.icon)
        action.triggered.connect(partial(self._ask, action_id))
        return action

    def _ask(self, action_id: ActionId, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's
        self.asked.emit(action_id)
