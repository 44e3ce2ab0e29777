"""The heading over the parameters, with the menu of their sets.

saved sets, the order in the form ──▶ **ParameterHead** ── a set to show, changes to keep ──▶ report_form
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.sets.sets_menu import SetsMenu
from desktop.widgets.plain_text import plain_label
from desktop.wording.form.orders import SavedSet, key_of
from desktop.wording.language import tr

if TYPE_CHECKING:
    from desktop.widgets.form.sets.sets_dialog import SetsDialog


class ParameterHead(QWidget):
    """The word "Parameters" and the name of what is in the fields.

    Signals:
        taken(SavedSet): Show these parameters, and the format if there is one.
        save_wanted(str): Save what is in the fields by this name.
        renamed(SavedSet, str): Call this one so.
        deleted(SavedSet): Forget this one.
        restored(SavedSet): Keep this one again.
        export_wanted(Path): Write the sets of this report to this file.
        import_wanted(Path): Read sets from this file.
        sets_changed(tuple): There are these sets now, of any reports.
        said(str): A change went so.
    """

    taken = Signal(object)
    save_wanted = Signal(str)
    renamed = Signal(object, str)
    deleted = Signal(object)
    restored = Signal(object)
    export_wanted = Signal(object)
    import_wanted = Signal(object)
    sets_changed = Signal(object)
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.menu = SetsMenu()
        self.used: dict[str, Mapping[str, Any]] = {}
        """The parameters each definition was last asked for with."""
        self._sets: tuple[SavedSet, ...] = ()
        self._definition: DefinitionInfo | None = None
        self._names: dict[str, str] = {}
        """The set that each definition's fields were filled with last; typing may pass through others."""
        self.menu.last_taken.connect(self._take_last)
        self.menu.defaults_taken.connect(self._take_defaults)
        self.menu.set_taken.connect(self._take_set)
        self.menu.save_wanted.connect(self._save)
        self.menu.manage_wanted.connect(self._open_dialog)
        heading = plain_label(tr("Parameters"))
        heading.setProperty("written", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 4)
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(self.menu)

    def show_sets(self, sets: Sequence[SavedSet]) -> None:
        """Offer these sets, of any reports, as far as they are of the present one."""
        self._sets = tuple(sets)
        self.sets_changed.emit(self._sets)

    def say(self, text: str) -> None:
        """Say in the dialog, where it is open, how a change went."""
        self.said.emit(text)

    def show_order(self, definition: DefinitionInfo | None, order: GenerateReport | None) -> None:
        """Offer the sets of a report, and name what is in the fields."""
        self._definition = definition
        self.menu.offer(self._own(), has_last=definition is not None and definition.id in self.used)
        if definition and order:
            name, is_same = self._name_of(definition, order)
            self.menu.say(name, is_changed=not is_same)

    def manage(self) -> "SetsDialog | None":
        """Open the dialog of this report's sets."""
        if self._definition is None:
            return None
        from desktop.widgets.form.sets.sets_dialog import SetsDialog  # noqa: PLC0415  at first use

        dialog = SetsDialog(self, self._definition)
        dialog.show_sets(self._sets)
        self.sets_changed.connect(dialog.show_sets)
        self.said.connect(dialog.say)
        dialog.renamed.connect(self.renamed)
        dialog.deleted.connect(self.deleted)
        dialog.restored.connect(self.restored)
        dialog.export_wanted.connect(self.export_wanted)
        dialog.import_wanted.connect(self.import_wanted)
        dialog.show()
        return dialog

    def _open_dialog(self) -> None:
        self.manage()

    def _own(self) -> list[SavedSet]:
        return [each for each in self._sets if self._definition and each.definition == self._definition.id]

    def _name_of(self, definition: DefinitionInfo, order: GenerateReport) -> tuple[str, bool]:
        """Return the set that the fields are like, or were filled with, and whether they still are."""
        named = [(each.name, each.parameters) for each in self._own()]
        if definition.id in self.used:
            named.append((tr("Last used"), self.used[definition.id]))
        named.append((tr("Defaults"), {}))
        present = key_of(_bare(definition, order.parameters), definition)
        same = [name for name, parameters in named if key_of(_bare(definition, parameters), definition) == present]
        if same:
            last = self._names.setdefault(definition.id, same[0])
            return (last if last in same else same[0]), True
        last = self._names.get(definition.id, "")
        return (last, False) if last in dict(named) else (tr("Own values"), True)

    def _take_last(self) -> None:
        if self._definition:
            self._take(tr("Last used"), self.used.get(self._definition.id, {}))

    def _take_defaults(self) -> None:
        self._take(tr("Defaults"), {})

    def _take_set(self, taken: SavedSet) -> None:
        self._names[taken.definition] = taken.name
        self.taken.emit(taken)

    def _save(self, name: str) -> None:
        if self._definition:
            self._names[self._definition.id] = name
        self.save_wanted.emit(name)

    def _take(self, name: str, parameters: Mapping[str, Any]) -> None:
        if self._definition:
            self._names[self._definition.id] = name
            self.taken.emit(SavedSet(name="", definition=self._definition.id, parameters=parameters))


def _bare(definition: DefinitionInfo, parameters: Mapping[str, Any]) -> GenerateReport:
    return GenerateReport(definition=definition.id, parameters=dict(parameters))
