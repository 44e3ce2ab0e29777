"""`reportwire data` on this machine, and `reportwire check`."""

import json
import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from desktop import __main__ as program
from infra.bundle import ROOT
from infra.local.datasets import conversion, flights, local_datasets
from infra.local.errors import LocalBackendError
from tests.infra.data_commands import Reportwire


def test_files_become_a_dataset(reportwire: Reportwire) -> None:
    said = reportwire("add", "trips", "a.csv", "b.csv")
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y"), (3, "z")]}
    assert said.splitlines()[0].startswith("trips: 3 rows of 2 columns, ")
    assert said.splitlines()[1:] == [
        "Columns: id BIGINT, name VARCHAR.",
        "CSV with a comma between its cells.",
        "The local backend has it from its next start.",
    ]


def test_adding_again_replaces(reportwire: Reportwire) -> None:
    assert "in the place of" not in reportwire("add", "trips", "a.csv")
    (reportwire.own / "trips" / "by-hand.parquet").write_bytes(b"")
    assert "in the place of what was there" in reportwire("add", "trips", "b.csv")
    assert reportwire.held() == {"trips/trips.parquet": [(3, "z")]}


def test_dry_run_tells_how_files_are_read_and_adds_none(reportwire: Reportwire) -> None:
    Path("prices.csv").write_text("Product;Price, EUR\nA;1,50\n")
    assert "Say which, with --delimiter" in reportwire.complaint("add", "prices", "prices.csv", "--dry-run")
    said = reportwire("add", "prices", "prices.csv", "--dry-run", "--delimiter", ";", "--text", "Product")
    assert said.splitlines()[1:] == [
        "Columns: Product VARCHAR, Price, EUR VARCHAR.",
        "CSV with a semicolon between its cells.",
        "Nothing was added.",
    ]
    assert not reportwire.own.exists()


