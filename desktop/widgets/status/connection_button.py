"""The connection in the status bar: icon, profile, words; and beside it a button for what may help.

status_bar ── `ConnectionText` ──▶ **ConnectionButton** ── help ──▶ status_bar
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from desktop.widgets.pair_button import PairButton
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import dress, icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.connection import ConnectionText

PADDING = 8
"""Pixels beside the words."""
SPACING, AROUND = 4, 12
"""Pixels between the two buttons, and at the outer sides of both."""
MOST_ROOM = 100_000


class ConnectionButton(QWidget):
    """Always equally high, so that the window does not jump when the connection goes.

    Signals:
        help_asked(): The button beside the words was pressed.
    """

    help_asked = Signal()

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, ConnectionText] | None = None
        self._room = MOST_ROOM
        self.words = PairButton(("muted", "text"), PADDING)
        self.words.setMenu(menu)
        self.words.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.words.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.words.setObjectName("connection")
        self.helper = QToolButton()
        self.helper.setProperty("outlined", True)  # noqa: FBT003  Qt's
        for button in (self.words, self.helper):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 4, 2)
        layout.setSpacing(SPACING)
        layout.addWidget(self.words)
        layout.addWidget(self.helper)
        self.helper.hide()
        self.helper.clicked.connect(self.help_asked)
        look().changed.connect(self._measure)
        self._measure()

    def show_connection(self, profile: str, text: ConnectionText) -> None:
        """Show the words for the connection to a profile."""
        if (profile, text) == self._shown:
            return
        before = self._shown[1] if self._shown else None
        self._shown = (profile, text)
        self.words.wear_ink(text.fill or None)
        self.words.setToolTip(tooltip(text.text, text.reason))
        self.words.setAccessibleName(f"{profile}, {text.text}")
        self.words.setAccessibleDescription(text.reason)
        self.helper.setText(text.button)
        self.helper.setVisible(text.button != "")
        if before is None or (before.fill, before.icon, before.tone) != (text.fill, text.icon, text.tone):
            dress.set_property(self.words, "state", text.fill)
            icons.wear(self.words, text.icon, text.tone.value, gap=icons.BESIDE_TEXT)
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """Cut the words so that all of it takes no more than `room`, in pixels; the tooltip has them whole."""
        self._room = room
        if self._shown is None:
            return
        profile, text = self._shown
        joint = " · " if text.fill else ""
        self.words.say(profile, text.text, joint)
        helper = 0 if self.helper.isHidden() else self.helper.sizeHint().width() + SPACING
        over = self.words.sizeHint().width() + helper + AROUND - room
        if over > 0:
            metrics = self.words.strong_metrics()
            words = metrics.elidedText(
                text.text, Qt.TextElideMode.ElideRight, metrics.horizontalAdvance(text.text) - over
            )
            self.words.say(profile, words or "…", joint)

    def _measure(self) -> None:
        self.words.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT))
        for button in (self.words, self.helper):
            button.setFixedHeight(measures.h() + 6)
