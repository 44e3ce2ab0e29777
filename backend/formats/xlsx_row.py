"""The expression by which DuckDB writes a row of a sheet.

columns ──▶ **rows_select** ──▶ xlsx ── COPY ──▶ DuckDB

Measured: of a row's time most goes into copying text. So a row is one flat `concat` of constants and values, in which an
empty cell is a cell too; with each cell a text of its own it took twice as long. Texts are encoded only in the rows
where it matters to any of them, and the search for that is one for all texts of a row: a third of one for each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.formats import Column
from backend.formats.sql import literal
from backend.formats.xlsx_cells import Cell, cell_kind_of, cell_of
from backend.formats.xlsx_rows import row_number_sql, row_start_sql
from backend.formats.xlsx_sheet import column_letters
from backend.formats.xlsx_text import encode_sql, needs_encoding_sql


@dataclass(frozen=True, slots=True)
class _Place:
    """One column: where its cells are, and how they look."""

    letters: str
    style: str
    value: str
    """Its name in the query below, where names are plain."""
    cell: Cell
    is_text: bool


def rows_select(columns: Sequence[Column], styles: Sequence[int], relation: str, rows_per_sheet: int) -> str:
    """Return the SELECT of one text a row. `styles` are those of the columns; `relation` has a `rowid` from 0 on."""
    places = [_place(number, column, style) for number, (column, style) in enumerate(zip(columns, styles, strict=True))]
    texts = [place.value for place in places if place.is_text]
    is_hostile = needs_encoding_sql(texts) if texts else "false"
    row = f"CASE WHEN is_hostile THEN {_row(places, is_hostile=True)} ELSE {_row(places, is_hostile=False)} END"
    values = ", ".join(["rowid", *(_value(place) for place in places)])
    # Column aliases free `rowid`, `row_start` and all others of these names from what the columns are called.
    names = ", ".join(place.value for place in places)
    source = f"SELECT {values} FROM {relation} AS source({names})" if places else f"SELECT rowid FROM {relation}"
    starts = f"{row_start_sql('rowid', rows_per_sheet)} AS row_start, {row_number_sql('rowid', rows_per_sheet)} AS r"
    return f"SELECT {row} FROM (SELECT *, {starts}, {is_hostile} AS is_hostile FROM ({source}))"


def _place(number: int, column: Column, style: int) -> _Place:
    attribute = f' s="{style}"' if style else ""
    is_text = cell_kind_of(column) == "text"
    return _Place(column_letters(number), attribute, f"c{number}", cell_of(column), is_text)


def _value(place: _Place) -> str:
    """An empty text is an empty cell: Excel itself cannot hold one."""
    return f"nullif({place.value}::VARCHAR, '') AS {place.value}" if place.is_text else place.value


def _row(places: Sequence[_Place], *, is_hostile: bool) -> str:
    cells = (piece for place in places for piece in _cell(place, is_hostile=is_hostile))
    return f"concat(row_start, r, '\">', {''.join(f'{piece}, ' for piece in cells)}'</row>')"


def _cell(place: _Place, *, is_hostile: bool) -> Iterator[str]:
    cell, style = place.cell, place.style
    text = encode_sql(cell.text) if place.is_text and is_hostile else cell.text
    keep = ' xml:space="preserve"' if is_hostile else ""
    number, text_start = f'"{style}{cell.type_attribute}><v>', f'"{style} t="inlineStr"><is><t{keep}>'
    pieces = (
        _choice('"' + style + "/>", number, text_start),
        f"CASE WHEN {cell.is_number} THEN ({cell.number})::VARCHAR ELSE {text} END",
        _choice("", f"{cell.unit}</v></c>", "</t></is></c>"),
    )
    yield literal(f'<c r="{place.letters}')
    yield "r"
    for piece in pieces:
        yield piece.replace("{is_empty}", cell.is_empty).replace("{is_number}", cell.is_number).replace("{c}", place.value)


def _choice(empty: str, number: str, text: str) -> str:
    return f"CASE WHEN {{is_empty}} THEN {literal(empty)} WHEN {{is_number}} THEN {literal(number)} ELSE {literal(text)} END"