def test_column_stays_text_if_asked(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv", "--text", "id")
    assert reportwire.held() == {"trips/trips.parquet": [("1", "x"), ("2", "y")]}
    assert reportwire.complaint("add", "trips", "a.csv", "--text", "zip") == "no CSV file has a column zip"


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n"])
def test_delimiter_is_one_character(reportwire: Reportwire, delimiter: str) -> None:
    reportwire("add", "trips", "a.csv", "--delimiter", delimiter, status=2)


def test_broken_file_leaves_everything_as_it_was(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    Path("broken.csv").write_text("id,name\n1,x,y\n")
    assert reportwire.complaint("add", "trips", "broken.csv").startswith("broken.csv: line 2 has 3 cells")
    assert reportwire.complaint("add", "new", "gone.csv") == "there is no file gone.csv"
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y")]}
    assert [path.name for path in reportwire.own.iterdir()] == ["trips"]


def test_ctrl_c_leaves_nothing_behind(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(files: object, target: Path, *_: object) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(conversion, "convert", interrupt)
    reportwire("add", "trips", "a.csv", status=130)
    assert list(reportwire.own.iterdir()) == []


def test_directory_that_cannot_be_written_is_named(reportwire: Reportwire) -> None:
    reportwire.own.parent.mkdir(parents=True)
    reportwire.own.write_text("a file")
    assert reportwire.complaint("add", "trips", "a.csv").startswith(str(reportwire.own))


def test_sample_can_be_hidden_and_comes_back(reportwire: Reportwire) -> None:
    assert "It hides the sample data of that name.\n" in reportwire("add", "flights", "a.csv")
    assert local_datasets.directories()["flights"] == reportwire.own / "flights"
    assert reportwire("remove", "flights") == "flights: removed; the sample data of that name is back.\n"
    assert local_datasets.directories()["flights"].parent.name == "samples"
    assert reportwire.complaint("remove", "flights") == "flights is sample data, which stays"


def test_dataset_can_be_removed(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    assert reportwire("remove", "trips") == "trips: removed.\n"
    assert list(reportwire.own.iterdir()) == []
    assert reportwire.complaint("remove", "trips") == "there is no dataset trips"


def test_list_shows_ones_own_and_the_samples(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    reportwire("add", "flights", "a.csv", "b.csv")
    lines = [line.split(maxsplit=4) for line in reportwire("list").splitlines()]
    assert lines[0] == ["Name", "Rows", "Size", "From"]
    assert [(line[0], line[1], line[4]) for line in lines[1:]] == [
        ("airlines", "1", "sample data"),
        ("airports", "1", "sample data"),
        ("flights", "3", str(reportwire.own / "flights")),
        ("planes", "1", "sample data"),
        ("trips", "2", str(reportwire.own / "trips")),
        ("weather", "1", "sample data"),
    ]


def test_list_can_be_read_by_programs(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    (trips,) = [each for each in json.loads(reportwire("list", "--json")) if each["name"] == "trips"]
    size = (reportwire.own / "trips" / "trips.parquet").stat().st_size
    assert trips == {"name": "trips", "rowCount": 2, "sizeBytes": size, "source": str(reportwire.own / "trips")}


def test_only_what_holds_parquet_under_a_name_is_a_dataset(reportwire: Reportwire) -> None:
    for name in ("Trips", ".adding-x", "empty", "trips"):
        (reportwire.own / name).mkdir(parents=True)
    for name in ("Trips", ".adding-x", "trips"):
        (reportwire.own / name / "a.parquet").touch()
    assert local_datasets.directories().keys() == {*flights.TABLES, "trips"}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["add"],
        ["add", "trips"],
        ["add", "Trips", "a.csv"],
        ["add", "2trips", "a.csv"],
        ["add", "../trips", "a.csv"],
        ["add", "trips\n", "a.csv"],
        ["add", "t" * 64, "a.csv"],
        ["remove", ""],
        ["list", "trips"],
        ["list", "--profile", "p.json"],
    ],
)
def test_wrong_usage_ends_with_2(reportwire: Reportwire, arguments: list[str]) -> None:
    assert reportwire(*arguments, status=2) == ""
    assert reportwire.err
    assert not reportwire.own.exists()


def test_longest_name_is_allowed(reportwire: Reportwire) -> None:
    name = "t" + "_" * 61 + "9"
    reportwire("add", name, "a.csv")
    assert local_datasets.directories()[name] == reportwire.own / name


def test_missing_samples_are_named(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cache_dir: Path) -> Path:
        raise LocalBackendError("not installed")

    monkeypatch.setattr(flights, "converted", missing)
    assert reportwire.complaint("list") == "not installed"


# --- partitions -----------------------------------------------------------------------------------

DAYS = "id,day,shop\n1,2024-01-31,a\n2,2024-02-01,b\n3,2024-02-29,\n"


def folders(reportwire: Reportwire) -> set[str]:
    return {str(file.parent.relative_to(reportwire.own)) for file in reportwire.own.rglob("*.parquet")}


def test_rows_are_divided_if_asked(reportwire: Reportwire) -> None:
    Path("days.csv").write_text(DAYS)
    said = reportwire("add", "trips", "days.csv", "--partition-by", "month(day)").splitlines()
    assert said[0].startswith("trips: 3 rows of 3 columns, ")
    assert said[0].endswith(", in 2 partitions by month(day).")
    assert said[1] == "Columns: id BIGINT, day DATE, shop VARCHAR."
    assert folders(reportwire) == {"trips/day_month=2024-01-01", "trips/day_month=2024-02-01"}
    for path in reportwire.own.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_partitions_and_a_file_take_each_other_s_place(reportwire: Reportwire) -> None:
    Path("days.csv").write_text(DAYS)
    reportwire("add", "trips", "a.csv")
    assert "in the place of" in reportwire("add", "trips", "days.csv", "--partition-by", "shop, year(day)")
    hive = "__HIVE_DEFAULT_PARTITION__"
    assert folders(reportwire) == {f"trips/shop={shop}/day_year=2024" for shop in ("a", "b", hive)}
    assert "in the place of" in reportwire("add", "trips", "days.csv", "--partition-by", "id")
    assert folders(reportwire) == {f"trips/id={n}" for n in (1, 2, 3)}
    assert "in the place of" in reportwire("add", "trips", "a.csv")
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y")]}
    reportwire("add", "trips", "days.csv", "--partition-by", "shop")
    assert reportwire("remove", "trips") == "trips: removed.\n"
    assert list(reportwire.own.iterdir()) == []


def test_partitions_are_listed(reportwire: Reportwire) -> None:
    Path("days.csv").write_text(DAYS)
    reportwire("add", "trips", "days.csv", "--partition-by", "month(day)")
    lines = [line.split() for line in reportwire("list").splitlines()]
    assert lines[0] == ["Name", "Rows", "Size", "Partitions", "From"]
    (trips,) = [line for line in lines if line[0] == "trips"]
    assert (trips[1], trips[4], trips[5]) == ("3", "2", str(reportwire.own / "trips"))
    (told,) = [each for each in json.loads(reportwire("list", "--json")) if each["name"] == "trips"]
    assert (told["rowCount"], told["partitionedBy"]) == (3, ["month(day)"])
    for part in told["partitions"]:
        assert (reportwire.own / "trips" / part["path"]).stat().st_size == part["sizeBytes"]
    assert [part["rowCount"] for part in told["partitions"]] == [1, 2]


def test_what_cannot_be_divided_leaves_everything_as_it_was(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    reason = reportwire.complaint("add", "trips", "b.csv", "--partition-by", "zip")
    assert reason == "there is no column zip to partition by; there is: id, name"
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y")]}
    assert [path.name for path in reportwire.own.iterdir()] == ["trips"]
    said = reportwire("add", "new", "a.csv", "--partition-by", "id", "--dry-run")
    assert ", in 2 partitions by id.\n" in said
    assert [path.name for path in reportwire.own.iterdir()] == ["trips"]


def test_partitions_of_few_rows_are_advised_against(reportwire: Reportwire) -> None:
    Path("many.csv").write_text("id,shop\n" + "".join(f"{n},{n % 25}\n" for n in range(100)))
    advice = "Some 4 rows a partition are few: a report on all of them opens 25 files, and is slower.\n"
    assert advice in reportwire("add", "trips", "many.csv", "--partition-by", "shop", "--dry-run")
    assert "are few" not in reportwire("add", "trips", "a.csv", "--partition-by", "id")


@pytest.mark.parametrize("keys", ["", ",", "id,", "day(id)", "year(id", "year()", "year(id))", "year(month(id))"])
def test_partitions_are_by_columns_years_and_months(reportwire: Reportwire, keys: str) -> None:
    reportwire("add", "trips", "a.csv", "--partition-by", keys, status=2)


REPORT = """/*
title = "Trips"
description = "All."
datasets = ["trips"]
order = ["id"]
row_limit = 100

[parameters.start]
type = "string"
format = "date"
title = "From"
description = "The first day."
*/
SELECT id, day, shop FROM trips WHERE day >= $start
"""


@pytest.mark.slow
def test_report_on_partitions_is_checked(reportwire: Reportwire, capsys: pytest.CaptureFixture[str]) -> None:
    Path("days.csv").write_text(DAYS)
    Path("trips.sql").write_text(REPORT)
    reportwire("add", "trips", "days.csv", "--partition-by", "month(day),shop")
    assert program.main(["check", "trips.sql", "-p", "start=2024-02-01"]) == 0
    assert "2 rows" in capsys.readouterr().out
    (reportwire.own / "trips" / "_layout.json").write_text("{")
    assert program.main(["check", "trips.sql", "-p", "start=2024-02-01"]) == 1
    assert "_layout.json is none" in "".join(capsys.readouterr())
    assert "_layout.json is no layout of a dataset" in reportwire.complaint("list")


# --- reportwire check -----------------------------------------------------------------------------


def test_check_gets_the_files_and_the_datasets(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def run(*arguments: object) -> int:
        given.extend(arguments)
        return 1

    checking = ModuleType("backend.authoring.checking")
    checking.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "backend.authoring.checking", checking)
    monkeypatch.setattr("backend.authoring.checking", checking, raising=False)
    assert program.main(["check", "a.sql", "b.sql", "-p", "a=1"]) == 1
    assert given == [[Path("a.sql"), Path("b.sql")], local_datasets.directories(), ["a=1"]]


def test_check_compiles_for_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def run(*arguments: object, **options: object) -> int:
        given.extend([*arguments, options])
        return 1

    compiling = ModuleType("backend.authoring.distributed.checking")
    compiling.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "backend.authoring.distributed.checking", compiling)
    monkeypatch.setattr("backend.authoring.distributed.checking", compiling, raising=False)
    monkeypatch.setattr(local_datasets, "directories", dict)
    assert program.main(["check", "--engine", "trino", "--sql", "a.sql"]) == 1
    assert given == [[Path("a.sql")], {}, {"shows_sql": True, "writes": False}]


@pytest.mark.parametrize("options", [["--sql"], ["--write"], ["--engine", "trino", "-p", "a=1"], ["--engine", "spark"]])
def test_check_refuses_options_that_do_not_go_together(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):  # of argparse
        assert program.main(["check", *options, "a.sql"]) == 2
    assert "--engine" in capsys.readouterr().err or "-p" in options


# --- without the extra ----------------------------------------------------------------------------

WITHOUT = """
import sys
sys.modules[sys.argv.pop(1)] = None
from desktop.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("duckdb", ["data", "add", "trips", "a.csv"]),
        ("duckdb", ["check", "a.sql"]),
        ("sqlglot", ["check", "--engine", "trino", "a.sql"]),
        ("boto3", ["data", "list"]),
        ("boto3", ["local"]),
    ],
)
def test_missing_package_is_named_with_its_extra(tmp_path: Path, missing: str, arguments: list[str]) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-c", WITHOUT, missing, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    complaint = f"reportwire: This needs {missing}: pip install 'reportwire[local]'.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", complaint)


def test_data_is_its_owner_s_alone(reportwire: Reportwire) -> None:
    Path("a.csv").chmod(0o600)
    reportwire("add", "trips", "a.csv")
    file = reportwire.own / "trips" / "trips.parquet"
    for path, mode in ((reportwire.own, 0o700), (file.parent, 0o700), (file, 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_place_that_others_may_write_to_is_refused(reportwire: Reportwire) -> None:
    reportwire.own.mkdir(parents=True)
    reportwire.own.chmod(0o777)
    assert "others may write there" in reportwire.complaint("add", "trips", "a.csv")
