"""Reports before an engine that says which it would run."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from backend.authoring.validating import MISSING, OK, STAYS, Verdict, verdicts
from backend.catalog.compiled import place_of, read
from backend.engine.distributed.cluster import ClusterSilent
from tests.backend.clusters import FakeCluster, FakeLanding
from tests.backend.fakes import FakeClock

REPORTS = Path(__file__).parents[3] / "backend/reports"
COMPILED = {file.stem: "\n".join(read(file.read_bytes()).text) for file in (REPORTS / "compiled").glob("*.json")}
DAY = date(2026, 11, 2)
NEAR = """/*
title = "Near"
description = "Near."
datasets = ["flights"]
order = ["one"]
*/
SELECT 1 AS one FROM flights
"""


def cluster(**refusals: str) -> FakeCluster:
    return FakeCluster(FakeClock(), FakeLanding(), refusals=refusals)


def found_by(engine: FakeCluster, folder: Path) -> dict[str, Verdict]:
    return {each.report: each for each in verdicts(folder, DAY, engine.refusal)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(REPORTS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def test_every_report_that_is_compiled_is_asked_about_with_values_in_its_slots() -> None:
    engine = cluster()
    found = found_by(engine, REPORTS)
    assert {name for name, each in found.items() if each.sentence == OK} == COMPILED.keys()
    assert all(each.is_ok for each in found.values())
    assert len(engine.validated) == len(COMPILED)
    assert not [sql for sql in engine.validated if "${" in sql]


def test_report_that_is_refused_has_the_engine_s_sentence_and_the_others_go_on() -> None:
    found = found_by(cluster(planes="line 2:8: no"), REPORTS)
    refused = {name: each.sentence for name, each in found.items() if not each.is_ok}
    assert refused == {name: "line 2:8: no" for name, text in COMPILED.items() if "planes" in text}
    assert 0 < len(refused) < len(COMPILED)


def test_report_without_a_text_for_the_engine_stays_unless_it_must_run_there(folder: Path) -> None:
    (folder / "near.sql").write_text(NEAR)
    (folder / "far.sql").write_text(NEAR.replace("title", 'engine = "distributed"\ntitle'))
    (folder / "wrong.sql").write_text("SELECT 1")
    changed = place_of(folder / "flights.sql")
    changed.write_bytes(changed.read_bytes().replace(b'"source": "', b'"source": "0'))
    engine = cluster()
    found = {name: (each.is_ok, each.sentence) for name, each in found_by(engine, folder).items()}
    assert (found["near"], found["far"], found["flights"]) == ((True, STAYS), (False, MISSING), (True, STAYS))
    assert found["wrong"][0] is False
    assert found["wrong"][1].startswith("line 1: ")
    assert len(engine.validated) == len(COMPILED) - 1


def test_engine_that_is_silent_ends_it_and_takes_no_report_for_refused() -> None:
    engine = cluster()
    engine.answers.append(ClusterSilent("HTTP 503"))
    with pytest.raises(ClusterSilent):
        found_by(engine, REPORTS)
