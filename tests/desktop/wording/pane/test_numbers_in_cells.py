"""Cells as numbers: their formats, their order."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.preview import Cell, ColumnFormat, PreviewColumn
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.pane.cells import exact, format_of, number_of
from desktop.wording.pane.number_format import compile_format
from desktop.wording.pane.sorting import sort_rows
from tests.desktop.widgets.pane.previews import make


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("0.0", "52.93245", "52.9"),
        ("0.0", "0.05", "0.1"),
        ("0.00", "7", "7.00"),
        ("0", "1234.5", "1235"),
        ("#,##0", "1234567.2", "1,234,567"),
        ("#,##0.##", "1234.5", "1,234.5"),
        ("#,##0.0#", "1234", "1,234.0"),
        ("0.0%", "0.8349", "83.5 %"),
        ("0.000%", "0.00001", "0.001 %"),
        ('0.0" min"', "5", "5.0 min"),
        ("$#,##0", "1500", "$1,500"),
        ("#,##0;[Red]-#,##0", "-1500", "-1,500"),
        ("#,##0.00", "9" * 30 + ".5", "999," * 9 + "999.50"),
    ],
)
def test_number_is_written_as_the_report_means_it(code: str, number: str, text: str) -> None:
    style = compile_format(code)
    assert style is not None
    assert style.say(Decimal(number)) == text


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "General", "0.00E+00", "# ?/?", "@", "[h]:mm"])
def test_format_that_needs_more_is_left_alone(code: str) -> None:
    assert compile_format(code) is None


def test_german_numbers_have_their_own_marks() -> None:
    language.use(LanguageId.GERMAN)
    style = compile_format("#,##0.0")
    assert style is not None
    assert style.say(Decimal("1234.5")) == "1.234,5"
    assert say("integer", 12_000) == "12.000"


def say(kind: str, *cells: Cell) -> str:
    return format_of(PreviewColumn(name="a", type=kind), cells).say(cells[0])


@pytest.mark.parametrize(
    ("kind", "cells", "text"),
    [
        ("integer", (1004, 979), "1,004"),
        ("integer", (2013, 2014), "2013"),
        ("integer", (None, 2013), ""),
        ("integer", ("9007199254740993",), "9,007,199,254,740,993"),
        ("decimal", ("12.340",), "12.340"),
        ("number", (52.932453,), "52.932453"),
        ("number", (52.9324532711,), "52.9325"),
        ("number", (50.0,), "50.0"),
        ("number", (1e300,), "1E+300"),
        ("decimal", ("n/a",), "n/a"),
        ("text", ("1004",), "1004"),
        ("boolean", (True,), "true"),
    ],
)
def test_number_without_a_format_is_written_as_its_column_suggests(
    kind: str, cells: tuple[Cell, ...], text: str
) -> None:
    assert say(kind, *cells) == text


def test_format_of_the_report_s_author_is_used() -> None:
    share = PreviewColumn(name="Share", type="number", format=ColumnFormat(code="0.0%", decimals=1, is_percent=True))
    assert format_of(share, (0.5,)).say(0.5) == "50.0 %"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (None, None),
        (True, None),
        (7, 7),
        (0.5, 0.5),
        ("12.50", Decimal("12.50")),
        ("NaN", None),
        ("x", None),
        ("", None),
    ],
)
def test_cell_is_a_number_or_none(cell: Cell, number: Any) -> None:
    assert number_of(cell) == number


CELLS = st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4) | st.booleans()


@given(st.lists(CELLS), st.sampled_from(["integer", "text", "decimal"]), st.booleans())
def test_sorting_is_stable_and_leaves_the_empty_last(cells: list[Cell], kind: str, is_descending: bool) -> None:  # noqa: FBT001  a case
    preview = make(tuple((cell,) for cell in cells), (("a", kind),))
    order = sort_rows(preview, 0, is_descending=is_descending)
    assert sorted(order) == list(range(len(cells)))
    ordered = [cells[number] for number in order]
    empty = [cell is None or cell == "" for cell in ordered]
    assert empty == sorted(empty)
    again = make(tuple((cell,) for cell in ordered), (("a", kind),))
    assert sort_rows(again, 0, is_descending=is_descending) == tuple(range(len(cells)))
    if kind != "text":
        numbers = [number for cell in ordered if (number := exact(cell)) is not None]
        assert numbers == sorted(numbers, reverse=is_descending)


def test_numbers_that_came_as_texts_are_sorted_as_numbers() -> None:
    preview = make((("10.5",), ("9",), (None,), ("-2",)), (("a", "decimal"),))
    assert sort_rows(preview, 0, is_descending=False) == (3, 1, 0, 2)
    assert sort_rows(preview, 0, is_descending=True) == (0, 1, 3, 2)
