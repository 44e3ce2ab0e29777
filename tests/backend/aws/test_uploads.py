"""The multipart upload, against a client that holds parts back, loses them, and remembers."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.aws.result_bucket import PARTS_AT_ONCE, MultipartUpload, ResultBucket
from backend.service.ports import StoreUnavailable

DEADLINE_S = 30.0
"""Only so that a test that fails does not hang."""
PART = 8


class FakeClient:
    """An S3 in memory, in which each part waits for leave."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.on_part: Callable[[int], None] = lambda _: None
        self.travelling: set[int] = set()
        self.most_travelling = 0
        self.arrived: dict[int, bytes] = {}
        self.calls: list[str] = []
        self.parts_at_abort: set[int] = set()
        self.completed: bytes | None = None
        self.listed: list[int] = []
        self.failing: set[str] = set()

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        self._call("create")
        return {"UploadId": "u"}

    def upload_part(self, **part: Any) -> dict[str, str]:
        number, body = part["PartNumber"], part["Body"]
        with self.changed:
            self.travelling.add(number)
            self.most_travelling = max(self.most_travelling, len(self.travelling))
            self.changed.notify_all()
        sent = bytes(body)
        try:
            self.on_part(number)
            assert bytes(body) == sent
        finally:
            with self.changed:
                self.travelling.discard(number)
                self.changed.notify_all()
        with self.changed:
            self.arrived[number] = sent
            self.changed.notify_all()
        return {"ETag": f"e{number}"}

    def complete_multipart_upload(self, **upload: Any) -> None:
        self._call("complete")
        parts = upload["MultipartUpload"]["Parts"]
        self.listed = [part["PartNumber"] for part in parts]
        assert [part["ETag"] for part in parts] == [f"e{number}" for number in self.listed]
        self.completed = b"".join(self.arrived[number] for number in self.listed)

    def abort_multipart_upload(self, **_: Any) -> None:
        self.parts_at_abort = set(self.travelling)
        self._call("abort")

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, DEADLINE_S)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.failing:
            raise refusal(name)


def refusal(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "SlowDown", "Message": "busy"}}, operation)


@pytest.fixture(autouse=True)
def no_threads() -> Iterator[None]:
    yield
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("part")]


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


def opened(client: FakeClient) -> MultipartUpload:
    stub: Any = client
    return ResultBucket(stub, "bucket", part_size_bytes=PART).open("key", "f.csv", "text/csv")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=5 * PART), max_size=8))
