"""Reports over ten, a hundred and more million flights, on DuckDB in a worker and on Trino; see README.md beside.

**distributed** ──▶ flights ──▶ engines, product ──▶ tables

Run it with `python -m tests.benchmarks.distributed --rows 100`.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from infra import bundle
from tests.benchmarks.distributed import engines, flights, product
from tests.benchmarks.distributed.asked import REPORTS

MILLION = 10**6
HEAP_MB = 4_096


def engines_table(chosen: argparse.Namespace, data: Path, rows: int) -> Iterator[str]:
    """Measure both engines and yield the table."""
    compared = []
    with engines.site(data, chosen.times, chosen.heap_mb) as there:
        for each in engines.compare(there, chosen.reports, rows * chosen.times):
            compared.append(each)
            _tell(list(engines.table([each]))[-1] + f" load {each.load:.1f}")
    yield from engines.table(compared)


def product_table(chosen: argparse.Namespace, data: Path, rows: int) -> Iterator[str]:
    """Make reports by the whole product and yield the table."""
    yield from product.table(product.measure(data, rows, chosen.reports, chosen.heap_mb))


PARTS = {"engines": engines_table, "product": product_table}


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare DuckDB in a worker with Trino.")
    parser.add_argument("--rows", type=int, nargs="+", default=[10], help="million flights")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--reports", nargs="+", choices=REPORTS, default=list(REPORTS))
    parser.add_argument("--times", type=int, default=1, help="for engines: each flight is there so often")
    parser.add_argument("--heap-mb", type=int, default=HEAP_MB, help="of the Trino; half of it is for a query")
    parser.add_argument("--folder", type=Path, default=bundle.default_cache_dir() / "flights", help="keeps the flights")
    chosen = parser.parse_args()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    _tell(f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {load}")
    for rows in chosen.rows:
        data = flights.made(chosen.folder, rows * MILLION)
        for part in chosen.parts:
            for line in PARTS[part](chosen, data, rows * MILLION):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
