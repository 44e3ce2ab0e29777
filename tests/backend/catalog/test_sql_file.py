import logging
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import backend.reports
from backend.catalog import compiled, sql_file
from backend.catalog.header import read
from backend.catalog.loading import load
from backend.catalog.query import ColumnStyle, Elsewhere, ElsewhereColumn, Query
from backend.protocol import parameters

GOOD = b"""/*
title = "Good"
description = "It works."
datasets = []
order = ["n desc"]
row_limit = 5
formats = ["csv"]
parameters.since = { type = "string", format = "date", title = "Since", default = { relative = "today" } }
parameters.most = { type = "integer", title = "Most" }
columns.n = { number_format = "0.0", width = 9 }
*/
SELECT 1 AS n WHERE $most IS NULL OR $since IS NULL;
"""


def put(directory: Path, **contents: bytes) -> list[Path]:
    for name, content in contents.items():
        (directory / f"{name}.sql").write_bytes(content)
    return list(directory.glob("*.sql"))


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"SELECT 1",
        b"\xff\xfe\x00binary junk\x00",
        bytes(range(256)) * 100,
        b"PAR1" + bytes(1000),
        GOOD.replace(b"title", b"titel"),
        GOOD.replace(b'title = "Good"', b'title = "Good'),
        GOOD.replace(b'"csv"', b'"pdf"'),
        GOOD.replace(b'{ relative = "today" }', b'{ relative = ["today"] }'),
        GOOD.replace(b'{ relative = "today" }', b'"soon"'),
        GOOD.replace(b'title = "Most"', b'title = "Most", minimum = 0.5, default = 1'),
        GOOD.replace(b'title = "Most"', b'title = "Most", minimum = 99999999999999999999, default = 1'),
        GOOD.replace(b'title = "Most"', b'title = "Most", pattern = "[", default = 1'),
    ],
)
def test_bad_file_is_left_out_and_takes_no_other_down(
    bad: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    definitions = sql_file.load(put(tmp_path, a=GOOD, bad=bad, z=GOOD))
    assert [definition.id for definition in definitions] == ["a", "z"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.__dict__["file"] == "bad.sql"
    assert record.__dict__["reason"]


def test_file_that_cannot_be_read_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "directory.sql").mkdir()
    definitions = sql_file.load([*put(tmp_path, a=GOOD), tmp_path / "gone.sql"])
    assert [definition.id for definition in definitions] == ["a"]
    assert {record.__dict__["file"] for record in caplog.records} == {"directory.sql", "gone.sql"}


def test_file_may_be_saved_as_on_windows(tmp_path: Path) -> None:
    (definition,) = sql_file.load(put(tmp_path, a=b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n")))
    assert definition.title == "Good"


def test_definition_is_what_the_file_says() -> None:
    definition = sql_file.define("good", *read(GOOD.decode()))
    info = definition.info(date(2024, 5, 6))
    assert (info.id, info.title, info.description, info.formats) == ("good", "Good", "It works.", ("csv",))
    assert info.parameters["properties"] == {
        "since": {"type": "string", "title": "Since", "format": "date", "default": "2024-05-06"},
        "most": {"type": "integer", "title": "Most"},
    }


def test_query_binds_dates_as_dates_and_what_is_absent_as_nothing() -> None:
    queries: list[Query] = []

    def export(query: Query) -> int:
        queries.append(query)
        return 3

    run: Any = SimpleNamespace(parameters={"since": "2024-05-06"}, export=export)
    assert sql_file.define("good", *read(GOOD.decode())).run(run) == 3
    (query,) = queries
    assert query.binds == {"since": date(2024, 5, 6), "most": None}
    assert query.sql.strip() == "SELECT 1 AS n WHERE $most IS NULL OR $since IS NULL"
    assert (query.order, query.row_limit, query.datasets) == (("n desc",), 5, ())
    assert query.columns == {"n": ColumnStyle(number_format="0.0", width=9)}


def test_list_is_bound_as_one_and_an_absent_one_as_nothing() -> None:
    text = GOOD.replace(b'type = "integer"', b'type = "array", items = { type = "integer", enum = [1, 2] }')
    schema = read(text.decode())[0].schema
    assert sql_file.binds(schema, {"most": [1, 2]}) == {"since": None, "most": [1, 2]}
    assert sql_file.binds(schema, {}) == {"since": None, "most": None}


def test_ranges_of_dates_are_marked_for_clients(caplog: pytest.LogCaptureFixture) -> None:
    for definition in load(backend.reports).values():
        properties = definition.info(date(2024, 5, 6)).parameters["properties"]
        assert ("start" in properties) == any(prop.get("rangeWith") == "end" for prop in properties.values())
    assert not caplog.records


def test_every_shipped_file_is_loaded(caplog: pytest.LogCaptureFixture) -> None:
    shipped = list(Path(str(backend.reports.__file__)).parent.glob("*.sql"))
    assert len(shipped) >= 6
    catalog = load(backend.reports)
    assert catalog.keys() == {file.stem for file in shipped} | {"sample"}
    assert not caplog.records


def test_file_that_is_dropped_in_is_in_the_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shipped,) = backend.reports.__path__
    shutil.copytree(shipped, tmp_path / "reports")
    (tmp_path / "reports" / "new-one.sql").write_bytes(GOOD)
    monkeypatch.setattr(backend.reports, "__path__", [str(tmp_path / "reports")])
    assert load(backend.reports)["new-one"].title == "Good"


@pytest.mark.parametrize("name", ["My Report", "Report", "9-days", "a_b"])
def test_file_whose_name_is_no_id_is_left_out(name: str, tmp_path: Path) -> None:
    definitions = sql_file.load(put(tmp_path, good=GOOD, **{name: GOOD}))
    assert [definition.id for definition in definitions] == ["good"]


SHARING = GOOD.replace(b"*/", b"[parameters.place]\nshared = true\n*/\n", 1).replace(
    b"$since", b"$place IS NULL OR $since"
)


def test_reports_share_the_parameters_of_the_file_beside_them(tmp_path: Path) -> None:
    files = put(tmp_path, one=SHARING, two=SHARING)
    (tmp_path / "parameters.toml").write_text('[place]\ntype = "string"\ntitle = "Place"\n')
    definitions = sql_file.load(files)
    assert [d.parameters["properties"]["place"]["title"] for d in definitions] == ["Place", "Place"]


@pytest.mark.parametrize("shared", ["", "[place\n", '[place]\ntype = "text"\ntitle = "Place"\n'])
def test_wrong_file_of_shared_parameters_leaves_out_who_uses_it(
    shared: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = put(tmp_path, one=SHARING)
    (tmp_path / "parameters.toml").write_text(shared)
    assert sql_file.load(files) == []
    assert "parameters.toml" in vars(caplog.records[0])["reason"]


class Exporting:
    """A `definition.Run` that keeps the query."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    def export(self, query: Query) -> int:
        self.query = query
        return 0


def asked(file: Path, **parameters: Any) -> Query:
    (definition,) = sql_file.load([file])
    run = Exporting(**parameters)
    definition.run(run)  # type: ignore[arg-type]  # nothing else of it is asked for
    return run.query


@pytest.fixture
def compiled_report(tmp_path: Path) -> Path:
    (file,) = put(tmp_path, far=GOOD)
    header, sql = read(file.read_text())
    text = compiled.Compiled(
        source=compiled.source_key(header, sql),
        columns=(ElsewhereColumn(title="n", type="INTEGER"),),
        slots={"since": "date", "most": "integer"},
        readings=(
            compiled.Reading(dataset="trips", columns={"day": "DATE"}, conditions=()),
            compiled.Reading(dataset="trips", columns={"miles": "INTEGER"}, conditions=()),
        ),
        text=("SELECT 1 AS c0", "WHERE ${most} IS NULL OR ${since} IS NULL"),
    )
    compiled.place_of(file).parent.mkdir()
    compiled.place_of(file).write_bytes(compiled.written(text))
    return file


def test_compiled_text_goes_along_with_its_values(compiled_report: Path) -> None:
    query = asked(compiled_report, since="2026-11-02", most=3)
    assert query.engine == "auto"
    assert query.elsewhere == Elsewhere(
        sql="SELECT 1 AS c0\nWHERE 3 IS NULL OR DATE '2026-11-02' IS NULL",
        columns=(ElsewhereColumn(title="n", type="INTEGER"),),
        reads={"trips": {"day": "DATE", "miles": "INTEGER"}},
    )


def test_report_that_is_not_compiled_has_no_text(tmp_path: Path) -> None:
    assert asked(*put(tmp_path, near=GOOD)).elsewhere is None


@pytest.mark.parametrize("engine", ["auto", "duckdb", "distributed"])
def test_engine_is_the_header_s(tmp_path: Path, engine: str) -> None:
    (file,) = put(tmp_path, some=GOOD.replace(b"datasets", f'engine = "{engine}"\ndatasets'.encode()))
    assert asked(file).engine == engine


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(file.read_bytes().replace(b"SELECT 1", b"SELECT 2")),
        lambda file: file.write_bytes(file.read_bytes().replace(b'"n desc"', b'"n"')),
        lambda file: compiled.place_of(file).write_bytes(b"{}"),
        lambda file: compiled.place_of(file).write_bytes(b"\xff"),
    ],
    ids=["other SQL", "other order", "no text", "no JSON"],
)
def test_text_of_another_report_is_left_out_and_logged(
    compiled_report: Path, spoil: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    spoil(compiled_report)
    assert asked(compiled_report).elsewhere is None
    (record,) = caplog.records
    assert record.message == "compiled text left out"


def test_every_report_of_the_flights_has_its_text() -> None:
    folder = Path(backend.reports.__path__[0])
    for definition in sql_file.load(folder.glob("*.sql")):
        schema = definition.schema(date(2026, 11, 2))
        run = Exporting(**parameters.complete(schema, {}))
        definition.run(run)  # type: ignore[arg-type]  # as above
        assert run.query.elsewhere is not None, definition.id
