"""Text as a spreadsheet's XML can hold it, said twice: for DuckDB, which writes the rows, and for Python, which writes the rest.

Of a text are left out the characters that XML forbids; what is over a cell's limit is cut; what reads like one of Excel's
escapes (`_x0041_` is an A) is escaped itself; and line breaks become references, since a raw CR would come back as LF
and a raw LF ends a row in the stream that `xlsx_rows` counts.
"""

import re
from xml.sax.saxutils import escape

MAX_UNITS = 32_767
"""Of UTF-16, in a cell. Source: https://support.microsoft.com/office/excel-specifications-and-limits."""
CUT_MARK = "…"

_FORBIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}"
"""In XML 1.0. Source: https://www.w3.org/TR/xml/#charsets."""
_MARK = "chr(1)"
"""Stands for what is to come while a text is worked on; no text has it any more by then."""
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"), ("\n", "&#10;"))
_FORBIDDEN_IN_PYTHON = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def encode(text: str) -> str:
    """Return the text as the content of an element that keeps its spaces, or of an attribute in double quotes."""
    text = cut(_FORBIDDEN_IN_PYTHON.sub("", text))
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escape(text, {'"': "&quot;", **dict(_REFERENCES[3:])})


def cut(text: str, max_units: int = MAX_UNITS) -> str:
    """Return as much of the text as fits, with a mark where something was cut off."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * max_units:
        return text
    return encoded[: 2 * (max_units - len(CUT_MARK))].decode("utf-16-le", errors="ignore") + CUT_MARK


def needs_encoding_sql(texts: list[str]) -> str:
    """Return the condition that `encode_sql` or a kept space matters to any of the texts of a row.

    One search over all of them, with a tab around each, costs a third of one search a text. A tab beside a space is then
    most likely a space at the end of a text; to be wrong costs time, nothing else.
    """
    joined = f"concat_ws(chr(9), '', {', '.join(texts)}, '')"
    pattern = rf"[<>&\x00-\x08\n-\x1f\x{{fffe}}\x{{ffff}}]|_x|[ \t]\t|\t[ \t]"
    return f"regexp_matches({joined}, '{pattern}') OR strlen({joined}) > {MAX_UNITS}"


def encode_sql(text: str) -> str:
    """Return the expression for `encode`."""
    allowed = f"regexp_replace({text}, '[{_FORBIDDEN}]', '', 'g')"
    encoded = _escape_escapes_sql(_cut_sql(allowed))
    for character, reference in _REFERENCES:
        encoded = f"replace({encoded}, chr({ord(character)}), '{reference}')"
    return encoded


def _cut_sql(text: str) -> str:
    """A mark in front of each character that takes two units makes characters count as units."""
    units = f"regexp_replace({text}, '([\\x{{10000}}-\\x{{10ffff}}])', {_MARK} || '\\1', 'g')"
    kept = f"replace(left({units}, {MAX_UNITS - len(CUT_MARK)}), {_MARK}, '')"
    is_long = f"strlen({text}) > {MAX_UNITS} AND length({units}) > {MAX_UNITS}"
    return f"CASE WHEN {is_long} THEN {kept} || '{CUT_MARK}' ELSE {text} END"


def _escape_escapes_sql(text: str) -> str:
    """One escape may end with the `_` that begins the next, and RE2 cannot look ahead: the second pass finds those."""
    marked = f"regexp_replace({text}, '_(x[0-9A-Fa-f]{{4}}_)', {_MARK} || '\\1', 'g')"
    marked = f"regexp_replace({marked}, '_(x[0-9A-Fa-f]{{4}}[_\\x01])', {_MARK} || '\\1', 'g')"
    return f"replace({marked}, {_MARK}, '_x005F_')"
