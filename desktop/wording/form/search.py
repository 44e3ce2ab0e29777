"""Reports found by words.

catalog, typed words ──▶ **find_reports** ── `Findings` ──▶ chooser_popup

All words have to be there, in any order and anywhere: in the title, the description, the titles of the parameters. The
better a title fits, the earlier its report comes.
"""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum, auto

from msgspec import Struct

from backend.protocol.messages import DefinitionInfo

LONGEST_LINE, LONGEST_HEAD = 66, 22
"""Characters of the second line that are in sight, and of the beginning that is left of a longer one."""

LONGEST_PIECE = 38
"""Characters of each part of the second line where it has several, so that all of them are in sight."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Fit(IntEnum):
    """How well a report fits what was typed, the best first."""

    IS_TITLE = auto()
    BEGINS_TITLE = auto()
    BEGINS_WORDS = auto()
    """Each typed word begins a word of the title."""
    IN_TITLE = auto()
    ELSEWHERE = auto()


class Marked(Struct, frozen=True):
    """A text, and where found words begin and end in it."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Found(Struct, frozen=True):
    """One report: its title, and below it what of it was found."""

    definition: str
    title: Marked
    detail: Marked


class Findings(Struct, frozen=True):
    """Reports that were found, those that fit best first."""

    recent: tuple[Found, ...]
    """Those used lately, where nothing is typed."""
    others: tuple[Found, ...]
    """The rest: by how well they fit, then those used lately first, then in the catalog's order."""
    all: int
    """The number of reports there are."""

    @property
    def shown(self) -> int:
        """The number of reports that were found."""
        return len(self.recent) + len(self.others)


def find_reports(catalog: Sequence[DefinitionInfo], recent: Sequence[str], text: str) -> Findings:
    """Return the reports that have all the words of `text`; all reports for none."""
    words = tuple(text.casefold().split())
    found = {each.id: _present(each, words) for each in catalog if _has_all(each, words)}
    lately = [definition for definition in recent if definition in found]
    if not words:
        return Findings(
            recent=tuple(found[definition] for definition in lately),
            others=tuple(each for definition, each in found.items() if definition not in lately),
            all=len(catalog),
        )
    turn = {definition: place for place, definition in enumerate(lately)}
    best = sorted(found.values(), key=lambda each: (_fit(each.title.text, words), turn.get(each.definition, len(turn))))
    return Findings(recent=(), others=tuple(best), all=len(catalog))


def _fit(title: str, words: Sequence[str]) -> Fit:
    title, typed = " ".join(title.casefold().split()), " ".join(words)
    if title == typed:
        return Fit.IS_TITLE
    if title.startswith(typed):
        return Fit.BEGINS_TITLE
    if all(re.search(rf"(?<!\w){re.escape(word)}", title) for word in words):
        return Fit.BEGINS_WORDS
    return Fit.IN_TITLE if all(word in title for word in words) else Fit.ELSEWHERE


def _has_all(definition: DefinitionInfo, words: Iterable[str]) -> bool:
    text = "\n".join((definition.title, definition.description, *_parameters(definition))).casefold()
    return all(word in text for word in words)


def _parameters(definition: DefinitionInfo) -> list[str]:
    properties = definition.parameters.get("properties", {})
    return [str(prop.get("title", name)) for name, prop in properties.items()]


def _present(definition: DefinitionInfo, words: tuple[str, ...]) -> Found:
    return Found(definition.id, mark(definition.title, words), mark(_detail(definition, words), words))


def _detail(definition: DefinitionInfo, words: tuple[str, ...]) -> str:
    """Return the first sentence, or as many pieces of the rest as it takes to show each word once."""
    first, *others = _SENTENCE_END.split(definition.description.strip())
    left, pieces = _missing(words, f"{definition.title}\n{first}"), []
    for piece in (*others, *_parameters(definition)):
        if len(_missing(left, piece)) < len(left):
            pieces.append(piece)
            left = _missing(left, piece)
    if not pieces:
        return _shortened(first, words)
    shown = [_cut(piece, words) for piece in pieces]
    has_room = sum(map(len, shown)) <= LONGEST_PIECE
    return " · ".join([_cut(first, words), *shown] if has_room else shown)


def _missing(words: Iterable[str], text: str) -> tuple[str, ...]:
    return tuple(word for word in words if word not in text.casefold())


def _shortened(sentence: str, words: Iterable[str]) -> str:
    """Return a sentence without what stands before the found words, where these would be out of sight."""
    marks = mark(sentence, words).marks
    if not marks or marks[-1][1] <= LONGEST_LINE:
        return sentence
    start = sentence.find(" ", max(0, marks[0][0] - LONGEST_HEAD // 2))
    return f"{sentence[: sentence.rfind(' ', 0, LONGEST_HEAD)]}…{sentence[start:]}"


def _cut(text: str, words: Iterable[str]) -> str:
    """Return the part of a long text around the first word found in it."""
    if len(text) <= LONGEST_PIECE:
        return text
    marks = mark(text, words).marks
    start = max(0, marks[0][1] - LONGEST_PIECE + 8) if marks else 0
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, start + LONGEST_PIECE + 1)
    end = end if end > start else start + LONGEST_PIECE
    return ("…" if start else "") + text[start:end].rstrip(" ,;:.") + ("…" if end < len(text) else "")


def mark(text: str, words: Iterable[str]) -> Marked:
    """Return where the words are in a text, whatever their case; marks that overlap are one."""
    spots = sorted(
        (found.start(), found.end())
        for word in words
        for found in re.finditer(re.escape(word), text, flags=re.IGNORECASE)
    )
    marks: list[tuple[int, int]] = []
    for start, end in spots:
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return Marked(text, tuple(marks))
