"""`reportwire data` in a deployed stack's bucket."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infra.local.backend import LocalBackend
from infra.local.datasets import flights, places
from infra.local.errors import LocalBackendError
from tests.administrators import create_administrator
from tests.infra.data_commands import Reportwire

BUCKET = "datasets-of-a-test"


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
    access_key_id, secret = create_administrator(local)
    auth = {"mode": "iam", "accessKeyId": access_key_id, "secretAccessKey": secret}
    profile = {"name": "x", "endpoint": "wss://example.com/x", "region": local.region, "auth": auth}
    Path("profile.json").touch(0o600)  # it holds keys
    Path("profile.json").write_text(json.dumps(profile))
    made = Bucket(local.client("s3"))
    made.client.create_bucket(Bucket=BUCKET)
    yield made
    for key in made.listed():
        made.client.delete_object(Bucket=BUCKET, Key=key)
    made.client.delete_bucket(Bucket=BUCKET)


def sign_in_as(access_key_id: str, secret: str) -> None:
    """Change whose keys `profile.json` holds."""
    profile = json.loads(Path("profile.json").read_text())
    profile["auth"] |= {"accessKeyId": access_key_id, "secretAccessKey": secret}
    Path("profile.json").write_text(json.dumps(profile))


@pytest.mark.slow
def test_files_become_a_dataset_of_a_stack(reportwire: Reportwire, bucket: Bucket) -> None:
    said = reportwire("add", "flights", "a.csv", "b.csv", *bucket.deployed)
    assert bucket.listed() == {"flights/flights.parquet"}
    assert bucket.rows("flights/flights.parquet") == [(1, "x"), (2, "y"), (3, "z")]
    assert said.splitlines()[1:] == [
        "Columns: id BIGINT, name VARCHAR.",
        "CSV with a comma between its cells.",
        "Reports that start now read it.",
    ]
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
    sign_in_as(*local.create_analyst("curious"))
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


@pytest.mark.slow
def test_sample_becomes_the_data_of_a_stack_and_is_sent_once(reportwire: Reportwire, bucket: Bucket) -> None:
    said = reportwire("add", "--sample", *bucket.deployed).splitlines()
    assert bucket.listed() == {f"{name}/{name}.parquet" for name in flights.TABLES}
    assert bucket.rows("flights/flights.parquet") == [(1,)]
    assert said[-1] == "Reports that start now read it."
    assert [line.partition(",")[0] for line in said[:-1]] == [f"{name}: added" for name in sorted(flights.TABLES)]
    mark = bucket.client.head_object(Bucket=BUCKET, Key="flights/flights.parquet")["Metadata"]
    bucket.client.put_object(Bucket=BUCKET, Key="flights/flights.parquet", Body=b"as it is", Metadata=mark)
    again = reportwire("add", "--sample", *bucket.deployed).splitlines()
    assert all("there already" in line for line in again[:-1])
    kept = bucket.client.get_object(Bucket=BUCKET, Key="flights/flights.parquet")
    assert kept["Body"].read() == b"as it is"


@pytest.mark.slow
def test_older_sample_is_replaced_and_what_is_no_sample_is_kept(reportwire: Reportwire, bucket: Bucket) -> None:
    older = {"Metadata": {places.SAMPLE_DIGEST: "0" * 64}}
    bucket.client.put_object(Bucket=BUCKET, Key="weather/weather.parquet", Body=b"", **older)
    reportwire("add", "--sample", *bucket.deployed)
    assert bucket.rows("weather/weather.parquet") == [(1,)]
    reportwire("add", "planes", "a.csv", *bucket.deployed)
    reportwire("remove", "weather", *bucket.deployed)
    reason = reportwire.complaint("add", "--sample", *bucket.deployed)
    assert reason == f"the bucket {BUCKET} has another planes: remove it first"
    assert bucket.rows("planes/planes.parquet") == [(1, "x"), (2, "y")]
    assert "weather/weather.parquet" not in bucket.listed()


@pytest.mark.slow
def test_bucket_that_is_not_there_is_told_with_what_may_help(reportwire: Reportwire, bucket: Bucket) -> None:
    reason = reportwire.complaint("add", "--sample", "--bucket", "no-such-bucket", "--profile", "profile.json")
    assert "NoSuchBucket" in reason
    assert "datasetsBucket" in reason


@pytest.mark.slow
def test_who_may_not_write_the_sample_is_told_what_it_takes(
    reportwire: Reportwire, bucket: Bucket, local: LocalBackend
) -> None:
    sign_in_as(*local.create_analyst("curious-about-samples"))
    reason = reportwire.complaint("add", "--sample", *bucket.deployed)
    assert "s3:PutObject" in reason
    assert bucket.listed() == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sample"], "needs the --bucket of a stack"),
        (["--sample", "--bucket", BUCKET, "trips", "a.csv"], "goes with --bucket and --profile alone"),
        (["--sample", "--bucket", BUCKET, "--dry-run"], "goes with --bucket and --profile alone"),
        (["trips"], "NAME and FILE are missing"),
        ([], "NAME and FILE are missing"),
    ],
)
def test_arguments_that_mean_nothing_together_are_refused(
    reportwire: Reportwire, arguments: list[str], said: str
) -> None:
    reportwire("add", *arguments, status=2)
    assert said in reportwire.err


def test_sample_that_is_not_installed_is_said(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cache_dir: Path) -> Path:
        raise LocalBackendError("the sample data is not installed: pip install 'reportwire[local]'")

    monkeypatch.setattr(flights, "converted", missing)
    assert "pip install" in reportwire.complaint("add", "--sample", "--bucket", BUCKET)
