"""`reportwire data`: one's own datasets, on this machine and in a deployed stack's bucket."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from desktop import __main__ as program
from infra.bundle import ROOT
from infra.local import conversion, data, differences, flights, places
from infra.local.backend import LocalBackend
from infra.local.errors import LocalBackendError

BUCKET = "datasets-of-a-test"


class Reportwire:
    """Runs commands in this process; the samples are empty and at hand."""

    def __init__(self, there: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.own = there / "data" / "reportwire" / "datasets"
        self.err = ""
        self._capsys = capsys

    def __call__(self, *arguments: str, status: int = 0) -> str:
        """Return what stood on standard output."""
        self._capsys.readouterr()
        try:
            ended = program.main(["data", *arguments])
        except SystemExit as leave:
            ended = int(leave.code or 0)
        said = self._capsys.readouterr()
        self.err = said.err
        assert (ended, said.err if not status else "") == (status, "")
        return said.out

    def complaint(self, *arguments: str) -> str:
        assert self(*arguments, status=1) == ""
        assert self.err.startswith("reportwire data: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("reportwire data: ").strip()

    def held(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of every file in the data directory."""
        files = sorted(path for path in self.own.rglob("*") if path.is_file())
        return {str(file.relative_to(self.own)): duckdb.read_parquet(str(file)).fetchall() for file in files}


@pytest.fixture
def reportwire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reportwire:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    samples = tmp_path / "samples"
    for name in flights.TABLES:
        (samples / name).mkdir(parents=True)
        found = duckdb.sql("SELECT 1 AS a")
        assert found is not None
        found.write_parquet(str(samples / name / f"{name}.parquet"))
    monkeypatch.setattr(flights, "converted", lambda cache_dir: samples)
    Path("a.csv").write_text("id,name\n1,x\n2,y\n")
    Path("b.csv").write_text("id,name\n3,z\n")
    return Reportwire(tmp_path, capsys)


# --- this machine ---------------------------------------------------------------------------------


def test_files_become_a_dataset(reportwire: Reportwire) -> None:
    said = reportwire("add", "trips", "a.csv", "b.csv")
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y"), (3, "z")]}
    assert said.splitlines()[0].startswith("trips: 3 rows, ")
    assert said.splitlines()[1:] == [
        "Columns: id BIGINT, name VARCHAR.",
        "The local backend has it from its next start.",
    ]


def test_adding_again_replaces(reportwire: Reportwire) -> None:
    assert "in the place of" not in reportwire("add", "trips", "a.csv")
    (reportwire.own / "trips" / "by-hand.parquet").write_bytes(b"")
    assert "in the place of what was there" in reportwire("add", "trips", "b.csv")
    assert reportwire.held() == {"trips/trips.parquet": [(3, "z")]}


def test_broken_file_leaves_everything_as_it_was(reportwire: Reportwire) -> None:
    reportwire("add", "trips", "a.csv")
    Path("broken.csv").write_text("id,name\n1,x,y\n")
    assert reportwire.complaint("add", "trips", "broken.csv").startswith("broken.csv: CSV Error on Line: 2 ")
    assert reportwire.complaint("add", "new", "gone.csv") == "there is no file gone.csv"
    assert reportwire.held() == {"trips/trips.parquet": [(1, "x"), (2, "y")]}
    assert [path.name for path in reportwire.own.iterdir()] == ["trips"]


def test_ctrl_c_leaves_nothing_behind(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(files: object, target: Path) -> None:
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
    assert f"It hides the {data.SAMPLE} of that name.\n" in reportwire("add", "flights", "a.csv")
    assert data.directories()["flights"] == reportwire.own / "flights"
    assert reportwire("remove", "flights") == "flights: removed; the sample data of that name is back.\n"
    assert data.directories()["flights"].parent.name == "samples"
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
    assert data.directories().keys() == {*flights.TABLES, "trips"}


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
    assert data.directories()[name] == reportwire.own / name


def test_missing_samples_are_named(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cache_dir: Path) -> Path:
        raise LocalBackendError("not installed")

    monkeypatch.setattr(flights, "converted", missing)
    assert reportwire.complaint("list") == "not installed"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (4_282_532, "4.3 MB"), (2.5e12, "2500.0 GB")]
)
def test_sizes_are_for_people(size: float, text: str) -> None:
    assert data._size(size) == text


# --- a deployed stack -----------------------------------------------------------------------------


class Bucket:
    """A bucket of the test's own."""

    deployed = ("--bucket", BUCKET, "--profile", "profile.json")

    def __init__(self, client: Any) -> None:
        self.client = client

    def listed(self) -> set[str]:
        return {each["Key"] for each in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())}

    def rows(self, key: str) -> list[tuple[Any, ...]]:
        Path("fetched.parquet").write_bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        return duckdb.read_parquet("fetched.parquet").fetchall()


