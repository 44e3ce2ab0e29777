"""Text encoded for a spreadsheet's XML, by two equal implementations: in SQL for the rows, in Python for the rest.

title, names ──▶ **encode** ──▶ parts, sheet          columns ──▶ **encode_sql** ──▶ row

Characters that XML forbids are removed. Text over a cell's limit is cut. Text that looks like one of Excel's escapes
(`_x0041_` is an A) is escaped. CR, LF and TAB are written as references: a reader turns a raw CR into LF, and in an
attribute each of the three into a space.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

MAX_UNITS = 32_767
"""Of UTF-16, in a cell. Source: https://support.microsoft.com/office/excel-specifications-and-limits."""
CUT_MARK = "…"

_FORBIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}"
"""In XML 1.0. Source: https://www.w3.org/TR/xml/#charsets."""
_MARK = "chr(1)"
"""A placeholder within the expressions below. Texts no longer contain it there: XML forbids it."""
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#9;"))
_FORBIDDEN_IN_PYTHON = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def encode(text: str) -> str:
    """Return the text as the content of an element that keeps its spaces, or of an attribute in double quotes."""
    text = cut(_FORBIDDEN_IN_PYTHON.sub("", text))
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escape(text, {'"': "&quot;", **dict(_REFERENCES[3:])})


def cut(text: str, max_units: int = MAX_UNITS) -> str:
    """Return as much of the text as fits, with `CUT_MARK` at its end if it was cut."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * max_units:
        return text
    return encoded[: 2 * (max_units - len(CUT_MARK))].decode("utf-16-le", errors="ignore") + CUT_MARK


def joined_sql(texts: Sequence[str]) -> str:
    """Return the texts of a row as one, for the conditions below: one search is cheaper than one in each text."""
    return f"concat(chr(127), {', chr(127), '.join(texts)}, chr(127))"


def needs_encoding_sql(joined: str) -> str:
    """Return the condition that some text needs encoding, `&` aside, or begins or ends with a space; true may be wrong.

    A DEL stands around each text, so a space beside one is most likely the first or last. A regular expression takes as
    long as all the rest of a row, so it runs only over texts in which cheaper searches found something. The cheapest
    search for control characters is whether JSON has to escape any.
    """
    found = ("'<'", "'>'", "'_x'", "' ' || chr(127)", "chr(127) || ' '", "chr(65534)", "chr(65535)")
    simpler = [*(f"contains({joined}, {each})" for each in found), f"strlen(to_json({joined})) > strlen({joined}) + 2"]
    pattern = r"[<>\x00-\x1f\x{fffe}\x{ffff}]|_x| \x7f|\x7f "
    is_long = f"strlen({joined}) > {MAX_UNITS}"
    searched = f"CASE WHEN {' OR '.join(simpler)} THEN regexp_matches({joined}, '{pattern}') ELSE false END"
    return f"{is_long} OR {searched}"


def needs_references_sql(joined: str) -> str:
    """Return the condition that some text has a character that becomes a reference, but for `&`: that is common."""
    return rf"regexp_matches({joined}, '[<>\r\n\t]')"


def needs_cleaning_sql(joined: str) -> str:
    """Return the condition that `clean_sql` changes some text."""
    return f"regexp_matches({joined}, '[{_FORBIDDEN}]|_x[0-9A-Fa-f]{{4}}_') OR strlen({joined}) > {MAX_UNITS}"


def clean_sql(text: str) -> str:
    """Return the expression of all steps of `encode` but the last."""
    allowed = f"regexp_replace({text}, '[{_FORBIDDEN}]', '', 'g')"
    # With a mark before each that takes two units, characters are units.
    units = f"regexp_replace({allowed}, '([\\x{{10000}}-\\x{{10ffff}}])', {_MARK} || '\\1', 'g')"
    kept = f"replace(left({units}, {MAX_UNITS - len(CUT_MARK)}), {_MARK}, '') || '{CUT_MARK}'"
    fitting = f"CASE WHEN length({units}) > {MAX_UNITS} THEN {kept} ELSE {allowed} END"
    # An escape may end with the `_` that begins the next, and RE2 cannot look ahead: hence two passes.
    marked = f"regexp_replace({fitting}, '_(x[0-9A-Fa-f]{{4}}_)', {_MARK} || '\\1', 'g')"
    marked = f"regexp_replace({marked}, '_(x[0-9A-Fa-f]{{4}}[_\\x01])', {_MARK} || '\\1', 'g')"
    return f"replace({marked}, {_MARK}, '_x005F_')"


def encode_sql(text: str) -> str:
    """Return the expression for the last step of `encode`."""
    for character, reference in _REFERENCES:
        text = f"replace({text}, chr({ord(character)}), '{reference}')"
    return text


def ampersand_sql(text: str) -> str:
    """Return the expression of that step for a text in which only `&` becomes a reference."""
    return f"CASE WHEN contains({text}, '&') THEN replace({text}, '&', '&amp;') ELSE {text} END"
