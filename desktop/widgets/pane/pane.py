"""The pane below the list: four tabs about the selected report, one of which stays in front, whatever is selected.

window ── `PaneView` ──▶ **Pane** ── tab, retry, edit and run, copied ──▶ window. Layout and signals only.
"""

from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.pane.message_page import MessagePage
from desktop.widgets.pane.preview_table import PreviewTable
from desktop.widgets.pane.tab_row import TabRow
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import dress, icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.pane.cells import EMPTY
from desktop.wording.pane.message import NO_MESSAGE, Help
from desktop.wording.pane.view import PaneView, TabId, nothing_selected
from desktop.wording.tone import Tone

if TYPE_CHECKING:
    from desktop.widgets.pane.chart_page import ChartPage
    from desktop.widgets.pane.details_page import DetailsPage
    from desktop.widgets.pane.summary_page import SummaryPage

    Page = TypeVar("Page", ChartPage, SummaryPage, DetailsPage)

PATIENCE_MS = 300
"""Time after which waiting needs words."""

LEAST_HEIGHT_H = 9
TABS_PADDING = 16
HEAD_EDGE, HEAD_GAP = 8, 4
"""Pixels at both ends of the tabs' row, and between its parts."""
MOST_HEIGHT = 16_777_215
"""Qt's own bound."""

TABS = {
    TabId.PREVIEW: ("Preview", "preview"),
    TabId.CHART: ("Chart", "chart-bar"),
    TabId.SUMMARY: ("Summary", "summary"),
    TabId.DETAILS: ("Details", "details"),
}
"""The words and the icon of each tab."""


