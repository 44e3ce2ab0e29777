"""The first rows of a report as a small JSON document, for a look before the file is there.

engine ── first rows ──▶ **encode** ── JSON, stored beside the file ──▶ **decode** ──▶ window

`{"columns": [{"name", "type"}], "rows": [[cell, …], …], "rowCount": N}`. A type is one of
`backend.formats.value_types`. A cell is null, true, false, a number that JSON carries without loss, or a text.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

MOST_ROWS = 200
MOST_COLUMNS = 16_384
"""The columns of a sheet. Source: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""

NUMBERS = frozenset({"integer", "decimal", "number"})
"""Types of columns whose cells are numbers, also where a cell is written as a text to keep its digits."""

Cell = bool | int | float | str | None


class BadPreview(ValueError):
    """The document is no preview; the sentence is for the analyst."""


class PreviewColumn(Struct, frozen=True, kw_only=True):
    """One column. `type` stays a string: a newer service may know more."""

    name: str
    type: str

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.type in NUMBERS


class Preview(Struct, frozen=True, kw_only=True, rename="camel"):
    """The first rows; each as long as `columns`. `row_count` counts all rows of the report."""

    columns: Annotated[tuple[PreviewColumn, ...], Meta(max_length=MOST_COLUMNS)]
    rows: Annotated[tuple[tuple[Cell, ...], ...], Meta(max_length=MOST_ROWS)]
    row_count: Annotated[int, Meta(ge=0)]


def encode(preview: Preview) -> bytes:
    """Return the document."""
    return msgspec.json.encode(preview)


def decode(document: bytes) -> Preview:
    """Read a preview; fields nobody knows are ignored.

    Raises:
        BadPreview: It is none.
    """
    try:
        preview = msgspec.json.decode(document, type=Preview)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPreview("The preview cannot be read.") from error
    width = len(preview.columns)
    if any(len(row) != width for row in preview.rows) or preview.row_count < len(preview.rows):
        raise BadPreview("The preview does not add up.")
    return preview
