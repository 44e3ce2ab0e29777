"""`reportwire data` in a deployed stack's bucket."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import S3Transfer

from backend.aws.dataset_bucket import DatasetBucket
from infra.local.backend import LocalBackend
from infra.local.datasets import bucket as bucket_module
from infra.local.datasets import flights
from infra.local.errors import LocalBackendError
from tests.administrators import create_administrator
from tests.backend.engine.exports import export
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
    keys = bucket_module.DatasetsBucket._keys

    def keys_before_the_bucket_went(self: bucket_module.DatasetsBucket) -> dict[str, dict[str, int]]:
        found = keys(self)
        self._bucket = "no-such-bucket"
        return found

    monkeypatch.setattr(bucket_module.DatasetsBucket, "_keys", keys_before_the_bucket_went)
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
    assert "hush" not in repr(bucket_module.BucketAddress("b", secret_access_key="hush"))


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
    older = {"Metadata": {bucket_module.SAMPLE_DIGEST: "0" * 64}}
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


def add_partitioned(reportwire: Reportwire, bucket: Bucket, rows: str) -> set[str]:
    """Add trips, divided by kind; return the keys that the bucket has then."""
    Path("rows.csv").write_text(rows)
    reportwire("add", "trips", "rows.csv", "--partition-by", "kind", *bucket.deployed)
    return bucket.listed()


@pytest.mark.slow
def test_partitions_become_a_dataset_of_a_stack_and_go_with_it(reportwire: Reportwire, bucket: Bucket) -> None:
    first = add_partitioned(reportwire, bucket, "id,kind\n1,a/b\n2,c\n3,c\n")
    assert {key.rpartition("/")[0] for key in first} == {"trips", "trips/kind=a%2Fb", "trips/kind=c"}
    assert "trips/_layout.json" in first
    second = add_partitioned(reportwire, bucket, "id,kind\n2,c\n3,c\n4,d\n")
    assert {key for key in first if "kind=c" in key} < second
    assert not any("kind=a" in key for key in second)
    assert len(second) == 3
    (trips,) = json.loads(reportwire("list", "--json", *bucket.deployed))
    assert (trips["rowCount"], trips["partitionedBy"]) == (3, ["kind"])
    assert [part["rowCount"] for part in trips["partitions"]] == [2, 1]
    assert trips["sizeBytes"] == sum(part["sizeBytes"] for part in trips["partitions"])
    assert reportwire("list", *bucket.deployed).splitlines()[0].split() == [
        "Name",
        "Rows",
        "Size",
        "Partitions",
        "From",
    ]
    assert reportwire("remove", "trips", *bucket.deployed) == "trips: removed.\n"
    assert bucket.listed() == set()


@pytest.mark.slow
def test_one_file_and_partitions_take_each_other_s_place(reportwire: Reportwire, bucket: Bucket) -> None:
    reportwire("add", "trips", "a.csv", *bucket.deployed)
    assert "trips/trips.parquet" not in add_partitioned(reportwire, bucket, "id,kind\n1,a\n")
    assert "in the place of what was there" in reportwire("add", "trips", "a.csv", *bucket.deployed)
    assert bucket.listed() == {"trips/trips.parquet"}


@pytest.mark.slow
def test_folders_of_somebody_else_are_not_mixed_with_partitions(reportwire: Reportwire, bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=BUCKET, Key="trips/kind=x/theirs.parquet", Body=b"")
    Path("rows.csv").write_text("id,kind\n1,a\n")
    reason = reportwire.complaint("add", "trips", "rows.csv", "--partition-by", "kind", *bucket.deployed)
    assert reason == f"the bucket {BUCKET} has trips in several files: remove it first"
    assert json.loads(reportwire("list", "--json", *bucket.deployed)) == []
    reportwire("remove", "trips", *bucket.deployed)
    add_partitioned(reportwire, bucket, "id,kind\n1,a\n")


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_upload_of_partitions_that_breaks_off_changes_nothing(
    turn: int, reportwire: Reportwire, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = add_partitioned(reportwire, bucket, "id,kind\n1,a\n2,b\n")
    turns, real = iter(range(9)), S3Transfer.upload_file

    def upload(*arguments: Any, **named: Any) -> None:
        if next(turns) == turn:
            raise S3UploadFailedError("gone")
        real(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(S3Transfer, "upload_file", upload)
        Path("rows.csv").write_text("id,kind\n3,a\n4,b\n")
        reportwire.complaint("add", "trips", "rows.csv", "--partition-by", "kind", *bucket.deployed)
    assert before <= bucket.listed()
    store = DatasetBucket(bucket.client, BUCKET)
    assert {file.name for file in store.files("trips")} == before - {"trips/_layout.json"}
    assert len(add_partitioned(reportwire, bucket, "id,kind\n5,a\n")) == 2


@pytest.mark.slow
def test_report_fetches_the_partitions_it_needs(reportwire: Reportwire, bucket: Bucket) -> None:
    rows = "".join(f"{n},2024-{1 + n % 12:02}-15,{n * 7919}\n" for n in range(60_000))
    Path("rows.csv").write_text(f"id,day,value\n{rows}")
    reportwire("add", "whole", "rows.csv", *bucket.deployed)
    reportwire("add", "months", "rows.csv", "--partition-by", "month(day)", *bucket.deployed)
    found = {}
    for name in ("whole", "months"):
        fetched: list[tuple[str, int]] = []
        store = DatasetBucket(bucket.client, BUCKET)
        note = partial(_note, fetched)
        bucket.client.meta.events.register("after-call.s3.GetObject", note)
        sql = f"SELECT sum(value) AS s, count(*) AS n FROM {name} WHERE day BETWEEN '2024-05-01' AND '2024-05-31'"
        rows_found = export(sql, store, datasets=(name,)).rows
        bucket.client.meta.events.unregister("after-call.s3.GetObject", note)
        found[name] = (rows_found, sum(size for _, size in fetched))
    assert found["whole"][0] == found["months"][0]
    assert found["months"][1] * 4 < found["whole"][1]


def _note(fetched: list[tuple[str, int]], http_response: Any, **_: object) -> None:
    fetched.append((http_response.url, int(http_response.headers["content-length"])))
