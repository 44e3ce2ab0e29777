"""Rows that a distributed engine leaves, in the emulator's bucket."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.aws.landing_bucket import LandingBucket
from backend.service.ports import DataUnreadable
from infra.local.backend import LocalBackend


@pytest.fixture
def landing(local: LocalBackend) -> LandingBucket:
    return LandingBucket(local.client("s3"), local.outputs["reportsBucket"])


@pytest.fixture
def folder(landing: LandingBucket) -> Iterator[str]:
    folder = f"owner/{uuid.uuid4()}/rows"
    yield folder
    landing.delete(folder)


@pytest.fixture
def put(landing: LandingBucket) -> Callable[[str, bytes], Any]:
    return lambda key, body: landing.client.put_object(Bucket=landing.bucket, Key=key, Body=body)


def keys(landing: LandingBucket, prefix: str) -> list[str]:
    pages = landing.client.get_paginator("list_objects_v2").paginate(Bucket=landing.bucket, Prefix=prefix)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]


def test_files_with_rows_are_those_that_are_not_hidden_or_empty(
    landing: LandingBucket, folder: str, put: Callable[[str, bytes], Any]
) -> None:
    for name, body in (
        ("b_1", b"PAR1"),
        ("a.gz", b"PAR1x"),
        ("_SUCCESS", b"x"),
        (".crc", b"x"),
        ("c", b""),
        ("d/e", b"x"),
    ):
        put(f"{folder}/token/{name}", body)
    found = landing.files(f"{folder}/token")
    assert [file.name.rpartition("/")[2] for file in found] == ["a.gz", "b_1"]
    assert landing.read(found[0], 1, 3) == b"AR1"
    assert landing.address(f"{folder}/token") == f"s3://{landing.bucket}/{folder}/token/"


def test_delete_takes_all_that_lies_in_the_folder_and_nothing_beside(
    landing: LandingBucket, folder: str, put: Callable[[str, bytes], Any]
) -> None:
    beside = f"{folder}-of-another/token/x"
    put(beside, b"x")
    for n in range(3):
        put(f"{folder}/token/deep/{n} ä&<'", b"x")
    landing.delete(folder)
    landing.delete(folder)
    assert keys(landing, folder) == [beside]
    landing.delete(f"{folder}-of-another")


def test_bucket_that_is_not_there_is_said(local: LocalBackend) -> None:
    nowhere = LandingBucket(local.client("s3"), f"nowhere-{uuid.uuid4()}")
    with pytest.raises(DataUnreadable):
        nowhere.delete("owner/report/rows")
    with pytest.raises(DataUnreadable):
        nowhere.files("owner/report/rows")


class Pages:
    """A client with more files than one request lists or deletes."""

    def __init__(self, count: int, errors: list[dict[str, str]] | None = None) -> None:
        self.names = [f"f/{n}" for n in range(count)]
        self.deleted: list[int] = []
        self.errors = errors

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        return (
            {"Contents": [{"Key": key} for key in self.names[n : n + 1000]]} for n in range(0, len(self.names), 1000)
        )

    def delete_objects(self, **request: Any) -> dict[str, Any]:
        self.deleted.append(len(request["Delete"]["Objects"]))
        return {"Errors": self.errors} if self.errors else {}


def test_thousands_of_files_are_deleted_page_by_page() -> None:
    client: Any = Pages(2_500)
    LandingBucket(client, "reports").delete("f")
    assert client.deleted == [1_000, 1_000, 500]


def test_file_that_stays_is_no_silence() -> None:
    client: Any = Pages(1, [{"Key": "f/0", "Code": "AccessDenied"}])
    with pytest.raises(DataUnreadable, match="AccessDenied"):
        LandingBucket(client, "reports").delete("f")
