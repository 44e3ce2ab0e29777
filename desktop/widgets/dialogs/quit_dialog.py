"""Asks before something stops: what goes on, what stops, what is lost.

app ── `QuitText` ──▶ **QuitDialog** ── quit ──▶ app
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.widgets.dialogs.dialog import MARGIN, Dialog, push_button, wrapping_label
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, tokens
from desktop.widgets.theme.dress import set_property
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.quitting import QuitText
from desktop.wording.language import tr

SIZE = (30, 0)


class QuitDialog(Dialog):
    """A sentence for each thing; what is lost has a mark. Stay is what Enter and Escape do.

    Signals:
        quit_confirmed(): Quit all the same.
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
        self._lines = QGridLayout()
        self._marks: list[QLabel] = []
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
        self._lines.setColumnStretch(1, 1)

    def show_text(self, text: QuitText) -> None:
        """Show what would stop."""
        self.heading.setText(text.title)
        while (old := self._lines.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        self._marks = []
        for row, line in enumerate((*text.lost, *text.lines)):
            label = wrapping_label(line)
            self._lines.addWidget(label, row, 1 if row < len(text.lost) else 0, 1, 1 if row < len(text.lost) else 2)
            if row < len(text.lost):
                mark = plain_label()
                mark.setAccessibleName(tr("Lost"))
                self._marks.append(mark)
                self._lines.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleDescription(" ".join((*text.lost, *text.lines)))
        self.measure()
        self.stay.setFocus()

    def measure(self) -> None:
        """Draw the marks as high as the text."""
        for mark in self._marks:
            ink = tokens.tokens()["waiting"]
            mark.setPixmap(icons.pixmap("warning", ink, h(), mark.devicePixelRatioF()))

    def _leave(self) -> None:
        self.accept()
        self.quit_confirmed.emit()
