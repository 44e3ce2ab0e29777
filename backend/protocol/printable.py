"""Text of others, made fit for a terminal or a line of a log.

whoever prints ──▶ **printable** ──▶ terminal

A terminal obeys escape sequences: they move the cursor, change the title, and write to the clipboard. Marks that turn
the direction of writing make a text look like another one.
"""

import unicodedata

_KEPT = "\n\t"
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return the text with every control character but line ends and tabs replaced."""
    return "".join(REPLACEMENT if _is_obeyed(character) else character for character in text)


def printable_json(document: str) -> str:
    r"""Return a JSON document that means the same, with what JSON itself leaves as it is written `\u009b`."""
    return "".join(f"\\u{ord(character):04x}" if _is_obeyed(character) else character for character in document)


def _is_obeyed(character: str) -> bool:
    is_control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} and character not in _KEPT
    return is_control or character in _TURNING
