"""`reportwire data` in a deployed stack's bucket."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infra.local.backend import LocalBackend
from infra.local.datasets import places
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
    profile = json.loads(Path("profile.json").read_text())
    profile["auth"]["accessKeyId"], profile["auth"]["secretAccessKey"] = local.create_analyst("curious")
    Path("profile.json").touch(0o600)  # it holds keys
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
