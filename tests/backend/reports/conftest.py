"""Reports run on the sample data by DuckDB alone, and the same data as polars frames.

backend/reports/*.sql ──▶ `report` ──▶ rows ◀── compared ── polars ◀── `tables`
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import backend.reports
from backend.catalog import sql_file
from backend.catalog.header import read
from backend.protocol.parameters import complete
from infra.local.datasets import local_datasets
from tests.backend.reports.comparison import Report, Tables

REPORTS = Path(str(backend.reports.__file__)).parent


@pytest.fixture(scope="session")
def datasets(cache: Path) -> Mapping[str, Path]:
    return local_datasets.samples(cache / "reportwire")


@pytest.fixture(scope="session")
def tables(datasets: Mapping[str, Path]) -> Tables:
    return {name: pl.read_parquet(directory / "*.parquet") for name, directory in datasets.items()}


@pytest.fixture(scope="session")
def report(datasets: Mapping[str, Path]) -> Report:
    def run(name: str, threads: int = 2, **parameters: Any) -> list[dict[str, Any]]:
        path = REPORTS / f"{name}.sql"
        header, sql = read(path.read_text(), sql_file.shared_with(path))
        binds = sql_file.binds(header.schema, complete(header.schema, parameters))
        order = ", ".join(f'"{column}"' for column in header.order)
        with duckdb.connect(config={"threads": threads}) as connection:
            for dataset in header.datasets:
                connection.execute(f"CREATE VIEW {dataset} AS FROM '{datasets[dataset]}/*.parquet'")
            found = connection.execute(f"SELECT * FROM ({sql}\n) ORDER BY {order}", binds)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return run
