"""The selected report in full: what went wrong, its facts, what happened.

pane ── `DetailsView` ──▶ **DetailsPage** ── edit and run, copied ──▶ pane. Layout only.
"""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.widgets.pane.facts import FactsTable, FailureBox, History
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.pane.details import DetailsView

SIDE_BY_SIDE_H = 46
"""Width, in heights of a line, from which what happened stands beside the facts."""

HISTORY_H = 18
"""Least width of what happened, when it stands there."""

BESIDE_LEFT = 20


class DetailsPage(QScrollArea):
    """Two columns, or one where there is less room; it scrolls.

    Signals:
        edit_and_run_requested(): Fill the form with the report's request.
        copied(str): The details were copied; the text says so.
    """

    edit_and_run_requested = Signal()
    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("details")
        self.setAccessibleName(tr("Details"))
        self.failure = FailureBox()
        self.facts = FactsTable()
        self.history = History()
        self.edit_and_run = QPushButton(tr("Edit and run"))
        self.copy = QPushButton(tr("Copy details"))
        self.view: DetailsView | None = None
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside = QFrame()
        self._history = QVBoxLayout(self._beside)
        self._lay_out()
        self._connect()

    def show_details(self, view: DetailsView | None) -> None:
        """Show another report, or news of the same; what did not change stays selected. None for no report."""
        if view == self.view:
            return
        self.view = view
        if view is None:
            return
        self.failure.show_failure(view.failure)
        self.facts.show_facts(view.facts)
        self.history.show_lines(view.happened)
        self.edit_and_run.setEnabled(view.can_edit)
        dress.set_property(self.edit_and_run, "primary", view.failure is not None and view.can_edit)
        self._put_on()

    def copy_details(self) -> None:
        """Copy all of it as text."""
        if self.view is not None:
            QGuiApplication.clipboard().setText(self.view.copied)
            self.copied.emit(tr("Details copied."))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Put the columns side by side, or one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_wide = self.viewport().width() >= measures.h(SIDE_BY_SIDE_H)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(across if is_wide else down)
        self._beside.setMinimumWidth(measures.h(HISTORY_H) if is_wide else 0)
        self._history.setContentsMargins(BESIDE_LEFT if is_wide else 0, 0, 0, 0)
        dress.set_property(self._beside, "beside", is_wide)

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        content = _Content()
        content.setObjectName("page")
        facts = QVBoxLayout()
        facts.setSpacing(12)
        facts.addWidget(self.failure)
        facts.addWidget(self.facts)
        facts.addStretch(1)
        heading = plain_label(tr("What happened"))
        dress.set_property(heading, "written", "strong")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.edit_and_run)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        beside = self._history
        beside.setSpacing(6)
        beside.addWidget(heading)
        beside.addWidget(self.history)
        beside.addSpacing(6)
        beside.addLayout(buttons)
        beside.addStretch(1)
        self._beside.setObjectName("beside")
        self._columns.setContentsMargins(16, 12, 16, 12)
        self._columns.setSpacing(24)
        self._columns.addLayout(facts, 1)
        self._columns.addWidget(self._beside)
        content.setLayout(self._columns)
        self.setWidget(content)

    def _connect(self) -> None:
        self.edit_and_run.clicked.connect(self.edit_and_run_requested)
        self.copy.clicked.connect(self.copy_details)
        look().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        for button in (self.edit_and_run, self.copy):
            button.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT))
        self._put_on()
        self._arrange()

    def _put_on(self) -> None:
        is_primary = bool(self.edit_and_run.property("primary"))
        icons.wear(self.edit_and_run, "edit", "onAccent" if is_primary else "text", gap=icons.BESIDE_TEXT)
        icons.wear(self.copy, "copy", gap=icons.BESIDE_TEXT)


class _Content(QFrame):
    """As high as its texts are at the width there is; Qt's own hint is how high they would be at the least width."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Leave the height to `heightForWidth`."""
        return QSize(super().minimumSizeHint().width(), 0)
