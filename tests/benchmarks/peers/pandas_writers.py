"""pandas: `to_csv` of one batch after another."""

import io
from pathlib import Path
from typing import BinaryIO

from pyarrow import parquet as pq  # type: ignore[import-not-found]

from tests.benchmarks.peers.batches import BATCH_ROWS


def csv(source: Path, sink: BinaryIO) -> int:
    """Write CSV."""
    file = pq.ParquetFile(source)
    text = io.TextIOWrapper(io.BufferedWriter(sink), encoding="utf-8", newline="")
    for number, batch in enumerate(file.iter_batches(BATCH_ROWS)):
        batch.to_pandas().to_csv(text, index=False, header=number == 0)
    text.flush()
    return int(file.metadata.num_rows)
