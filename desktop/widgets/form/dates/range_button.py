"""The button beside two days that opens their calendars.

field_block ── span ──▶ **RangeButton** ── another span ──▶ field_block
"""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

from desktop.widgets.form.dates.room import RANGE_BUTTON
from desktop.widgets.form.drop_button import is_opening
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form.dates import Span
from desktop.wording.language import tr

if TYPE_CHECKING:
    from desktop.widgets.form.dates.range_popup import RangePopup


class RangeButton(QPushButton):
    """A square button with an arrow.

    Signals:
        taken(Span): Exactly these days.

    Args:
        span: Return the span in the fields, or None.
        bounds: The first and the last day to pick; None is no bound.
    """

    taken = Signal(object)

    def __init__(self, span: Callable[[], Span | None], bounds: tuple[date | None, date | None]) -> None:
        super().__init__()
        self._span, self._bounds = span, bounds
        self.setProperty("square", True)  # noqa: FBT003  Qt's
        self.setToolTip(tr("Choose a span of days (Alt+Down)"))
        self.setAccessibleName(tr("Choose a span of days (Alt+Down)"))
        icons.wear(self, "chevron-down", "muted")
        self.clicked.connect(self._open)
        look().changed.connect(self._measure)
        self._measure()

    def show_popup(self) -> "RangePopup":
        """Open the presets and calendars."""
        from desktop.widgets.form.dates.range_popup import RangePopup  # noqa: PLC0415  the first paint needs none

        popup = RangePopup(self, self._span(), self._bounds, date.today())  # noqa: DTZ011  the analyst's own day
        popup.taken.connect(self.taken)
        popup.open_below(self.parentWidget())
        return popup

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Open as a combo box does."""
        if is_opening(event):
            self.show_popup()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        self.show_popup()

    def _measure(self) -> None:
        self.setIconSize(icons.icon_size())
        self.setFixedSize(measures.h() + RANGE_BUTTON, measures.h() + 12)
