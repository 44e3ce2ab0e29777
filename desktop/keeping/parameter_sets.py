"""The file of parameter sets, which several programs of one analyst may write at once.

window, command line ──▶ **ParameterSets** ── lock, read, change, replace ──▶ file

Whoever changes something reads the file anew under a lock, so that no change of another program is lost. A file that
makes no sense is never written over: it is kept under another name.
"""

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from desktop.files.part_file import beside
from desktop.keeping import exchange, kept
from desktop.keeping.errors import NotKept, WrongFile
from desktop.keeping.exchange import Imported, OnConflict
from desktop.keeping.kept import Kept
from desktop.keeping.parameter_set import ParameterSet
from desktop.outside.environment import LOOPBACK
from desktop.outside.json_texts import NoText, decoded, with_line
from desktop.outside.places import OWNERS_ALONE, UnusablePlace, config_directory, proved
from desktop.outside.sentence import Sentence

log = logging.getLogger(__name__)

LOCAL = "local"
"""The connection of the local backend, whichever start of it."""
BUSY_S = 2.0
"""How long to wait for another program that writes."""
LOOK_S = 0.01
"""How often to look whether it has ended."""
FILE = "parameter-sets.json"
BROKEN = "{file} is broken: {reason}"
NONE_READ = "{reason} No parameter sets are read from it, and the next change keeps it under another name."

Warn = Callable[[str], object]
"""Tell the analyst something, in a sentence."""


T = TypeVar("T")


class _Broken(Exception):
    """The file makes no sense; the sentence says why."""


