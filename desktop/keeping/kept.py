"""All parameter sets of an analyst, as one document. Pure: no I/O.

file ── JSON ──▶ **Kept** ──▶ sets; a change is a new document

```
{"version": 1, "connections": {CONNECTION: {DEFINITION: {"last": SET, "named": {NAME: SET}}}}}
```

A newer version may add fields anywhere: what is not known here is carried along, and sets that make no sense are not
shown, said to be there, and touched only by their name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from desktop.keeping.errors import NameTaken, UnknownSet, UnreadableSet
from desktop.keeping.parameter_set import ParameterSet, checked_name
from desktop.outside.sentence import Sentence

VERSION = 1


class _OfDefinition(Struct):
    last: Any = None
    named: dict[str, Any] = {}


class _Document(Struct):
    version: int
    connections: dict[str, dict[str, _OfDefinition]] = {}


class Kept(Struct, frozen=True):
    """The document. `decode` makes one of a file, `Kept.empty()` one without sets."""

    document: Mapping[str, Any]

    @staticmethod
    def empty() -> "Kept":
        """Return one without sets."""
        return Kept({"version": VERSION, "connections": {}})

    def encode(self) -> bytes:
        """Return it as JSON that people can read."""
        return msgspec.json.format(msgspec.json.encode(self.document), indent=2) + b"\n"

    def definitions(self, connection: str) -> tuple[str, ...]:
        """Return the ids of the definitions that have a named set, sorted."""
        return tuple(sorted(each for each in self._of(connection) if self.named(connection, each)))

    def named(self, connection: str, definition: str) -> dict[str, ParameterSet]:
        """Return the sets of a definition by name, sorted."""
        raw = self._of(connection, definition, "named")
        read = {name: _read(raw[name]) for name in sorted(raw, key=str.casefold)}
        return {name: kept for name, kept in read.items() if kept is not None}

    def names(self, connection: str, definition: str) -> tuple[str, ...]:
        """Return the names that are taken, those of sets that cannot be read too, sorted."""
        return tuple(sorted(self._of(connection, definition, "named"), key=str.casefold))

    def unreadable(self) -> tuple[UnreadableSet, ...]:
        """Return the named sets of all connections that cannot be read, each as the error of reading it."""
        return tuple(
            UnreadableSet(definition, name)
            for connection, definitions in self._of().items()
            for definition in definitions
            for name in self.names(connection, definition)
            if name not in self.named(connection, definition)
        )

    def get(self, connection: str, definition: str, name: str) -> ParameterSet:
        """Return the set of a name. Raises `UnknownSet`, `UnreadableSet`."""
        self._check_name(connection, definition, name)
        kept = _read(self._of(connection, definition, "named")[name])
        if kept is None:
            raise UnreadableSet(definition, name)
        return kept

    def last_used(self, connection: str, definition: str) -> ParameterSet | None:
        """Return what a report was last asked for with, if that is known."""
        return _read(self._of(connection, definition).get("last"))

    def remembering(self, connection: str, definition: str, used: ParameterSet) -> "Kept":
        """Return these and what a report was asked for with now."""
        return self._with(("connections", connection, definition, "last"), used)

    def saving(self, connection: str, definition: str, name: str, kept: ParameterSet) -> "Kept":
        """Return these and a set, in the place of one of that name. Raises `WrongName`."""
        return self._with(("connections", connection, definition, "named", checked_name(name)), kept)

    def deleting(self, connection: str, definition: str, name: str) -> "Kept":
        """Return these without a set. Raises `UnknownSet`."""
        self._check_name(connection, definition, name)
        return self._without(connection, definition, name)

    def renaming(self, connection: str, definition: str, name: str, new: str) -> "Kept":
        """Return these with a set called otherwise. Raises `UnknownSet`, `NameTaken`, `WrongName`."""
        self._check_name(connection, definition, name)
        new, raw = checked_name(new), self._of(connection, definition, "named")
        if new != name and new in raw:
            raise NameTaken(
                Sentence('{definition} has a parameter set called "{name}" already.', definition=definition, name=new)
            )
        path = ("connections", connection, definition, "named", new)
        return Kept(_put(self._without(connection, definition, name).document, path, lambda _: raw[name]))

    def _check_name(self, connection: str, definition: str, name: str) -> None:
        names = self.names(connection, definition)
        if name not in names:
            raise UnknownSet(definition, name, names)

    def _of(self, *path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.get("connections", {})
        for key in path:
            found = found.get(key, {})
        return found

    def _with(self, path: Sequence[str], kept: ParameterSet) -> "Kept":
        return Kept(_put(self.document, path, lambda old: _merged(old, kept)))

    def _without(self, connection: str, definition: str, name: str) -> "Kept":
        path = ("connections", connection, definition, "named")
        return Kept(_put(self.document, path, lambda old: {key: old[key] for key in old if key != name}))


def decode(text: str) -> Kept:
    """Return the document that a file holds.

    Raises:
        msgspec.DecodeError: It is no such document.
        RecursionError: It is nested too deep.
    """
    document = msgspec.json.decode(text)
    msgspec.convert(document, _Document)
    return Kept(document)


def _read(raw: object) -> ParameterSet | None:
    try:
        return msgspec.convert(raw, ParameterSet)
    except msgspec.ValidationError:
        return None


def _merged(old: object, kept: ParameterSet) -> Mapping[str, Any]:
    """Return a set as JSON has it, with the fields of the old one that are not known here."""
    known = set(ParameterSet.__struct_encode_fields__)
    others = {key: value for key, value in old.items() if key not in known} if isinstance(old, dict) else {}
    return {**others, **msgspec.to_builtins(kept)}


def _put(document: Mapping[str, Any], path: Sequence[str], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a document in which one value is changed, and everything beside its path is as before."""
    first, *rest = path
    old = document.get(first, {})
    return {**document, first: _put(old, rest, change) if rest else change(old)}
