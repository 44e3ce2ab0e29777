"""Reports made while their reads interleave, and every value compared with what DuckDB reads from the same files.

files on disk ──▶ **SlowReads** ──▶ DuckEngine ──▶ a report's file ──▶ **Race.run** ◀── rows ── DuckDB
"""

import hashlib
import random
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from threading import Event, Lock, Thread

import duckdb

import backend.reports
from backend.authoring.directories import Directories
from backend.catalog import sql_file
from backend.catalog.header import read
from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.engine.export import DuckEngine
from backend.engine.finding.in_duckdb import order_by
from backend.engine.rows import relation_of
from backend.formats.value_types import kind_of
from backend.protocol.formats import FORMATS
from backend.protocol.parameters import complete
from backend.service.ports import FileOrder
from tests.readers import Rows, in_csv, in_sheet, read_csv, read_parquet, read_with_calamine

REPORTS = Path(str(backend.reports.__file__)).parent
PARAMETERS = {"flights": {"carrier": "UA"}}
"""Where the defaults find so many rows that most of the time would go into comparing them."""
ROW_BY_ROW = "row-by-row"
SWITCH_INTERVAL_S = 1e-6
SPINNING = 2
LONGEST_READ_S = 0.002
LONGEST_WRITE_S = 0.002


def made_small(datasets: Mapping[str, Path], directory: Path) -> dict[str, Path]:
    """Copy the datasets into files of many row groups, a third of the flights in one that is read in ranges."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, source in datasets.items():
            (directory / name).mkdir(parents=True)
            rows = f"FROM read_parquet('{source}/*.parquet')"
            if name == "flights":
                rows += " WHERE flight % 3 = 0"
            target = directory / name / f"{name}.parquet"
            connection.execute(
                f"COPY ({rows}) TO '{target}' (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 2048)"
            )
    return {name: directory / name for name in datasets}


class SlowReads(Directories):
    """Files whose reads take a while each, and not the same."""

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        time.sleep(random.random() * LONGEST_READ_S)
        return super().read(file, start, length)


class SlowOutput:
    """Takes a file's bytes, and notices a second thread that writes before the first is through."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._writing = Lock()

    def write(self, data: bytes) -> None:
        if not self._writing.acquire(blocking=False):
            raise Different("two threads write at once")
        time.sleep(random.random() * LONGEST_WRITE_S)
        self.data += data
        self._writing.release()


@contextmanager
def contended() -> Iterator[None]:
    """Let Python's threads take turns as often as they can, and let some do nothing but that."""
    before = sys.getswitchinterval()
    done = Event()

    def spin() -> None:
        while not done.is_set():
            pass

    spinning = [Thread(target=spin) for _ in range(SPINNING)]
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    for thread in spinning:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in spinning:
            thread.join()
        sys.setswitchinterval(before)


def queries() -> dict[str, Query]:
    """Return every report's query, and one that is written from its dataset row by row."""
    found = {ROW_BY_ROW: Query(sql="SELECT * FROM flights", datasets=("flights",))}
    for path in sorted(REPORTS.glob("*.sql")):
        header, sql = read(path.read_text(encoding="utf-8"), sql_file.shared_with(path))
        values = complete(header.schema, PARAMETERS.get(path.stem, {}))
        found[path.stem] = replace(sql_file.query(header, sql), binds=sql_file.binds(header.schema, values))
    return found


class Different(Exception):
    """A file holds other values than its datasets."""


@dataclass
class Race:
    """One report in one format, to be made many times."""

    name: str
    query: Query
    format: str
    datasets: Mapping[str, Path]
    directory: Path
    _right: set[str] = field(default_factory=set)
    """Hashes of files that were compared: the next of the same bytes is right too."""

    def run(self, threads: int) -> None:
        """Make the report while its reads interleave.

        Raises:
            Different: The file is not what DuckDB reads from the disk.
            Exception: The report failed.
        """
        output = SlowOutput()
        order = FileOrder(format=self.format, title=self.name, options=complete(FORMATS[self.format].options, {}))
        engine = DuckEngine(SlowReads(self.datasets), Limits(memory_mb=256, storage_mb=512, threads=threads))
        with contended():
            engine.export(self.query, order, output.write, lambda *_: None)
        self._check(bytes(output.data))

    def _check(self, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._right:
            return
        path = self.directory / f"{self.name}.{self.format}"
        path.write_bytes(data)
        found, expected = self._found(path), self._expected()
        if found != expected:
            raise Different(_first_difference(found, expected))
        self._right.add(digest)

    def _found(self, path: Path) -> Rows:
        match self.format:
            case "csv":
                return [tuple(row) for row in read_csv(path)]
            case "xlsx":
                return read_with_calamine(path)
            case _:
                names, _, rows = read_parquet(path)
                return [tuple(names), *rows]

    def _expected(self) -> Rows:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for name in self.query.datasets:
                connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{self.datasets[name]}/*.parquet')")
            selected = f"SELECT * FROM {relation_of(self.query)}{order_by(self.query.order)}"
            binds = dict(self.query.binds) or None
            kinds = [kind_of(kind) for _, kind, *_ in connection.execute(f"DESCRIBE {selected}", binds).fetchall()]
            found = connection.execute(selected, binds)
            names = tuple(name for name, *_ in found.description)
            rows = found.fetchall()
        match self.format:
            case "csv":
                return [names, *(tuple(map(in_csv, row)) for row in rows)]
            case "xlsx":
                return [names, *(tuple(map(_in_sheet, row, kinds)) for row in rows)]
            case _:
                return [names, *rows]


def _in_sheet(cell: object, kind: str) -> object:
    """Return `in_sheet` to the last digit, which compares much faster."""
    return (
        float(cell) if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) else in_sheet(cell, kind)
    )


def _first_difference(found: Rows, expected: Rows) -> str:
    if len(found) != len(expected):
        return f"{len(found):,} rows instead of {len(expected):,}"
    number, (row, other) = next(
        (n, pair) for n, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1]
    )
    return f"row {number:,}: {row} instead of {other}"


def races(datasets: Mapping[str, Path], directory: Path) -> list[Race]:
    """Return every report in every format, over small copies of the datasets in the directory."""
    small = made_small(datasets, directory / "datasets")
    return [Race(name, query, each, small, directory) for name, query in queries().items() for each in FORMATS]
