"""The reports with their actions, and the pane about the chosen one.

main_window ── `WindowView` ──▶ **ReportsPanel** ── `Intent` ──▶ main_window. Layout and signals only.
"""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QToolBar, QVBoxLayout, QWidget

from desktop.widgets.intents import Cancel, Choose, CopyLink, LoadPreview, OpenLink, Remove, SaveFile, ShowFolder
from desktop.widgets.pane.pane import Pane
from desktop.widgets.reports.report_actions import ActionId, ReportActions
from desktop.widgets.reports.reports_model import ReportsModel
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.widgets.reports.save_dialog import SaveDialog
from desktop.wording.report_row import ReportRow
from desktop.wording.window import WindowView

SETTLE_MS = 120
"""Time a row must stay chosen before its preview is loaded: arrow keys pass many rows."""

LEAST_HEIGHT = 110


class ReportsPanel(QWidget):
    """Toolbar, table, pane.

    Signals:
        intended(Intent): What the analyst wants.
    """

    intended = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ReportsModel(self)
        self.table = ReportsTable(self.model)
        self.pane = Pane()
        self.settled = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self.actions_of_row = ReportActions(self)
        self._save_dialog = SaveDialog(self)
        self._lay_out()
        self._connect()

    def show_reports(self, view: WindowView) -> None:
        """Show the reports, the one that is chosen, and what the pane shows of it."""
        self.table.show_reports(view.rows, view.chosen.report_id if view.chosen else None)
        self.actions_of_row.show_row(view.chosen)
        self.pane.show_pane(view.pane)
        if view.is_preview_new:
            self.settled.start()

    def _lay_out(self) -> None:
        toolbar = QToolBar("Report")
        toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        toolbar.setIconSize(QSize(16, 16))
        for action_id, action in self.actions_of_row.actions.items():
            if action_id is ActionId.CANCEL:
                toolbar.addSeparator()
            toolbar.addAction(action)
            self.table.addAction(action)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        self.table.setMinimumHeight(LEAST_HEIGHT)
        for number, widget in enumerate((self.table, self.pane)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(number, 1)
        layout.addWidget(toolbar)
        layout.addWidget(splitter, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(lambda report_id: self.intended.emit(Choose(report_id)))
        self.table.activated.connect(lambda _: self.actions_of_row.actions[ActionId.OPEN_LINK].trigger())
        self.settled.timeout.connect(self._ask_preview)
        self.pane.retry_requested.connect(self._ask_preview)
        self.actions_of_row.asked.connect(self._pass_on)
        self._save_dialog.chosen.connect(lambda report_id, path: self.intended.emit(SaveFile(report_id, path)))

    def _ask_preview(self) -> None:
        if self.pane.view.is_preview_wanted and self.pane.view.report_id is not None:
            self.intended.emit(LoadPreview(self.pane.view.report_id))

    def _pass_on(self, action_id: ActionId, row: ReportRow) -> None:
        match action_id:
            case ActionId.COPY_LINK:
                self.intended.emit(CopyLink(row.report_id))
            case ActionId.OPEN_LINK:
                self.intended.emit(OpenLink(row.report_id))
            case ActionId.DOWNLOAD:
                self._save_dialog.ask(row.report_id, row.file_name)
            case ActionId.SHOW_FOLDER if row.saved_path:
                self.intended.emit(ShowFolder(row.saved_path))
            case ActionId.CANCEL:
                self.intended.emit(Cancel(row.report_id))
            case ActionId.REMOVE:
                self.intended.emit(Remove(row.report_id))
