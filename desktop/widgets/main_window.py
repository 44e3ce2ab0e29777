"""The analyst's window.

session, downloads ──▶ **MainWindow** ── signals ──▶ composition root. Layout and signals only: no I/O, nothing awaited.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QMainWindow, QSplitter, QVBoxLayout, QWidget

from desktop.files.downloads import Download
from desktop.files.preview_status import Previewed
from desktop.session.connection_status import Connected
from desktop.session.state import Session
from desktop.widgets import theme
from desktop.widgets.connection_item import ConnectionItem
from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.reports.reports_panel import ReportsPanel
from desktop.wording.row_builder import RowBuilder

NOTICE_MS = 8000
FORM_WIDTH = 280
SIZE = (1280, 760)
MINIMUM_SIZE = (900, 560)


class MainWindow(QMainWindow):
    """The form, the reports, the connection.

    Signals:
        generate_requested(GenerateReport): `report_id` is None; the composition root picks one.
        cancel_requested(str), copy_link_requested(str), open_link_requested(str): A report's id.
        download_requested(str, Path): A report's id and the file to save it as.
        show_folder_requested(Path): A saved file, to be shown in its folder.
        preview_requested(str): The report whose first rows are looked at.
        retry_requested(): Try to connect now.
        close_requested(): The window wants to close and stays open until the composition root hides it.
    """

    generate_requested = Signal(object)
    cancel_requested = Signal(str)
    copy_link_requested = Signal(str)
    open_link_requested = Signal(str)
    download_requested = Signal(str, Path)
    show_folder_requested = Signal(Path)
    preview_requested = Signal(str)
    retry_requested = Signal()
    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._session = Session()
        self._downloads: Mapping[str, Download] = MappingProxyType({})
        self._builder = RowBuilder()
        self._shown: tuple[object, ...] = ()
        self._now: datetime | None = None
        self._refused: set[str] = set()
        self._awaited: str | None = None
        self.form = ReportForm()
        self.reports = ReportsPanel()
        self.connection = ConnectionItem()
        self.retry = QAction("Retry now", self)
        self.setWindowTitle("Reportwire")
        self.setWindowIcon(theme.icon("report"))
        self._lay_out()
        self._connect()
        self._add_keys()

    def show_session(self, session: Session, now_s: float, now: datetime) -> None:
        """Show what is known. Cheap where nothing changed, and shows the same however often it is called.

        `now_s` is on the session's monotonic clock; `now` is aware and shown in the system's time zone.
        """
        before, self._session, self._now = self._session, session, now.astimezone()
        self.connection.show_connection(session.connection, now_s)
        self.retry.setEnabled(self.connection.can_retry)
        if session.catalog is not None and session.catalog is not before.catalog:
            self.form.set_catalog(session.catalog)
        if session.notice and session.notice is not before.notice:
            self.show_notice(session.notice)
        self._show_reports(self._now)
        if session.entries is not before.entries:
            self._show_refusals(session)

    def show_downloads(self, downloads: Mapping[str, Download]) -> None:
        """Show files on their way to disk, by report id. `downloads` is a new mapping when anything in it is new."""
        self._downloads = downloads
        if self._now:
            self._show_reports(self._now)

    def show_previews(self, previews: Mapping[str, Previewed]) -> None:
        """Show how previews stand, by report id."""
        self.reports.show_previews(previews)

    def choose_report(self, report_id: str) -> None:
        """Choose a report as soon as it is there."""
        self._awaited = report_id

    def show_notice(self, text: str) -> None:
        """Say something for a few seconds."""
        self.statusBar().showMessage(text, NOTICE_MS)

    def _show_reports(self, now: datetime) -> None:
        """Make rows anew where something they are made from is another; else only time goes on."""
        session = self._session
        is_connected = isinstance(session.connection, Connected)
        minute = now.replace(second=0, microsecond=0)
        shown = (session.entries, session.catalog, self._downloads, is_connected, minute)
        if len(shown) == len(self._shown) and all(map(_is_same, shown, self._shown)):
            self.reports.show_now(now)
            return
        self._shown = shown
        self.reports.show_rows(self._builder.build(session, self._downloads, now))
        if self._awaited and self.reports.table.choose(self._awaited):
            self._awaited = None

    def _show_refusals(self, session: Session) -> None:
        """Show once beside its fields why the chosen report was refused."""
        definition = self.form.definition
        for entry in session.entries.values():
            fields = entry.refusal.fields if entry.refusal else None
            if fields and entry.report_id not in self._refused:
                self._refused.add(entry.report_id)
                if definition and definition.id == entry.definition:
                    self.form.show_field_errors(fields)

    def _lay_out(self) -> None:
        self.resize(*SIZE)
        self.setMinimumSize(*MINIMUM_SIZE)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(12)
        splitter.addWidget(_card(self.form))
        splitter.addWidget(self.reports)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([FORM_WIDTH, SIZE[0] - FORM_WIDTH])
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(12, 12, 12, 8)
        layout.addWidget(splitter)
        self.setCentralWidget(central)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self.connection)

    def _connect(self) -> None:
        self.form.submitted.connect(self.generate_requested)
        self.reports.cancel_requested.connect(self.cancel_requested)
        self.reports.copy_link_requested.connect(self.copy_link_requested)
        self.reports.open_link_requested.connect(self.open_link_requested)
        self.reports.download_requested.connect(self.download_requested)
        self.reports.show_folder_requested.connect(self.show_folder_requested)
        self.reports.preview_requested.connect(self.preview_requested)
        self.connection.retry_requested.connect(self.retry_requested)

    def _add_keys(self) -> None:
        self.retry.setShortcut(QKeySequence(Qt.Key.Key_F5))
        self.retry.setEnabled(False)
        self.retry.triggered.connect(self.retry_requested)
        leave = QAction("Quit", self)
        leave.setShortcut(QKeySequence(QKeySequence.StandardKey.Quit))
        leave.triggered.connect(self.close)
        self.addActions([self.retry, leave])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Leave the closing to the composition root, which has to end more than the window."""
        event.ignore()
        self.close_requested.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Take the icons anew when the colours change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.reports.actions_of_row.load_icons()
            self.connection.load_icons()


def _is_same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, datetime | bool) and one == other)


def _card(widget: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    card.setMinimumWidth(220)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 12, 12, 12)
    layout.addWidget(widget)
    return card
