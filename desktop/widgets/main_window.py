"""The analyst's window.

app ── `WindowView` ──▶ **MainWindow** ── `Intent` ──▶ app. Layout and signals only: no I/O, no memory, nothing awaited.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QMainWindow, QMessageBox, QSplitter, QVBoxLayout, QWidget

from desktop.widgets.connection_item import ConnectionItem
from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.intents import Close, Generate, Retry
from desktop.widgets.reports.reports_panel import ReportsPanel
from desktop.widgets.theme import icons
from desktop.wording.window import WindowView

NOTICE_MS = 8000
FORM_WIDTH = 280
SIZE = (1280, 760)
MINIMUM_SIZE = (900, 560)


class MainWindow(QMainWindow):
    """The form, the reports, the connection.

    Signals:
        intended(Intent): What the analyst wants.
    """

    intended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.form = ReportForm()
        self.reports = ReportsPanel()
        self.connection = ConnectionItem()
        self.retry = QAction("Retry now", self)
        self.setWindowTitle("Reportwire")
        self.setWindowIcon(icons.icon("report"))
        self._lay_out()
        self._connect()
        self._add_keys()

    def show_view(self, view: WindowView) -> None:
        """Show what is known now. Cheap where nothing changed."""
        self.connection.show_connection(view.connection)
        self.retry.setEnabled(view.connection.can_retry)
        if view.catalog is not None:
            self.form.set_catalog(view.catalog)
        self.reports.show_reports(view)
        if view.notice:
            self.show_notice(view.notice)
        wrong, definition = view.wrong_fields, self.form.definition
        if wrong and definition and definition.id == wrong.definition:
            self.form.show_field_errors(wrong.reasons)

    def confirm_close(self, what_is_lost: str) -> None:
        """Ask whether to close although something will be lost; `Close` follows if so."""
        box = QMessageBox(QMessageBox.Icon.Question, self.windowTitle(), what_is_lost, parent=self)
        leave = box.addButton("Close", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        leave.clicked.connect(lambda: self.intended.emit(Close(is_sure=True)))
        box.open()

    def show_notice(self, text: str) -> None:
        """Show a text in the status bar for a few seconds."""
        self.statusBar().showMessage(text, NOTICE_MS)

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
        self.form.submitted.connect(lambda request: self.intended.emit(Generate(request)))
        self.reports.intended.connect(self.intended)
        self.connection.retry_requested.connect(lambda: self.intended.emit(Retry()))

    def _add_keys(self) -> None:
        self.retry.setShortcut(QKeySequence(Qt.Key.Key_F5))
        self.retry.setEnabled(False)
        self.retry.triggered.connect(lambda: self.intended.emit(Retry()))
        leave = QAction("Quit", self)
        leave.setShortcut(QKeySequence(QKeySequence.StandardKey.Quit))
        leave.triggered.connect(self.close)
        self.addActions([self.retry, leave])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Emit `Close` instead of closing: the app has to end more than the window."""
        event.ignore()
        self.intended.emit(Close())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Load the icons again when the colours change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.reports.actions_of_row.load_icons()
            self.connection.load_icons()


def _card(widget: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    card.setMinimumWidth(220)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 12, 12, 12)
    layout.addWidget(widget)
    return card
