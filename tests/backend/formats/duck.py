"""A DuckDB of the tests' own: a query, a writer, and the file that comes of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
from fsspec import AbstractFileSystem

from backend.catalog.query import ColumnStyle
from backend.formats.file import Column, Document, Write
from backend.formats.writer import Writer

TARGET = "sink://file"


class Sink(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """One file that is written from front to back."""

    protocol = "sink"
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self.write_to: Callable[[bytes], object] = lambda _: None

    def open(self, path: str, mode: str = "rb", **_: Any) -> "Sink":
        return self

    def write(self, data: bytes) -> int:
        self.write_to(data)
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        raise FileNotFoundError(path)

    def exists(self, path: str, **_: Any) -> bool:
        return False

    def isdir(self, path: str) -> bool:
        return False


def table(sql: str, binds: object = None, *, memory_limit: str = "256MB") -> duckdb.DuckDBPyConnection:
    """Return a connection with the query's rows in the table `result`."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = 2; SET memory_limit = '{memory_limit}'; SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TEMP TABLE result AS {sql}", binds)
    return connection


def columns_of(connection: duckdb.DuckDBPyConnection, **styles: ColumnStyle) -> tuple[Column, ...]:
    """Return the columns of the table."""
    described = connection.execute("DESCRIBE result").fetchall()
    return tuple(Column(name=name, type=kind, style=styles.get(name, ColumnStyle())) for name, kind, *_ in described)


def write_result(connection: duckdb.DuckDBPyConnection, writer: Writer[Any], slices: list[range] | None = None) -> None:
    """Copy the table through the writer, slice by slice."""
    found = connection.execute("SELECT count(*) FROM result").fetchone()
    assert found
    connection.register_filesystem(sink := Sink())
    for rows in slices or writer.slices(found[0], ()):
        sink.write_to = partial(_write, writer, rows)
        relation = f"(FROM result LIMIT {len(rows)} OFFSET {rows.start})"
        connection.execute(writer.copy(relation, rows, TARGET))
    writer.finish(found[0])


def _write(writer: Writer[Any], rows: range, data: bytes) -> None:
    for piece in writer.prepare(data):
        writer.append(rows, piece)


def export(
    open_writer: Callable[[Document, Write], Writer[Any]],
    sql: str,
    binds: object = None,
    *,
    title: str = "Title",
    about: tuple[tuple[str, str], ...] = (),
    **styles: ColumnStyle,
) -> bytes:
    """Return the file of the query's rows."""
    file = bytearray()
    with table(sql, binds) as connection:
        document = Document(title=title, columns=columns_of(connection, **styles), about=about)
        write_result(connection, open_writer(document, file.extend))
    return bytes(file)
