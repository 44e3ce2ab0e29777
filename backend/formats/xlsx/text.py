"""Text as the XML of a spreadsheet can hold it, said twice: in SQL for the rows, in Python for the rest.

title, names ──▶ **encode** ──▶ xlsx_parts, xlsx_sheet          columns ──▶ **encode_sql** ──▶ xlsx_row

The characters that XML forbids are left out. What is over a cell's limit is cut. What reads like one of Excel's escapes
(`_x0041_` is an A) is escaped itself. CR, LF and TAB become references: a raw CR would come back as LF, and in an
attribute each of them as a space.
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
"""Stands for what is to come while a text is worked on; no text has it any more by then."""
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#9;"))
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


def joined_sql(texts: Sequence[str]) -> str:
    """Return the texts of a row as one, for the conditions below: one search in all costs a third of one in each."""
    return f"concat(chr(127), {', chr(127), '.join(texts)}, chr(127))"


def needs_encoding_sql(joined: str) -> str:
    """Return the condition that some text is not its own XML, `&` aside, or begins or ends with a space; it may err so.

    A space beside a DEL, of which there is one around each text, is most likely that. The search by a regular
    expression takes as long as all the rest of a row: so only texts that simpler ones have found something in go there.
    Of control characters none is simpler than to see whether JSON has to write anything otherwise.
    """
    found = ("'<'", "'>'", "'_x'", "' ' || chr(127)", "chr(127) || ' '", "chr(65534)", "chr(65535)")
    simpler = [*(f"contains({joined}, {each})" for each in found), f"strlen(to_json({joined})) > strlen({joined}) + 2"]
    pattern = r"[<>\x00-\x1f\x{fffe}\x{ffff}]|_x| \x7f|\x7f "
    is_long = f"strlen({joined}) > {MAX_UNITS}"
    searched = f"CASE WHEN {' OR '.join(simpler)} THEN regexp_matches({joined}, '{pattern}') ELSE false END"
    return f"{is_long} OR {searched}"


def needs_references_sql(joined: str) -> str:
    """Return the condition that some text has what becomes a reference, other than `&`: that is far more common."""
    return rf"regexp_matches({joined}, '[<>\r\n\t]')"


def needs_cleaning_sql(joined: str) -> str:
    """Return the condition that some text has what `clean_sql` is for."""
    return f"regexp_matches({joined}, '[{_FORBIDDEN}]|_x[0-9A-Fa-f]{{4}}_') OR strlen({joined}) > {MAX_UNITS}"


def clean_sql(text: str) -> str:
    """Return the expression for `encode` but for its last step."""
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
    """Return the same for a text in which no other character becomes a reference."""
    return f"CASE WHEN contains({text}, '&') THEN replace({text}, '&', '&amp;') ELSE {text} END"
