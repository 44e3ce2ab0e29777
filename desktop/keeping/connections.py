"""The connections of an analyst: profiles as files in a folder of this program.

file, drop, paste ──▶ **Connections** ──▶ ~/.config/reportwire/profiles/*.json ──▶ connections dialog, window

A profile may have fields that are not known here: they are carried along. Its file is nobody else's to read.
"""

import itertools
import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from desktop.files.part_file import beside
from desktop.outside.json_texts import NoText, decoded
from desktop.outside.places import OWNERS_ALONE, config_directory, state_directory
from desktop.outside.sentence import Sentence
from desktop.sign_in.profiles import InvalidProfile, Profile, Transport, parse

log = logging.getLogger(__name__)

ConnectionId = str
"""The name of a profile's file, or `LOCAL`."""
LOCAL: ConnectionId = "local"
"""The local backend. Files have an ending, so none is called so."""
LARGEST_BYTES = 256 * 1024
LONGEST_NAME = 80
"""Characters of a connection's name."""
OWNERS_FOLDER = 0o700

Warn = Callable[[str], object]
"""Tell the analyst something, in a sentence."""


class ConnectionNotKept(Exception):
    """Nothing was changed; `str` of it is a `Sentence` that says why."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(Sentence(text, **values))


class KeptConnection(Struct, frozen=True):
    """A profile and its file's name."""

    id: ConnectionId
    profile: Profile


class Offer(Struct, frozen=True):
    """A profile that may be added, and which one it would replace: that of the same name and endpoint."""

    profile: Profile
    fields: dict[str, Any]
    replaces: KeptConnection | None


class Removed(Struct, frozen=True):
    """A connection that was removed, with all that its file had."""

    connection: KeptConnection
    data: bytes


