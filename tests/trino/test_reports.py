"""Every report with two sets of parameters: the same values, of the same types, in the same order as by DuckDB."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from backend.authoring.validating import OK, verdicts
from backend.catalog import sql_file
from backend.catalog.compiled import place_of, read
from backend.catalog.header import read as read_header
from backend.protocol.parameters import complete
from backend.trino.statements import Session, Statements
from backend.trino.trino_cluster import TrinoCluster
from tests.backend.reports.conftest import REPORTS
from tests.trino.equality import Engines, exact, rows_of_duckdb, rows_of_trino
from tests.trino.node import CATALOG
from tests.trino.server import SCHEMA

SETS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "carrier-delays": ({}, {"start": "2013-02-01", "end": "2013-11-03", "carrier": "UA", "threshold": 30}),
    "carrier-scorecard": ({}, {"carriers": ["AA", "B6", "HA"], "origin": "JFK", "minFlights": 100}),
    "data-quality": ({}, {"onlyFindings": True}),
    "fleet-age": ({}, {"band": 5, "origins": ["JFK", "LGA"], "threshold": 1}),
    "flights": ({"start": "2013-03-09", "end": "2013-03-12"}, {"destination": "LAX", "minDelay": 60, "carrier": "DL"}),
    "hourly-punctuality": ({}, {"origin": "LGA", "threshold": 1}),
    "route-matrix": ({}, {"minFlights": 50, "carrier": "B6"}),
    "worst-days": ({}, {"rankBy": "late flights", "origin": "LGA", "days": 365}),
}


def test_every_report_is_here() -> None:
    assert SETS.keys() == {file.stem for file in REPORTS.glob("*.sql")}


@pytest.mark.trino
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("name", sorted(SETS))
def test_report_is_the_same_on_trino(engines: Engines, name: str, number: int) -> None:
    path = REPORTS / f"{name}.sql"
    header, sql = read_header(path.read_text(), sql_file.shared_with(path))
    binds = sql_file.binds(header.schema, complete(header.schema, dict(SETS[name][number])))
    theirs = rows_of_trino(engines.trino, read(place_of(path).read_bytes()), binds, header.order)
    ours = rows_of_duckdb(engines.duckdb, sql, binds, header.order)
    assert exact(theirs) == exact(ours)
    assert ours


@pytest.mark.trino
def test_doctor_has_every_report_validated_and_says_what_trino_lacks(engines: Engines) -> None:
    def found(schema: str) -> dict[str, str]:
        session = Session(user="tests", catalog=CATALOG, schema=schema)
        cluster = TrinoCluster(Statements(engines.trino.url, session))
        return {each.report: each.sentence for each in verdicts(REPORTS, date(2026, 11, 2), cluster.refusal)}

    assert found(SCHEMA) == dict.fromkeys(SETS, OK)
    assert all("does not exist" in sentence for sentence in found("elsewhere").values())
    engines.trino.rows(f"CREATE SCHEMA {CATALOG}.poorer")
    engines.trino.rows(f"CREATE VIEW {CATALOG}.poorer.flights AS SELECT carrier FROM {CATALOG}.{SCHEMA}.flights")
    assert found("poorer")["flights"].startswith("line ")
