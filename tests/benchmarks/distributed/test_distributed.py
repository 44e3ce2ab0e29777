from pathlib import Path

import duckdb
import pytest

from backend.authoring.directories import Directories
from tests.benchmarks.distributed import asked, engines, flights
from tests.benchmarks.distributed.one_report import Made

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("made") / flights.DATASET
    flights.make(directory, 1, years=1)
    return directory


def digest(directory: Path) -> tuple[int, int]:
    with duckdb.connect() as connection:
        rows = f"SELECT hash(COLUMNS(*)) FROM '{directory}/*/*.parquet'"
        ((count, total),) = connection.execute(f"SELECT count(*), bit_xor(hash(r)) FROM ({rows}) AS r").fetchall()
    return count, total


def test_same_seed_makes_the_same_flights_and_another_seed_others(made: Path, tmp_path: Path) -> None:
    for seed in (flights.SEED, 7):
        flights.make(tmp_path / str(seed), 1, seed, years=1)
    assert digest(tmp_path / str(flights.SEED)) == digest(made)
    assert digest(tmp_path / "7") != digest(made)


def test_it_is_a_dataset_of_months(made: Path) -> None:
    files = Directories({flights.DATASET: made}).files(flights.DATASET)
    assert len(files) == 12
    assert sum(file.part.row_count for file in files if file.part) == flights.FLIGHTS_A_YEAR
    assert all(file.part and file.part.size_bytes == file.size_bytes for file in files)
    with duckdb.connect() as connection:
        keyed = f"FROM read_parquet('{made}/*/*.parquet', hive_types = {{date_month: DATE}})"
        other = connection.execute(f"SELECT count(*) {keyed} WHERE date_trunc('month', date) <> date_month").fetchall()
    assert other == [(0,)]


def test_no_flight_is_there_twice_and_delays_are_those_of_the_times(made: Path) -> None:
    late = "dep_time // 100 * 60 + dep_time % 100 - sched_dep_time // 100 * 60 - sched_dep_time % 100 - dep_delay"
    apart = "count(DISTINCT (date, sched_dep_time, carrier, flight, origin))"
    with duckdb.connect() as connection:
        counted = f"SELECT count(*) - {apart}, count(*) FILTER (({late}) % 1440 <> 0) FROM '{made}/*/*.parquet'"
        assert connection.execute(counted).fetchall() == [(0, 0)]


def test_files_can_be_there_several_times(made: Path, tmp_path: Path) -> None:
    flights.link(made, tmp_path / "flat", 3)
    flights.link(made, tmp_path / "months", 3, is_flat=False)
    assert len(list((tmp_path / "flat").glob("*.parquet"))) == 36
    assert len(list((tmp_path / "months").glob("date_month=*/*.parquet"))) == 36


def test_every_report_has_a_text_for_the_other_engine() -> None:
    assert all(asked.query(name, "distributed").elsewhere for name in asked.REPORTS)
    assert asked.REPORTS.keys() == {file.stem for file in asked.FOLDER.glob("*.sql")}


@pytest.mark.parametrize(("text", "number"), [("1.50GB", 1.5 * 2**30), ("250.00ms", 0.25), ("2.00m", 120), ("7B", 7)])
def test_numbers_of_trino_are_read(text: str, number: float) -> None:
    assert engines.number(text) == pytest.approx(number)


def test_report_that_was_not_made_is_none_in_the_table() -> None:
    made = Made(seconds=1.25, cpu_s=2, peak_mb=300, rows=7, sha256="")
    compared = engines.Compared(report="flights", rows=10**7, near=None, far=made, trino_mb=50, trino_cpu_s=3, load=1)
    assert list(engines.table([compared]))[-1] == "| 10 M | flights | none |  |  | 1.2 | 5.0 | 50 | 300 |"
