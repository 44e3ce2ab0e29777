"""A combo box whose list is as wide as its texts.

form, dialogs, chart ──▶ **WideComboBox** ──▶ eyes

The style sheet has lists drop below their boxes, whole items of them; Qt makes such a list as narrow as its box.
"""

from PySide6.QtWidgets import QComboBox, QStyle

FRAME = 2
"""Pixels of the list's border, left and right."""


class WideComboBox(QComboBox):
    """Qt's own, but for the width of the list."""

    def showPopup(self) -> None:  # noqa: N802  Qt's name
        """Open the list, wide enough for its texts as far as the screen is."""
        view = self.view()
        view.ensurePolished()
        wanted = view.sizeHintForColumn(self.modelColumn()) + FRAME
        if self.count() > self.maxVisibleItems():
            wanted += self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        view.setMinimumWidth(min(wanted, self.screen().availableGeometry().width()))
        super().showPopup()
