"""How fast reports become files, beside everything else an analyst could have picked.

**formats** ──▶ source, environment of the peers ──▶ one process a measurement ──▶ the tables of README.md

All of it in one run on one machine, for only ratios travel. Every writer reads the same Parquet file, in a process of
its own; the clock starts after its imports. Then queries beside DuckDB alone, and the whole way through the emulator.
Run it with `python -m tests.benchmarks.formats`.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.formats import queries, sink, storage
from tests.benchmarks.formats.runs import Run, measure
from tests.benchmarks.formats.source import make
from tests.benchmarks.formats.table import table
from tests.benchmarks.formats.writers import WRITERS, Writer
from tests.benchmarks.peers.environment import Environment, installed

SIZES = (1_000_000, 10_000_000)
FORMATS = ("csv", "parquet", "xlsx")
REPEATS = 3
PLAIN_WRITE_BYTES = 1 << 30


def compare(
    writers: Sequence[Writer], sizes: Sequence[int], repeats: int, environment: Environment | None, scratch: Path
) -> dict[tuple[Writer, int], list[Run]]:
    """Measure every writer at every size it can be asked for, in turns, so that all share what the machine is up to."""
    wanted = [(writer, rows) for writer in writers for rows in sorted({_least(writer, size) for size in sizes})]
    sources = {rows: scratch / str(rows) / "rows.parquet" for _, rows in wanted}
    for rows, source in sources.items():
        make(source, rows)
    measured: dict[tuple[Writer, int], list[Run]] = defaultdict(list)
    for _ in range(repeats):
        for writer, rows in wanted:
            measured[writer, rows].append(measure(writer, sources[rows], rows, environment))
            _tell(f"{writer.format} {rows:,} {writer.name}: {measured[writer, rows][-1].rows_s:,.0f} rows/s")
    return measured


def _least(writer: Writer, rows: int) -> int:
    return min(rows, writer.most_rows or rows)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def writers_table(chosen: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """Measure the writers and yield their table."""
    words = chosen.writers or [""]
    writers = [writer for writer in WRITERS if writer.format in chosen.formats and _has_any(words, writer.name)]
    environment = installed()
    plain = [sink.buffered_write_mb_s(scratch, PLAIN_WRITE_BYTES) for _ in range(REPEATS)]
    measured = compare(writers, chosen.rows, chosen.repeats, environment, scratch)
    write_mb_s = statistics.median(plain)
    yield f"{os.cpu_count()} cores, Python {platform.python_version()}; a plain write of 1 GiB: {write_mb_s:,.0f} MB/s."
    yield ""
    yield from table(measured, write_mb_s)


def queries_table(chosen: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """Measure the queries on the most rows and yield their table."""
    rows = max(chosen.rows)
    source = scratch / "asked" / "rows.parquet"
    make(source, rows)
    yield from queries.table(rows, queries.compare(source, chosen.repeats))


def storage_table(chosen: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """Measure the whole way and yield its table."""
    deliveries = [each for rows in chosen.rows for each in storage.measure(chosen.formats, rows, scratch)]
    yield from storage.table(deliveries)


PARTS = {"writers": writers_table, "queries": queries_table, "storage": storage_table}


def _has_any(words: Sequence[str], name: str) -> bool:
    return any(word.lower() in name.lower() for word in words)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare the writers of CSV, Parquet and XLSX.")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--writers", nargs="+", help="only those with one of these words in their names")
    chosen = parser.parse_args()
    for part in chosen.parts:
        with tempfile.TemporaryDirectory() as scratch:
            sys.stdout.write("\n".join([*PARTS[part](chosen, Path(scratch)), "", ""]))


if __name__ == "__main__":
    main()
