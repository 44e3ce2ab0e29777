"""CSV files as records, in the dialect that their whole text proves.

csv_copies ── file ──▶ **read** ──▶ `Table`: names, and blocks of records

A file is UTF-8 and quotes as in RFC 4180, with any line ends. Its delimiter is the one under which every record has as
many cells as the first has names; a file that fits two of them is refused, as it does not say which is meant. A cell is
what Python's csv, reading strictly, says it is. Where a file has no quotes a record is a line, which is found faster.
"""

import csv
import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from itertools import chain, islice, takewhile
from operator import methodcaller
from pathlib import Path
from typing import TextIO

from infra.local.errors import DataError

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
BLOCK_CHARACTERS, BLOCK_ROWS = 100_000, 100
"""A block fits the processor's cache, which halves the time, unless its columns would be too short for that."""
CELL_CHARACTERS = 10
"""About, on an average."""
LINE_END = "\r\n"
"""Of the text of a block. Python's csv quotes cells with either character, as both are in it."""
LONGEST_EXCERPT = 60
ROW = "row"
"""The name for a first column without one, as R and pandas write the names of rows."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some records of a file."""

    cells: tuple[Sequence[str], ...]
    """By column."""
    text: str
    """The records as RFC 4180 writes them, with the file's delimiter and `LINE_END`."""
    has_folded_lines: bool
    """Whether a cell holds an end of line."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a CSV file, and its records."""

    columns: tuple[str, ...]
    delimiter: str
    notes: tuple[str, ...]
    """Names that were made up, and what was left out."""
    blocks: Iterator[Block]
    """To be read once, within `read`; raises `DataError` at a broken record."""


@contextmanager
def read(file: Path, delimiter: str | None = None) -> Iterator[Table]:
    """Open a file; `delimiter` is found unless given.

    Raises:
        DataError: The file cannot be read, has no names, or fits two delimiters.
    """
    with _opened(file, delimiter or _delimiter(file)) as reader:
        yield _table(reader)


