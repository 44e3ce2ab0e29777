"""The datasets bucket: on the emulator, and when S3 fails half-way."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber
from urllib3 import HTTPResponse

from backend.aws.dataset_bucket import DatasetBucket
from backend.engine.datasets import DatasetFile
from backend.engine.layout import Key, Layout, Part, encode
from backend.service.ports import DataUnreadable
from infra.local.backend import LocalBackend

FILE = DatasetFile("flights/f.parquet", 10, datetime(2013, 1, 1, tzinfo=UTC), '"etag"')


@pytest.fixture
def bucket(local: LocalBackend) -> Iterator[DatasetBucket]:
    """Give a bucket of the test's own."""
    client, name = local.client("s3"), "datasets-of-a-test"
    client.create_bucket(Bucket=name)
    yield DatasetBucket(client, name)
    for each in client.list_objects_v2(Bucket=name).get("Contents", ()):
        client.delete_object(Bucket=name, Key=each["Key"])
    client.delete_bucket(Bucket=name)


def put(bucket: DatasetBucket, key: str, content: bytes = b"0123456789") -> None:
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=content)


@pytest.mark.slow
def test_files_of_a_dataset_are_its_parquet_files_by_name(bucket: DatasetBucket) -> None:
    for name in ("b.parquet", "a.parquet", "c.csv", "d.parquet.tmp", "deeper/e.parquet", ""):
        put(bucket, f"flights/{name}")
    put(bucket, "flights2/other.parquet")
    put(bucket, "top.parquet")
    first, second = bucket.files("flights")
    assert (first.name, second.name) == ("flights/a.parquet", "flights/b.parquet")
    assert (first.size_bytes, len(first.etag)) == (10, 34)
    assert abs(datetime.now(UTC) - first.modified_at) < timedelta(minutes=1)


@pytest.mark.slow
def test_dataset_that_is_not_there_has_no_files(bucket: DatasetBucket) -> None:
    put(bucket, "flights/a.parquet")
    assert bucket.files("flight") == ()


@pytest.mark.slow
@pytest.mark.parametrize(("start", "length", "expected"), [(0, 10, b"0123456789"), (3, 4, b"3456"), (8, 100, b"89")])
def test_ranges_are_read(bucket: DatasetBucket, start: int, length: int, expected: bytes) -> None:
    put(bucket, "flights/a.parquet")
    (file,) = bucket.files("flights")
    assert bucket.read(file, start, length) == expected


@pytest.mark.slow
def test_file_that_was_replaced_is_not_read_on(bucket: DatasetBucket) -> None:
    put(bucket, "flights/a.parquet")
    (file,) = bucket.files("flights")
    put(bucket, "flights/a.parquet", b"9876543210")
    with pytest.raises(DataUnreadable, match=r"flights/a\.parquet cannot be read: .*PreconditionFailed"):
        bucket.read(file, 0, 10)


@pytest.mark.slow
def test_file_that_is_gone_is_named(bucket: DatasetBucket) -> None:
    put(bucket, "flights/a.parquet")
    (file,) = bucket.files("flights")
    bucket.client.delete_object(Bucket=bucket.bucket, Key=file.name)
    with pytest.raises(DataUnreadable, match=r"flights/a\.parquet"):
        bucket.read(file, 0, 10)


@pytest.mark.slow
def test_bucket_that_is_not_there_is_a_store_that_is_unavailable(bucket: DatasetBucket) -> None:
    with pytest.raises(DataUnreadable, match=r"files of flights.*NoSuchBucket"):
        DatasetBucket(bucket.client, "no-such-bucket").files("flights")


class FakeClient:
    """An S3 that answers with these bodies, one after another."""

    def __init__(self, *answers: StreamingBody | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def get_object(self, **request: Any) -> dict[str, StreamingBody]:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"Body": answer}


def body(content: bytes, length: int) -> StreamingBody:
    return StreamingBody(BytesIO(content), length)


def reading(client: FakeClient) -> bytes:
    return DatasetBucket(cast("Any", client), "datasets").read(FILE, 4, 6)


def test_range_of_the_listed_version_is_asked_for() -> None:
    client = FakeClient(body(b"456789", 6))
    assert reading(client) == b"456789"
    assert client.asked == [
        {"Bucket": "datasets", "Key": "flights/f.parquet", "Range": "bytes=4-9", "IfMatch": '"etag"'}
    ]


@pytest.mark.parametrize(
    "first", [body(b"45", 6), ReadTimeoutError(endpoint_url="x")], ids=["cut short", "no more comes"]
)
def test_answer_that_breaks_off_is_asked_for_again(first: StreamingBody | Exception) -> None:
    client = FakeClient(first, body(b"456789", 6))
    assert reading(client) == b"456789"
    assert client.asked[0] == client.asked[1]


def test_answer_that_breaks_off_again_is_a_store_that_is_unavailable() -> None:
    with pytest.raises(DataUnreadable) as told:
        reading(FakeClient(body(b"45", 6), body(b"45", 6)))
    assert isinstance(told.value.__cause__, IncompleteReadError)


def test_checksum_that_was_stored_is_compared() -> None:
    """A file read whole is asked for without a range: S3 sends the checksum only then."""
    client = FakeClient(body(b"0123456789", 10))
    assert DatasetBucket(cast("Any", client), "datasets").read(FILE, 0, 10) == b"0123456789"
    assert "Range" not in client.asked[0]


