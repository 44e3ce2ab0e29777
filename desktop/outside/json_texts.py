"""Files of JSON that people and their programs write.

bytes ──▶ **decoded** ──▶ text          an error of msgspec ──▶ **with_line** ──▶ words
"""

import codecs
import re


class NoText(ValueError):
    """A file holds no text; the sentence says why."""


def decoded(data: bytes) -> str:
    """Return a text that a program may have written as UTF-16 or with a mark, as PowerShell's `>` does.

    Raises:
        NoText: It is none, or empty.
    """
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoText("It is no text in UTF-8.") from error
    if not text.strip():
        raise NoText("It is empty.")
    return text


def with_line(reason: str, text: str) -> str:
    """Return msgspec's reason, with the line in place of the byte at which it stopped."""
    byte = re.search(r" \(byte ([0-9]+)\)", reason)
    if byte is None:
        return reason
    line = text.encode()[: int(byte[1])].count(b"\n") + 1
    return reason.replace(byte[0], f", in line {line}")
