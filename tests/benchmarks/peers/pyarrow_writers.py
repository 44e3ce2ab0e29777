"""pyarrow: batch after batch into the sink."""

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa  # type: ignore[import-not-found]
from pyarrow import csv as arrow_csv
from pyarrow import parquet as pq

from tests.benchmarks.peers.batches import BATCH_ROWS


def csv(source: Path, sink: BinaryIO) -> int:
    """Write CSV."""
    file = pq.ParquetFile(source)
    with pa.PythonFile(sink, mode="w") as target, arrow_csv.CSVWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches(BATCH_ROWS):
            writer.write_batch(batch)
    return int(file.metadata.num_rows)


def parquet(source: Path, sink: BinaryIO) -> int:
    """Write Parquet, compressed with zstd."""
    file = pq.ParquetFile(source)
    with (
        pa.PythonFile(sink, mode="w") as target,
        pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer,
    ):
        for batch in file.iter_batches(122_880):  # a row group each, as large as the source's
            writer.write_batch(batch)
    return int(file.metadata.num_rows)
