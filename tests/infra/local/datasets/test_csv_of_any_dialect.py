"""A table that Python's csv wrote, in any dialect, comes back cell by cell."""

import csv
import gzip
import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.datasets.conversion import convert
from infra.local.datasets.csv_records import DELIMITERS, read
from infra.local.errors import DataError

AWKWARD = st.text(st.sampled_from(list(",;\t|^\"'\r\n \\#0a\0\u2028")), max_size=6)
NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?", re.ASCII), fullmatch=True),
)
CELLS = st.one_of(st.just(""), st.text(st.characters(exclude_categories=["Cs"]), max_size=6), AWKWARD, NUMBERS)
NAMES = st.sampled_from(["name", "a;b", "x, y", "p|q", "t\tz", 'the "q"', "two\nlines", "é"])
Quoting = Literal[0, 1, 2]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Draw the names of columns, and at least one row."""
    width = draw(st.integers(1, 4))
    names = [f"{draw(NAMES)} {n}" for n in range(width)]
    return [names, *draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5))]


def write(path: Path, table: list[list[str]], delimiter: str, line_end: str, quoting: Quoting) -> None:
    """Write a table; where the writer would leave an end of line unquoted, quote every cell."""
    cells = "".join(cell for row in table for cell in row)
    if quoting == csv.QUOTE_MINIMAL and line_end != "\r\n" and ("\r" in cells or "\n" in cells):
        quoting = csv.QUOTE_ALL
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)


def imported(file: Path, delimiter: str | None, as_text: list[str]) -> list[tuple[object, ...]]:
    target = file.with_name("target.parquet")
    convert([file], target, delimiter, as_text)
    return duckdb.read_parquet(str(target)).fetchall()


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    tables(),
    st.sampled_from([*DELIMITERS, "^"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["a.csv", "a.csv.gz"]),
)
def test_text_comes_back_cell_by_cell(
    table: list[list[str]], delimiter: str, line_end: str, quoting: Quoting, name: str
) -> None:
    names, *rows = table
    expected = [tuple(cell or None for cell in row) for row in rows]
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / name
        write(file, table, delimiter, line_end, quoting)
        assert imported(file, delimiter, names) == expected
        if delimiter not in DELIMITERS or len(names) == 1:
            return
        try:
            found = imported(file, None, names)
        except DataError as error:
            assert "Say which, with --delimiter" in str(error)
        else:
            assert found == expected


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_number_is_the_one_that_was_written(cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "a.csv"
        write(file, [["cell"], *([cell] for cell in cells)], ",", "\n", csv.QUOTE_MINIMAL)
        for (value,), cell in zip(imported(file, None, []), cells, strict=True):
            if isinstance(value, str):
                assert value == cell
            else:
                assert Decimal(repr(value) if isinstance(value, float) else str(value)) == Decimal(cell)


@pytest.mark.parametrize("quote_at", [None, 0, 1, 30_000, 59_999])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_blocks_are_the_records_that_pythons_csv_reads(tmp_path: Path, line_end: str, quote_at: int | None) -> None:
    file = tmp_path / "a.csv"
    lines = [f"{n},text {n}" for n in range(60_000)]
    if quote_at is not None:
        lines[quote_at] = f'{quote_at},"two{line_end}lines"'
    file.write_text(line_end.join(["a,b", *lines, ""]), newline="")
    with read(file) as table:
        found = [record for block in table.blocks for record in zip(*block.cells, strict=True)]
    with file.open(newline="") as text:
        assert found == [tuple(record) for record in csv.reader(text)][1:]
