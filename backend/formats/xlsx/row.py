"""The expression by which DuckDB writes a row of a sheet.

columns ──▶ **rows_select** ──▶ xlsx ── COPY ──▶ DuckDB

Copying text takes most of a row's time. So a row is one flat `concat` of constants and values, without a text for each
cell in between, and an empty cell is written too. Texts are encoded only in rows where one of them needs it. The
expression that few rows need exists once, over a list of the row's texts: lists are slow, but one such expression for
each column would make DuckDB's planning slow for every row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.formats.file import Column
from backend.formats.sql import literal
from backend.formats.xlsx.cells import Cell, cell_kind_of, cell_of
from backend.formats.xlsx.sheet import column_letters
from backend.formats.xlsx.text import (
    ampersand_sql,
    clean_sql,
    encode_sql,
    joined_sql,
    needs_cleaning_sql,
    needs_encoding_sql,
    needs_references_sql,
)

_CLEAN_TEXT = ' t="inlineStr"><is><t>'
_ENCODED_TEXT = ' t="inlineStr"><is><t xml:space="preserve">'
_TEXT_END = "</t></is></c>"


@dataclass(frozen=True, slots=True)
class _Place:
    """One column: the letters and the style of its cells."""

    letters: str
    style: str
    value: str
    """The column's plain name in the query below."""
    cell: Cell
    is_text: bool


def rows_select(columns: Sequence[Column], styles: Sequence[int], relation: str, first: int) -> str:
    """Return the SELECT of one text a row. `styles` are those of the columns; `first` is the first row's number."""
    places = [_place(number, column, style) for number, (column, style) in enumerate(zip(columns, styles, strict=True))]
    # Column aliases free `r`, `joined` and all others of these names from what the columns are called.
    source = f"(FROM {relation}) AS source({', '.join(place.value for place in places)})" if places else relation
    number = f"(row_number() OVER () + {first - 1})::VARCHAR AS r"
    query = _select([number, *(_value(place) for place in places)], source)
    for step in _steps([place.value for place in places if place.is_text]):
        query = _select(["*", *step], f"({query})")
    return _select([_row(places)], f"({query})")


def _select(expressions: Sequence[str], source: str) -> str:
    return f"SELECT {', '.join(expressions)} FROM {source}"  # noqa: S608  names and constants are made here


def _steps(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the columns that rows get besides their values, each step computed from those before."""
    if texts:
        cleaned = f"list_transform([{', '.join(texts)}], lambda text: {clean_sql('text')})"
        yield [f"{joined_sql(texts)} AS joined"]
        yield [f"{needs_encoding_sql('joined')} AS is_hostile", "contains(joined, '&') AS is_joining"]
        yield [f"CASE WHEN is_hostile THEN {needs_cleaning_sql('joined')} ELSE false END AS is_dirty"]
        referring = f"is_dirty OR {needs_references_sql('joined')}"
        yield [f"CASE WHEN is_hostile THEN {referring} ELSE false END AS is_referring"]
        yield (
            f"CASE WHEN is_dirty THEN {cleaned} END AS cleaned",
            f"CASE WHEN is_hostile THEN {literal(_ENCODED_TEXT)} ELSE {literal(_CLEAN_TEXT)} END AS text_start",
        )


def _place(number: int, column: Column, style: int) -> _Place:
    attribute = f' s="{style}"' if style else ""
    is_text = cell_kind_of(column) == "text"
    return _Place(column_letters(number), attribute, f"c{number}", cell_of(column), is_text)


def _value(place: _Place) -> str:
    """An empty text is an empty cell: Excel itself cannot hold one."""
    return f"nullif({place.value}::VARCHAR, '') AS {place.value}" if place.is_text else place.value


def _row(places: Sequence[_Place]) -> str:
    pieces = [literal('<row r="'), "r", literal('">')]
    text_count = 0
    for place in places:
        text_count += place.is_text
        pieces += [literal(f'<c r="{place.letters}'), "r"]
        pieces += _text_cell(place, text_count) if place.is_text else _typed_cell(place)
    return f"concat({', '.join([*pieces, literal('</row>')])})"


def _text_cell(place: _Place, number: int) -> Iterator[str]:
    empty = f"{place.value} IS NULL"
    yield literal(f'"{place.style}')
    yield f"CASE WHEN {empty} THEN '/>' ELSE text_start END"
    cleaned = f"CASE WHEN is_dirty THEN cleaned[{number}] ELSE {place.value} END"
    joining = ampersand_sql(place.value)
    yield f"CASE WHEN is_referring THEN {encode_sql(cleaned)} WHEN is_joining THEN {joining} ELSE {place.value} END"
    yield f"CASE WHEN {empty} THEN '' ELSE {literal(_TEXT_END)} END"


def _typed_cell(place: _Place) -> Iterator[str]:
    cell = place.cell
    number, text = f'"{place.style}{cell.type_attribute}><v>', f'"{place.style}{_CLEAN_TEXT}'
    pieces = (
        _choice(f'"{place.style}/>', number, text),
        f"CASE WHEN {cell.is_number} THEN ({cell.number})::VARCHAR ELSE {cell.text} END",
        _choice("", f"{cell.unit}</v></c>", _TEXT_END),
    )
    for piece in pieces:
        filled = piece.replace("{is_empty}", cell.is_empty).replace("{is_number}", cell.is_number)
        yield filled.replace("{c}", place.value)


def _choice(empty: str, number: str, text: str) -> str:
    is_empty, is_number = f"WHEN {{is_empty}} THEN {literal(empty)}", f"WHEN {{is_number}} THEN {literal(number)}"
    return f"CASE {is_empty} {is_number} ELSE {literal(text)} END"
