"""The tabs of the pane in the room there is: words with icons, words alone, or words that are scrolled.

pane ── room, icons ──▶ **TabRow**
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QTabBar, QWidget


class TabRow(QTabBar):
    """Tabs whose words are never cut short; it asks for the same room whichever is in front."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths: dict[bool, int] = {}
        """The room that is asked for with icons and without, since the last measurement."""
        self._has_icons = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setMinimumWidth(1)  # arrows come before the pane asks for more room
        self.setElideMode(Qt.TextElideMode.ElideNone)

    def measure(self) -> None:
        """Forget what room was asked for: the text has another size."""
        self._widths.clear()
        self.updateGeometry()

    def fit(self, room: int, pictures: Sequence[QIcon]) -> None:
        """Show icons, one for each tab, if there is room for them, in pixels."""
        self.ensurePolished()
        for self._has_icons in (True, False):
            for number, picture in enumerate(pictures):
                self.setTabIcon(number, picture if self._has_icons else QIcon())
            rounding = self.count()  # a tab in front is up to a pixel wider or narrower
            if self._widths.setdefault(self._has_icons, super().sizeHint().width() + rounding) <= room:
                break
        self.setMaximumWidth(max(1, room))
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for room for all tabs."""
        hint = super().sizeHint()
        return QSize(self._widths.get(self._has_icons, hint.width()), hint.height())
