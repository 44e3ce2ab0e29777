"""Places for files, which somebody names: proved before anything is asked for.

path ──▶ **proved** ──▶ the file that is really written ──▶ part_file
"""

import contextlib
import os
import re
import stat
import sys
from pathlib import Path

from desktop.outside.sentence import Sentence

NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
OWNERS_ALONE = 0o600
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_MOUNTS = Path("/proc/self/mountinfo")


class UnusablePlace(Exception):
    """A file cannot be saved there; the sentence says why."""


def proved(target: Path) -> Path:
    """Return where a file would be written: `target`, or what it is a link to. Nothing is left there by the proof.

    Raises:
        UnusablePlace: There is no such folder or it is not writable, or the target is there and is no file to replace.
    """
    try:
        final = Path(os.path.realpath(target))
        _check_folder(final.parent)
        _check_target(target, final)
    except OSError as error:
        raise UnusablePlace(
            Sentence("{file} cannot be saved: {reason}.", file=target, reason=error.strerror)
        ) from error
    return final


def state_directory() -> Path:
    """Return the folder for what this user's next start may want to know, and can do without.

    Raises:
        RuntimeError: This user has no home.
    """
    return _directory("XDG_STATE_HOME", ".local/state")


def config_directory() -> Path:
    """Return the folder for what this user has set up and wants to keep.

    Raises:
        RuntimeError: This user has no home.
    """
    return _directory("XDG_CONFIG_HOME", ".config")


def part_of(final: Path) -> Path:
    """Return a name for the part file of a target, one that nobody can know."""
    return final.with_name(f".{os.urandom(8).hex()}.part")


def _directory(variable: str, usual: str) -> Path:
    """Return this program's folder in one of the user's.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/

    Raises:
        RuntimeError: This user has no home.
    """
    return Path(os.environ.get(variable) or Path.home() / usual) / "reportwire"


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UnusablePlace(Sentence("There is no folder {folder}.", folder=folder))
    if not os.access(folder, os.W_OK):
        raise UnusablePlace(Sentence("The folder {folder} is not writable.", folder=folder))


def _check_target(target: Path, final: Path) -> None:
    try:
        found = target.stat()
    except FileNotFoundError:
        _prove_new(final)
        return
    if stat.S_ISDIR(found.st_mode):
        raise UnusablePlace(Sentence("{file} is a folder.", file=target))
    if not stat.S_ISREG(found.st_mode) or not _is_there(final, found):
        raise UnusablePlace(Sentence("{file} is not a file.", file=target))
    if not found.st_mode & _WRITABLE or not os.access(final, os.W_OK):
        raise UnusablePlace(Sentence("{file} is read-only.", file=target))
    if final in _mounted():
        raise UnusablePlace(Sentence("{file} is mounted there, and cannot be replaced.", file=target))
    _prove_new(part_of(final))


def _is_there(final: Path, found: os.stat_result) -> bool:
    """Return whether the name leads to the file; what /proc links to may have none."""
    with contextlib.suppress(OSError):
        return os.path.samestat(final.stat(), found)
    return False


def _prove_new(path: Path) -> None:
    """Make the file and remove it: only the file system knows which names and files it takes."""
    os.close(os.open(path, NEW_FILE, OWNERS_ALONE))
    path.unlink()


def _mounted() -> set[Path]:
    """Return what something is mounted on, a single file too, which cannot be replaced; nothing but on Linux."""
    if not sys.platform.startswith("linux"):
        return set()
    try:
        lines = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return set()
    fifth = (line.split(" ")[4] for line in lines if line.count(" ") > 4)  # noqa: PLR2004  source: proc(5)
    return {Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place)) for place in fifth}
