"""The file formats, one row each.

form, command line, submission, execution, engine ──▶ **FORMATS**

A new format is a row here and a module with its writer in `backend.formats`.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from backend.protocol.parameters import InvalidParameters, Schema, complete

NO_OPTIONS: Schema = {"type": "object", "properties": {}}


class Format(Struct, frozen=True, kw_only=True):
    """A format that reports come in."""

    id: str
    """Also the ending of its files' names."""
    title: str
    content_type: str
    writer: str
    """The `backend.formats.writer.Writer`, as `module:class`: only the worker has these modules."""
    keeps_types: bool = False
    """Whether the file holds values of the query's own types."""
    options: Schema = field(default_factory=lambda: NO_OPTIONS)
    """The JSON Schema of `formatOptions`."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names for values of options that are hard to write, by option."""


_CSV_OPTIONS: Schema = {
    "type": "object",
    "properties": {
        "delimiter": {
            "type": "string",
            "title": "Delimiter",
            "description": "What stands between cells. Where commas are for decimals, Excel expects a semicolon.",
            "enum": [",", ";", "\t", "|"],
            "default": ",",
        },
        "bom": {
            "type": "boolean",
            "title": "Byte order mark",
            "description": "Begin the file with the mark by which Excel knows that it is UTF-8.",
            "default": False,
        },
    },
}
_LISTED = (
    Format(
        id="csv",
        title="CSV",
        content_type="text/csv; charset=utf-8",
        writer="backend.formats.csv:CsvWriter",
        options=_CSV_OPTIONS,
        words={"delimiter": {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}},
    ),
    Format(
        id="xlsx",
        title="Excel (XLSX)",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        writer="backend.formats.xlsx.workbook:XlsxWriter",
    ),
    Format(
        id="parquet",
        title="Parquet",
        content_type="application/vnd.apache.parquet",
        writer="backend.formats.parquet:ParquetWriter",
        keeps_types=True,
    ),
)
FORMATS: Mapping[str, Format] = {each.id: each for each in _LISTED}
"""Every format by its id."""

USUAL_FORMATS = ("xlsx", *(name for name in FORMATS if name != "xlsx"))
"""The formats of a report whose definition names none. The first is the default: analysts open spreadsheets."""


def options_schema(name: str) -> Schema:
    """Return the schema of a format's options; an unknown format has none."""
    return FORMATS[name].options if name in FORMATS else NO_OPTIONS


def offered_options(name: str) -> dict[str, Any]:
    """Return the schema that clients are told of: names are as good as the values they stand for."""
    words, schema = FORMATS[name].words, FORMATS[name].options
    named = {
        option: {**prop, "enum": [*prop["enum"], *words[option]]} if option in words else prop
        for option, prop in schema["properties"].items()
    }
    return {**schema, "properties": named}


def complete_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Check a format's options and return them with the defaults filled in and values in place of their names.

    Raises:
        InvalidParameters: At least one is unknown or not allowed.
    """
    words = FORMATS[name].words if name in FORMATS else {}
    plain = {
        option: words.get(option, {}).get(value, value) if isinstance(value, str) else value
        for option, value in options.items()
    }
    try:
        return complete(options_schema(name), plain)
    except InvalidParameters as error:
        said = {option: f"must be one of {', '.join(words[option])}" for option in error.fields if option in words}
        raise InvalidParameters({**error.fields, **said}) from error
