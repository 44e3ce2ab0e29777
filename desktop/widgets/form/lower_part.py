"""The lower part of the form, which does not scroll: format, saving, a message, Generate.

report_form ── words, states ──▶ **LowerPart** ── signals ──▶ report_form
"""

from pathlib import PurePath

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.link_button import LinkButton
from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr, tr_count
from desktop.wording.tone import Tone

SIDE = 16
SAVING_GAPS = 20
"""Pixels between the words of the line that says where files are saved."""


class LowerPart(QFrame):
    """Everything that is the same for each report.

    Signals:
        folder_wanted(): Another folder for the files.
        saving_changed(bool): Files shall be saved when they are ready, or not.
    """

    folder_wanted = Signal()
    saving_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("formFoot")
        self.format = FormatChoice()
        self.save = QCheckBox(tr("&Save when ready"))
        self.folder = LinkButton()
        self.menu = QMenu(self.folder)
        self.message = NoteLabel(lines=2)
        self.generate = QPushButton(tr("&Generate"))
        self._folder = ""
        self._in = plain_label(tr("in"))
        self._lay_out()
        self.save.toggled.connect(self.saving_changed)
        self.show_folder("")
        look().changed.connect(self._measure)
        self._measure()

    @property
    def folder_path(self) -> str:
        """The folder for the files."""
        return self._folder

    def show_folder(self, path: str) -> None:
        """Show where files are saved; nothing where nobody has said."""
        self._folder = path
        for widget in (self._in, self.folder):
            widget.setVisible(path != "")
        self.folder.setToolTip(tooltip(tr("Folder for the files: {folder}", folder=path)))
        self.folder.setAccessibleName(tr("Folder for the files: {folder}", folder=path))
        self._cut_folder()

    def show_state(self, *, wrong: int, refusal: str, is_again: bool, is_offline: bool) -> None:
        """Show the one thing that matters most, and what Generate would do.

        Args:
            wrong: How many fields hindered it.
            refusal: Words of the service that belong to no note.
            is_again: Whether the same report is under way.
            is_offline: Whether it would not go out at once.
        """
        self.generate.setText(tr("&Generate another") if is_again else tr("&Generate"))
        one, many = "1 field needs a look. Nothing was sent.", "{count} fields need a look. Nothing was sent."
        if wrong or refusal:
            text = tr_count(one, many, wrong) if wrong else refusal
            self.message.say(text, Tone.FAILED, icon="state-failed")
        elif is_again:
            self.message.say(tr("The same report is under way. Enter again makes another."), Tone.WAITING)
        else:
            self.message.say(tr("Offline: it goes out when connected.") if is_offline else "", Tone.WAITING)

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        return [*self.format.stops(), self.save, self.folder, self.generate]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Cut the name of the folder anew."""
        super().resizeEvent(event)
        self._cut_folder()

    def _cut_folder(self) -> None:
        """Show as much of the folder's name as there is room beside the words, which are never cut."""
        name = PurePath(self._folder).name or self._folder
        room = self.width() - 2 * SIDE - self.save.sizeHint().width() - self._in.sizeHint().width() - SAVING_GAPS
        cut = self.folder.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, max(0, room))
        self.folder.setText(cut.replace("&", "&&"))

    def _open_menu(self) -> None:
        self.menu.popup(self.folder.mapToGlobal(QPoint(0, self.folder.height())))

    def _measure(self) -> None:
        self.generate.setFixedHeight(measures.h() + 20)
        self.show_folder(self._folder)

    def _lay_out(self) -> None:
        self.menu.addAction(tr("Choose folder…")).triggered.connect(self.folder_wanted)
        self.folder.clicked.connect(self._open_menu)
        self._in.setProperty("written", "note")
        dress.set_tone(self._in, Tone.QUIET)
        self.generate.setObjectName("generate")
        self.generate.setProperty("primary", True)  # noqa: FBT003  Qt's
        self.generate.setToolTip(tr("Generate the report (Ctrl+Return)"))
        saving = QHBoxLayout()
        saving.setSpacing(2)
        saving.addWidget(self.save)
        saving.addStretch(1)
        saving.addWidget(self._in)
        saving.addWidget(self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIDE, 10, SIDE, 14)
        layout.setSpacing(0)
        layout.addWidget(self.format)
        layout.addSpacing(6)
        layout.addLayout(saving)
        layout.addSpacing(4)
        layout.addWidget(self.message)
        layout.addSpacing(4)
        layout.addWidget(self.generate)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Let the width be the form's."""
        return QSize(0, super().minimumSizeHint().height())
