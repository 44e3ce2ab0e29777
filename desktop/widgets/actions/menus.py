"""The menu bar, the menu of a row, and the menu of the columns.

window_actions ──▶ **fill_menu_bar**, **fill_report_menu**, **SortMenu**, **ColumnsMenu** ──▶ main_window
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from desktop.widgets.actions.window_actions import WindowActions
from desktop.widgets.reports.columns import Columns
from desktop.widgets.theme.dress import Appearance
from desktop.wording.dialogs.keys import KeySection, without_mark
from desktop.wording.language import tr
from desktop.wording.reports.offers import ActionId
from desktop.wording.reports.report_columns import COLUMNS, ColumnId

A = ActionId
MENUS: tuple[tuple[str, tuple[ActionId | None, ...]], ...] = (
    (
        "&Report",
        (
            *(A.NEW, A.GENERATE, None, A.SAVE_AS, A.SAVE_IN, A.PAUSE, A.OPEN, A.FOLDER, None),
            *(A.AGAIN, A.EDIT_AND_RUN, None, A.CANCEL, A.REMOVE, A.CLEAR, None, A.QUIT),
        ),
    ),
    (
        "&Edit",
        (A.UNDO, None, A.COPY, A.COPY_LINK, A.COPY_DETAILS, A.SELECT_ALL, None, A.FIND, None, A.SETTINGS),
    ),
    (
        "&View",
        (
            *(A.FORM, A.PANE, None, A.PREVIEW, A.CHART, A.SUMMARY, A.DETAILS, None, A.SHOW_REMOVED, None),
            *(A.COLUMNS_RESET, None),
            *(A.LARGER, A.SMALLER, A.NORMAL),
        ),
    ),
    ("&Connection", (A.RECONNECT, A.CONNECTIONS, None, A.SIGN_IN, A.COPY_ADDRESS, A.SIGN_OUT, None, A.SUPPORT)),
    ("&Help", (A.KEYS, A.LOG, A.ABOUT)),
)
"""The menus and their actions; None is a line."""

OF_A_REPORT = (
    *(A.SAVE_AS, A.SAVE_IN, A.PAUSE, None, A.OPEN, A.FOLDER, None, A.AGAIN, A.EDIT_AND_RUN, None),
    *(A.COPY_LINK, A.COPY, A.COPY_DETAILS, None, A.CANCEL, A.REMOVE),
)
OF_THE_CONNECTION = (A.RECONNECT, A.CONNECTIONS, A.SIGN_IN, A.COPY_ADDRESS, A.SIGN_OUT, A.SUPPORT)
APPEARANCES = {Appearance.SYSTEM: "Like the system", Appearance.LIGHT: "Light", Appearance.DARK: "Dark"}


def fill_menu_bar(bar: QMenuBar, actions: WindowActions, sort: QMenu, columns: QMenu, appearance: QMenu) -> None:
    """Fill the menu bar; the submenus stand in the menu View."""
    for title, entries in MENUS:
        menu = bar.addMenu(tr(title))
        _fill(menu, actions, entries)
        if A.COLUMNS_RESET in entries:
            menu.insertMenu(actions[A.COLUMNS_RESET], sort)
            menu.insertMenu(actions[A.COLUMNS_RESET], columns)
            menu.insertMenu(actions[A.LARGER], appearance)


def fill_report_menu(menu: QMenu, actions: WindowActions) -> None:
    """Fill the menu about the selected reports."""
    _fill(menu, actions, OF_A_REPORT)


def key_sections(actions: WindowActions) -> list[KeySection]:
    """Return all keys: those of the menus, and those that stand in none."""

    def keys_of(entry: ActionId, *more: Qt.Key) -> tuple[str, str]:
        keys = [*(QKeySequence(key) for key in more), actions[entry].shortcut()]
        return actions[entry].text(), ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)

    sections = [
        KeySection(
            without_mark(tr(title)),
            tuple(keys_of(entry) for entry in entries if entry and not actions[entry].shortcut().isEmpty()),
        )
        for title, entries in MENUS
    ]
    moving = (keys_of(A.NEXT_REGION), keys_of(A.PREVIOUS_REGION), keys_of(A.CONTEXT_MENU, Qt.Key.Key_Menu))
    return [*sections, KeySection(tr("Moving about"), moving)]


class SortMenu(QMenu):
    """The columns to sort by, the present one checked; chosen once more it sorts the other way round."""

    def __init__(self, parent: QWidget, choose: Callable[[str], object]) -> None:
        super().__init__(tr("&Sort by"), parent)
        group = QActionGroup(self)
        self._entries: dict[ColumnId, QAction] = {}
        for column in COLUMNS:
            entry = self.addAction(tr(column.title))
            entry.setCheckable(True)
            group.addAction(entry)
            entry.triggered.connect(lambda _=False, name=column.id.value: choose(name))
            self._entries[column.id] = entry

    def show_column(self, column: ColumnId) -> None:
        """Check the column that the rows are sorted by."""
        self._entries[column].setChecked(True)


class ColumnsMenu(QMenu):
    """Which columns are shown; those that are hidden only for want of room are checked."""

    def __init__(self, columns: Columns, parent: QWidget) -> None:
        super().__init__(tr("&Columns"), parent)
        self._columns = columns
        self._entries: dict[ColumnId, QAction] = {}
        for column in COLUMNS:
            entry = self.addAction(tr(column.title))
            entry.setCheckable(True)
            entry.setEnabled(column.id not in {ColumnId.STATE, ColumnId.REPORT})
            entry.triggered.connect(lambda is_wanted, name=column.id: columns.want(name, is_wanted=is_wanted))
            self._entries[column.id] = entry
        columns.arranged.connect(self._check)
        self._check()

    def _check(self) -> None:
        for name, entry in self._entries.items():
            entry.setChecked(name in self._columns.wanted)


class AppearanceMenu(QMenu):
    """Light, dark, or as the system has it."""

    def __init__(self, parent: QWidget, choose: Callable[[Appearance], object]) -> None:
        super().__init__(tr("A&ppearance"), parent)
        group = QActionGroup(self)
        self.entries: dict[Appearance, QAction] = {}
        for appearance, words in APPEARANCES.items():
            entry = self.addAction(tr(words))
            entry.setCheckable(True)
            group.addAction(entry)
            entry.triggered.connect(lambda _=False, chosen=appearance: choose(chosen))
            self.entries[appearance] = entry

    def show_appearance(self, appearance: Appearance) -> None:
        """Check the one that is worn."""
        self.entries[appearance].setChecked(True)


def _fill(menu: QMenu, actions: WindowActions, entries: Iterable[ActionId | None]) -> None:
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[entry])
