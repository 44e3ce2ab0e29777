"""polars: a lazy frame streamed into the sink."""

from pathlib import Path
from typing import BinaryIO

import polars as pl


def csv(source: Path, sink: BinaryIO) -> int:
    """Write CSV."""
    pl.scan_parquet(source).sink_csv(sink)
    return _rows(source)


def parquet(source: Path, sink: BinaryIO) -> int:
    """Write Parquet, compressed with zstd as by default."""
    pl.scan_parquet(source).sink_parquet(sink)
    return _rows(source)


def _rows(source: Path) -> int:
    return int(pl.scan_parquet(source).select(pl.len()).collect().item())
