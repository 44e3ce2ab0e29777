import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.benchmarks.formats import __main__ as formats
from tests.benchmarks.formats import ours
from tests.benchmarks.formats.runs import Run, measure
from tests.benchmarks.formats.sink import HashingSink, buffered_write_mb_s
from tests.benchmarks.formats.source import make
from tests.benchmarks.formats.table import table
from tests.benchmarks.formats.writers import OURS, WRITERS, Writer
from tests.benchmarks.peers import duckdb_writers, environment, polars_writers

ROWS = 1_000
HERE = [
    writer for writer in WRITERS if writer.name == OURS or writer.module.endswith(("polars_writers", "duckdb_writers"))
]
"""Those whose libraries the project has."""


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("formats") / "source.parquet"
    make(file, ROWS)
    return file


def test_source_has_ten_columns_whose_values_follow_from_the_row(source: Path) -> None:
    assert pl.read_parquet(source).row(11) == (
        1_000_000_011,
        date(2020, 1, 12),
        datetime(2024, 1, 1, 0, 1, 17),  # noqa: DTZ001  the column has no zone
        "Customer 30981",
        "Lagos",
        "Delivered at gate 31 & signed for by clerk 2412",
        981,
        Decimal("5309.81"),
        530_981 / 7,
        False,
    )


def test_source_has_a_cell_that_csv_must_quote_and_one_that_is_empty(source: Path) -> None:
    rows = pl.read_parquet(source)
    assert {"Washington, D.C.", 'Winston "Salem"'} < set(rows["city"])
    assert rows["note"].null_count() == ROWS / 10


def test_sink_hashes_and_counts_what_it_does_not_keep() -> None:
    sink = HashingSink()
    assert [sink.write(b"ab"), sink.write(memoryview(b"c"))] == [2, 1]
    assert (sink.size_bytes, sink.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_plain_write_leaves_nothing(tmp_path: Path) -> None:
    assert buffered_write_mb_s(tmp_path, 1 << 20) > 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_all_write_the_same_rows(name: str, source: Path, tmp_path: Path) -> None:
    writes = [getattr(module, name) for module in (ours, polars_writers)]
    files = [tmp_path / f"{n}.{name}" for n in range(3)]
    for write, file in zip(writes, files, strict=False):
        with file.open("wb") as target:
            assert write(source, target) == ROWS
    assert getattr(duckdb_writers, name)(source, files[2]) == ROWS
    read = pl.read_parquet if name == "parquet" else _read_csv
    first, *others = [read(file) for file in files]
    assert [first.equals(other) for other in others] == [True, True]


@pytest.mark.slow
def test_every_writer_that_is_here_is_measured(tmp_path: Path) -> None:
    measured = formats.compare(HERE, [ROWS], 1, None, tmp_path)
    assert {(writer.format, writer.name) for writer, _ in measured} == {(writer.format, writer.name) for writer in HERE}
    assert {(run.rows, run.size_bytes > 0, run.peak_mb > 0) for (run,) in measured.values()} == {(ROWS, True, True)}
    assert len(list(table(measured, 1000.0))) == 2 + len(HERE)
    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == {"rows.parquet"}


@pytest.mark.slow
def test_writer_that_loses_rows_is_not_measured(source: Path) -> None:
    polars = next(writer for writer in HERE if "polars" in writer.name)
    with pytest.raises(RuntimeError, match="wrote 1000 of 1001 rows"):
        measure(polars, source, ROWS + 1, None)


def test_table_takes_the_quickest_run_and_the_most_memory() -> None:
    ours, peer = (Writer(name=name, format="csv", module="") for name in (OURS, "other"))
    runs = {
        (peer, 100): [_run(seconds=2.0), _run(seconds=4.0)],
        (ours, 100): [_run(seconds=5.0, peak_mb=70.0), _run(seconds=1.0)],
        (ours, 200): [_run(rows=200, seconds=1.0)],
    }
    assert list(table(runs, 2.0))[2:] == [
        f"| csv | 100 | **{OURS}** | 100 | 2.00 | 1.0 | 50.0% | 70 |",
        "| csv | 100 | other | 50 | 1.00 | 0.5 | 25.0% | 60 |",
        f"| csv | 200 | **{OURS}** | 200 |  | 1.0 | 50.0% | 60 |",
    ]


def test_lock_names_all_that_the_peers_import() -> None:
    pinned = {line.partition("==")[0] for line in environment.LOCK.read_text().splitlines() if "==" in line}
    assert {"duckdb", "jetxl", "openpyxl", "pandas", "polars", "pyarrow", "rustpy-xlsxwriter", "xlsxwriter"} <= pinned


def _read_csv(file: Path) -> pl.DataFrame:
    """Read what each program wrote, past its way to write times and truth."""
    text = pl.read_csv(file, infer_schema=False)
    at = pl.col("at").str.replace("T", " ").str.replace(r"\.0+$", "")
    return text.with_columns(at, pl.col("amount", "ratio").cast(pl.Float64))


def _run(*, seconds: float, rows: int = 100, peak_mb: float = 60.0) -> Run:
    return Run(rows=rows, seconds=seconds, size_bytes=1_000_000, peak_mb=peak_mb)
