"""The toolbar: what is done with the selected reports, at hand.

window_actions ──▶ **Toolbar** ── clicks ──▶ the actions themselves
"""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from desktop.widgets.actions.window_actions import SPECS, WindowActions
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import dress, icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.reports.offers import ActionId

A = ActionId
GROUPS = ((A.NEW,), (A.SAVE_AS, A.OPEN, A.FOLDER), (A.AGAIN, A.EDIT_AND_RUN), (A.COPY_LINK,), (A.CANCEL, A.REMOVE))
YIELDING = (A.COPY_LINK, A.FOLDER, A.EDIT_AND_RUN, A.AGAIN, A.OPEN, A.CANCEL, A.REMOVE, A.SAVE_AS)
"""The order in which texts go where room is scarce."""
FILLED = frozenset({A.NEW, A.OPEN, A.SAVE_AS})
"""Those that may be the one thing to do next."""
SPACING, SEPARATOR_MARGIN = 4, 6


class Toolbar(QFrame):
    """One row of buttons; Tab passes it by, as the menus have them all.

    Signals:
        folder_asked(): Another folder for files is to be chosen.
    """

    folder_asked = Signal()

    def __init__(self, actions: WindowActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self._actions = actions
        self.buttons = {action_id: ActionButton(actions, action_id) for group in GROUPS for action_id in group}
        self._lines: list[QFrame] = []
        self._is_narrow = False
        self._lay_out()
        self._offer_folders()
        for button in self.buttons.values():
            button.action_changed.connect(self._choose_primary)
        self._choose_primary()
        look().changed.connect(self._measure)
        self._measure()

    def show_narrow(self, *, is_narrow: bool) -> None:
        """Offer a new report here where the form is hidden."""
        self._is_narrow = is_narrow
        self.buttons[A.NEW].setVisible(is_narrow)
        self._lines[0].setVisible(is_narrow)
        self._choose_primary()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Leave out texts for which there is no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for button in self.buttons.values():
            button.show_words(has_words=True)
        needed = self._width_needed()
        for button in (self.buttons[action_id] for action_id in YIELDING):
            if needed <= self.width():
                break
            with_words = button.room()
            button.show_words(has_words=False)
            needed -= with_words - button.room()

    def _width_needed(self) -> int:
        lines = sum(not line.isHidden() for line in self._lines)
        room = sum(button.room() for button in self.buttons.values())
        return room + lines * (1 + 2 * SEPARATOR_MARGIN + SPACING) + 16

    def _choose_primary(self) -> None:
        """Fill one button: a new report where there is no form, else to open what is saved, else to save."""
        order = (A.NEW,) if self._is_narrow else (A.OPEN, A.SAVE_AS)
        primary = next((each for each in order if self._actions[each].isEnabled()), None)
        for action_id, button in self.buttons.items():
            button.show_primary(is_primary=action_id is primary)

    def _offer_folders(self) -> None:
        button = self.buttons[A.SAVE_AS]
        menu = QMenu(button)
        menu.addAction(self._actions[A.SAVE_IN])
        menu.addAction(self._actions[A.PAUSE])
        menu.addSeparator()
        menu.addAction(tr("Choose folder…"), self.folder_asked.emit)
        button.offer(menu, (A.SAVE_IN, A.PAUSE))

    def _measure(self) -> None:
        self.setFixedHeight(measures.h() + 24)
        for button in self.buttons.values():
            button.setFixedHeight(measures.h() + 14)
            button.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT if button.has_words else 0))
        self._fit()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(SPACING)
        for number, group in enumerate(GROUPS):
            if number:
                layout.addWidget(self._line())
            for action_id in group:
                layout.addWidget(self.buttons[action_id])
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.buttons[A.NEW].hide()
        self._lines[0].hide()

    def _line(self) -> QFrame:
        line = QFrame()
        line.setObjectName("separator")
        line.setFixedWidth(1 + 2 * SEPARATOR_MARGIN)
        self._lines.append(line)
        return line

    def __iter__(self) -> Iterator["ActionButton"]:
        return iter(self.buttons.values())


class ActionButton(QToolButton):
    """A button of an action, which looks as the action does.

    Signals:
        action_changed(): It can be used now, or no more.
    """

    action_changed = Signal()

    def __init__(self, actions: WindowActions, action_id: ActionId) -> None:
        super().__init__()
        self.action_id = action_id
        self._actions = actions
        self.has_words = True
        self._is_primary: bool | None = None
        self._was_possible = True
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._offered: tuple[ActionId, ...] = ()
        """The actions in its menu that are a reason to open it."""
        self.clicked.connect(self._act)
        actions[action_id].changed.connect(self._follow)
        words = actions.tooltip_of(action_id)
        self.setText(tr(SPECS[action_id].short))
        self.setToolTip(tooltip(words))
        self.setAccessibleName(tr(SPECS[action_id].short))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.show_primary(is_primary=False)
        self._follow()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the size of icon and words: Qt adds two spaces, and forgets that a filled button's words are wider."""
        hint = super().sizeHint()
        if not self.has_words:
            return hint
        metrics, strong = self.fontMetrics(), QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        wider = QFontMetrics(strong).horizontalAdvance(self.text()) - metrics.horizontalAdvance(self.text())
        spare = 2 * metrics.horizontalAdvance(" ") - (wider if self.action_id in FILLED else 0)
        return QSize(hint.width() - spare, hint.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for all of it, as Qt's own does."""
        return self.sizeHint()

    def room(self) -> int:
        """Return the width that it takes in the bar, with what is left beside it."""
        return 0 if self.isHidden() else self.sizeHint().width() + SPACING

    def offer(self, menu: QMenu, offered: tuple[ActionId, ...]) -> None:
        """Have a menu beside the button, which can be opened while one of these of its actions makes sense."""
        self._offered = offered
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        for action_id in offered:
            self._actions[action_id].changed.connect(self._follow)
        self._follow()

    def show_words(self, *, has_words: bool) -> None:
        """Show the words beside the icon, or the icon alone."""
        if has_words is not self.has_words:
            self.has_words = has_words
            style = Qt.ToolButtonStyle
            self.setToolButtonStyle(style.ToolButtonTextBesideIcon if has_words else style.ToolButtonIconOnly)
            self.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT if has_words else 0))
            self._wear()

    def show_primary(self, *, is_primary: bool) -> None:
        """Fill it as the one thing to do next, or not."""
        if is_primary is not self._is_primary:
            self._is_primary = is_primary
            dress.set_property(self, "primary", is_primary)
            self._wear()

    def _wear(self) -> None:
        gap = icons.BESIDE_TEXT if self.has_words else 0
        icons.wear(self, SPECS[self.action_id].icon, "onAccent" if self._is_primary else "text", gap=gap)

    def _act(self) -> None:
        """Do what the button is for; while only its menu makes sense, open that."""
        action = self._actions[self.action_id]
        if action.isEnabled():
            action.trigger()
        elif menu := self.menu():
            menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _follow(self) -> None:
        is_enabled = any(self._actions[each].isEnabled() for each in (self.action_id, *self._offered))
        if self.isEnabled() is not is_enabled:
            self.setEnabled(is_enabled)
        is_possible = self._actions[self.action_id].isEnabled()
        if is_possible is not self._was_possible:
            self._was_possible = is_possible
            self.action_changed.emit()
