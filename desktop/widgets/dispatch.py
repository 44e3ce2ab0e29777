"""What each action does: an intent for the app, or something that is the window's alone.

window_actions ── ActionId ──▶ **Dispatch** ── `Intent` ──▶ main_window
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from desktop.widgets.dialogs.dialogs import Dialogs
from desktop.widgets.intents import (
    BringBack,
    Cancel,
    CancelSignIn,
    Close,
    CopyLink,
    CopySupport,
    CopyText,
    EditAndRun,
    OpenFile,
    Pause,
    Remove,
    Retry,
    RunAgain,
    SaveAs,
    SaveIn,
    ShowFolder,
    SignIn,
    SignOut,
    Undo,
)
from desktop.widgets.pane.cell_table import CellTable
from desktop.widgets.theme.dress import TEXT_STEP, USUAL_TEXT, look
from desktop.wording.language import tr
from desktop.wording.pane.view import TabId
from desktop.wording.reports.arrangement import Chip
from desktop.wording.reports.offers import ActionId, has_ended
from desktop.wording.reports.report_columns import COLUMNS
from desktop.wording.reports.report_row import ReportRow

if TYPE_CHECKING:
    from desktop.widgets.main_window import MainWindow

A = ActionId
LINE_ENDS = {0x2028: "\n", 0x2029: "\n"}
"""What Qt has in the place of line ends in a selected text."""


class Dispatch:
    """Carries out the actions of one window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.dialogs = Dialogs(window)
        self._by_id: dict[ActionId, Callable[[], object]] = {
            A.NEW: window.open_form,
            A.GENERATE: window.form.submit,
            A.SAVE_AS: self._save_as,
            A.SAVE_IN: lambda: self._emit(SaveIn(self._ids(lambda row: row.can_save))),
            A.PAUSE: lambda: self._emit(Pause(self._ids(lambda row: row.is_on_the_way))),
            A.OPEN: self._open,
            A.FOLDER: self._show_folder,
            A.AGAIN: lambda: self._emit(RunAgain(self._one().report_id)),
            A.EDIT_AND_RUN: lambda: self._emit(EditAndRun(self._one().report_id)),
            A.CANCEL: lambda: self._emit(Cancel(self._ids(lambda row: row.can_cancel))),
            A.REMOVE: lambda: self._emit(Remove(self._ids(has_ended))),
            A.CLEAR: self._clear,
            A.QUIT: self.close,
            A.UNDO: lambda: self._emit(Undo()),
            A.COPY: self._copy,
            A.COPY_LINK: lambda: self._emit(CopyLink(self._one().report_id)),
            A.COPY_DETAILS: self._copy_details,
            A.SELECT_ALL: self._select_all,
            A.FIND: window.reports.focus_search,
            A.SETTINGS: self.dialogs.open_settings,
            A.FORM: self._toggle_form,
            A.PANE: window.body.toggle_pane,
            A.PREVIEW: partial(self._show_tab, TabId.PREVIEW),
            A.CHART: partial(self._show_tab, TabId.CHART),
            A.SUMMARY: partial(self._show_tab, TabId.SUMMARY),
            A.DETAILS: partial(self._show_tab, TabId.DETAILS),
            A.SHOW_REMOVED: lambda: self._emit(BringBack()),
            A.COLUMNS_RESET: window.reports.table.columns.reset,
            A.LARGER: lambda: self._write(look().text_percent + TEXT_STEP),
            A.SMALLER: lambda: self._write(look().text_percent - TEXT_STEP),
            A.NORMAL: lambda: self._write(USUAL_TEXT),
            A.RECONNECT: lambda: self._emit(Retry()),
            A.CONNECTIONS: self.dialogs.open_connections,
            A.SIGN_IN: self._sign_in,
            A.COPY_ADDRESS: self.copy_address,
            A.SIGN_OUT: lambda: self._emit(SignOut()),
            A.SUPPORT: lambda: self._emit(CopySupport()),
            A.KEYS: self.dialogs.open_keys,
            A.LOG: self.dialogs.open_log,
            A.ABOUT: self.dialogs.open_about,
            A.NEXT_REGION: partial(window.next_region, 1),
            A.PREVIOUS_REGION: partial(window.next_region, -1),
            A.CONTEXT_MENU: self._open_context_menu,
        }

    def do(self, action_id: ActionId) -> None:
        """Carry out an action."""
        self._by_id[action_id]()

    def close(self) -> None:
        """Ask for the end."""
        self._emit(Close())

    def open_current(self) -> None:
        """Do what a report is there for: open its file, save it, or show what became of it."""
        row = self._one_or_none()
        if row is None:
            return
        if row.saved_path:
            self._open()
        elif row.can_save:
            self._save_as()
        else:
            self._show_tab(TabId.DETAILS)

    def copy_text(self, text: str, notice: str = "") -> None:
        """Put a text on the clipboard, and say so."""
        if text:
            self._emit(CopyText(text, notice))

    def show_under_way(self) -> None:
        """List what is under way."""
        self._window.reports.show_chip(Chip.UNDER_WAY)

    def help_connection(self) -> None:
        """Do what the button beside the connection is for."""
        view = self._window.view
        if view and view.connection.is_in_browser:
            self._emit(CancelSignIn())
            return
        if view and view.connection.can_sign_in:
            self._emit(SignIn())
            return
        if view and (view.connection.is_refused or view.connection.is_missing):
            self.dialogs.open_connections()
        if view and not view.connection.is_missing:
            self._emit(Retry())

    def copy_address(self) -> None:
        """Put the address to sign in at on the clipboard."""
        view = self._window.view
        self.copy_text(view.connection.address if view else "", tr("Address copied."))

    def _sign_in(self) -> None:
        """Do what the button beside the connection does where it asks for the same."""
        view = self._window.view
        if view and view.connection.wants_sign_in:
            self.help_connection()
        else:
            self._emit(SignIn())

    # --- the window's own ---

    def _save_as(self) -> None:
        self._emit(SaveAs(self._ids(lambda row: row.can_save)))

    def _open(self) -> None:
        row = self._one()
        if row.saved_path:
            self._emit(OpenFile(row.report_id, row.saved_path))

    def _show_folder(self) -> None:
        row = self._one()
        if row.saved_path:
            self._emit(ShowFolder(row.report_id, row.saved_path))

    def _clear(self) -> None:
        view = self._window.view
        rows = view.rows.by_id.values() if view else ()
        self._emit(Remove(tuple(row.report_id for row in rows if has_ended(row))))

    def _toggle_form(self) -> None:
        is_shown = self._window.body.is_form_shown
        if is_shown:
            self._window.body.show_form(is_shown=False)
        else:
            self._window.open_form()

    def _show_tab(self, tab: TabId) -> None:
        self._window.body.show_pane(is_shown=True)
        self._window.pane.show_tab(tab)

    def _copy(self) -> None:
        """Copy what is selected where the focus is, text or cells; where nothing is, the selected reports."""
        if _copy_chosen(self._window.focusWidget()):
            return
        now = self._window.reports.table.reports.now
        shown = [column for column in COLUMNS if self._window.reports.table.columns.is_shown(column.id)]
        lines = ["\t".join(column.text(row, now) for column in shown) for row in self._selected()]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _write(self, percent: int) -> None:
        look().wear(text_percent=percent)
        self._window.show_notice(tr("Text {percent} %", percent=look().text_percent))

    def _copy_details(self) -> None:
        self._window.pane.details.copy_details()

    def _open_context_menu(self) -> None:
        """Open the menu of what has the focus where the Menu key opens it, which many keyboards lack."""
        focused = self._window.focusWidget()
        if focused:
            cursor = focused.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
            at = (cursor.toRect() if isinstance(cursor, QRectF) else cursor).center()
            reason = QContextMenuEvent.Reason.Keyboard
            QGuiApplication.sendEvent(focused, QContextMenuEvent(reason, at, focused.mapToGlobal(at)))

    def _select_all(self) -> None:
        widget = self._window.focusWidget()
        select = getattr(widget, "selectAll", None)
        (select or self._window.reports.table.selectAll)()

    # --- the selection ---

    def _selected(self) -> tuple[ReportRow, ...]:
        return self._window.view.selected if self._window.view else ()

    def _one_or_none(self) -> ReportRow | None:
        rows = self._selected()
        return rows[0] if len(rows) == 1 else None

    def _one(self) -> ReportRow:
        (row,) = self._selected()
        return row

    def _ids(self, which: Callable[[ReportRow], bool]) -> tuple[str, ...]:
        return tuple(row.report_id for row in self._selected() if which(row))

    def _emit(self, intent: object) -> None:
        self._window.intended.emit(intent)


def _copy_chosen(focused: QWidget | None) -> bool:
    """Copy what is selected in a widget, and return whether there is anything."""
    if isinstance(focused, CellTable):
        return focused.copy_chosen()
    text = focused.selectedText() if isinstance(focused, QLabel | QLineEdit) else ""
    if text:
        QGuiApplication.clipboard().setText(text.translate(LINE_ENDS))
    return bool(text)
