"""Named parameter sets as a file to hand to somebody else. Pure: no I/O.

`Kept` ──▶ **exported** ── JSON ──▶ **decode** ──▶ **importing** ──▶ `Kept`

The file names no connection: the sets become those of whichever connection they are imported into.
"""

import itertools
import re
from collections.abc import Container, Iterable
from enum import StrEnum

import msgspec
from msgspec import Struct

from desktop.keeping.errors import WrongFile, WrongName
from desktop.keeping.kept import Kept
from desktop.keeping.parameter_set import LONGEST_NAME, ParameterSet, Plain, checked_name
from desktop.outside.json_texts import NoText, decoded, with_line
from desktop.outside.sentence import Sentence

VERSION = 1


class OnConflict(StrEnum):
    """What becomes of an imported set whose name another one has."""

    REPLACE = "replace"
    KEEP_BOTH = "keep both"
    """The imported one is called "name (2)"."""


class Outcome(StrEnum):
    """What became of an imported set."""

    ADDED = "added"
    REPLACED = "replaced"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
    """The same set was there under that name."""


class NamedSet(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One set of an exported file: a `ParameterSet` and its place."""

    definition: str
    name: str
    parameters: dict[str, Plain] = {}
    format: str | None = None
    format_options: dict[str, Plain] = {}


class _File(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    sets: tuple[NamedSet, ...]


class Imported(Struct, frozen=True):
    """One set that was imported, and the name that it has now."""

    definition: str
    name: str
    outcome: Outcome


def exported(kept: Kept, connection: str) -> tuple[NamedSet, ...]:
    """Return the named sets of a connection, by definition and name."""
    return tuple(
        NamedSet(definition=definition, name=name, **msgspec.structs.asdict(each))
        for definition in kept.definitions(connection)
        for name, each in kept.named(connection, definition).items()
    )


def encode(sets: Iterable[NamedSet]) -> bytes:
    """Return sets as a file."""
    return msgspec.json.format(msgspec.json.encode(_File(version=VERSION, sets=tuple(sets))), indent=2) + b"\n"


def decode(data: bytes) -> tuple[NamedSet, ...]:
    """Return the sets of a file.

    Raises:
        WrongFile: It is none; the sentence names the line or the field, and follows the file's name and a colon.
    """
    try:
        text = decoded(data)
        file = msgspec.json.decode(text, type=_File)
    except NoText as error:
        raise WrongFile(str(error)) from error
    except msgspec.DecodeError as error:
        raise WrongFile(f"{_with_field(with_line(str(error), text))}.") from error
    except RecursionError as error:
        raise WrongFile("It is nested too deep.") from error
    if file.version != VERSION:
        raise WrongFile(
            Sentence(
                "It is of version {version}, and this program reads version {known}.",
                version=file.version,
                known=VERSION,
            )
        )
    for number, each in enumerate(file.sets):
        try:
            checked_name(each.name)
        except WrongName as error:
            raise WrongFile(Sentence("{place}: {reason}", place=f"sets[{number}].name", reason=error)) from error
    return file.sets


def importing(
    kept: Kept, connection: str, sets: Iterable[NamedSet], on_conflict: OnConflict
) -> tuple[Kept, tuple[Imported, ...]]:
    """Return the document with these sets too, and what became of each."""
    done = []
    for each in sets:
        known, plain = kept.named(connection, each.definition), _plain(each)
        taken = {name: known.get(name) for name in kept.names(connection, each.definition)}
        name, outcome = _place(checked_name(each.name), plain, taken, on_conflict)
        kept = kept if outcome is Outcome.UNCHANGED else kept.saving(connection, each.definition, name, plain)
        done.append(Imported(each.definition, name, outcome))
    return kept, tuple(done)


def _plain(each: NamedSet) -> ParameterSet:
    return ParameterSet(parameters=each.parameters, format=each.format, format_options=each.format_options)


def _place(
    name: str, kept: ParameterSet, known: dict[str, ParameterSet | None], on_conflict: OnConflict
) -> tuple[str, Outcome]:
    """Return the name that a set gets, and what became of it; a `known` set is None if it cannot be read."""
    if name not in known:
        return name, Outcome.ADDED
    if known[name] == kept:
        return name, Outcome.UNCHANGED
    if on_conflict is OnConflict.REPLACE:
        return name, Outcome.REPLACED
    return _free(name, known), Outcome.RENAMED


def _free(name: str, taken: Container[str]) -> str:
    """Return "name (2)", or with the next number that is free."""
    for number in itertools.count(2):
        suffix = f" ({number})"
        if (free := name[: LONGEST_NAME - len(suffix)] + suffix) not in taken:
            return free
    raise AssertionError  # numbers do not end


def _with_field(reason: str) -> str:
    """Return msgspec's reason, behind the field that it is about: "sets[2].name: expected `str`, got `int`"."""
    found = re.fullmatch(r"(.*) - at `\$\.?(.*)`", reason)
    return reason if found is None else f"{found[2]}: {found[1][:1].lower()}{found[1][1:]}"
