"""The description of a partitioned dataset, an object beside its files: columns, keys, and each file with its values.

`reportwire data` ── `_layout.json` ──▶ **Layout** ──▶ dataset stores, sandbox, pruning

The folders are Hive's, `month=1/`: their names hold the values as text, and the files lack the columns that they are
of. The description has the types, and says which files are the dataset: those of a version are exchanged at once, as it
is. Hive, Trino and Athena pass over names that begin with `_`.
"""

from calendar import monthrange
from datetime import date
from typing import Annotated, Literal

import msgspec

FILE_NAME = "_layout.json"
TEXT = "VARCHAR"
DATE = "DATE"
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
DERIVED_TYPES = {"year": "INTEGER", "month": DATE}
"""The type of a key by its unit: the number of a year, or the first day of a month."""

Value = int | str | date | None


class Key(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One level of folders."""

    name: str
    """In the folders' names, in lower case."""
    type: str
    """DuckDB's name: an integer's, DATE or VARCHAR."""
    of: str
    """The column that it is, or is derived from."""
    unit: Literal["year", "month"] | None = None
    """The part of time in which the dates of the column are; None for the column itself, which the files lack."""

    def value(self, stored: int | str | None) -> Value:
        """Return a value as its type has it."""
        return date.fromisoformat(stored) if isinstance(stored, str) and self.type == DATE else stored

    def __str__(self) -> str:
        return f"{self.unit}({self.of})" if self.unit else self.of


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    path: Annotated[str, msgspec.Meta(pattern=r"\A(?:[^/=]+=[^/]+/)+[^/]+\.parquet\Z")]
    """Below the dataset: `month=1/part-0.parquet`."""
    values: tuple[int | str | None, ...]
    """Those of the keys; dates as `2013-01-31`."""
    row_count: int
    size_bytes: int


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A partitioned dataset."""

    version: Literal[1] = 1
    columns: tuple[tuple[str, str], ...]
    """Names and DuckDB's types of all columns, in the dataset's order."""
    keys: tuple[Key, ...]
    parts: tuple[Part, ...]
    """In the order of the dataset's rows."""

    @property
    def own_keys(self) -> tuple[Key, ...]:
        """The keys that are columns."""
        return tuple(key for key in self.keys if not key.unit)

    @property
    def row_count(self) -> int:
        """The rows of all files."""
        return sum(part.row_count for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """The bytes of all files."""
        return sum(part.size_bytes for part in self.parts)

    def range_of(self, key: Key, part: Part) -> tuple[Value, Value]:
        """Return the least and greatest value of the key's column in a file; a pair of None if it has none."""
        value = key.value(part.values[self.keys.index(key)])
        if key.unit == "year" and isinstance(value, int):
            return date(value, 1, 1), date(value, 12, 31)
        if key.unit == "month" and isinstance(value, date):
            return value, value.replace(day=monthrange(value.year, value.month)[1])
        return value, value


def encode(layout: Layout) -> bytes:
    """Return the description, as JSON."""
    return msgspec.json.format(msgspec.json.encode(layout))


def decode(data: bytes) -> Layout:
    """Return what was encoded.

    Raises:
        ValueError: It is something else, or of a newer version.
    """
    return msgspec.json.decode(data, type=Layout)