def test_file_is_what_was_written_however_it_came(chunks: list[bytes]) -> None:
    client = FakeClient()
    upload = opened(client)
    for chunk in chunks:
        upload.write(chunk)
        assert upload.stored_bytes <= upload.size_bytes
    stored = upload.complete()
    upload.abort()
    whole = b"".join(chunks)
    assert client.completed == whole
    assert (stored.size_bytes, stored.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert upload.stored_bytes == upload.size_bytes == len(whole)
    assert all(len(client.arrived[number]) == PART for number in client.listed[:-1])
    assert client.calls == ["create", "complete"]


def test_parts_are_listed_in_order_whichever_arrives_first(client: FakeClient) -> None:
    def in_reverse(number: int) -> None:
        if number < PARTS_AT_ONCE:
            client.wait_until(lambda: number + 1 in client.arrived)

    client.on_part = in_reverse
    upload = opened(client)
    data = bytes(range(PART * PARTS_AT_ONCE))
    upload.write(data)
    upload.complete()
    upload.abort()
    assert list(client.arrived) == list(range(PARTS_AT_ONCE, 0, -1))
    assert client.listed == list(range(1, PARTS_AT_ONCE + 1))
    assert client.completed == data


def test_only_so_many_parts_travel_at_once(client: FakeClient) -> None:
    leave = threading.Semaphore(0)
    client.on_part = lambda _: held_by(leave)
    upload = opened(client)
    written = threading.Event()

    def write() -> None:
        upload.write(bytes(PART * (PARTS_AT_ONCE + 1)))
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    client.wait_until(lambda: len(client.travelling) == PARTS_AT_ONCE)
    assert not written.wait(0.05)  # it waits for a part to arrive
    leave.release(PARTS_AT_ONCE + 1)
    writer.join(DEADLINE_S)
    assert written.is_set()
    upload.complete()
    upload.abort()
    assert client.most_travelling == PARTS_AT_ONCE
    assert client.listed == list(range(1, PARTS_AT_ONCE + 2))


def test_writing_goes_on_while_parts_travel(client: FakeClient) -> None:
    leave = threading.Semaphore(0)
    client.on_part = lambda _: held_by(leave)
    upload = opened(client)
    upload.write(bytes(PART * PARTS_AT_ONCE + PART - 1))
    assert upload.stored_bytes == 0
    leave.release(PARTS_AT_ONCE + 1)
    upload.complete()
    upload.abort()


@pytest.mark.parametrize("lost", range(1, PARTS_AT_ONCE + 2))
def test_part_that_is_refused_fails_the_upload_and_is_discarded(client: FakeClient, lost: int) -> None:
    def refuse(number: int) -> None:
        if number == lost:
            raise refusal("UploadPart")

    client.on_part = refuse
    upload = opened(client)
    with pytest.raises(StoreUnavailable):
        write_all(upload, PARTS_AT_ONCE + 1)
    upload.abort()
    assert client.calls == ["create", "abort"]
    assert client.completed is None


def test_refused_part_surfaces_while_writing(client: FakeClient) -> None:
    def refuse(_: int) -> None:
        raise refusal("UploadPart")

    client.on_part = refuse
    upload = opened(client)
    with pytest.raises(StoreUnavailable):
        upload.write(bytes(PART * (PARTS_AT_ONCE + 1)))
    upload.abort()


def test_abort_waits_for_the_parts_on_their_way(client: FakeClient) -> None:
    leave = threading.Semaphore(0)
    client.on_part = lambda _: held_by(leave)
    upload = opened(client)
    upload.write(bytes(PART * 2))
    client.wait_until(lambda: len(client.travelling) == 2)
    aborting = threading.Thread(target=upload.abort)
    aborting.start()
    aborting.join(0.05)
    assert client.calls == ["create"]  # a part that arrived after the abort would stay
    leave.release(PARTS_AT_ONCE + 1)
    aborting.join(DEADLINE_S)
    assert client.calls == ["create", "abort"]
    assert not client.parts_at_abort


@pytest.mark.parametrize("failing", ["create", "complete"])
def test_refusal_comes_out_and_can_be_aborted(client: FakeClient, failing: str) -> None:
    client.failing = {failing}
    upload = opened(client)
    with pytest.raises(StoreUnavailable):
        write_all(upload, 1)
    upload.abort()
    assert client.calls == {"create": ["create"], "complete": ["create", "complete", "abort"]}[failing]


def test_abort_that_fails_is_only_logged(client: FakeClient, caplog: pytest.LogCaptureFixture) -> None:
    client.failing = {"abort"}
    upload = opened(client)
    upload.write(bytes(PART))
    upload.abort()
    upload.abort()
    assert client.calls == ["create", "abort"]
    assert [record.message for record in caplog.records] == ["upload not aborted"]


def test_s3_hears_nothing_of_an_upload_without_a_whole_part(client: FakeClient) -> None:
    upload = opened(client)
    upload.write(bytes(PART - 1))
    upload.abort()
    assert not client.calls


def test_empty_file_is_one_empty_part(client: FakeClient) -> None:
    upload = opened(client)
    assert upload.complete().size_bytes == 0
    upload.abort()
    assert client.completed == b""
    assert client.listed == [1]


def write_all(upload: MultipartUpload, parts: int) -> None:
    upload.write(bytes(PART * parts))
    upload.complete()


def held_by(leave: threading.Semaphore) -> None:
    assert leave.acquire(timeout=DEADLINE_S)