@pytest.mark.parametrize("damage", [b"X123456789", b"012345678X"])
def test_file_whose_bytes_are_not_those_that_were_stored_is_read_again(damage: bytes) -> None:
    def answer(content: bytes) -> dict[str, Any]:
        headers = {"x-amz-checksum-crc32": "poTHxg==", "content-length": "10"}  # of 0123456789
        return {"status": 200, "headers": headers, "content": content}

    for second, outcome in ((b"0123456789", nullcontext()), (damage, pytest.raises(DataUnreadable))):
        client = answering(answer(damage), answer(second))
        with outcome:
            assert DatasetBucket(client, "datasets").read(FILE, 0, 10) == b"0123456789"


def answering(*answers: dict[str, Any]) -> Any:
    """Return a client of S3's whose requests are answered with these, one after another."""
    client: Any = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    remaining = iter(answers)

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        answer = next(remaining)
        raw = HTTPResponse(BytesIO(answer["content"]), preload_content=False)
        return AWSResponse(request.url, answer["status"], cast("Any", HeadersDict(answer["headers"])), raw)

    client.meta.events.register("before-send.s3.GetObject", send)
    return client


def test_refusal_is_not_repeated() -> None:
    client = FakeClient(ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject"))
    with pytest.raises(DataUnreadable, match="AccessDenied"):
        reading(client)
    assert len(client.asked) == 1


def test_every_page_of_a_listing_is_read() -> None:
    def listed(key: str) -> dict[str, Any]:
        return {"Key": key, "Size": 1, "LastModified": FILE.modified_at, "ETag": '"e"'}

    asked = {"Bucket": "datasets", "Prefix": "flights/", "Delimiter": "/"}
    first = {"IsTruncated": True, "NextContinuationToken": "2", "Contents": [listed("flights/b.parquet")]}
    second = {"IsTruncated": False, "Contents": [listed("flights/a.parquet")]}
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        stubber.add_response("list_objects_v2", first, asked)
        stubber.add_response("list_objects_v2", second, {**asked, "ContinuationToken": "2"})
        names = [file.name for file in DatasetBucket(client, "datasets").files("flights")]
    assert names == ["flights/a.parquet", "flights/b.parquet"]


def layout(*paths: str) -> bytes:
    parts = tuple(Part(path=path, values=(1,), row_count=1, size_bytes=10) for path in paths)
    key = Key(name="n", type="INTEGER", of="n")
    return encode(Layout(columns=(("n", "INTEGER"), ("m", "INTEGER")), keys=(key,), parts=parts))


@pytest.mark.slow
def test_files_of_a_partitioned_dataset_are_those_of_its_layout(bucket: DatasetBucket) -> None:
    for name in ("top.parquet", "n=1/old.parquet", "n=2/b.parquet", "n=10/a.parquet", "n=é %2F/x.parquet"):
        put(bucket, f"flights/{name}")
    put(bucket, "flights/_layout.json", layout("n=2/b.parquet", "n=10/a.parquet", "n=é %2F/x.parquet"))
    found = bucket.files("flights")
    assert [file.name for file in found] == [
        f"flights/n={rest}" for rest in ("2/b.parquet", "10/a.parquet", "é %2F/x.parquet")
    ]
    assert next(file.part and file.part.path for file in found) == "n=2/b.parquet"
    assert {file.size_bytes for file in found} == {10}
    assert bucket.read(found[2], 3, 4) == b"3456"


class Replacing(DatasetBucket):
    """A bucket whose dataset is replaced between a look at its layout and one at its files, so many times."""

    times: int

    def _layout(self, dataset: str) -> Layout:
        found = super()._layout(dataset)
        if self.times:
            type(self).times -= 1
            put(self, f"{dataset}/n={self.times}/new.parquet")
            put(self, f"{dataset}/_layout.json", layout(f"n={self.times}/new.parquet"))
            for part in found.parts:
                self.client.delete_object(Bucket=self.bucket, Key=f"{dataset}/{part.path}")
        return found


@pytest.mark.slow
def test_dataset_that_is_replaced_while_it_is_looked_up_is_looked_up_again(
    bucket: DatasetBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bucket, "flights/n=9/old.parquet")
    put(bucket, "flights/_layout.json", layout("n=9/old.parquet"))
    monkeypatch.setattr(Replacing, "times", 1, raising=False)
    assert [file.name for file in Replacing(bucket.client, bucket.bucket).files("flights")] == [
        "flights/n=0/new.parquet"
    ]
    monkeypatch.setattr(Replacing, "times", 2)
    with pytest.raises(DataUnreadable, match=r"files of flights that its _layout\.json names are not there"):
        Replacing(bucket.client, bucket.bucket).files("flights")


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", layout("n=1/a.parquet").replace(b"1", b"2", 1), layout("../a.parquet"), layout("n=1/../a")],
)
def test_layout_that_is_none_is_named(content: bytes, bucket: DatasetBucket) -> None:
    put(bucket, "flights/_layout.json", content)
    with pytest.raises(DataUnreadable, match=r"flights/_layout\.json is none: "):
        bucket.files("flights")
