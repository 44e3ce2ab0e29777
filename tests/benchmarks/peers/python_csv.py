"""Python's own csv module."""

import csv as standard
import io
from pathlib import Path
from typing import BinaryIO

from tests.benchmarks.peers.batches import names, row_count, rows


def csv(source: Path, sink: BinaryIO) -> int:
    """Write CSV."""
    text = io.TextIOWrapper(io.BufferedWriter(sink, 1 << 20), encoding="utf-8", newline="")
    writer = standard.writer(text)
    writer.writerow(names(source))
    writer.writerows(rows(source))
    text.flush()
    return row_count(source)
