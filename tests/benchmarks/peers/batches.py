"""The source in batches, for the peers that take Python's own values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyarrow import parquet as pq  # type: ignore[import-not-found]

BATCH_ROWS = 65_536


def names(source: Path) -> list[str]:
    """Return the columns' names."""
    return list(pq.ParquetFile(source).schema_arrow.names)


def rows(source: Path) -> Iterator[tuple[Any, ...]]:
    """Yield each row as Python's values."""
    for batch in pq.ParquetFile(source).iter_batches(BATCH_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def row_count(source: Path) -> int:
    """Return how many rows there are."""
    return int(pq.ParquetFile(source).metadata.num_rows)
