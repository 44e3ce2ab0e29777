"""The analyst's window.

app ── `WindowView` ──▶ **MainWindow** ── `Intent` ──▶ app. Layout and signals only: no I/O, no memory, nothing awaited.
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QVBoxLayout, QWidget

from backend.protocol.messages import GenerateReport
from desktop.widgets.actions.menus import (
    OF_THE_CONNECTION,
    AppearanceMenu,
    ColumnsMenu,
    SortMenu,
    fill_menu_bar,
    fill_report_menu,
)
from desktop.widgets.actions.toolbar import Toolbar
from desktop.widgets.actions.window_actions import WindowActions
from desktop.widgets.announcing import announce
from desktop.widgets.body import Body
from desktop.widgets.dialogs.save_dialog import SaveDialog
from desktop.widgets.dispatch import Dispatch
from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.intents import (
    Arrange,
    ChooseFolder,
    CopyLink,
    EditAndRun,
    Generate,
    LoadPreview,
    SaveFile,
    SaveIn,
    Select,
)
from desktop.widgets.pane.pane import Pane
from desktop.widgets.reports.reports_list import ReportsList
from desktop.widgets.status.connection_menu import ConnectionMenu
from desktop.widgets.status.status_bar import StatusBar
from desktop.widgets.theme import icons
from desktop.widgets.theme.dress import LEAST_TEXT, MOST_TEXT, USUAL_TEXT, look
from desktop.wording.language import tr
from desktop.wording.pane.view import TabId
from desktop.wording.reports.arrangement import Arrangement
from desktop.wording.reports.offers import ActionId
from desktop.wording.reports.report_columns import ColumnId
from desktop.wording.window import WindowView

SETTLE_MS = 120
"""Time a row must stay selected before its preview is loaded: arrow keys pass many rows."""

FIRST_SIZE, LEAST_SIZE = (1366, 768), (800, 500)
FRAME = (16, 56)
"""At most what a window manager puts around: borders, and a title."""


class MainWindow(QMainWindow):
    """The form, the reports, the pane, the connection.

    Signals:
        intended(Intent): What the analyst wants.
        activated(): The analyst turned to the window.
    """

    intended = Signal(object)
    activated = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view: WindowView | None = None
        self._is_beginning = True
        """Whether there was nothing yet to choose a report from."""
        self.sort = Arrangement()
        """The order of the list as it was kept."""
        self.form = ReportForm()
        self.reports = ReportsList()
        self.pane = Pane()
        self.actions_of_window = WindowActions(self, self.reports.table)
        self.toolbar = Toolbar(self.actions_of_window)
        self.body = Body(self.form, self.toolbar, self.reports, self.pane)
        self.connection_menu = ConnectionMenu(self)
        self.status = StatusBar(self.connection_menu)
        self.sort_menu = SortMenu(self, self.reports.sort_by)
        self.columns_menu = ColumnsMenu(self.reports.table.columns, self)
        self.appearance_menu = AppearanceMenu(self, lambda chosen: look().wear(chosen))
        self.report_menu = QMenu(self)
        self.save_dialog = SaveDialog(self)
        self.settled = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self.dispatch = Dispatch(self)
        self._lay_out()
        self._connect()
        self._order_tabs()

    # --- what is shown ---

    def show_view(self, view: WindowView) -> None:
        """Show what is known now. Cheap where nothing changed."""
        before, self.view = self.view, view
        if self.windowTitle() != view.title:
            self.setWindowTitle(view.title)
        self.status.show_connection(view.profile, view.connection)
        self.connection_menu.show_connection(view.profile, view.connection)
        self.status.show_counts(view.counts)
        self.form.show_connected(view.is_connected)
        self.form.show_obstacle(view.connection.obstacle)
        if view.catalog is not None:
            self.form.set_catalog(view.catalog)
            self._begin()
        self.form.show_under_way(view.under_way)
        self.reports.show_view(view)
        self.sort_menu.show_column(view.desk.arrangement.column)
        self.pane.show_pane(view.pane)
        if view.is_preview_new:
            self.settled.start()
        self.actions_of_window.show_offers(view.offered | self._own_offers())
        self.actions_of_window.show_person(view.desk.sign_in.who if view.desk.sign_in else "")
        self.actions_of_window.show_paused(is_paused=any(row.is_paused for row in view.selected))
        stoppable = [row.is_on_the_way for row in view.selected if row.can_cancel]
        self.actions_of_window.show_saving(is_saving=bool(stoppable) and all(stoppable))
        self._show_news(view, before)

    def show_notice(self, text: str) -> None:
        """Show a text in the status bar for a few seconds."""
        self.status.show_message(text)

    def say_of_sets(self, text: str) -> None:
        """Show a text about sets where the analyst looks: in the status bar, and in their dialog."""
        self.show_notice(text)
        self.form.head.say(text)

    def show_folder(self, folder: Path) -> None:
        """Name the folder that files are saved in."""
        self.actions_of_window.show_folder(folder.name)
        self.form.show_folder(str(folder))
        self.save_dialog.folder = folder

    def edit_and_run(
        self, definition: str, parameters: Mapping[str, Any], file_format: str | None, options: Mapping[str, Any] | None
    ) -> None:
        """Show an order in the form, to be changed and asked for."""
        self.body.show_form(is_shown=True)
        unfit = self.form.fill(definition, parameters, file_format, options)
        if unfit == (definition,):
            self.show_notice(tr("This report is offered no more."))
        elif unfit:
            self.show_notice(tr("No more offered: {names}.", names=", ".join(unfit)))

    def announce(self, text: str, *, is_urgent: bool) -> None:
        """Have a screen reader read a text aloud."""
        announce(self, text, is_urgent=is_urgent)

    def bring_to_front(self) -> None:
        """Show the window above others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def _begin(self) -> None:
        """Go to the choice of reports once there are some, unless the analyst is busy with the list or elsewhere."""
        choice = self.form.choice
        if self._is_beginning and choice.isVisible() and choice.isEnabled():
            self._is_beginning = False
            if self.focusWidget() is self.reports.table and not self.reports.table.selected_ids():
                choice.setFocus()

    def _show_news(self, view: WindowView, before: WindowView | None) -> None:
        if view.notice:
            self.show_notice(view.notice)
        wrong, definition = view.wrong_fields, self.form.definition
        if wrong and definition and definition.id == wrong.definition:
            self.form.show_field_errors(wrong.reasons)
        if view.asked:
            self.reports.table.bring_into_view(view.asked)
        if before and (before.connection.icon, before.profile) != (view.connection.icon, view.profile):
            is_urgent = view.connection.icon in {"sign-in", "certificate"}
            self.announce(f"{view.profile}, {view.connection.text}", is_urgent=is_urgent)

    # --- kept ---

    def kept(self) -> dict[str, Any]:
        """Return what is kept until the next start: plain values."""
        arrangement = self.view.desk.arrangement if self.view else Arrangement()
        size = self.normalGeometry().size()
        return {
            "size": [size.width(), size.height()],
            "isMaximized": self.isMaximized(),
            "body": self.body.kept(),
            "columns": self.reports.table.columns.kept(),
            "sort": [arrangement.column.value, arrangement.is_descending],
            "tab": self.pane.tab.value,
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Be as it was kept; what is not understood is left aside."""
        size = kept.get("size")
        if isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) for side in size):  # noqa: PLR2004  width, height
            self.resize(*_clamped((max(size[0], LEAST_SIZE[0]), max(size[1], LEAST_SIZE[1]))))
        if kept.get("isMaximized") is True:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)
        body = kept.get("body")
        self.body.restore(body if isinstance(body, dict) else {})
        self.reports.table.columns.restore(kept.get("columns"))
        if kept.get("tab") in {tab.value for tab in TabId}:
            self.pane.show_tab(TabId(kept["tab"]))
        self.sort = _sort(kept.get("sort"))

    # --- regions ---

    def open_form(self) -> None:
        """Show the form and go to it."""
        self.body.show_form(is_shown=True)
        self.form.focus_first()

    def next_region(self, step: int) -> None:
        """Go to the next of form, list, pane and status bar that is seen, or with -1 to the one before."""
        regions = [
            (self.form, self.form.stops()),
            (self.reports, [self.reports.table, *self.reports.filters.stops()]),
            (self.pane, self.pane.stops()),
            (self.status, self.status.stops()),
        ]
        seen = [(region, stops) for region, stops in regions if region.isVisible()]
        focused = self.focusWidget()
        here = next((n for n, (region, _) in enumerate(seen) if focused and region.isAncestorOf(focused)), -step)
        for away in range(1, len(seen) + 1):
            _, stops = seen[(here + away * step) % len(seen)]
            stop = next((each for each in stops if each.isVisible() and each.isEnabled()), None)
            if stop:
                stop.setFocus()
                return

    # --- as Qt asks ---

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Emit `Close` instead of closing: the app has to end more than the window."""
        event.ignore()
        self.dispatch.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Begin in the list, which is there before there are reports to choose from."""
        super().showEvent(event)
        if self.focusWidget() is None:
            self.reports.table.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Tell when the analyst turns to the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            self.reports.table.viewport().update()  # a selection looks different in a window that is not active
            if self.isActiveWindow():
                self.activated.emit()

    def _lay_out(self) -> None:
        self.setWindowIcon(icons.window_icon())
        self.setWindowTitle("Reportwire")
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*_clamped(FIRST_SIZE))
        fill_menu_bar(self.menuBar(), self.actions_of_window, self.sort_menu, self.columns_menu, self.appearance_menu)
        fill_report_menu(self.report_menu, self.actions_of_window)
        for action_id in OF_THE_CONNECTION:
            self.connection_menu.addAction(self.actions_of_window[action_id])
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self.form.submitted.connect(self._generate)
        self.form.escaped.connect(self._leave_form)
        self.form.folder_wanted.connect(self.save_dialog.ask_folder)
        self.form.changed.connect(self._order_tabs)
        self.reports.arranged.connect(lambda arrangement: self.intended.emit(Arrange(arrangement)))
        self.reports.selected.connect(lambda ids, now: self.intended.emit(Select(frozenset(ids), now or None)))
        self.reports.removed_asked.connect(lambda: self.dispatch.do(ActionId.SHOW_REMOVED))
        self.reports.opened.connect(lambda _: self.dispatch.open_current())
        self.reports.renew_asked.connect(lambda report_id: self.intended.emit(CopyLink(report_id)))
        self.reports.menu_asked.connect(self._open_report_menu)
        self.reports.columns_asked.connect(self._open_columns_menu)
        self.reports.help_asked.connect(self.dispatch.help_connection)
        self.reports.address_asked.connect(self.dispatch.copy_address)
        self.pane.retry_requested.connect(lambda report_id: self.intended.emit(LoadPreview(report_id)))
        self.pane.edit_and_run_requested.connect(lambda report_id: self.intended.emit(EditAndRun(report_id)))
        self.pane.copied.connect(self.show_notice)
        self.pane.page_made.connect(self._order_tabs)
        self.settled.timeout.connect(self._load_preview)
        self.status.counts_clicked.connect(self.dispatch.show_under_way)
        self.status.help_asked.connect(self.dispatch.help_connection)
        self.toolbar.folder_asked.connect(self.save_dialog.ask_folder)
        self.save_dialog.chosen.connect(lambda report_id, path: self.intended.emit(SaveFile(report_id, path)))
        self.save_dialog.renamed.connect(self.show_notice)
        self.save_dialog.folder_chosen.connect(lambda folder: self.intended.emit(ChooseFolder(folder)))
        self.save_dialog.folder_for.connect(lambda ids, folder: self.intended.emit(SaveIn(tuple(ids), folder)))
        self.actions_of_window.asked.connect(self.dispatch.do)
        self.body.adapted.connect(self._adapt)
        look().changed.connect(self._show_look)
        self._show_look()

    def _generate(self, request: GenerateReport) -> None:
        self.intended.emit(Generate(request, saves=self.form.saves_when_ready))
        if self.body.is_narrow:
            self._leave_form()

    def _leave_form(self) -> None:
        """Go back to the list; where the window is narrow the form goes."""
        if self.body.is_narrow:
            self.body.show_form(is_shown=False)
            self.reports.table.setFocus()

    def _load_preview(self) -> None:
        if self.view and self.view.pane.report_id and self.view.pane.is_preview_wanted:
            self.intended.emit(LoadPreview(self.view.pane.report_id))

    def _open_columns_menu(self, at: QPoint) -> None:
        self.columns_menu.popup(at)

    def _open_report_menu(self, at: QPoint) -> None:
        self.report_menu.popup(at)

    def _adapt(self) -> None:
        self.toolbar.show_narrow(is_narrow=self.body.is_narrow)
        self.actions_of_window[ActionId.FORM].setChecked(self.body.is_form_shown)
        self.actions_of_window[ActionId.PANE].setChecked(self.body.is_pane_shown)

    def _show_look(self) -> None:
        self.appearance_menu.show_appearance(look().appearance)
        self.actions_of_window.show_text_size(look().text_percent)
        if self.view:
            self.actions_of_window.show_offers(self.view.offered | self._own_offers())

    def _own_offers(self) -> set[ActionId]:
        """Return the actions that the window itself knows to be possible."""
        percent = look().text_percent
        possible = {
            ActionId.GENERATE: self.form.definition is not None,
            ActionId.LARGER: percent < MOST_TEXT,
            ActionId.SMALLER: percent > LEAST_TEXT,
            ActionId.NORMAL: percent != USUAL_TEXT,
        }
        return {action_id for action_id, is_possible in possible.items() if is_possible}

    def _order_tabs(self) -> None:
        stops = [*self.form.stops(), *self.reports.stops(), *self.pane.stops(), *self.status.stops()]
        for stop, following in pairwise(stops):
            self.setTabOrder(stop, following)


def _sort(kept: object) -> Arrangement:
    columns = {column.value for column in ColumnId}
    if isinstance(kept, list) and len(kept) == 2 and kept[0] in columns and isinstance(kept[1], bool):  # noqa: PLR2004  a pair
        return Arrangement(ColumnId(kept[0]), kept[1])
    return Arrangement()


def _clamped(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size that fits the screen together with the frame, whose own size is not known before it is there."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    width, height = (
        min(side, most - frame) for side, most, frame in zip(size, room.size().toTuple(), FRAME, strict=True)
    )
    return width, height
