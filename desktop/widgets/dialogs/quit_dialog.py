"""Asks before something stops: what goes on, what stops, what is lost.

app ── `QuitText` ──▶ **QuitDialog** ── quit ──▶ app
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.dialogs.dialog import MARGIN, Dialog, push_button, wrapping_label
from desktop.widgets.theme.dress import set_property
from desktop.wording.dialogs.quitting import QuitText
from desktop.wording.language import tr

SIZE = (30, 0)


class QuitDialog(Dialog):
    """A sentence for each thing. Stay is what Enter and Escape do.

    Signals:
        quit_confirmed(): Quit, or leave for another service, all the same.
    """

    quit_confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Quit Reportwire?"), SIZE, parent)
        self.heading = wrapping_label()
        set_property(self.heading, "written", "heading")
        self.quit = push_button(tr("&Quit"))
        self.stay = push_button(tr("&Stay"))
        set_property(self.stay, "primary", True)  # noqa: FBT003  a value
        self.stay.setAutoDefault(True)
        self.stay.setDefault(True)
        self._lines = QVBoxLayout()
        self.quit.clicked.connect(self._leave)
        self.stay.clicked.connect(self.reject)
        self.message.hide()
        self.add_buttons(self.quit, self.stay)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addLayout(self._lines)
        layout.addStretch()
        self._lines.setSpacing(8)

    def show_text(self, text: QuitText) -> None:
        """Show what would stop."""
        self.setWindowTitle(text.title)
        self.heading.setText(text.title)
        self.quit.setText(text.button)
        while (old := self._lines.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        for line in text.lines:
            self._lines.addWidget(wrapping_label(line))
        self.setAccessibleDescription(" ".join(text.lines))
        self.stay.setFocus()

    def _leave(self) -> None:
        self.accept()
        self.quit_confirmed.emit()
