"""The reports with their actions, and the details and first rows of the chosen one.

main_window ── rows ──▶ **ReportsPanel** ── signals for one report ──▶ main_window. Layout and signals only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QToolBar, QVBoxLayout, QWidget

from desktop.files.preview_status import Previewed
from desktop.widgets.preview.preview_pane import PreviewPane
from desktop.widgets.reports.report_actions import ActionId, ReportActions
from desktop.widgets.reports.report_details import ReportDetails
from desktop.widgets.reports.reports_model import ReportsModel
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.widgets.reports.save_dialog import SaveDialog
from desktop.wording.report_row import ReportRow

SETTLE_MS = 120
"""Who goes through the table with the arrow keys does not look at every report."""

LEAST_HEIGHT = 110


class ReportsPanel(QWidget):
    """Toolbar, table, details, preview.

    Signals:
        cancel_requested(str), copy_link_requested(str), open_link_requested(str): A report's id.
        download_requested(str, Path): A report's id and the file to save it as.
        show_folder_requested(Path): A saved file.
        preview_requested(str): The report whose first rows are looked at.
    """

    cancel_requested = Signal(str)
    copy_link_requested = Signal(str)
    open_link_requested = Signal(str)
    download_requested = Signal(str, Path)
    show_folder_requested = Signal(Path)
    preview_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ReportsModel(self)
        self.table = ReportsTable(self.model)
        self.details = ReportDetails()
        self.preview = PreviewPane()
        self._previews: Mapping[str, Previewed] = MappingProxyType({})
        self._previewed: ReportRow | None = None
        self.settled = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self.actions_of_row = ReportActions(self)
        self._save_dialog = SaveDialog(self)
        self._lay_out()
        self._connect()

    def show_rows(self, rows: Sequence[ReportRow]) -> None:
        """Show these rows, in their order."""
        self.model.set_reports(rows)

    def show_previews(self, previews: Mapping[str, Previewed]) -> None:
        """Show how previews stand, by report id."""
        self._previews = previews
        self._show_preview()

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
        below = QWidget()
        rows = QVBoxLayout(below)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.details)
        rows.addWidget(self.preview, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        self.table.setMinimumHeight(LEAST_HEIGHT)
        for number, widget in enumerate((self.table, below)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(number, 1)
        layout.addWidget(toolbar)
        layout.addWidget(splitter, 1)

    def _connect(self) -> None:
        self.table.row_changed.connect(self.actions_of_row.show_row)
        self.table.row_changed.connect(self.details.show_row)
        self.table.row_changed.connect(self._choose_preview)
        self.settled.timeout.connect(self._ask_preview)
        self.preview.retry_requested.connect(self._ask_preview)
        self.table.row_activated.connect(lambda _: self.actions_of_row.actions[ActionId.OPEN_LINK].trigger())
        self.actions_of_row.asked.connect(self._pass_on)
        self._save_dialog.chosen.connect(self.download_requested)

    def _choose_preview(self, row: ReportRow | None) -> None:
        """Show the preview of a row; ask for it when the row is newly chosen, or newly has one."""
        before, self._previewed = self._previewed, row
        if row and row.has_preview and not _is_same_preview(row, before):
            self.settled.start()
        self._show_preview()

    def _ask_preview(self) -> None:
        if self._previewed and self._previewed.has_preview:
            self.preview_requested.emit(self._previewed.report_id)

    def _show_preview(self) -> None:
        row = self._previewed
        self.preview.show_preview(row, self._previews.get(row.report_id) if row else None)

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


def _is_same_preview(row: ReportRow, before: ReportRow | None) -> bool:
    return before is not None and before.has_preview and before.report_id == row.report_id
