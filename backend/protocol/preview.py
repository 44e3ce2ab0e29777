"""The first rows of a report, and what is in all of them, as a small JSON document: a look before the file is there.

engine ── first rows ──▶ **encode** ── JSON, stored beside the file ──▶ **decode** ──▶ window

`{"columns": [{"name", "type", "format"?, "summary"?}], "rows": [[cell, …], …], "rowCount": N}`. A type is one of
`backend.formats.value_types`. A cell is null, true, false, a number that JSON carries without loss, or a text, which is
cut with "…" where it is long. `format` and `summary` came later than the rest: a reader does without them.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

MOST_ROWS = 200
MOST_COLUMNS = 16_384
"""The columns of a sheet. Source: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""

MOST_DECIMALS = 255
"""The longest code of a number format. Source: https://support.microsoft.com/office/excel-specifications-and-limits."""

NUMBERS = frozenset({"integer", "decimal", "number"})
"""Types of columns whose cells are numbers, also where a cell is written as a text to keep its digits."""

Cell = bool | int | float | str | None


class BadPreview(ValueError):
    """The document is no preview; the sentence is for the analyst."""


class ColumnFormat(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """How the report means a column to be shown."""

    code: str
    """As spreadsheets have it: `#,##0.00`, `0.0%`, `yyyy-mm`. Source: ECMA-376 part 1, 18.8.31."""
    decimals: Annotated[int, Meta(ge=0, le=MOST_DECIMALS)] | None = None
    """How many digits follow the point; None where the code is not of the plain kind that this and the next two say."""
    is_grouped: bool = False
    """Whether thousands stand apart."""
    is_percent: bool = False
    """Whether the number is shown times a hundred, before a percent sign."""


class Summary(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is in a column, over all rows of the report."""

    filled: Annotated[int, Meta(ge=0)]
    empty: Annotated[int, Meta(ge=0)]
    """The cells that show nothing, which are NULL or an empty text; together with `filled` all there are."""
    distinct: Annotated[int, Meta(ge=0)] | None = None
    """How many different values the filled cells have; None where nobody counted."""
    distinct_is_lower_bound: bool = False
    """Whether there may be more than `distinct`: of a long column with many values only its first rows are counted."""
    least: Cell = None
    """The least value, None where no cell is filled or values have no order, as lists. Texts go by their code points,
    and a number that is none, NaN, is passed over."""
    greatest: Cell = None


class PreviewColumn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column. `type` stays a string: a newer service may know more."""

    name: str
    type: str
    format: ColumnFormat | None = None
    """None where a value is shown as it is."""
    summary: Summary | None = None

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
