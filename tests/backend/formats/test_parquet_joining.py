"""Parquet files joined into one, which DuckDB and polars read as the rows of all, one after another."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.formats.parquet_joining import JoinedFiles
from tests.backend.engine.exports import parquet

COLUMNS = """
    range AS n, 'text ' || range AS t, range % 7 AS few, nullif(range % 3, 0) AS nulls, range * 0.5::DOUBLE AS d,
    [range, NULL] AS list, {'a': range, 'b': ['x' || range]} AS struct, MAP {'k': range} AS map,
    repeat('ä', 400) || range AS long, ('\\x00' || range)::BLOB AS bytes, range::VARCHAR::ENUM('0', '1') AS e
"""
FOOTER_BYTES = 100_000


def joined(files: Sequence[bytes], piece_bytes: int = 10_000, footer_bytes: int = FOOTER_BYTES) -> bytes:
    written = bytearray()
    file = JoinedFiles(written.extend)
    for content in files:
        file.begin(footer_bytes)
        for start in range(0, len(content), piece_bytes):
            file.add(content[start : start + piece_bytes])
    file.finish()
    return bytes(written)


def files_of(counts: Sequence[int], columns: str = COLUMNS, options: str = "") -> list[bytes]:
    columns = columns.replace("range::VARCHAR::ENUM", "(range % 2)::VARCHAR::ENUM")
    packing = f", COMPRESSION zstd, ROW_GROUP_SIZE 2048 {options}"
    return [parquet(f"SELECT {columns} FROM range({count})", packing) for count in counts]


@pytest.mark.parametrize("counts", [[5_000], [5_000, 1, 2_048, 3_000], [0], [0, 10], [10, 0, 10]])
@pytest.mark.parametrize("options", ["", ", PARQUET_VERSION V2"])
def test_rows_are_those_of_all_files(counts: Sequence[int], options: str) -> None:
    files = files_of(counts, options=options)
    content = joined(files)
    assert pl.read_parquet(io.BytesIO(content)).equals(pl.concat(pl.read_parquet(io.BytesIO(each)) for each in files))
    with tempfile.TemporaryDirectory() as directory, duckdb.connect() as connection:
        path = Path(directory, "joined.parquet")
        path.write_bytes(content)
        ((count, total),) = connection.execute(f"SELECT count(*), coalesce(sum(n), 0) FROM '{path}'").fetchall()
        told = connection.execute(f"SELECT num_rows, num_row_groups FROM parquet_file_metadata('{path}')").fetchall()
        groups = "count(DISTINCT row_group_id), bool_and(bloom_filter_offset > data_page_offset)"
        read = connection.execute(f"SELECT {groups} FROM parquet_metadata('{path}')").fetchall()
    assert (count, total) == (sum(counts), sum(sum(range(each)) for each in counts))
    assert told == [(sum(counts), sum(-(-each // 2_048) for each in counts))]
    assert read[0][0] == told[0][1]
    assert read[0][1] in {True, None}


def test_filter_of_a_later_file_is_where_the_footer_has_it() -> None:
    files = [parquet(f"SELECT (range % 100 * 2 + {odd})::INTEGER AS n FROM range(10_000)") for odd in (0, 1)]
    with tempfile.TemporaryDirectory() as directory, duckdb.connect() as connection:
        path = Path(directory, "joined.parquet")
        path.write_bytes(joined(files))
        probe = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{path}', 'n', $value) ORDER BY row_group_id"
        assert connection.execute(probe, {"value": 42}).fetchall() == [(False,), (True,)]
        assert connection.execute(probe, {"value": 43}).fetchall() == [(True,), (False,)]


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 200_000))
def test_pieces_may_end_anywhere(piece_bytes: int) -> None:
    assert joined(FILES, piece_bytes) == joined(FILES, 1 << 20)


FILES = [parquet(f"SELECT hash(range) AS n FROM range({count})") for count in (20_000, 3, 9_000)]


def test_row_groups_pass_on_before_the_file_is_whole() -> None:
    written: list[bytes] = []
    file = JoinedFiles(written.append)
    file.begin(1_000)
    file.add(FILES[0])
    assert sum(map(len, written)) > len(FILES[0]) - 1_100


@pytest.mark.parametrize("content", [b"", b"PAR1", FILES[0][:-1], FILES[0] + b"x"])
def test_what_is_no_whole_file_is_not_joined(content: bytes) -> None:
    with pytest.raises(ValueError, match="footer"):
        joined([content])


def test_footer_that_is_longer_than_expected_is_not_joined() -> None:
    columns = ", ".join(f"range + {n} AS c{n}" for n in range(30))
    content = parquet(f"SELECT {columns} FROM range(100_000)", ", ROW_GROUP_SIZE 2048")
    with pytest.raises(ValueError, match="no footer in the last"):
        joined([content], footer_bytes=100)


def test_files_of_different_columns_are_not_joined() -> None:
    with pytest.raises(ValueError, match="different columns"):
        joined([*FILES, parquet("SELECT 1::UBIGINT AS m")])