@contextmanager
def _opened(file: Path, delimiter: str) -> Iterator["_Reader"]:
    csv.field_size_limit(sys.maxsize)
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
            yield _Reader(file, text, delimiter)
    except UnicodeDecodeError as error:
        broken = f"{error.object[error.start]:#04x}"
        raise DataError(f"{file} is not UTF-8: {broken} is no character of it. Save it as UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error


class _BrokenError(DataError):
    """A record is broken, or would be with another delimiter."""


class _Reader:
    """The records of an open file that are not blank."""

    def __init__(self, file: Path, text: TextIO, delimiter: str) -> None:
        self.file = file
        self.delimiter = delimiter
        self._text = text
        self._line = 0
        """The line on which the last record ended, from 1."""

    def first(self) -> list[str]:
        """Read the first record, to be called first; it has no cell if the file is empty."""
        return next(self._records(iter(self._text.readline, "")), [])

    def blocks(self, width: int) -> Iterator[Block]:
        """Yield the other records, each of `width` cells."""
        length = max(BLOCK_CHARACTERS, BLOCK_ROWS * width * CELL_CHARACTERS)
        while chunk := self._text.read(length) + self._text.readline():
            if '"' in chunk:
                yield from self._quoted(chain(StringIO(chunk, newline=""), self._text), width)
                return
            if lines := self._lines(chunk, width):
                cells = self.delimiter.join(lines).split(self.delimiter)
                text = LINE_END.join(lines) + LINE_END
                yield Block(tuple(cells[n::width] for n in range(width)), text, has_folded_lines=False)

    def _lines(self, chunk: str, width: int) -> list[str]:
        """Return the lines of a text without quotes, without blank ones."""
        if "\r" in chunk:
            chunk = chunk.replace("\r\n", "\n").replace("\r", "\n")
        lines = chunk.removesuffix("\n").split("\n")
        delimiters = list(map(methodcaller("count", self.delimiter), lines))
        if all(lines) and delimiters.count(width - 1) == len(lines):
            self._line += len(lines)
            return lines
        for line in lines:
            self._line += 1
            if line:
                self._require(line.split(self.delimiter), width)
        return list(filter(None, lines))

    def _quoted(self, lines: Iterable[str], width: int) -> Iterator[Block]:
        records = self._of_width(self._records(lines), width)
        count = max(BLOCK_ROWS, BLOCK_CHARACTERS // CELL_CHARACTERS // width)
        while some := list(islice(records, count)):
            text = written(some, self.delimiter)
            has_folded_lines = max(text.count("\n"), text.count("\r")) > len(some)
            yield Block(tuple(zip(*some, strict=True)), text, has_folded_lines)

    def _of_width(self, records: Iterable[list[str]], width: int) -> Iterator[list[str]]:
        for record in records:
            self._require(record, width)
            yield record

    def _records(self, lines: Iterable[str]) -> Iterator[list[str]]:
        before = self._line
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        try:
            for record in reader:
                self._line = before + reader.line_num
                if record:
                    yield record
        except csv.Error as error:
            is_open = "unexpected end" in str(error)
            reason = "a quote is not closed" if is_open else "text stands after a closing quote"
            raise _BrokenError(f"{self.file}: {reason}, in line {before + reader.line_num:,}") from error

    def _require(self, record: Sequence[str], width: int) -> None:
        if len(record) != width:
            excerpt = " ".join(" ".join(record).split())
            short = excerpt if len(excerpt) <= LONGEST_EXCERPT else f"{excerpt[:LONGEST_EXCERPT]}…"
            found = f"line {self._line:,} has {len(record):,} cells, and the first line {width:,}"
            raise _BrokenError(f"{self.file}: {found}: {short}")


def _table(reader: _Reader) -> Table:
    names = [name.strip("\ufeff \t\r\n") for name in reader.first()]
    if any("\0" in name for name in names):
        raise DataError(f"{reader.file} is UTF-16, as it seems. Save it as UTF-8")
    if not any(names):
        raise DataError(f"{reader.file} {'names no column in its first line' if names else 'is empty'}")
    columns, notes = _named(reader.file, names)
    blocks = reader.blocks(len(names))
    if len(columns) == len(names):
        return Table(columns, reader.delimiter, notes, blocks)
    ended = f"after column {len(columns):,} there are empty cells without a name, which are left out"
    return Table(columns, reader.delimiter, (*notes, ended), _cut(reader, blocks, len(columns)))


def _cut(reader: _Reader, blocks: Iterable[Block], width: int) -> Iterator[Block]:
    """Yield the records without the cells after `width`, which have no name and must be empty."""
    for block in blocks:
        for number, cells in enumerate(block.cells[width:], width + 1):
            if any(cells):
                raise DataError(f"{reader.file} has no name for column {number:,} in its first line")
        kept = block.cells[:width]
        yield replace(block, cells=kept, text=written(list(zip(*kept, strict=True)), reader.delimiter))


def written(records: Sequence[Sequence[str]], delimiter: str) -> str:
    """Return records, at least one, as RFC 4180 writes them, with `LINE_END` after each."""
    lines = LINE_END.join(map(delimiter.join, records)) + LINE_END
    count, width = len(records), len(records[0])
    are_records = lines.count("\r") == lines.count("\n") == count and lines.count(delimiter) == count * (width - 1)
    if width > 1 and are_records and '"' not in lines:
        return lines
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=LINE_END).writerows(records)
    return text.getvalue()


def _named(file: Path, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a name of its own for each column, and what to say about those that were made up.

    Columns without a name stand in front, where R and pandas write the names of rows, or at the end, where spreadsheets
    write empty cells; the latter are no columns.
    """
    nameless = len(list(takewhile(lambda name: not name, names)))
    at_end = len(list(takewhile(lambda name: not name, reversed(names))))
    named = [ROW] * nameless + [*names[nameless : len(names) - at_end]]
    if "" in named:
        raise DataError(f"{file} has no name for column {named.index('') + 1:,} in its first line")
    taken = {_folded(name) for name in names}
    used: set[str] = set()
    columns: list[str] = []
    notes: list[str] = []
    for number, name in enumerate(named, 1):
        is_made_up = number <= nameless
        if is_made_up or _folded(name) in used:
            found = _free(name, taken)
            taken.add(_folded(found))
            lack = "has no name" if is_made_up else f"is another {name}"
            notes.append(f"column {number:,} {lack}, and is called {found}")
            columns.append(found)
        else:
            columns.append(name)
        used.add(_folded(columns[-1]))
    return tuple(columns), tuple(notes)


def _free(name: str, taken: set[str]) -> str:
    """Return the name, or with the first number that makes it one of its own."""
    found, number = name, 1
    while _folded(found) in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _folded(name: str) -> str:
    """Return a name as DuckDB compares names: ASCII letters of either case are the same."""
    return "".join(character.lower() if character.isascii() else character for character in name)


def _delimiter(file: Path) -> str:
    """Return the delimiter that makes the file a table of several columns; a comma if none does."""
    if file.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    counts = {delimiter: _count_names(file, delimiter) for delimiter in DELIMITERS}
    possible = [delimiter for delimiter, count in counts.items() if count > 1]
    if len(possible) > 1:
        fitting = [delimiter for delimiter in possible if _fits(file, delimiter)]
        if len(fitting) > 1:
            named = " and ".join(DELIMITERS[delimiter] for delimiter in fitting)
            raise DataError(f"{file} makes sense with {named} between its cells. Say which, with --delimiter")
        possible = fitting
    return possible[0] if possible else max(counts, key=lambda delimiter: counts[delimiter])


def _count_names(file: Path, delimiter: str) -> int:
    try:
        with _opened(file, delimiter) as reader:
            return len(reader.first())
    except _BrokenError:
        return 0


def _fits(file: Path, delimiter: str) -> bool:
    try:
        with read(file, delimiter) as table:
            return all(block.cells for block in table.blocks)
    except DataError:
        return False
