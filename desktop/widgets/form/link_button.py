"""A button that looks like a link in a text.

words ──▶ **LinkButton** ── clicked ──▶ description, lower_part
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

BORDER = 2
"""Pixels around the text, seen only with the focus."""


class LinkButton(QToolButton):
    """As wide as its text: Qt's own leaves room for an icon's sake."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("link", True)  # noqa: FBT003  Qt's
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the size of the text and its border."""
        self.ensurePolished()
        metrics = self.fontMetrics()
        text = self.text().replace("&&", "&")
        return QSize(metrics.horizontalAdvance(text) + 2 * BORDER + 2, metrics.height() + 2 * BORDER)
