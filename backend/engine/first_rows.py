"""The first rows of a result, for the preview.

finding ── `preview_select` ──▶ DuckDB ── rows ──▶ **encode_preview** ──▶ `protocol.preview`
"""

import math
from collections.abc import Sequence
from typing import Any

from backend.formats.file import Column
from backend.formats.sql import quoted
from backend.formats.value_types import kind_of
from backend.protocol.preview import MOST_ROWS, Cell, Preview, PreviewColumn, encode

CELL_LENGTH = 300
LARGEST_INTEGER = 2**53
"""From here on JSON's numbers lose digits. Source: RFC 8259, section 6."""


def preview_select(columns: Sequence[Column], relation: str) -> str:
    """Return the SELECT of the first rows, in which all but numbers and booleans is text."""
    cells = ", ".join(_cell_sql(column) for column in columns)
    return f"SELECT {cells} FROM {relation} LIMIT {MOST_ROWS}"  # noqa: S608  names are quoted, the relation is ours


def encode_preview(columns: Sequence[Column], rows: Sequence[Sequence[Any]], row_count: int) -> bytes:
    """Return the document. `rows` are those of `preview_select`."""
    preview = Preview(
        columns=tuple(PreviewColumn(name=column.name, type=kind_of(column.type)) for column in columns),
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


def _cell_sql(column: Column) -> str:
    name = quoted(column.name)
    if column.type == "FLOAT":
        return f"CAST(CAST({name} AS VARCHAR) AS DOUBLE)"  # 0.1 and not 0.10000000149011612
    if kind_of(column.type) in {"boolean", "integer", "number"}:
        return name
    return f"left(CAST({name} AS VARCHAR), {CELL_LENGTH + 1})"
