"""A combo box whose list is as wide as its texts, and whose own text ends in dots where there is no room for it.

form, dialogs, chart ──▶ **WideComboBox** ──▶ eyes

The style sheet has lists drop below their boxes, whole items of them; Qt makes such a list as narrow as its box.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox

FRAME = 2
"""Pixels of the list's border, left and right."""


class WideComboBox(QComboBox):
    """Qt's own, but for the width of the list and the end of the text."""

    def text_room(self) -> int:
        """Return the width that there is for the text, in pixels."""
        option = QStyleOptionComboBox()
        super().initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        return self.style().subControlRect(control, option, field, self).width()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802  Qt's name
        """Have the text cut short with dots: Qt cuts through a letter."""
        super().initStyleOption(option)
        cut = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, self.text_room())
        option.currentText = cut

    def showPopup(self) -> None:  # noqa: N802  Qt's name
        """Open the list, wide enough for its texts as far as the screen is."""
        view = self.view()
        view.ensurePolished()
        wanted = view.sizeHintForColumn(self.modelColumn()) + FRAME
        if self.count() > self.maxVisibleItems():
            wanted += self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        view.setMinimumWidth(min(wanted, self.screen().availableGeometry().width()))
        super().showPopup()
