"""Reports before an engine that says which it would run."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from backend.authoring.validating import MISSING, OK, STAYS, Verdict, verdicts
from backend.catalog.compiled import place_of, read

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


class Engine:
    def __init__(self, refused: str = "nothing") -> None:
        self.asked: list[str] = []
        self.refused = refused

    def refusal(self, sql: str) -> str | None:
        self.asked.append(sql)
        return "line 2:8: no" if self.refused in sql else None

    def verdicts(self, folder: Path) -> dict[str, Verdict]:
        return {each.report: each for each in verdicts(folder, DAY, self.refusal)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(REPORTS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def test_every_report_that_is_compiled_is_asked_about_with_values_in_its_slots() -> None:
    engine = Engine()
    found = engine.verdicts(REPORTS)
    assert {name for name, each in found.items() if each.sentence == OK} == COMPILED.keys()
    assert all(each.is_ok for each in found.values())
    assert len(engine.asked) == len(COMPILED)
    assert not [sql for sql in engine.asked if "${" in sql]


def test_report_that_is_refused_has_the_engine_s_sentence_and_the_others_go_on() -> None:
    found = Engine(refused="planes").verdicts(REPORTS)
    refused = {name: each.sentence for name, each in found.items() if not each.is_ok}
    assert refused == {name: "line 2:8: no" for name, text in COMPILED.items() if "planes" in text}
    assert 0 < len(refused) < len(COMPILED)


def test_report_without_a_text_for_the_engine_stays_unless_it_must_run_there(folder: Path) -> None:
    (folder / "near.sql").write_text(NEAR)
    (folder / "far.sql").write_text(NEAR.replace("title", 'engine = "distributed"\ntitle'))
    (folder / "wrong.sql").write_text("SELECT 1")
    changed = place_of(folder / "flights.sql")
    changed.write_bytes(changed.read_bytes().replace(b'"source": "', b'"source": "0'))
    engine = Engine()
    found = {name: (each.is_ok, each.sentence) for name, each in engine.verdicts(folder).items()}
    assert (found["near"], found["far"], found["flights"]) == ((True, STAYS), (False, MISSING), (True, STAYS))
    assert found["wrong"][0] is False
    assert found["wrong"][1].startswith("line 1: ")
    assert len(engine.asked) == len(COMPILED) - 1
