"""Patterns of parameters: which ones are tried, for trying some takes for ever.

headers, parameters ──▶ **fault_of**, **is_matched**

Python's `re` goes back over what it has read, and no limit of time stops it: `(a+)+$` doubles its work with every
character. A catalog comes from a service, and is checked against while an analyst types. So a pattern is a plain one,
and so are the texts it is tried on; the service's own check is what counts.
"""

import re
import warnings

LONGEST_TEXT = 256
"""Characters. With so many, and `MOST_REPEATS`, a pattern is through within a tenth of a second."""
MOST_REPEATS = 2
FEW = 16
"""A repetition of at most so many is none that grows."""
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P<\w+>|P=|[:=!]|<[=!]|>|\w+[:)])?)?|\)|\||.", re.DOTALL)
_REPEAT = re.compile(r"([*+]|\{(\d*)(?:,(\d*))?\})[?+]?")


def fault_of(pattern: str) -> str | None:
    """Say why a pattern is not tried; None for one that is."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what another version may read otherwise
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    repeats, groups, at = 0, [False], 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return "it is not understood"
        at, text = token.end(), token[0]
        if re.fullmatch(r"\\[1-9]", text) or text.startswith("(?P="):
            return "it refers to an earlier group"
        if text.startswith("(") and not text.endswith(")"):
            groups.append(False)
            continue
        is_growing_inside = groups.pop() if text == ")" and groups[1:] else False
        if text == "|":
            groups[-1] = True
        repeat = _REPEAT.match(pattern, at)
        if repeat:
            at = repeat.end()
            if is_growing_inside:
                return "what is repeated repeats something itself, or has choices"
            is_growing_inside = _is_growing(repeat)
            repeats += is_growing_inside
        groups[-1] |= is_growing_inside
    return f"more than {MOST_REPEATS} of its parts may repeat without end" if repeats > MOST_REPEATS else None


def is_matched(pattern: str, text: str) -> bool:
    """Tell whether the pattern is found in the text; a pattern or text that is not tried counts as one."""
    if len(text) > LONGEST_TEXT or fault_of(pattern):
        return True
    return re.search(pattern, text) is not None


def _is_growing(repeat: re.Match[str]) -> bool:
    sign, least, most = repeat.groups()
    if sign in {"*", "+"}:
        return True
    return int((most if most is not None else least) or FEW + 1) > FEW
