"""The reports with their actions and the details of the chosen one.

main_window ── rows ──▶ **ReportsPanel** ── signals for one report ──▶ main_window. Layout and signals only.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolBar, QVBoxLayout, QWidget

from desktop.widgets.report_actions import ActionId, ReportActions
from desktop.widgets.report_details import ReportDetails
from desktop.widgets.report_row import ReportRow
from desktop.widgets.reports_model import ReportsModel
from desktop.widgets.reports_table import ReportsTable
from desktop.widgets.save_dialog import SaveDialog


class ReportsPanel(QWidget):
    """Toolbar, table, details.

    Signals:
        cancel_requested(str), copy_link_requested(str), open_link_requested(str): A report's id.
        download_requested(str, Path): A report's id and the file to save it as.
        show_folder_requested(Path): A saved file.
    """

    cancel_requested = Signal(str)
    copy_link_requested = Signal(str)
    open_link_requested = Signal(str)
    download_requested = Signal(str, Path)
    show_folder_requested = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ReportsModel(self)
        self.table = ReportsTable(self.model)
        self.details = ReportDetails()
        self.actions_of_row = ReportActions(self)
        self._save_dialog = SaveDialog(self)
        self._lay_out()
        self._connect()

    def show_rows(self, rows: Sequence[ReportRow]) -> None:
        """Show these rows, in their order."""
        self.model.set_reports(rows)

    def show_now(self, now: datetime) -> None:
        """Bring elapsed times up to date."""
        self.model.set_now(now)

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
        for widget, stretch in ((toolbar, 0), (self.table, 1), (self.details, 0)):
            layout.addWidget(widget, stretch)

    def _connect(self) -> None:
        self.table.row_changed.connect(self.actions_of_row.show_row)
        self.table.row_changed.connect(self.details.show_row)
        self.table.row_activated.connect(lambda _: self.actions_of_row.actions[ActionId.OPEN_LINK].trigger())
        self.actions_of_row.asked.connect(self._pass_on)
        self._save_dialog.chosen.connect(self.download_requested)

    def _pass_on(self, action_id: ActionId, row: ReportRow) -> None:
        match action_id:
            case ActionId.COPY_LINK:
                self.copy_link_requested.emit(row.report_id)
            case ActionId.OPEN_LINK:
                self.open_link_requested.emit(row.report_id)
            case ActionId.DOWNLOAD:
                self._save_dialog.ask(row.report_id, row.file_name)
            case ActionId.SHOW_FOLDER:
                self.show_folder_requested.emit(row.saved_path)
            case ActionId.CANCEL:
                self.cancel_requested.emit(row.report_id)