class ParameterSets:
    """The sets in one file. Every method raises `NotKept` where the file cannot be read or written as it must be."""

    def __init__(self, path: Path, warn: Warn = log.warning) -> None:
        self._path = path
        self._warn = warn
        self._said: set[str] = set()
        """Sentences on sets that cannot be read: each is said once."""

    def load(self) -> Kept:
        """Return all that there is. A file that makes no sense has nothing, and the analyst is warned of it.

        The analyst is warned of each set that cannot be read too, once.
        """
        try:
            known = self._read()
        except _Broken as error:
            self._warn(Sentence(NONE_READ, reason=error))
            return Kept.empty()
        self._say_unreadable(known)
        return known

    def named(self, connection: str, definition: str) -> dict[str, ParameterSet]:
        """Return the sets of a definition by name."""
        return self.load().named(connection, definition)

    def last_used(self, connection: str, definition: str) -> ParameterSet | None:
        """Return what a report was last asked for with, if that is known."""
        return self.load().last_used(connection, definition)

    def remember_last_used(self, connection: str, definition: str, used: ParameterSet) -> None:
        """Keep what a report was asked for with."""
        self._change(lambda known: (known.remembering(connection, definition, used), None))

    def save(self, connection: str, definition: str, name: str, parameter_set: ParameterSet) -> bool:
        """Keep a set, and return whether it took the place of another of that name. Raises `WrongName`."""

        def change(known: Kept) -> tuple[Kept, bool]:
            now = known.saving(connection, definition, name, parameter_set)
            return now, now.names(connection, definition) == known.names(connection, definition)

        return self._change(change)

    def rename(self, connection: str, definition: str, name: str, new: str) -> None:
        """Call a set otherwise. Raises `UnknownSet`, `NameTaken`, `WrongName`."""
        self._change(lambda known: (known.renaming(connection, definition, name, new), None))

    def delete(self, connection: str, definition: str, name: str) -> None:
        """Remove a set. Raises `UnknownSet`."""
        self._change(lambda known: (known.deleting(connection, definition, name), None))

    def export_sets(self, path: Path, connection: str) -> int:
        """Write the named sets of a connection to a file, and return how many there are.

        Raises:
            UnusablePlace: No file can be written there.
        """
        place, sets = proved(path), exchange.exported(self.load(), connection)
        try:
            with beside(place) as part:
                part.append(exchange.encode(sets))
                part.put_in_place()
        except OSError as error:
            raise UnusablePlace(
                Sentence("{file} cannot be saved: {reason}.", file=path, reason=error.strerror)
            ) from error
        return len(sets)

    def import_sets(self, path: Path, connection: str, on_conflict: OnConflict) -> tuple[Imported, ...]:
        """Keep all sets of an exported file, or none of them, and return what became of each.

        Raises:
            WrongFile: The file cannot be read, or holds no exported sets.
        """
        try:
            sets = exchange.decode(path.read_bytes())
        except OSError as error:
            raise WrongFile(Sentence("{file} cannot be read: {reason}.", file=path, reason=error.strerror)) from error
        except WrongFile as error:
            raise WrongFile(Sentence("{file} holds no parameter sets: {reason}", file=path, reason=error)) from error
        return self._change(lambda known: exchange.importing(known, connection, sets, on_conflict))

    def _say_unreadable(self, known: Kept) -> None:
        for sentence in map(str, known.unreadable()):
            if sentence not in self._said:
                self._said.add(sentence)
                self._warn(sentence)

    def _change(self, change: Callable[[Kept], tuple[Kept, T]]) -> T:
        """Make a change to what the file holds now, while nobody else does."""
        from filelock import FileLock, Timeout  # noqa: PLC0415  the window reads the sets at its start, and writes none

        try:
            self._path.parent.parent.mkdir(parents=True, exist_ok=True)
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            with FileLock(self._path.with_suffix(".lock"), mode=OWNERS_ALONE).acquire(BUSY_S, poll_interval=LOOK_S):
                before = self._read_or_keep_aside()
                after, result = change(before)
                if after.document != before.document:
                    self._write(after)
        except Timeout as error:
            raise NotKept(
                Sentence("{file} is being written by another program. Try again.", file=self._path)
            ) from error
        except OSError as error:
            raise NotKept(
                Sentence("{file} cannot be written: {reason}.", file=self._path, reason=error.strerror)
            ) from error
        return result

    def _read(self) -> Kept:
        """Return what the file holds, and nothing where there is none."""
        try:
            text = decoded(self._path.read_bytes())
            return kept.decode(text)
        except FileNotFoundError:
            return Kept.empty()
        except OSError as error:
            raise NotKept(
                Sentence("{file} cannot be read: {reason}.", file=self._path, reason=error.strerror)
            ) from error
        except NoText as error:
            raise _Broken(Sentence(BROKEN, file=self._path, reason=error)) from error
        except msgspec.DecodeError as error:
            raise _Broken(Sentence(BROKEN, file=self._path, reason=f"{with_line(str(error), text)}.")) from error
        except RecursionError as error:
            raise _Broken(Sentence(BROKEN, file=self._path, reason=Sentence("It is nested too deep."))) from error

    def _read_or_keep_aside(self) -> Kept:
        try:
            return self._read()
        except _Broken as error:
            aside = self._path.with_name(f"{self._path.name}.broken-{secrets.token_hex(4)}")
            self._path.rename(aside)
            self._warn(Sentence("{reason} It is kept as {file}.", reason=error, file=aside))
            return Kept.empty()

    def _write(self, known: Kept) -> None:
        place = Path(os.path.realpath(self._path))  # it may be a link, as people who keep their settings in Git have it
        with suppress(FileNotFoundError):
            place.chmod(OWNERS_ALONE)  # the new file gets the permissions of the old one
        with beside(place) as part:
            part.append(known.encode())
            part.put_in_place()


def of_this_user(warn: Warn = log.warning) -> ParameterSets:
    """Return the sets of this user.

    Raises:
        NotKept: This user has no home.
    """
    try:
        return ParameterSets(config_directory() / FILE, warn)
    except RuntimeError as error:
        raise NotKept("There is no place for parameter sets: this user has no home.") from error


def connection_of(endpoint: str | None) -> str:
    """Return the name under which the sets of a service are kept: its endpoint, but one for every local backend."""
    if endpoint is None or urlsplit(endpoint).hostname in LOOPBACK:
        return LOCAL
    return endpoint
