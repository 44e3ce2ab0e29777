"""A window whose intents to look at a report are heeded, as the app does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Session
from desktop.widgets.intents import Choose, Intent
from desktop.widgets.main_window import MainWindow
from desktop.wording.window import Desk, WindowView, present
from tests.desktop.conftest import NOW


class Screen(MainWindow):
    def __init__(self) -> None:
        super().__init__()
        self._desk = Desk()
        self._at = (100.0, NOW)
        self._view: WindowView | None = None
        self.intents: list[Intent] = []
        self.intended.connect(self._heed)

    def show_session(self, session: Session, now_s: float, now: datetime) -> None:
        self._at = (now_s, now.astimezone())
        self._show(session=session)

    def show_downloads(self, downloads: Mapping[str, Download]) -> None:
        self._show(downloads=downloads)

    def show_previews(self, previews: Mapping[str, Previewed]) -> None:
        self._show(previews=previews)

    def choose_report(self, report_id: str) -> None:
        self._show(chosen=report_id)

    def _show(self, **news: Any) -> None:
        self._desk = replace(self._desk, **news)
        self._view = present(self._desk, *self._at, self._view)
        self.show_view(self._view)

    def _heed(self, intent: Intent) -> None:
        self.intents.append(intent)
        if isinstance(intent, Choose):
            self.choose_report(intent.report_id)
