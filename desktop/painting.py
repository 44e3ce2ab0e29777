"""What is known, on the window: at most 30 times a second, and as often as a clock needs.

store, downloads, previews, what is pending ──▶ **Painting** ── `WindowView` ──▶ main_window, notifications
"""

import time
from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QTimer

from desktop.desk.reversible import Reversible
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.widgets.main_window import MainWindow
from desktop.widgets.notifying import Notifying
from desktop.wording.pane.happenings import NOTHING_HEARD, hear
from desktop.wording.reports.ended import ended_since, say_announcement
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.window import Desk, WindowView, choose, now_here, present

REPAINT_MS = 33
CLOCK_MS, IDLE_CLOCK_MS = 1000, 15_000
"""The window looks at the clock each second while something counts, else four times a minute."""


class Painting:
    """Shows what is known, and what the analyst has chosen of it, `desk`.

    Args:
        window: Where it is shown.
        painted: Called whenever it was.
    """

    def __init__(self, window: MainWindow, painted: Callable[[], None]) -> None:
        self._window, self._painted = window, painted
        self.desk = Desk(arrangement=window.sort)
        self.view: WindowView | None = None
        self._sources: tuple[Store, Downloads, Previews, Reversible] | None = None
        self._heard = NOTHING_HEARD
        self.notifying = Notifying(window)
        self.repaint = QTimer(window, interval=REPAINT_MS, singleShot=True)
        self._clock = QTimer(window, interval=CLOCK_MS)
        self.repaint.timeout.connect(self.paint)
        self._clock.timeout.connect(self.paint)
        self.notifying.clicked.connect(self.show_report)

    def look_at(self, store: Store, downloads: Downloads, previews: Previews, reversible: Reversible) -> None:
        """Show what these know."""
        self._sources = store, downloads, previews, reversible
        store.listen(self._hear)

    def start(self) -> None:
        """Paint, and look at the clock from now on."""
        self.paint()
        self._clock.start()

    def stop(self) -> None:
        """Paint no more."""
        self._sources = None
        for timer in (self.repaint, self._clock):
            timer.stop()

    def plan(self, _news: object) -> None:
        """Paint soon, once for all news until then."""
        if not self.repaint.isActive():
            self.repaint.start()

    def _hear(self, session: Session) -> None:
        """Paint what a session brings; the passing of time, which it hears of each second, mostly brings nothing."""
        if session is not self.desk.session:
            self.plan(session)

    def change(self, desk: Desk) -> None:
        """Show something else of what is known."""
        self.desk = desk
        self.paint()

    def paint(self) -> None:
        """Show what is known now."""
        if self._sources is None:
            return
        store, downloads, previews, reversible = self._sources
        now, before = now_here(), self.desk
        known = (before.session, before.downloads), (store.session, downloads.all)
        self._heard = hear(self._heard, *known, now)
        self.desk = replace(
            before,
            session=store.session,
            downloads=downloads.all,
            previews=previews.all,
            stops_at=reversible.stops_at,
            removed=reversible.removed,
            can_undo=reversible.can_undo,
            heard=self._heard,
        )
        shown, self.view = self.view, present(self.desk, time.monotonic(), now, self.view)
        self._window.show_view(self.view)
        self._tell_ends(shown, self.view)
        self._clock.setInterval(CLOCK_MS if self.view.is_moving else IDLE_CLOCK_MS)
        self._painted()

    def row(self, report_id: str) -> ReportRow | None:
        """Return the row of a report, as it was painted last."""
        return self.view.rows.by_id.get(report_id) if self.view else None

    def show_report(self, report_id: str) -> None:
        """Bring a report into view, and the window to the front."""
        self._window.bring_to_front()
        self.change(choose(self.desk, frozenset({report_id}), report_id))
        self._window.reports.table.bring_into_view(report_id)

    def _tell_ends(self, before: WindowView | None, view: WindowView) -> None:
        ended = ended_since(before.rows if before else None, view.rows)
        for row in ended:
            self._window.announce(say_announcement(row), is_urgent=not row.file_name)
        self.notifying.tell(ended)