@pytest.fixture
def bucket(local: LocalBackend, reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Give a bucket, and in `profile.json` whom the emulator lets write it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", local.endpoint_url)
    auth = {"mode": "iam", "accessKeyId": differences.ADMIN_KEY, "secretAccessKey": differences.ADMIN_KEY}
    profile = {"name": "x", "endpoint": "wss://example.com/x", "region": local.region, "auth": auth}
    Path("profile.json").write_text(json.dumps(profile))
    made = Bucket(local.client("s3"))
    made.client.create_bucket(Bucket=BUCKET)
    yield made
    for key in made.listed():
        made.client.delete_object(Bucket=BUCKET, Key=key)
    made.client.delete_bucket(Bucket=BUCKET)


@pytest.mark.slow
def test_files_become_a_dataset_of_a_stack(reportwire: Reportwire, bucket: Bucket) -> None:
    said = reportwire("add", "flights", "a.csv", "b.csv", *bucket.deployed)
    assert bucket.listed() == {"flights/flights.parquet"}
    assert bucket.rows("flights/flights.parquet") == [(1, "x"), (2, "y"), (3, "z")]
    assert said.endswith("Columns: id BIGINT, name VARCHAR.\nReports that start now read it.\n")
    assert not reportwire.own.exists()


@pytest.mark.slow
def test_adding_again_replaces_the_dataset_of_a_stack(reportwire: Reportwire, bucket: Bucket) -> None:
    assert "in the place of" not in reportwire("add", "trips", "a.csv", *bucket.deployed)
    assert "in the place of what was there" in reportwire("add", "trips", "b.csv", *bucket.deployed)
    assert bucket.rows("trips/trips.parquet") == [(3, "z")]


@pytest.mark.slow
def test_dataset_of_several_files_is_not_mixed_with_another(reportwire: Reportwire, bucket: Bucket) -> None:
    for name in ("trips/1.parquet", "trips/2.parquet", "trips/deeper/3.parquet"):
        bucket.client.put_object(Bucket=BUCKET, Key=name, Body=b"")
    reason = reportwire.complaint("add", "trips", "a.csv", *bucket.deployed)
    assert reason == f"the bucket {BUCKET} has trips in several files: remove it first"
    assert reportwire("remove", "trips", *bucket.deployed) == "trips: removed.\n"
    reportwire("add", "trips", "a.csv", *bucket.deployed)
    assert bucket.listed() == {"trips/trips.parquet", "trips/deeper/3.parquet"}


@pytest.mark.slow
def test_list_shows_the_datasets_of_a_stack(reportwire: Reportwire, bucket: Bucket) -> None:
    for key in ("trips/1.parquet", "trips/2.parquet", "fares/fares.parquet", "notes/read.me", "top.parquet"):
        bucket.client.put_object(Bucket=BUCKET, Key=key, Body=b"12345")
    assert json.loads(reportwire("list", "--json", *bucket.deployed)) == [
        {"name": "fares", "rowCount": None, "sizeBytes": 5, "source": BUCKET},
        {"name": "trips", "rowCount": None, "sizeBytes": 10, "source": BUCKET},
    ]
    assert [line.split() for line in reportwire("list", *bucket.deployed).splitlines()] == [
        ["Name", "Rows", "Size", "From"],
        ["fares", "5", "B", BUCKET],
        ["trips", "10", "B", BUCKET],
    ]


@pytest.mark.slow
def test_dataset_that_is_not_in_the_bucket_is_not_removed(reportwire: Reportwire, bucket: Bucket) -> None:
    assert reportwire.complaint("remove", "flights", *bucket.deployed) == "there is no dataset flights"


@pytest.mark.slow
def test_who_may_not_write_is_told_and_nothing_is_changed(
    reportwire: Reportwire, bucket: Bucket, local: LocalBackend
) -> None:
    profile = json.loads(Path("profile.json").read_text())
    profile["auth"]["accessKeyId"], profile["auth"]["secretAccessKey"] = local.create_analyst("curious")
    Path("profile.json").write_text(json.dumps(profile))
    reason = reportwire.complaint("add", "trips", "a.csv", *bucket.deployed)
    assert reason.startswith(f"the bucket {BUCKET}: ")
    assert "AccessDenied" in reason
    assert bucket.listed() == set()


@pytest.mark.slow
def test_upload_that_fails_is_told_and_nothing_is_changed(
    reportwire: Reportwire, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    reportwire("add", "trips", "a.csv", *bucket.deployed)
    keys = places.DatasetsBucket._keys

    def keys_before_the_bucket_went(self: places.DatasetsBucket) -> dict[str, dict[str, int]]:
        found = keys(self)
        self._bucket = "no-such-bucket"
        return found

    monkeypatch.setattr(places.DatasetsBucket, "_keys", keys_before_the_bucket_went)
    assert "NoSuchBucket" in reportwire.complaint("add", "trips", "b.csv", *bucket.deployed)
    assert bucket.rows("trips/trips.parquet") == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"])
def test_credentials_that_are_not_there_are_told(
    reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if variable == "AWS_PROFILE":
        monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert reportwire.complaint("list", "--bucket", BUCKET).startswith(f"the bucket {BUCKET}: ")


def test_secret_is_in_no_representation() -> None:
    assert "hush" not in repr(places.BucketAddress("b", secret_access_key="hush"))


# --- reportwire check -----------------------------------------------------------------------------


def test_check_gets_the_files_and_the_datasets(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def run(*arguments: object) -> int:
        given.extend(arguments)
        return 1

    checking = ModuleType("backend.checking")
    checking.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "backend.checking", checking)
    monkeypatch.setattr("backend.checking", checking, raising=False)
    assert program.main(["check", "a.sql", "b.sql", "-p", "a=1"]) == 1
    assert given == [[Path("a.sql"), Path("b.sql")], data.directories(), ["a=1"]]


# --- without the extra ----------------------------------------------------------------------------

WITHOUT_ENGINE = """
import sys
sys.modules["duckdb"] = None
from desktop.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["data", "add", "trips", "a.csv"], "reportwire data: this needs duckdb: pip install 'reportwire[local]'\n"),
        (["check", "a.sql"], "reportwire: This needs duckdb: pip install 'reportwire[local]'.\n"),
    ],
)
def test_missing_engine_is_named_with_its_extra(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-c", WITHOUT_ENGINE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", complaint)
