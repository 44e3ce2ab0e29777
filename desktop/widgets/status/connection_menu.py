"""The menu of the connection: above its actions how it stands and why, and which others there are.

main_window ── `ConnectionText` ──▶ **ConnectionMenu** ──▶ connection_button
program ── `ConnectionsView` ──▶ **ConnectionMenu** ── use asked ──▶ program
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget, QWidgetAction

from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, measures
from desktop.widgets.theme.dress import look
from desktop.wording.connection import ConnectionText
from desktop.wording.tone import Tone

if TYPE_CHECKING:
    from desktop.wording.dialogs.connections import ConnectionsView

WIDTH_H = 20
"""Heights of a line that a line of the reason takes."""


class ConnectionMenu(QMenu):
    """A heading, a reason where there is one, the connections to choose from, then whatever actions are added.

    Signals:
        use_asked(str): Talk to the connection of this id from now on.
    """

    use_asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heading, self.reason = plain_label(), plain_label()
        self.heading.setProperty("written", "strong")
        self.reason.setProperty("written", "note")
        self.reason.setWordWrap(True)
        dress.set_tone(self.reason, Tone.QUIET)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 4, 12, 6)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.reason)
        action = QWidgetAction(self)
        action.setDefaultWidget(box)
        self.addAction(action)
        self.choices = QActionGroup(self)
        self.choices.triggered.connect(self._use)
        self._offered: tuple[tuple[str, str, bool], ...] = ()
        self._in_use = ""
        self.addSeparator()
        self._below_choices = self.addSeparator()
        look().changed.connect(self._measure)

    def show_connection(self, profile: str, text: ConnectionText) -> None:
        """Show how the connection to a profile stands."""
        heading = f"{profile} · {text.text}"
        if (heading, text.reason) == (self.heading.text(), self.reason.text()):
            return
        self.heading.setText(heading)
        self.reason.setText(text.reason)
        self.reason.setVisible(text.reason != "")
        self._measure()

    def offer(self, view: "ConnectionsView") -> None:
        """Offer the connections there are, if there is more than the one in use. Cheap where nothing changed."""
        offered = tuple((item.id, item.name, item.is_used) for item in view.items)
        if offered == self._offered:
            return
        self._offered = offered
        for action in self.choices.actions():
            self.choices.removeAction(action)
            self.removeAction(action)
            action.deleteLater()
        self._in_use = next((item.id for item in view.items if item.is_used), "")
        for item in view.items if len(view.items) > 1 else ():
            action = QAction(item.name.replace("&", "&&"), self.choices, checkable=True, checked=item.is_used)
            action.setData(item.id)
        self.insertActions(self._below_choices, self.choices.actions())

    def _use(self, chosen: QAction) -> None:
        if chosen.data() != self._in_use:
            self.use_asked.emit(chosen.data())
            for action in self.choices.actions():  # who is asked first may stay
                action.setChecked(action.data() == self._in_use)

    def _measure(self) -> None:
        self.reason.ensurePolished()
        self.reason.setFixedWidth(measures.h(WIDTH_H))
        self.reason.setFixedHeight(max(1, self.reason.heightForWidth(measures.h(WIDTH_H))))
