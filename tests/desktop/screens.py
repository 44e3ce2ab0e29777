"""A window whose intents about what is looked at are heeded, as the app does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Session
from desktop.widgets.intents import Arrange, Intent, Select
from desktop.widgets.main_window import MainWindow
from desktop.wording.reports.offers import ActionId
from desktop.wording.window import Desk, WindowView, choose, present, rearrange
from tests.desktop.conftest import NOW


class Screen(MainWindow):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self._at = (100.0, NOW)
        self.intents: list[Intent] = []
        self.intended.connect(self._heed)

    def show_session(self, session: Session, now_s: float = 100.0, now: datetime = NOW) -> None:
        self._at = (now_s, now.astimezone())
        self.change(session=session)

    def show_downloads(self, downloads: Mapping[str, Download]) -> None:
        self.change(downloads=downloads)

    def show_previews(self, previews: Mapping[str, Previewed]) -> None:
        self.change(previews=previews)

    def select(self, *report_ids: str) -> None:
        self.change(selected=frozenset(report_ids), current=report_ids[0] if report_ids else None)

    def change(self, **news: Any) -> None:
        self.desk = replace(self.desk, **news)
        self.show_view(present(self.desk, *self._at, self.view))

    def enabled(self) -> set[ActionId]:
        return {action_id for action_id, action in self.actions_of_window.by_id.items() if action.isEnabled()}

    @property
    def shown(self) -> WindowView:
        assert self.view is not None
        return self.view

    def _heed(self, intent: Intent) -> None:
        match intent:
            case Select(report_ids, current):
                self.desk = choose(self.desk, report_ids, current)
                self.change()
            case Arrange(arrangement):
                self.desk = rearrange(self.desk, arrangement, self.view)
                self.change()
            case _:
                self.intents.append(intent)