class Pane(QFrame):
    """Tabs, a caption, and what is in front.

    Signals:
        tab_changed(TabId): Another tab is in front.
        collapse_toggled(bool): The analyst wants the tabs alone, or all of it again; it is so already.
        retry_requested(str): Try once more to load the preview of the report with this id.
        edit_and_run_requested(str): Fill the form with the request of the report with this id.
        details_requested(): Details are in front now, because the analyst asked for them below a message.
        copied(str): Something was copied or saved; the text says what, for the status bar.
        page_made(): Tab goes through more than before.
    """

    tab_changed = Signal(object)
    collapse_toggled = Signal(bool)
    retry_requested = Signal(str)
    edit_and_run_requested = Signal(str)
    details_requested = Signal()
    copied = Signal(str)
    page_made = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.tabs = TabRow()
        self.caption = ElidedLabel()
        self.chevron = QToolButton()
        self.preview = PreviewTable()
        self.stack = QStackedWidget()
        self.patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self.view = nothing_selected()
        self.is_collapsed = False
        self._waited_for: str | None = None
        self._has_waited = False
        self._head = QFrame()
        self._made: dict[TabId, QWidget] = {TabId.PREVIEW: self.preview}
        self._stops: dict[TabId, Callable[[], list[QWidget]]] = {TabId.PREVIEW: lambda: [self.preview]}
        self._messages = {tab: MessagePage() for tab in TabId}
        self._places = {tab: QStackedWidget() for tab in TabId}
        self._lay_out()
        self._connect()
        self._measure()
        self._show_front()

    # The first paint waits for the preview alone; the other pages are made when they are first wanted.

    @cached_property
    def chart(self) -> "ChartPage":
        """The page of the chart."""
        from desktop.widgets.pane.chart_page import ChartPage  # noqa: PLC0415  see above

        page = ChartPage()
        return self._put(TabId.CHART, page, page.stops)

    @cached_property
    def summary(self) -> "SummaryPage":
        """The page of what each column holds."""
        from desktop.widgets.pane.summary_page import SummaryPage  # noqa: PLC0415  see above

        page = SummaryPage()
        return self._put(TabId.SUMMARY, page, lambda: [page.table])

    @cached_property
    def details(self) -> "DetailsPage":
        """The page of the report in full, up to date."""
        from desktop.widgets.pane.details_page import DetailsPage  # noqa: PLC0415  see above

        page = DetailsPage()
        page.edit_and_run_requested.connect(self._edit_and_run)
        page.show_details(self.view.details)
        return self._put(TabId.DETAILS, page, lambda: [page, page.edit_and_run, page.copy])

    @property
    def tab(self) -> TabId:
        """The tab in front."""
        return list(TabId)[self.tabs.currentIndex()]

    def show_tab(self, tab: TabId) -> None:
        """Bring a tab to the front; collapsed, the pane stays so."""
        self.tabs.setCurrentIndex(list(TabId).index(tab))

    def show_pane(self, view: PaneView) -> None:
        """Show what is known now of the report that is selected. Cheap where nothing changed."""
        if view == self.view:
            return
        self.view = view
        if TabId.DETAILS in self._made:
            self.details.show_details(view.details)  # also behind other tabs: a key copies them
        self._wait(view)
        if not view.preview.columns:
            self._forget_rows()
        self._show_front()

    def set_collapsed(self, *, is_collapsed: bool) -> None:
        """Leave the tabs alone, or show all of it again."""
        self.is_collapsed = is_collapsed
        self.stack.setVisible(not is_collapsed)
        dress.set_property(self.tabs, "collapsed", is_collapsed)
        self._measure()
        self._show_front()

    def message(self, tab: TabId) -> MessagePage:
        """Return the page that says why a tab has nothing to show."""
        return self._messages[tab]

    def stops(self) -> list[QWidget]:
        """Return what Tab goes through, in order."""
        stops = [[*self._stops.get(tab, list)(), self._messages[tab].button] for tab in TabId]
        return [self.tabs, self.chevron, *chain.from_iterable(stops)]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Leave the icons of the tabs out where their words need the room."""
        super().resizeEvent(event)
        self._fit_tabs()

    def _lay_out(self) -> None:
        self._head.setObjectName("paneHead")
        self.tabs.setAccessibleName(tr("Lower pane"))
        for words, _ in TABS.values():
            self.tabs.setTabToolTip(self.tabs.addTab(tr(words)), tooltip(tr(words)))
        across = QHBoxLayout(self._head)
        across.setContentsMargins(HEAD_EDGE, 0, HEAD_EDGE, 0)
        across.setSpacing(HEAD_GAP)
        across.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        across.addStretch(1)
        across.addWidget(self.caption)
        across.addWidget(self.chevron)
        self._places[TabId.PREVIEW].addWidget(self.preview)
        for tab, place in self._places.items():
            place.addWidget(self._messages[tab])
            self.stack.addWidget(place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._bring_to_front)
        self.tabs.tabBarClicked.connect(self._open)
        self.chevron.clicked.connect(self._toggle)
        self.patience.timeout.connect(self._lose_patience)
        for page in self._messages.values():
            page.helped.connect(self._help)
        self.preview.copied.connect(self.copied)
        self.preview.horizontalHeader().sortIndicatorChanged.connect(self._show_caption)
        look().changed.connect(self._measure)

    def _measure(self) -> None:
        head = measures.h() + TABS_PADDING
        self._head.setFixedHeight(head)
        self.setMinimumHeight(head if self.is_collapsed else measures.h(LEAST_HEIGHT_H))
        self.setMaximumHeight(head if self.is_collapsed else MOST_HEIGHT)
        words = tr("Show the lower pane") if self.is_collapsed else tr("Hide the lower pane")
        self.chevron.setToolTip(tooltip(words))
        self.chevron.setAccessibleName(words)
        self.chevron.setIconSize(icons.icon_size())
        icons.wear(self.chevron, "chevron-up" if self.is_collapsed else "chevron-down", "muted")
        self.tabs.setIconSize(icons.icon_size())
        self.tabs.measure()
        self._fit_tabs()

    def _fit_tabs(self) -> None:
        """Leave the tabs all but the room of the chevron, and the caption what they leave."""
        front = None if self.is_collapsed else self.tabs.currentIndex()
        inks = ["text" if number == front else "muted" for number in range(len(TABS))]
        pictures = [icons.icon(icon, ink) for (_, icon), ink in zip(TABS.values(), inks, strict=True)]
        room = self.width() - self.chevron.sizeHint().width() - 2 * HEAD_EDGE - 2 * HEAD_GAP
        self.tabs.fit(room, pictures)
        self.caption.setMaximumWidth(max(0, room - self.tabs.sizeHint().width()))

    def _bring_to_front(self) -> None:
        self._fit_tabs()
        self._show_front()
        self.tab_changed.emit(self.tab)

    def _show_front(self) -> None:
        """Bring only what is in front up to date: the other tabs follow when they come to the front."""
        if self.is_collapsed:
            self._show_caption()
            return
        tab, message = self.tab, self.view.message(self.tab)
        place = self._places[tab]
        if message.text:
            is_early = message.is_passing and not self._has_waited
            self._messages[tab].show_message(NO_MESSAGE if is_early else message)
            place.setCurrentWidget(self._messages[tab])
        else:
            self._fill(tab)
            place.setCurrentWidget(self._made[tab])
        self.stack.setCurrentWidget(place)
        self._show_caption()

    def _show_caption(self) -> None:
        view, other = self.view, ""
        if self.tab is TabId.PREVIEW and self.preview.is_sorted:
            other = view.caption_sorted
        elif self.tab is TabId.SUMMARY:
            other = view.caption_summary
        self.caption.show_text(other or view.caption, Tone.QUIET)

    def _fill(self, tab: TabId) -> None:
        match tab:
            case TabId.PREVIEW:
                self.preview.show_preview(self.view.preview)
            case TabId.CHART:
                self.chart.show_preview(self.view.preview, self.view.title)
            case TabId.SUMMARY:
                self.summary.show_preview(self.view.preview)
            case TabId.DETAILS:
                self.details.show_details(self.view.details)

    def _put(self, tab: TabId, page: "Page", stops: Callable[[], list[QWidget]]) -> "Page":
        """Put a page that was just made in its place; `stops` returns what Tab goes through in it."""
        self._made[tab], self._stops[tab] = page, stops
        self._places[tab].insertWidget(0, page)
        page.copied.connect(self.copied)
        self.page_made.emit()
        return page

    def _forget_rows(self) -> None:
        self.preview.show_preview(EMPTY)
        if TabId.CHART in self._made:
            self.chart.show_preview(EMPTY)
        if TabId.SUMMARY in self._made:
            self.summary.show_preview(EMPTY)

    def _wait(self, view: PaneView) -> None:
        """Begin to wait for a report's rows, or end it."""
        is_waiting = any(view.message(tab).is_passing for tab in TabId)
        waited_for = view.report_id if is_waiting else None
        if waited_for != self._waited_for:
            self._waited_for = waited_for
            self._has_waited = False
            self.patience.stop()
            if waited_for is not None:
                self.patience.start()

    def _lose_patience(self) -> None:
        self._has_waited = True
        self._show_front()

    def _help(self, kind: Help) -> None:
        match kind:
            case Help.TRY_AGAIN if self.view.report_id is not None:
                self.retry_requested.emit(self.view.report_id)
            case Help.SHOW_DETAILS:
                self.show_tab(TabId.DETAILS)
                self.tabs.setFocus()
                self.details_requested.emit()

    def _edit_and_run(self) -> None:
        if self.view.report_id is not None:
            self.edit_and_run_requested.emit(self.view.report_id)

    def _open(self) -> None:
        if self.is_collapsed:
            self._toggle()

    def _toggle(self) -> None:
        self.set_collapsed(is_collapsed=not self.is_collapsed)
        self.collapse_toggled.emit(self.is_collapsed)
