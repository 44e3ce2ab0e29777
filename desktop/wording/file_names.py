"""Names for files, which Windows, macOS and Linux all take.

pattern, report ──▶ **file_name** ──▶ save dialog, downloads          pattern ──▶ **judge** ──▶ settings dialog
"""

import itertools
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from backend.protocol.formats import FORMATS
from desktop.wording.language import tr

PLACEHOLDERS = ("report", "parameters", "date", "time")
LONGEST_BYTES = 255
"""Bytes of a name in UTF-8, composed or not. Source: NAME_MAX of Linux; NTFS and APFS take as many or more."""
LONGEST_ENDING = 20

_NAMED = "{" + "}, {".join(PLACEHOLDERS) + "}"
_PLACE = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_REFUSED = frozenset('<>:"/\\|?*')
"""Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file, as is `_RESERVED`."""
_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"}
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that nobody sees; some turn the direction of the text and so hide an ending."""
_LATIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae", "ø": "oe", "–": "-"}
)
_SEPARATORS = " ._-"


def file_name(pattern: str, title: str, parameters: str, ext: str, now: datetime) -> str:
    """Return the name that a pattern makes; what no file system takes is left out.

    Args:
        pattern: With `{report}`, `{parameters}`, `{date}` and `{time}` in it.
        title: The report's title.
        parameters: In words, "EWR · Days: 10", in no language; "" leaves the separator before its place out too.
        ext: The ending of the format, without a dot in front.
        now: In the time zone of the analyst.
    """
    values = {
        "report": _dashed(title.lower()),
        "parameters": _dashed(parameters),
        "date": f"{now:%Y-%m-%d}",
        "time": f"{now:%H-%M}",
    }
    for name, value in values.items():
        if not value:
            pattern = re.sub(rf"[\s._-]*\{{{name}\}}", "", pattern)
    stem = _PLACE.sub(lambda found: values[found[1]], pattern)
    return _fitted(_cleaned(stem), "", _ending(ext))


def unused(folder: Path, name: str, is_there: Callable[[Path], bool]) -> str:
    """Return `name`, or "name (2).xlsx" with the next number for which nothing is there."""
    if not is_there(folder / name):
        return name
    stem, dot, ext = name.rpartition(".")
    if not stem:
        stem, dot, ext = name, "", ""
    numbered = (_fitted(stem, f" ({number})", dot + ext) for number in itertools.count(2))
    return next(each for each in numbered if not is_there(folder / each))


def named_truly(path: Path, ext: str, is_there: Callable[[Path], bool]) -> Path:
    """Return the path that a file of the format `ext` is written to: one named after another format is renamed.

    The renamed file is one that nothing is there for: nobody was asked whether to replace it.
    """
    named = path.suffix.removeprefix(".").lower()
    if named == ext or named not in FORMATS:
        return path
    return path.with_name(unused(path.parent, f"{path.stem}{_ending(ext)}", is_there))


def judge(pattern: str) -> str:
    """Return what is wrong with a pattern, in a sentence; nothing where it is right."""
    if not pattern.strip():
        return tr("Is needed.")
    for name in re.findall(r"\{[^{}]*\}", pattern):
        if not _PLACE.fullmatch(name):
            return tr("{name} is unknown. There are {names}.", name=name, names=_NAMED)
    rest = _PLACE.sub("", pattern)
    if "{" in rest or "}" in rest:
        return tr("A { or } stands alone.")
    if any(unicodedata.category(each) in _UNSEEN for each in rest):
        return tr("It has a character that cannot be seen.")
    if refused := sorted(_REFUSED & set(rest)):
        return tr("A file name cannot have {characters} in it.", characters=" ".join(refused))
    return ""


def say_placeholders() -> str:
    """Return the placeholders in a sentence."""
    return tr("{names} are filled in.", names=_NAMED)


def _dashed(text: str) -> str:
    """Return words as a part of a name: "EWR · Days: 10" as "EWR-Days-10"."""
    seen = "".join(each if _is_seen(each) else " " for each in text)
    parts = re.split(r"[\s·,;" + re.escape("".join(_REFUSED)) + "]+", _ascii(seen))
    return "-".join(filter(None, parts)).strip("-")


def _ascii(text: str) -> str:
    """Return a text in ASCII, as "Verspaetung"; one of a script that has no such letters as it is."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LATIN))
    kept = "".join(each for each in plain if each.isascii())
    return kept if any(each.isalnum() for each in kept) else text


def _cleaned(stem: str) -> str:
    """Return a name without what no file system takes, and without what would hide it."""
    text = unicodedata.normalize("NFC", " ".join(stem.split()))
    kept = "".join("-" if each in _REFUSED else each for each in text if _is_seen(each))
    return kept.strip(_SEPARATORS)


def _fitted(stem: str, number: str, ending: str) -> str:
    """Return a name of these three, the stem cut until all of it fits."""
    stem = _harmless(stem)
    while _size_bytes(stem + number + ending) > LONGEST_BYTES:
        stem = stem[:-1]
    return _harmless(stem.rstrip(_SEPARATORS)) + number + ending


def _harmless(stem: str) -> str:
    """Return a stem that is no device of Windows and not empty."""
    is_device = stem.partition(".")[0].strip().upper() in _RESERVED
    return f"_{stem}" if is_device else stem or "report"


def _ending(ext: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9.]", "", ext).strip(".")[:LONGEST_ENDING].strip(".")
    return f".{kept}" if kept else ""


def _is_seen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in _UNSEEN


def _size_bytes(text: str) -> int:
    return max(len(unicodedata.normalize(form, text).encode()) for form in ("NFC", "NFD"))
