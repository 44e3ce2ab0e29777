"""What of the form scrolls: description, parameters.

report_form ── widgets ──▶ **FormScroll** ──▶ eyes
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.widgets.form.dates.room import SIDE, span_width
from desktop.widgets.theme.dress import look

LEAST_SIDE = 4


class FormScroll(QScrollArea):
    """Scrolls up and down; its contents are as wide with a scroll bar as without."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("formScroll")
        inside = QWidget()
        inside.setObjectName("formInside")
        self.contents = QVBoxLayout(inside)
        self.contents.setContentsMargins(SIDE, 7, SIDE, 0)
        self.contents.setSpacing(0)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        look().changed.connect(self._measure)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Let the scroll bar stand in the margin."""
        taken = self.width() - self.viewport().width()
        margins = self.contents.contentsMargins()
        margins.setRight(max(LEAST_SIDE, SIDE - taken))
        self.contents.setContentsMargins(margins)
        super().resizeEvent(event)

    def _measure(self) -> None:
        self.setMinimumWidth(span_width())
