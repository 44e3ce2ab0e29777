"""The menu of the parameters: those used last, the defaults, and those saved by name.

saved sets ──▶ **SetsMenu** ── parameters to take, names to save ──▶ report_form
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.form.popup import Popup
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form.orders import SavedSet
from desktop.wording.language import tr

LONGEST_NAME = 60
OWN_NAMES = ("Last used", "Defaults", "Sets")
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
        self._said = ""
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
        self._sets, self._has_last = sets, has_last
        self._fill()

    def say(self, name: str) -> None:
        """Show the name of what is in the fields."""
        self._said = name
        cut = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, measures.h(WIDEST_NAME))
        self.setText(cut.replace("&", "&&"))
        self.setMinimumWidth(max(self.minimumWidth(), self.sizeHint().width()))  # nothing moves for a shorter name
        self.setToolTip(tooltip(tr("Sets of parameters"), name))
        self.setAccessibleName(tr("Sets of parameters"))
        self.setAccessibleDescription(name)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Leave out the two spaces that Qt adds to the text."""
        hint = super().sizeHint()
        return QSize(hint.width() - 2 * self.fontMetrics().horizontalAdvance(" "), hint.height())

    @property
    def said(self) -> str:
        """The whole name."""
        return self._said

    def ask_for_name(self) -> "NamePopup":
        """Open a line for the name of a new set."""
        popup = NamePopup(self, [each.name for each in self._sets])
        popup.named.connect(self.save_wanted)
        popup.open_below()
        return popup

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        menu.addAction(tr("Last used")).triggered.connect(self.last_taken)
        menu.actions()[0].setEnabled(self._has_last)
        menu.addAction(tr("Defaults")).triggered.connect(self.defaults_taken)
        if self._sets:
            menu.addSeparator()
        for each in self._sets:
            action = menu.addAction(each.name.replace("&", "&&"))
            action.setData(each)
            action.triggered.connect(self._take)
        menu.addSeparator()
        menu.addAction(tr("Save as set…")).triggered.connect(self._ask)
        menu.addAction(tr("Manage sets…")).triggered.connect(self.manage_wanted)

    def _take(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.set_taken.emit(action.data())

    def _ask(self) -> None:
        self.ask_for_name()

    def _measure(self) -> None:
        self.setIconSize(icons.icon_size(gap=icons.BESIDE_TEXT))
        self.setMinimumWidth(0)
        said = self._said
        for name in (*map(tr, OWN_NAMES), said):
            self.say(name)


class NamePopup(Popup):
    """A line for a name.

    Signals:
        named(str): This one.
    """

    named = Signal(str)

    def __init__(self, owner: QWidget, taken: Sequence[str]) -> None:
        super().__init__(owner)
        self._taken = taken
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST_NAME)
        self.line.setAccessibleName(tr("Name of the set"))
        self.line.setFixedHeight(measures.h() + 12)
        self.line.setMinimumWidth(measures.h(14))
        self.note = NoteLabel()
        self.save = QPushButton(tr("Save set"))
        self.save.setProperty("primary", True)  # noqa: FBT003  Qt's
        self.save.setEnabled(False)
        label = plain_label(tr("Name of the set"))
        label.setBuddy(self.line)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.save)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(14, 10, 14, 8)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.line.textChanged.connect(self._judge)
        self.save.clicked.connect(self._finish)
        self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Take the name with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._finish()
        else:
            super().keyPressEvent(event)

    def _judge(self, text: str) -> None:
        self.save.setEnabled(text.strip() != "")
        self.note.say(tr("A set of this name is replaced.") if text.strip() in self._taken else "")

    def _finish(self) -> None:
        if name := self.line.text().strip():
            self.named.emit(name)
            self.close()
