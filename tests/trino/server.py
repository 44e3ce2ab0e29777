"""A Trino of one process over local Parquet files, for as long as the tests run.

server archive, Parquet files ──▶ **running** ──▶ `Trino` ── SQL ──▶ rows
"""

import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.trino import versions
from tests.trino.node import CATALOG, MEMORY_MB, NotReady, Setup, free_port, node, wait

SCHEMA = "reports"
CAPABILITIES = {"X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME"}
"""Without it the answer has times rounded to milliseconds."""
HIVE_TYPES = {"TIMESTAMP": "timestamp(6)", "FLOAT": "real"}
"""Types of DuckDB that Trino's Hive tables call something else."""


class QueryRefused(Exception):
    """Trino refused a statement, or failed at it."""


class Trino:
    """A Trino that answers."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.files = files
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as values of Python."""
        return self.answer(sql)[1]

    def answer(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the types of the columns, and the rows as values of Python.

        Source: https://trino.io/docs/476/develop/client-protocol.html
        """
        headers = {"X-Trino-User": "tests", "X-Trino-Catalog": CATALOG, "X-Trino-Schema": SCHEMA, **CAPABILITIES}
        answer = self._http.post("/v1/statement", content=sql.encode(), headers=headers).raise_for_status().json()
        types: list[str] = []
        rows: list[tuple[Any, ...]] = []
        while True:
            if "error" in answer:
                raise QueryRefused(f"{answer['error']['errorName']}: {answer['error']['message']}")
            types = [column["type"] for column in answer.get("columns", ())] or types
            rows += (tuple(map(_value, row, types)) for row in answer.get("data", ()))
            if "nextUri" not in answer:
                return types, rows
            answer = self._http.get(answer["nextUri"]).raise_for_status().json()

    def add(self, table: str, columns: Mapping[str, str], directory: Path) -> None:
        """Make a table of a directory of Parquet files, with DuckDB's types of its columns."""
        kept, place = self.files / table, versions.chosen().place(self.files)
        kept.mkdir()
        for file in directory.glob("*.parquet"):
            os.link(file, kept / file.name) if _are_on_one_disk(file, kept) else (kept / file.name).write_bytes(
                file.read_bytes()
            )
        listed = ", ".join(f'"{name}" {HIVE_TYPES.get(kind, kind)}' for name, kind in columns.items())
        self.rows(f"DROP TABLE IF EXISTS {table}")
        self.rows(f"CREATE TABLE {table} ({listed}) WITH (external_location = '{place}/{table}', format = 'PARQUET')")


def _are_on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


@contextmanager
def running(home: Path, work: Path, memory_mb: int = MEMORY_MB) -> Iterator[Trino]:
    """Yield a Trino, unpacked in `home` if need be, whose files are in `work`; end it afterwards."""
    port, files = free_port(), work / "files"
    files.mkdir()
    url = f"http://127.0.0.1:{port}"
    address = f"http-server.http.port={port}\ndiscovery.uri={url}\n"
    settings = f"coordinator=true\nnode-scheduler.include-coordinator=true\n{address}"
    catalog = (
        f"{versions.chosen().of_files(files)}hive.storage-format=PARQUET\nhive.non-managed-table-writes-enabled=true\n"
    )
    with node(home, work, "tests", Setup(settings=settings, catalog=catalog, memory_mb=memory_mb)) as process:
        trino = Trino(url, files)
        try:
            wait(process, work / "log", lambda: _ask(trino))
            trino.rows(f"CREATE SCHEMA {CATALOG}.{SCHEMA}")
            yield trino
        finally:
            trino.close()


def _ask(trino: Trino) -> None:
    try:
        assert trino.rows("SELECT 1") == [(1,)]
    except (httpx.HTTPError, QueryRefused) as error:
        raise NotReady from error


def _value(cell: Any, kind: str) -> Any:
    if cell is None:
        return None
    match kind.partition("(")[0]:
        case "decimal":
            return Decimal(cell)
        case "date":
            return date.fromisoformat(cell)
        case "timestamp":
            return datetime.fromisoformat(cell)
        case "double" | "real":
            return math.nan if cell == "NaN" else float(cell)
        case _:
            return cell
