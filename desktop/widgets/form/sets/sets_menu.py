"""The menu of the parameters: those used last, the defaults, and those saved by name.

saved sets ──▶ **SetsMenu** ── parameters to take, names to save ──▶ report_form
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton

from desktop.widgets.form.drop_button import is_opening
from desktop.widgets.form.sets.name_popup import NamePopup
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form.orders import SavedSet
from desktop.wording.language import tr

WIDEST_NAME = 9
"""Heights of a line that the name on the button may take."""


class SetsMenu(QToolButton):
    """A button with the name of what is in the fields.

    Signals:
        last_taken(): The parameters used last.
        defaults_taken(): The defaults.
        set_taken(SavedSet): Those saved by a name.
        save_wanted(str): Save what is in the fields by this name.
        manage_wanted(): Rename, delete, export, import.
    """

    last_taken = Signal()
    defaults_taken = Signal()
    set_taken = Signal(object)
    save_wanted = Signal(str)
    manage_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sets: Sequence[SavedSet] = ()
        self._name, self._is_changed = "", False
        self.say_obstacle: Callable[[], str] = str
        """Says why what is in the fields cannot be saved, or nothing."""
        self.setProperty("drop", True)  # noqa: FBT003  Qt's
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        icons.wear(self, "set", "muted", gap=icons.BESIDE_TEXT)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._has_last = False
        self._fill()
        look().changed.connect(self._measure)
        self._measure()

    def offer(self, sets: Sequence[SavedSet], *, has_last: bool) -> None:
        """Offer the sets of the chosen report; `has_last` says whether it was asked for before."""
        if (self._sets, self._has_last) != (sets, has_last):
            self._sets, self._has_last = sets, has_last
            self._fill()

    def say(self, name: str, *, is_changed: bool = False) -> None:
        """Show the name of what is in the fields, or of what was there before they were edited."""
        self._name, self._is_changed = name, is_changed
        room = measures.h(WIDEST_NAME) - self.fontMetrics().horizontalAdvance(self._say(""))
        cut = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        self.setText(self._say(cut).replace("&", "&&"))
        self.setToolTip(tooltip(tr("Sets of parameters"), self.said))
        self.setAccessibleName(tr("Sets of parameters"))
        self.setAccessibleDescription(self.said)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Leave out the two spaces that Qt adds to the text."""
        hint = super().sizeHint()
        return QSize(hint.width() - 2 * self.fontMetrics().horizontalAdvance(" "), hint.height())

    def event(self, event: QEvent) -> bool:
        """Keep F4 from the window, which has a use of its own for it."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_opening(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Open as a combo box does."""
        if is_opening(event):
            self.showMenu()
        else:
            super().keyPressEvent(event)

    @property
    def said(self) -> str:
        """The whole name, and whether the values are changed."""
        return self._say(self._name)

    def ask_for_name(self) -> NamePopup:
        """Open a line for the name of a new set."""
        popup = NamePopup(self, [each.name for each in self._sets], self.say_obstacle())
        popup.named.connect(self.save_wanted)
        popup.open_below()
        return popup

    def _say(self, name: str) -> str:
        return tr("{name}, changed", name=name) if self._is_changed else name

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        menu.addAction(tr("&Last used")).triggered.connect(self.last_taken)
        menu.actions()[0].setEnabled(self._has_last)
        menu.addAction(tr("&Defaults")).triggered.connect(self.defaults_taken)
        if self._sets:
            menu.addSeparator()
        for each in self._sets:
            action = menu.addAction(each.name.replace("&", "&&"))
            action.setData(each)
            action.triggered.connect(self._take)
        menu.addSeparator()
        menu.addAction(tr("&Save as set…")).triggered.connect(self._ask)
        menu.addAction(tr("&Manage sets…")).triggered.connect(self.manage_wanted)

    def _take(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.set_taken.emit(action.data())

    def _ask(self) -> None:
        self.ask_for_name()

    def _measure(self) -> None:
        self.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT))
        self.say(self._name, is_changed=self._is_changed)
