"""DuckDB alone: `COPY` to a file, as it comes."""

from pathlib import Path

import duckdb


def csv(source: Path, target: Path) -> int:
    """Write CSV."""
    return _copy(source, target, "FORMAT csv, HEADER")


def parquet(source: Path, target: Path) -> int:
    """Write Parquet, compressed with zstd."""
    return _copy(source, target, "FORMAT parquet, COMPRESSION zstd")


def _copy(source: Path, target: Path, options: str) -> int:
    with duckdb.connect() as connection:
        ((rows,),) = connection.execute(f"COPY (FROM '{source}') TO '{target}' ({options})").fetchall()
    return int(rows)
