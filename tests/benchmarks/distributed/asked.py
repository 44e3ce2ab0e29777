"""The reports that are asked for, each over all ten years.

**REPORTS** ──▶ engines, product
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from backend.catalog import sql_file
from backend.catalog.header import read
from backend.catalog.query import EngineChoice, Query
from backend.protocol.parameters import complete
from infra.bundle import ROOT
from tests.benchmarks.distributed.flights import FIRST_YEAR, YEARS

FOLDER = ROOT / "backend/reports"
ALL_YEARS = {"start": f"{date(FIRST_YEAR, 1, 1)}", "end": f"{date(FIRST_YEAR + YEARS - 1, 12, 31)}"}
REPORTS: Mapping[str, Mapping[str, Any]] = {
    "carrier-delays": ALL_YEARS,
    "hourly-punctuality": ALL_YEARS,
    "route-matrix": ALL_YEARS,
    "worst-days": ALL_YEARS,
    "fleet-age": ALL_YEARS,
    "carrier-scorecard": ALL_YEARS,
    "flights": ALL_YEARS | {"carrier": "HA"},
    "data-quality": {},
}
"""Parameters by report. A flight in a thousand is Hawaiian's; all others read as much as they can."""


def query(name: str, engine: EngineChoice) -> Query:
    """Return a report's query with its parameters, for an engine."""
    path = FOLDER / f"{name}.sql"
    header, sql = read(path.read_text(), sql_file.shared_with(path))
    binds = sql_file.binds(header.schema, complete(header.schema, dict(REPORTS[name])))
    found = sql_file.elsewhere(path, header, sql, binds)
    return replace(sql_file.query(header, sql), binds=binds, elsewhere=found, engine=engine)
