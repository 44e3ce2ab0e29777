"""Patterns of parameters, and a check that trying one cannot take for ever.

header, parameters ──▶ **fault_of**, **is_matched**

Python's `re` goes back over what it has read, and no limit of time stops it: `(a+)+$` doubles its work with every
character. A catalog comes from a service, and is checked against while an analyst types. So only plain patterns are
tried, on short texts; the service's own check decides.
"""

import math
import re
import warnings

from msgspec import Struct

LONGEST_TEXT = 256
"""The longest text that is tried, in characters."""
MOST_STEPS = 20_000_000
"""Steps that `re` may take in the worst case: some tenths of a second."""
FEW = 16
"""A repetition of at most so many times counts as that many choices."""
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P<\w+>|P=|[:=!]|<[=!]|>|\w+[:)])?)?|\)|\||.", re.DOTALL)
_REPEAT = re.compile(r"([*+?]|\{(\d*)(?:,(\d*))?\})[?+]?")


def fault_of(pattern: str) -> str | None:
    """Return why a pattern cannot be used, or None."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what another version may read otherwise
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return _Reading(pattern).fault()


class _Reading:
    """One way through a pattern, from its start to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._repeats = 0
        self._choices = 1
        self._groups = [_Group()]

    def fault(self) -> str | None:
        """Return the fault of the pattern, or None."""
        at = 0
        while at < len(self._pattern):
            token = _TOKEN.match(self._pattern, at)
            if token is None:
                return "it is not understood"
            text, at = token[0], token.end()
            if re.fullmatch(r"\\[1-9]", text) or text.startswith("(?P="):
                return "it refers to an earlier group"
            if text.startswith("(") and not text.endswith(")"):
                self._groups.append(_Group())
                continue
            repeat = _REPEAT.match(self._pattern, at)
            at = repeat.end() if repeat else at
            if fault := self._take(text, repeat):
                return fault
        choices = self._choices * self._groups[0].alternatives
        # From each place on, every way to divide the text among the parts that repeat without end.
        steps = choices * math.comb(LONGEST_TEXT + self._repeats, self._repeats + 1)
        return "there are too many ways to read it" if steps > MOST_STEPS else None

    def _take(self, text: str, repeat: re.Match[str] | None) -> str | None:
        """Add one part and its repetition; return the fault in it, or None."""
        inner = self._groups.pop() if text == ")" and self._groups[1:] else _Group()
        outer = self._groups[-1]
        outer.alternatives += text == "|"
        self._choices *= inner.alternatives
        outer.is_growing |= inner.is_growing
        outer.has_choices |= inner.has_choices or inner.alternatives > 1
        if repeat is None:
            return None
        least, most = _times(repeat)
        if (most is None or most > 1) and (inner.is_growing or inner.has_choices or inner.alternatives > 1):
            return "what is repeated repeats something itself, or has choices"
        if most is None or most > FEW:
            self._repeats += 1
            outer.is_growing = True
        elif most > least:
            self._choices *= most - least + 1
            outer.has_choices = True
        return None


class _Group(Struct):
    """Properties of a group, collected part by part."""

    alternatives: int = 1
    is_growing: bool = False
    has_choices: bool = False


def _times(repeat: re.Match[str]) -> tuple[int, int | None]:
    """Return the least and the most times, None for no end."""
    sign, least, most = repeat.groups()
    if sign in {"*", "+"}:
        return 0, None
    if sign == "?":
        return 0, 1
    first = int(least or 0)
    return (first, first) if "," not in sign else (first, int(most) if most else None)


def is_matched(pattern: str, text: str) -> bool:
    """Return whether the pattern is found in the text; true if the pattern or the text cannot be tried."""
    if len(text) > LONGEST_TEXT or fault_of(pattern):
        return True
    return re.search(pattern, text) is not None
