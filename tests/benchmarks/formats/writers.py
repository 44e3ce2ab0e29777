"""Who writes, in which format, and how many rows it can be asked for.

**WRITERS** ──▶ formats ──▶ one process a measurement
"""

from dataclasses import dataclass

ROWS_OF_A_SHEET = 1_000_000
"""A round number of rows that fits one sheet: the others do not go on to the next."""
FEW_ROWS = 100_000
"""For those that take a minute and more for a million."""

OURS = "Reportwire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One way to write one format."""

    name: str
    format: str
    module: str
    """In `tests.benchmarks`, with a function of the format's name; or a program for Node."""
    most_rows: int | None = None
    is_to_disk: bool = False
    """It takes a path and no file object, so it writes to a file, in the page cache, and nothing is hashed."""


WRITERS = (
    Writer(name=OURS, format="csv", module="formats.ours"),
    Writer(name="polars `sink_csv`", format="csv", module="peers.polars_writers"),
    Writer(name="DuckDB `COPY`", format="csv", module="peers.duckdb_writers", is_to_disk=True),
    Writer(name="pyarrow `CSVWriter`", format="csv", module="peers.pyarrow_writers"),
    Writer(name="Node stream", format="csv", module="peers/node_csv.cjs", most_rows=ROWS_OF_A_SHEET),
    Writer(name="Python `csv`", format="csv", module="peers.python_csv", most_rows=ROWS_OF_A_SHEET),
    Writer(name="pandas `to_csv`", format="csv", module="peers.pandas_writers", most_rows=ROWS_OF_A_SHEET),
    Writer(name=OURS, format="parquet", module="formats.ours"),
    Writer(name="polars `sink_parquet`", format="parquet", module="peers.polars_writers"),
    Writer(name="DuckDB `COPY`", format="parquet", module="peers.duckdb_writers", is_to_disk=True),
    Writer(name="pyarrow `ParquetWriter`", format="parquet", module="peers.pyarrow_writers"),
    Writer(name=OURS, format="xlsx", module="formats.ours"),
    Writer(name="jetxl", format="xlsx", module="peers.jetxl_writers", most_rows=ROWS_OF_A_SHEET, is_to_disk=True),
    Writer(
        name="rustpy-xlsxwriter",
        format="xlsx",
        module="peers.rustpy_writers",
        most_rows=ROWS_OF_A_SHEET,
        is_to_disk=True,
    ),
    Writer(name="XlsxWriter, constant memory", format="xlsx", module="peers.xlsxwriter_writers", most_rows=FEW_ROWS),
    Writer(name="openpyxl, write only", format="xlsx", module="peers.openpyxl_writers", most_rows=FEW_ROWS),
    Writer(name="exceljs, streaming", format="xlsx", module="peers/exceljs_xlsx.cjs", most_rows=FEW_ROWS),
)
"""In the order of the table, which a size keeps."""