class Connections:
    """The profiles in one folder. Methods that change something raise `ConnectionNotKept` where they cannot."""

    def __init__(self, folder: Path, last: Path, warn: Warn = log.warning) -> None:
        """`last` is the file that says which connection was used last."""
        self._folder = folder
        self._last = last
        self._warn = warn

    def load(self) -> tuple[KeptConnection, ...]:
        """Return all connections by name. A file that is no profile is left out, and the analyst is warned of it."""
        kept = []
        for path in self._folder.glob("*.json"):
            try:
                kept.append(KeptConnection(path.name, parse(read(path))))
            except (InvalidProfile, ConnectionNotKept) as error:
                self._warn(Sentence("{path} is left out: {reason}", path=path, reason=error))
        return tuple(sorted(kept, key=lambda each: (each.profile.name.casefold(), each.id)))

    def get(self, id_: ConnectionId) -> KeptConnection:
        """Return one connection."""
        path = self._path(id_)
        try:
            return KeptConnection(id_, parse(read(path)))
        except InvalidProfile as error:
            raise ConnectionNotKept("{file} is no profile: {reason}", file=path.name, reason=error) from error

    def offer(self, text: bytes | str) -> Offer:
        """Return what adding a profile would do.

        Raises:
            InvalidProfile: It is none; the sentence says why.
        """
        profile = parse(text)
        same = (profile.name, profile.endpoint)
        replaced = (each for each in self.load() if (each.profile.name, each.profile.endpoint) == same)
        return Offer(profile, _fields(text), next(replaced, None))

    def add(self, offer: Offer) -> KeptConnection:
        """Keep a profile, in the place of the one that it replaces."""
        id_ = offer.replaces.id if offer.replaces else self._free(offer.profile.name)
        self._write(id_, _encode(offer.fields))
        return KeptConnection(id_, offer.profile)

    def rename(self, id_: ConnectionId, name: str) -> KeptConnection:
        """Call a connection otherwise."""
        name, kept = _checked(name), self.get(id_)
        if any(
            (each.profile.name, each.profile.endpoint) == (name, kept.profile.endpoint)
            for each in self.load()
            if each.id != id_
        ):
            raise ConnectionNotKept("There is a connection of that name and address already.")
        return self._change(id_, "name", name)

    def choose_way(self, id_: ConnectionId, way: Transport) -> KeptConnection:
        """Have a service talked to in another way."""
        return self._change(id_, "transport", way)

    def remove(self, id_: ConnectionId) -> Removed:
        """Remove a connection; `restore` brings it back."""
        kept, path = self.get(id_), self._path(id_)
        data = read(path)
        try:
            path.unlink()
        except OSError as error:
            raise _not_written(path, error) from error
        return Removed(kept, data)

    def restore(self, removed: Removed) -> KeptConnection:
        """Keep again what was removed, under its id unless that is taken now."""
        id_ = removed.connection.id
        if self._path(id_).exists():
            id_ = self._free(removed.connection.profile.name)
        self._write(id_, removed.data)
        return KeptConnection(id_, removed.connection.profile)

    def last_used(self) -> ConnectionId:
        """Return the connection that was used last: the local one, if that is not known or not there any more."""
        with suppress(OSError, UnicodeDecodeError):
            id_ = self._last.read_text(encoding="utf-8").strip()
            if id_ in {each.id for each in self.load()}:
                return id_
        return LOCAL

    def remember_used(self, id_: ConnectionId) -> None:
        """Remember which connection is used; done without where that cannot be written."""
        with suppress(OSError):
            self._last.parent.mkdir(parents=True, exist_ok=True)
            with beside(self._last) as part:
                part.append(id_.encode())
                part.put_in_place()

    def _path(self, id_: ConnectionId) -> Path:
        return self._folder / Path(id_).name

    def _free(self, name: str) -> ConnectionId:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60].lower() or "profile"
        ids = (f"{stem}{f'-{number}' if number > 1 else ''}.json" for number in itertools.count(1))
        return next(each for each in ids if not self._path(each).exists())

    def _change(self, id_: ConnectionId, field: str, value: str) -> KeptConnection:
        """Give one field of a profile another value, if it is a profile then too."""
        data = _encode({**_fields(read(self._path(id_))), field: value})
        try:
            profile = parse(data)
        except InvalidProfile as error:
            raise ConnectionNotKept("{file} is no profile: {reason}", file=id_, reason=error) from error
        self._write(id_, data)
        return KeptConnection(id_, profile)

    def _write(self, id_: ConnectionId, data: bytes) -> None:
        path = self._path(id_)
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir(mode=OWNERS_FOLDER, exist_ok=True)
            place = Path(os.path.realpath(path))  # it may be a link, as people who keep their settings in Git have it
            with suppress(FileNotFoundError):
                place.chmod(OWNERS_ALONE)  # the new file gets the permissions of the old one
            with beside(place) as part:
                part.append(data)
                part.put_in_place()
        except OSError as error:
            raise _not_written(path, error) from error


def of_this_user(warn: Warn = log.warning) -> Connections:
    """Return the connections of this user.

    Raises:
        RuntimeError: This user has no home.
    """
    return Connections(config_directory() / "profiles", state_directory() / "last-connection", warn)


def read(path: Path) -> bytes:
    """Return what a file has that may be a profile.

    Raises:
        ConnectionNotKept: It cannot be read, or is no file, or too large.
    """
    try:
        if not path.is_file():
            raise ConnectionNotKept("There is no file {file}.", file=path.name or str(path))
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectionNotKept("{file} cannot be read: {reason}.", file=path.name, reason=reason) from error
    if len(data) > LARGEST_BYTES:
        raise ConnectionNotKept("{file} is too large for a profile.", file=path.name)
    return data


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConnectionNotKept("A name is a line of 1 to {count} characters.", count=str(LONGEST_NAME))
    return name


def _fields(text: bytes | str) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(text if isinstance(text, str) else decoded(text))
    except (NoText, msgspec.DecodeError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _encode(fields: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n"


def _not_written(path: Path, error: OSError) -> ConnectionNotKept:
    return ConnectionNotKept("{file} cannot be saved: {reason}.", file=path.name, reason=error.strerror or str(error))
