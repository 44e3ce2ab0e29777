"""The sample data."""

import importlib.util
import itertools
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets import flights
from infra.local.errors import LocalBackendError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("flights")
    flights.convert(directory)
    return directory


@pytest.fixture
def tables(converted: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with a view for each dataset."""
    with duckdb.connect() as connection:
        for name in flights.TABLES:
            connection.read_parquet(str(converted / name / "*.parquet")).create_view(name)
        yield connection


@pytest.mark.parametrize(
    ("name", "row_count"),
    [("flights", 336_776), ("airlines", 16), ("airports", 1_458), ("planes", 3_322), ("weather", 26_115)],
)
def test_every_row_is_there(tables: duckdb.DuckDBPyConnection, name: str, row_count: int) -> None:
    assert tables.table(name).count("*").fetchall() == [(row_count,)]


def test_columns_have_the_types_of_what_they_hold(tables: duckdb.DuckDBPyConnection) -> None:
    views = {name: tables.view(name) for name in flights.TABLES}
    kinds = {name: dict(zip(view.columns, map(str, view.types), strict=True)) for name, view in views.items()}
    words = {"carrier", "tailnum", "origin", "dest"}
    assert {kinds["flights"].pop("date"), kinds["flights"].pop("time_hour")} == {"DATE", "TIMESTAMP"}
    assert {name for name, kind in kinds["flights"].items() if kind == "VARCHAR"} == words
    assert {kind for name, kind in kinds["flights"].items() if name not in words} == {"INTEGER"}
    assert kinds["weather"]["temp"] == "DECIMAL(6,2)"
    assert kinds["weather"]["wind_speed"] == "DECIMAL(9,5)"
    assert kinds["airports"]["lat"] == "DOUBLE"
    assert kinds["planes"]["year"] == "INTEGER"


def test_no_digit_is_lost(tables: duckdb.DuckDBPyConnection, converted: Path) -> None:
    source = str(flights._package_data() / "weather.csv")
    measures = ("temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib")
    sums = ", ".join(f"sum({name}::DOUBLE)" for name in measures)
    original = tables.execute(f"SELECT {sums} FROM read_csv($1, nullstr = 'NA')", [source]).fetchall()
    assert tables.execute(f"SELECT {sums} FROM weather").fetchall()[0] == pytest.approx(original[0], rel=1e-12)


def test_what_was_not_known_is_null(tables: duckdb.DuckDBPyConnection) -> None:
    unknown = "SELECT count(*) - count(dep_time), count(*) - count(arr_delay), count(*) - count(tailnum) FROM flights"
    assert tables.execute(unknown).fetchall() == [(8_255, 9_430, 2_512)]
    assert tables.execute("SELECT count(*) FROM flights WHERE tailnum = 'NA'").fetchall() == [(0,)]


def test_flights_lie_in_small_groups_by_time(tables: duckdb.DuckDBPyConnection, converted: Path) -> None:
    groups = tables.execute(
        "SELECT row_group_num_rows, stats_min::DATE, stats_max::DATE FROM parquet_metadata($1) "
        "WHERE path_in_schema = 'date' ORDER BY row_group_id",
        [str(converted / "flights" / "flights.parquet")],
    ).fetchall()
    assert len(groups) == 7
    assert max(rows for rows, _, _ in groups) == flights.ROW_GROUP_SIZE
    assert (groups[0][1], groups[-1][2]) == (date(2013, 1, 1), date(2013, 12, 31))
    assert all(before[2] <= after[1] for before, after in itertools.pairwise(groups))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("flights", "date, sched_dep_time, carrier, flight, origin"),
        ("airlines", "carrier"),
        ("airports", "faa"),
        ("planes", "tailnum"),
        ("weather", "time_hour, origin"),
    ],
)
def test_order_tells_rows_apart(tables: duckdb.DuckDBPyConnection, name: str, key: str) -> None:
    assert flights.TABLES[name].order == key
    ((rows, keys),) = tables.execute(f"SELECT count(*), count(DISTINCT ({key},)) FROM {name}").fetchall()
    assert rows == keys


def test_same_package_gives_the_same_bytes(converted: Path, tmp_path: Path) -> None:
    flights.convert(tmp_path)
    files = sorted(path.relative_to(converted) for path in converted.rglob("*.parquet"))
    assert len(files) == len(flights.TABLES)
    for file in files:
        assert (tmp_path / file).read_bytes() == (converted / file).read_bytes()


def test_data_is_converted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = flights.converted(tmp_path)
    monkeypatch.setattr(flights, "convert", None)
    assert flights.converted(tmp_path) == made
    assert list(tmp_path.iterdir()) == [made]


def test_two_first_starts_at_once_do_not_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def convert(directory: Path) -> None:
        (directory / "flights").mkdir()
        monkeypatch.setattr(flights, "convert", lambda directory: (directory / "flights").mkdir())
        flights.converted(tmp_path)

    monkeypatch.setattr(flights, "convert", convert)
    made = flights.converted(tmp_path)
    assert list(tmp_path.iterdir()) == [made]
    assert [each.name for each in made.iterdir()] == ["flights"]


@pytest.mark.parametrize("name", flights.MADE_WITH)
def test_what_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    version = metadata.version

    def lacking(asked: str) -> str:
        if asked == name:
            raise metadata.PackageNotFoundError(name)
        return version(asked)

    monkeypatch.setattr(metadata, "version", lacking)
    with pytest.raises(LocalBackendError, match=rf"needs {name}: pip install 'reportwire\[local\]'"):
        flights.converted(tmp_path)


def test_package_without_its_files_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flights, "find_spec", lambda name: importlib.util.find_spec("json.tool"))
    with pytest.raises(LocalBackendError, match="sample data is not installed"):
        flights._package_data()
