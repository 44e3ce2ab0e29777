"""Time and memory of an import, beside DuckDB's own and polars.

`python -m tests.benchmarks.imports.cost` ──▶ one process a measurement ──▶ a table for README.md

Each reader makes the same CSV file a Parquet file, in a process of its own, in turns. The cells of a row are a decimal,
an integer, a text and a date in rotation.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SHAPES = ((600_000, 20), (20, 400), (200, 400), (2_000, 4_000))
"""Rows and columns."""
TURNS = 3


def make(path: Path, rows: int, columns: int) -> None:
    """Write a file of one's own making, the same for the same shape."""
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        file.write(",".join(f"c{n}" for n in range(columns)) + "\n")
        for _ in range(rows):
            file.write(",".join(_cell(chance, n % 4) for n in range(columns)) + "\n")


def _cell(chance: random.Random, kind: int) -> str:
    match kind:
        case 0:
            return f"{chance.randrange(10**6) / 100:.2f}"
        case 1:
            return str(chance.randrange(10**9))
        case 2:
            return f"name {chance.randrange(1000)}"
        case _:
            return f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"


def by_us(source: Path, target: Path) -> None:
    """Import as `reportwire data add` does."""
    from infra.local.datasets.conversion import convert  # noqa: PLC0415  each process loads one reader

    convert([source], target)


def by_duckdb(source: Path, target: Path) -> None:
    """Import with DuckDB's own detection."""
    import duckdb  # noqa: PLC0415  as above

    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{source}') TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def by_polars(source: Path, target: Path) -> None:
    """Import with polars' own detection."""
    import polars as pl  # noqa: PLC0415  as above

    pl.read_csv(source, try_parse_dates=True, infer_schema_length=None).write_parquet(target)


READERS: dict[str, Callable[[Path, Path], None]] = {"Reportwire": by_us, "DuckDB": by_duckdb, "polars": by_polars}


def measure(reader: str, source: Path) -> tuple[float, float]:
    """Return the seconds and megabytes of one import, in a process of its own."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else "", reader, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def import_once(reader: str, source: Path) -> None:
    """Print the seconds and megabytes of one import in this process."""
    with tempfile.TemporaryDirectory(dir=source.parent) as scratch:
        started = time.perf_counter()
        READERS[reader](source, Path(scratch) / "target.parquet")
        seconds = time.perf_counter() - started
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps([seconds, kilobytes / 1024]))


def main() -> None:
    """Print the table."""
    if len(sys.argv) > 1:
        import_once(sys.argv[1], Path(sys.argv[2]))
        return
    sys.stdout.write("| rows x columns | reader | s, median | µs a cell | MB |\n|---|---|---:|---:|---:|\n")
    with tempfile.TemporaryDirectory() as directory:
        for rows, columns in SHAPES:
            source = Path(directory) / f"{rows}x{columns}.csv"
            make(source, rows, columns)
            taken: dict[str, list[tuple[float, float]]] = {reader: [] for reader in READERS}
            for _ in range(TURNS):
                for reader, runs in taken.items():
                    runs.append(measure(reader, source))
            for reader, runs in taken.items():
                seconds, megabytes = (statistics.median(each) for each in zip(*runs, strict=True))
                a_cell = seconds / rows / columns * 1e6
                shape = f"{rows:,} x {columns:,}"
                sys.stdout.write(f"| {shape} | {reader} | {seconds:.2f} | {a_cell:.2f} | {megabytes:,.0f} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
