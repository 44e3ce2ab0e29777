"""The regions of the window: form, list, pane; and what gives way where there is little room.

main_window ── form, toolbar, list, pane ──▶ **Body** ── who is seen ──▶ main_window
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.widgets.form.dates.room import span_width
from desktop.widgets.pane.pane import Pane
from desktop.widgets.splitter import HANDLE, GripSplitter
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import look

FORM_H, FORM_LEAST_H, FORM_MOST_H = 20.5, 18, 26
NARROW_H, SHORT_H = 62, 28
"""Below so much width the form is hidden, below so much height the pane shows its tabs only, until asked for."""

LIST_LEAST_H = 24
"""A list narrower than this beside an open form is hidden as long as that is open."""

LIST_SHARE = 0.55
ROWS_LEAST, ROWS_BESIDE_PANE = 3, 1
"""Rows that are seen at least: as a rule, and above an open pane in a window too low for those and the pane."""


class Body(QFrame):
    """Form at the left, list above the pane.

    Signals:
        adapted(): The window is narrow now, or short, or no more; or a region was shown or hidden.
    """

    adapted = Signal()

    def __init__(self, form: QWidget, toolbar: QWidget, reports: QWidget, pane: Pane) -> None:
        super().__init__()
        self.setObjectName("body")
        self.form, self.reports, self.pane = form, reports, pane
        self.is_narrow = self.is_short = False
        self._wants_form, self._wants_pane = True, True
        """Whether the analyst wants them where there is room."""
        self._form_asked = self._pane_asked = False
        """Whether they were asked for where there is little."""
        self._list_share = LIST_SHARE
        self.right = QWidget()
        self.across = GripSplitter(Qt.Orientation.Horizontal)
        self.down = GripSplitter(Qt.Orientation.Vertical)
        self._lay_out(toolbar)
        self.down.reset_asked.connect(self.share_height)
        self.down.splitterMoved.connect(self._note_share)
        pane.collapse_toggled.connect(lambda is_collapsed: self.show_pane(is_shown=not is_collapsed))
        look().changed.connect(self._measure)
        self._measure()

    @property
    def is_form_shown(self) -> bool:
        """Whether the form is seen."""
        return self._form_asked if self.is_narrow else self._wants_form

    @property
    def is_pane_shown(self) -> bool:
        """Whether more of the pane than its tabs is seen."""
        return self._pane_asked if self.is_short else self._wants_pane

    def show_form(self, *, is_shown: bool) -> None:
        """Show the form, or hide it."""
        if self.is_narrow:
            self._form_asked = is_shown
        else:
            self._wants_form = is_shown
        self._arrange()

    def toggle_pane(self) -> None:
        """Show all of the pane, or its tabs only."""
        self.show_pane(is_shown=not self.is_pane_shown)

    def show_pane(self, *, is_shown: bool) -> None:
        """Show all of the pane, or its tabs only."""
        if self.is_short:
            self._pane_asked = is_shown
        else:
            self._wants_pane = is_shown
        self._arrange()

    def share_height(self) -> None:
        """Give the list 55 % of the height."""
        self._list_share = LIST_SHARE
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """See whether the window is narrow, or short."""
        super().resizeEvent(event)
        self._adapt()

    def kept(self) -> dict[str, object]:
        """Return what is kept until the next start: plain values."""
        return {
            "form": self._wants_form,
            "formWidth": self.across.sizes()[0] / measures.h() if self.form.isVisible() else FORM_H,
            "pane": self._wants_pane,
            "listShare": self._list_share,
        }

    def restore(self, kept: dict[str, object]) -> None:
        """Arrange the regions as they were kept; what is not understood is left aside."""
        self._wants_form = kept.get("form") is not False
        self._wants_pane = kept.get("pane") is not False
        share, width = kept.get("listShare"), kept.get("formWidth")
        if isinstance(share, float) and 0.1 <= share <= 0.9:  # noqa: PLR2004  a share that leaves something to both
            self._list_share = share
        self._arrange()
        if isinstance(width, int | float) and FORM_LEAST_H <= width <= FORM_MOST_H:
            self.across.setSizes([measures.h(width), max(1, self.width() - measures.h(width))])

    def _adapt(self) -> None:
        is_narrow, is_short = self.width() < measures.h(NARROW_H), self.height() < measures.h(SHORT_H - 4)
        if (is_narrow, is_short) != (self.is_narrow, self.is_short):
            self.is_narrow, self.is_short = is_narrow, is_short
            self._form_asked = self._form_asked and is_narrow
            self._pane_asked = self._pane_asked and is_short
        self._arrange()

    def _arrange(self) -> None:
        is_squeezed = self.is_narrow and self.width() - measures.h(FORM_H) < measures.h(LIST_LEAST_H)
        self.form.setVisible(self.is_form_shown)
        self.right.setVisible(not (self.is_form_shown and is_squeezed))
        self.form.setMaximumWidth(16_777_215 if is_squeezed else measures.h(FORM_MOST_H))
        self.pane.set_collapsed(is_collapsed=not self.is_pane_shown)
        self._share()
        self.adapted.emit()

    def _share(self) -> None:
        """Share the height between list and pane."""
        self._fit_least()
        height = self.down.height()
        if not self.is_pane_shown:
            tabs = self.pane.minimumHeight()
            self.down.setSizes([max(1, height - tabs), tabs])
        else:
            self.down.setSizes([round(height * self._list_share), height - round(height * self._list_share)])

    def _fit_least(self) -> None:
        """Let list and pane need no more than there is, as what needs more is painted over the other."""
        room = self.down.height() - HANDLE
        self.pane.fit_least(room - _list_least(ROWS_BESIDE_PANE))
        usual = _list_least(ROWS_LEAST)
        fits = usual + self.pane.minimumHeight() <= room
        self.reports.setMinimumHeight(usual if fits else _list_least(ROWS_BESIDE_PANE))

    def _note_share(self) -> None:
        above, below = self.down.sizes()
        if self.is_pane_shown and above + below > 0:
            self._list_share = above / (above + below)

    def _measure(self) -> None:
        self.form.setMinimumWidth(max(measures.h(FORM_LEAST_H), span_width()))
        width = max(measures.h(FORM_H), self.form.minimumWidth())
        self.across.setSizes([width, max(1, self.width() - width)])
        self._adapt()

    def _lay_out(self, toolbar: QWidget) -> None:
        for widget in (self.reports, self.pane):
            self.down.addWidget(widget)
            self.down.setStretchFactor(self.down.count() - 1, 1)
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(toolbar)
        column.addWidget(self.down, 1)
        self.across.addWidget(self.form)
        self.across.addWidget(self.right)
        self.across.setStretchFactor(0, 0)
        self.across.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.addWidget(self.across)


def _list_least(rows: int) -> int:
    """Return the height of filters, titles and so many rows."""
    return measures.h() + 22 + measures.h() + 13 + rows * (measures.h() + 14)
