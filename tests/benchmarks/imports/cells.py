"""Other people's files, imported and compared cell by cell with what Python's csv reads.

`python -m tests.benchmarks.imports.cells FOLDER` ──▶ every CSV file below it ──▶ a table for README.md

The folder holds, for one, the unpacked wheels of packages that carry data. A cell is right if its value, written as
Python writes it, is the number, day or text that stands in the file.
"""

import csv
import gzip
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from datetime import time as clock_time
from decimal import Decimal
from pathlib import Path

import duckdb

from infra.local.datasets.conversion import convert
from infra.local.datasets.csv_records import DELIMITERS
from infra.local.errors import DataError

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz")


def compare(file: Path) -> int:
    """Return how many cells of an import are wrong. Raises `DataError` for a file that is refused."""
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "target.parquet"
        converted = convert([file], target)
        rows = duckdb.read_parquet(str(target)).fetchall()
    delimiter = next(each for each, words in DELIMITERS.items() if f"with {words} between" in converted.notes[0])
    expected = _read(file, delimiter)
    if len(expected) != len(rows):
        return max(len(expected), len(rows))
    return sum(
        not is_same(cell, value) for row in zip(expected, rows, strict=True) for cell, value in zip(*row, strict=False)
    )


def _read(file: Path, delimiter: str) -> Sequence[Sequence[str]]:
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
        return [record for record in csv.reader(text, delimiter=delimiter) if record][1:]


def is_same(cell: str, value: object) -> bool:  # noqa: PLR0911  one for each type
    """Return whether a value is what stands in a cell."""
    plain = cell.strip(" ")
    match value:
        case None:
            return plain == ""
        case bool():
            return plain.lower() == str(value).lower()
        case int() | Decimal():
            return Decimal(plain) == value
        case float():
            return Decimal(plain) == Decimal(repr(value))
        case datetime():
            read = datetime.fromisoformat(plain)
            return value == (read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read)
        case date():
            return value.isoformat() == plain
        case clock_time():
            return value == clock_time.fromisoformat(plain)
        case _:
            return value == cell


def _kind(reason: str) -> str:
    """Return a reason without the figures and the excerpt of its file."""
    return re.sub(r"[0-9][0-9,]*", "N", reason).strip(": ").partition(": ")[0]


def main() -> int:
    """Print the table; return 1 if a cell is wrong."""
    csv.field_size_limit(sys.maxsize)
    files = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.name.lower().endswith(ENDINGS))
    wrong, refused = Counter[str](), Counter[str]()
    for file in files:
        try:
            cells = compare(file)
        except DataError as error:
            refused[_kind(str(error).replace(str(file), ""))] += 1
            continue
        if cells:
            wrong[str(file)] = cells
    sys.stdout.write("| files | wrong cells | refused |\n|---:|---:|---:|\n")
    sys.stdout.write(f"| {len(files):,} | {wrong.total():,} | {refused.total():,} |\n\n")
    for reason, count in [*wrong.most_common(), *refused.most_common()]:
        sys.stdout.write(f"| {count:,} | {reason} |\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
