"""A Trino for all tests here.

`pytest -m trino` ──▶ **engines** ──▶ `Engines`
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets import local_datasets
from tests.trino import mixed
from tests.trino.equality import Engines
from tests.trino.server import running

SEED = 20_130_310


@pytest.fixture(scope="session")
def engines(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    directories: dict[str, Path] = {**local_datasets.samples(cache / "reportwire")}
    directories["mixed"] = tmp_path_factory.mktemp("mixed")
    mixed.write(directories["mixed"], SEED)
    home = cache / "trino"
    home.mkdir(exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as connection, running(home, tmp_path_factory.mktemp("trino")) as trino:
        tables = {name: _viewed(connection, name, directory) for name, directory in directories.items()}
        for name, directory in directories.items():
            trino.add(name, tables[name], directory)
        yield Engines(trino, connection, tables)


def _viewed(connection: duckdb.DuckDBPyConnection, name: str, directory: Path) -> Mapping[str, str]:
    connection.execute(f"CREATE VIEW {name} AS FROM '{directory}/*.parquet'")
    return {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()}
