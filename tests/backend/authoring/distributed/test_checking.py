"""`reportwire check --engine trino`, and what plain `reportwire check` says of compiled texts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from backend.authoring import checking
from backend.authoring.directories import Directories
from backend.authoring.distributed.checking import run
from backend.catalog.compiled import place_of, read
from backend.catalog.header import InvalidDefinition
from tests.backend.engine.exports import parquet

HEAD = """/*
title = "Title"
description = "Description."
datasets = ["numbers"]
order = ["n"]
*/
"""
RIGHT = HEAD + "SELECT n, Half * 2 AS twice FROM numbers\n"
REFUSED = HEAD + "SELECT n,\n  upper(text) AS t\nFROM numbers\n"


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    directory = tmp_path_factory.mktemp("datasets") / "numbers"
    directory.mkdir()
    sql = "SELECT range AS n, range // 2 AS \"Half\", 'x' AS text FROM range(10)"
    (directory / "a.parquet").write_bytes(parquet(sql))
    return {"numbers": directory}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.sql"
    path.write_text(RIGHT)
    return path


def checked(path: Path, datasets: Mapping[str, Path]) -> int:
    return checking.check(path, Directories(datasets), date(2024, 5, 6)).row_count


def test_file_that_can_be_compiled_is_said_to(
    report: Path, datasets: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([report], datasets) == 0
    assert capsys.readouterr().out == f"{report}: can be run by Trino and Athena\n"
    assert not place_of(report).exists()


def test_text_is_printed(report: Path, datasets: Mapping[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([report], datasets, shows_sql=True) == 0
    assert '("numbers"."half" * CAST(2 AS BIGINT)) AS "twice"' in capsys.readouterr().out


def test_text_is_written_beside_the_file(report: Path, datasets: Mapping[str, Path]) -> None:
    assert run([report], datasets, writes=True) == 0
    assert [column.title for column in read(place_of(report).read_bytes()).columns] == ["n", "twice"]
    assert run([report], datasets) == 0
    assert checked(report, datasets) == 10


def test_refusal_has_file_line_and_reason(
    report: Path, datasets: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    report.write_text(REFUSED)
    assert run([report], datasets, writes=True) == 1
    assert capsys.readouterr().out.startswith(f"{report}:8: uses upper()")
    assert not place_of(report).exists()


def test_report_that_cannot_be_compiled_stays_right(report: Path, datasets: Mapping[str, Path]) -> None:
    report.write_text(REFUSED)
    assert checked(report, datasets) == 10


def test_report_for_a_distributed_engine_alone_must_be_compiled(report: Path, datasets: Mapping[str, Path]) -> None:
    report.write_text(REFUSED.replace("order =", 'engine = "distributed"\norder ='))
    with pytest.raises(InvalidDefinition, match=r"line 9: uses upper\(\)"):
        checked(report, datasets)
    report.write_text(RIGHT.replace("order =", 'engine = "distributed"\norder ='))
    assert checked(report, datasets) == 10


@pytest.mark.parametrize("change", [RIGHT.replace("* 2", "* 3"), RIGHT.replace('["n"]', '["n desc"]')])
def test_text_of_another_report_is_noticed(
    report: Path, datasets: Mapping[str, Path], change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([report], datasets, writes=True)
    report.write_text(change)
    with pytest.raises(InvalidDefinition, match="compiled from another text"):
        checked(report, datasets)
    capsys.readouterr()
    assert run([report], datasets) == 1
    assert "compiled/report.json is compiled from another text" in capsys.readouterr().out


def test_file_that_is_no_text_is_noticed(report: Path, datasets: Mapping[str, Path]) -> None:
    place_of(report).parent.mkdir()
    place_of(report).write_bytes(b"{}")
    with pytest.raises(InvalidDefinition, match="compiled from another text"):
        checked(report, datasets)
    assert run([report], datasets, writes=True) == 0


def test_title_and_width_may_change(report: Path, datasets: Mapping[str, Path]) -> None:
    run([report], datasets, writes=True)
    report.write_text(RIGHT.replace("Title", "Other title").replace("*/", "[columns.n]\nwidth = 9\n*/"))
    assert checked(report, datasets) == 10


def test_data_that_is_missing_is_said(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([report], {}) == 1
    assert "there is no data named numbers" in capsys.readouterr().out
