"""The choice of a report: a button that looks like a combo box, and opens a list to search.

catalog ──▶ **ReportChooser** ── a definition's id ──▶ report_form
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.form.drop_button import DropButton
from desktop.wording.language import tr

if TYPE_CHECKING:
    from desktop.widgets.form.chooser.chooser_popup import ChooserPopup

_WITH_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class ReportChooser(DropButton):
    """Shows the title of the chosen report.

    Signals:
        taken(str): The id of a definition that the analyst chose.
    """

    taken = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chooser")
        self.setAccessibleName(tr("Report"))
        self._catalog: Sequence[DefinitionInfo] = ()
        self._recent: Sequence[str] = ()
        self._chosen: str | None = None

    def offer(self, catalog: Sequence[DefinitionInfo], recent: Sequence[str]) -> None:
        """Offer these reports; `recent` are ids, the newest first."""
        self._catalog, self._recent = catalog, recent
        self.setEnabled(bool(catalog))

    def show_chosen(self, definition: DefinitionInfo | None) -> None:
        """Show the title of this report."""
        self._chosen = definition.id if definition else None
        self.say(definition.title if definition else "", is_strong=True)
        self.setAccessibleDescription(definition.title if definition else "")

    def show_popup(self, text: str = "") -> "ChooserPopup":
        """Open the list, with something typed in its search already."""
        from desktop.widgets.form.chooser.chooser_popup import ChooserPopup  # noqa: PLC0415  the first paint needs none

        popup = ChooserPopup(self, self._catalog, self._recent, self._chosen, text)
        popup.taken.connect(self.taken)
        popup.open_below()
        return popup

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Open at the first letter, which is searched for."""
        text = event.text()
        if text.strip() and text.isprintable() and not event.modifiers() & _WITH_COMMANDS:
            self.show_popup(text)
        else:
            super().keyPressEvent(event)
