"""What an analyst has set for all reports, in a file.

settings dialog ── `Settings` ──▶ **save** ──▶ ~/.config/reportwire/settings.json ──▶ **load** ──▶ window
"""

import os
from pathlib import Path
from typing import Literal

import msgspec

from desktop.files.part_file import beside
from desktop.outside.json_texts import NoText, decoded

FILE = "settings.json"
Speech = Literal["system", "en", "de"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The settings; the defaults are those of a first start."""

    folder: str = ""
    """For files; "" is the system's for downloads."""
    file_name: str = "{report}-{parameters}"
    saves_when_ready: bool = False
    """Whether a new report is saved as soon as it is ready, unless its form says otherwise."""
    notifies: bool = True
    language: Speech = "system"


def load(path: Path) -> Settings:
    """Return the settings of a file; the defaults where there is none or it makes no sense."""
    try:
        return msgspec.json.decode(decoded(path.read_bytes()), type=Settings)
    except (OSError, NoText, msgspec.DecodeError, RecursionError):
        return Settings()


def save(path: Path, settings: Settings) -> None:
    """Write the settings to a file, whole or not at all; fields that a newer version added stay.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = {**_fields(path), **msgspec.to_builtins(settings)}
    with beside(Path(os.path.realpath(path))) as part:
        part.append(msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n")
        part.put_in_place()


def _fields(path: Path) -> dict[str, object]:
    try:
        found = msgspec.json.decode(decoded(path.read_bytes()))
    except (OSError, NoText, msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
