"""Tells the analyst, who looks at another window, that reports have ended.

ended reports ──▶ **Notifying** ── one message for those within three seconds ──▶ the system
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from desktop.widgets.theme import icons
from desktop.wording.reports.ended import say_notification
from desktop.wording.reports.report_row import ReportRow

GATHER_MS = 3000


class Notifying(QObject):
    """Messages by the system, only while no window of the program is active.

    Signals:
        clicked(str): The message about a report was clicked; the report's id.
    """

    clicked = Signal(str)

    def __init__(self, window: QWidget, is_active: Callable[[], bool] | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._is_active = is_active or (lambda: QApplication.activeWindow() is not None)
        self._ended: list[ReportRow] = []
        self._unseen: set[str] = set()
        self._last = ""
        self._tray: QSystemTrayIcon | None = None
        self._gathering = QTimer(self, interval=GATHER_MS, singleShot=True)
        self._gathering.timeout.connect(self._notify)
        self.is_wanted = True

    def tell(self, ended: Sequence[ReportRow]) -> None:
        """Tell of reports that have ended, in a moment, together with others that end until then."""
        if not ended or self._is_active():
            return
        self._ended += ended
        self._unseen |= {row.report_id for row in ended}
        _badge(len(self._unseen))
        if self.is_wanted and not self._gathering.isActive():
            self._gathering.start()

    def see(self) -> None:
        """Note that the analyst looks at the window."""
        if self._unseen:
            self._unseen.clear()
            _badge(0)

    def _notify(self) -> None:
        ended, self._ended = self._ended, []
        if not ended or self._is_active():
            return
        self._last = ended[-1].report_id
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            title, text = say_notification(ended)
            self._shown_tray().showMessage(title, text, icons.icon("report", "accent"))
        else:
            QApplication.alert(self._window)

    def _shown_tray(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icons.icon("report", "accent"), self)
            self._tray.messageClicked.connect(lambda: self.clicked.emit(self._last))
        self._tray.show()
        return self._tray


def _badge(count: int) -> None:
    app = QGuiApplication.instance()
    if isinstance(app, QGuiApplication):
        app.setBadgeNumber(count)
