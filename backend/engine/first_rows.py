"""The first rows of a result as cells, and the preview they make together with the summaries of columns.

finding ── `preview_select` ──▶ DuckDB ── rows ──▶ **encode_preview** ──▶ `protocol.preview`
"""

import math
from collections.abc import Sequence
from typing import Any

from backend.formats.file import Column
from backend.formats.number_format import format_of
from backend.formats.sql import quoted
from backend.formats.value_types import kind_of
from backend.protocol.preview import MOST_ROWS, Cell, Preview, PreviewColumn, Summary, encode

CELL_LENGTH = 300
LARGEST_INTEGER = 2**53
"""From here on JSON's numbers lose digits. Source: RFC 8259, section 6."""


def preview_select(columns: Sequence[Column], relation: str) -> str:
    """Return the SELECT of the first rows, in which all but numbers and booleans is text."""
    cells = ", ".join(cell_sql(quoted(column.name), column) for column in columns)
    return f"SELECT {cells} FROM {relation} LIMIT {MOST_ROWS}"  # noqa: S608  names are quoted, the relation is ours


def encode_preview(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], row_count: int, summaries: Sequence[Summary | None]
) -> bytes:
    """Return the document. `rows` are those of `preview_select`; each column has a summary, or None."""
    preview = Preview(
        columns=tuple(
            PreviewColumn(name=column.name, type=kind_of(column.type), format=format_of(column), summary=summary)
            for column, summary in zip(columns, summaries, strict=True)
        ),
        rows=tuple(tuple(map(cell, row)) for row in rows),
        row_count=row_count,
    )
    return encode(preview)


def cell(value: object) -> Cell:
    """Return a value as JSON carries it without loss."""
    match value:
        case None | bool():
            return value
        case int() if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
        case float() if math.isfinite(value):
            return value
        case _:
            text = str(value)
            return text if len(text) <= CELL_LENGTH else text[: CELL_LENGTH - 1] + "…"


def cell_sql(value: str, column: Column) -> str:
    """Return the expression of what `cell` takes, for a value of the column's type."""
    if column.type == "FLOAT":
        return f"CAST(CAST({value} AS VARCHAR) AS DOUBLE)"  # 0.1 and not 0.10000000149011612
    if kind_of(column.type) in {"boolean", "integer", "number"}:
        return value
    return f"left(CAST({value} AS VARCHAR), {CELL_LENGTH + 1})"
