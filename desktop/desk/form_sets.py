"""The form's named sets of parameters, kept for one connection.

form ── a set is saved, renamed, deleted ──▶ **FormSets** ──▶ keeping.parameter_sets
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.keeping.errors import ParameterSetError
from desktop.keeping.exchange import OnConflict
from desktop.keeping.parameter_set import ParameterSet
from desktop.keeping.parameter_sets import ParameterSets
from desktop.outside.places import UnusablePlace
from desktop.wording.form.orders import SavedSet
from desktop.wording.language import tr, tr_count


class Told(Protocol):
    """A signal."""

    def connect(self, slot: Callable[..., None], /) -> object:
        """Call a function whenever it is emitted."""

    def disconnect(self, slot: Callable[..., None], /) -> object:
        """Call it no more."""


class Form(Protocol):
    """The form, as far as sets go."""

    @property
    def set_saved(self) -> Told:
        """Keep this set."""

    @property
    def set_renamed(self) -> Told:
        """Call this set so."""

    @property
    def set_deleted(self) -> Told:
        """Forget this set."""

    @property
    def sets_export_wanted(self) -> Told:
        """Write the sets to this file."""

    @property
    def sets_import_wanted(self) -> Told:
        """Read sets from this file."""

    def show_sets(self, sets: list[SavedSet], /) -> None:
        """Offer these."""


class FormSets:
    """Keeps sets, and shows those that there are. What goes wrong is said in a sentence, and changes nothing."""

    def __init__(self, form: Form, sets: ParameterSets, connection: str, say: Callable[[str], None]) -> None:
        self._form, self._sets, self._connection, self._say = form, sets, connection, say
        self._slots: tuple[tuple[Told, Callable[..., None]], ...] = (
            (form.set_saved, self.save),
            (form.set_renamed, self.rename),
            (form.set_deleted, self.delete),
            (form.sets_export_wanted, self.export),
            (form.sets_import_wanted, self.import_),
        )

    def attach(self) -> None:
        """Offer the sets in the form, and heed it."""
        for signal, slot in self._slots:
            signal.connect(slot)
        self.show()

    def detach(self) -> None:
        """Heed the form no more."""
        for signal, slot in self._slots:
            signal.disconnect(slot)

    def show(self) -> None:
        """Read the sets, which the command line may have changed, and offer them."""
        self._try(self._show)

    def save(self, kept: SavedSet) -> None:
        """Keep a set, in the place of one of the same report and name."""
        values = ParameterSet(
            parameters=dict(kept.parameters), format=kept.format, format_options=dict(kept.format_options or {})
        )
        self._change(lambda: self._sets.save(self._connection, kept.definition, kept.name, values))

    def rename(self, kept: SavedSet, name: str) -> None:
        """Call a set otherwise."""
        self._change(lambda: self._sets.rename(self._connection, kept.definition, kept.name, name))

    def delete(self, kept: SavedSet) -> None:
        """Forget a set."""
        self._change(lambda: self._sets.delete(self._connection, kept.definition, kept.name))

    def export(self, path: Path) -> None:
        """Write the sets to a file."""

        def write() -> None:
            count = self._sets.export_sets(path, self._connection)
            self._say(tr_count("1 set is in {file}.", "{count} sets are in {file}.", count, file=path.name))

        self._try(write)

    def import_(self, path: Path) -> None:
        """Read sets from a file; one whose name is taken gets another."""

        def read() -> None:
            imported = self._sets.import_sets(path, self._connection, OnConflict.KEEP_BOTH)
            self._say(tr_count("1 set was read.", "{count} sets were read.", len(imported)))

        self._change(read)

    def _change(self, change: Callable[[], object]) -> None:
        self._try(change)
        self.show()

    def _show(self) -> None:
        kept = self._sets.load()
        self._form.show_sets(
            [
                SavedSet(
                    name=name,
                    definition=definition,
                    parameters=each.parameters,
                    format=each.format,
                    format_options=each.format_options or None,
                )
                for definition in kept.definitions(self._connection)
                for name, each in kept.named(self._connection, definition).items()
            ]
        )

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except (ParameterSetError, UnusablePlace) as error:
            self._say(tr(str(error)))
