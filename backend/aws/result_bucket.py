"""Finished reports in S3: streamed in as multipart uploads, signed out as links.

execution ── bytes ──▶ **MultipartUpload** ──▶ bucket          links ──▶ **ResultBucket.sign** ──▶ link
"""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.service.ports import Stored, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

log = logging.getLogger(__name__)

PART_SIZE_BYTES = 8 * 1024 * 1024
"""At 10,000 parts a file may have 80 GiB; S3 takes no part under 5 MiB but the last.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""
PARTS_AT_ONCE = 2
"""How many are on their way while the next is filled: each takes its size in memory."""


@dataclass(frozen=True, slots=True)
class ResultBucket:
    """A `ports.ResultStore`."""

    client: S3Client
    bucket: str
    part_size_bytes: int = PART_SIZE_BYTES

    def open(self, key: str, file_name: str, content_type: str) -> MultipartUpload:
        """Begin an upload; S3 hears of it with the first part."""
        return MultipartUpload(self, key, _disposition(file_name), content_type)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a small file at once."""
        with _translated(key):
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type)

    def sign(self, key: str, file_name: str, lifetime_s: int) -> str:
        """Return a signed address that saves as `file_name`."""
        params = {"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": _disposition(file_name)}
        return self.client.generate_presigned_url("get_object", Params=params, ExpiresIn=lifetime_s)


class MultipartUpload:
    """A `ports.Upload`: some parts on their way at a time, so that memory stays the same however large the file."""

    def __init__(self, bucket: ResultBucket, key: str, disposition: str, content_type: str) -> None:
        self._client = bucket.client
        self._bucket = bucket.bucket
        self._part_size_bytes = bucket.part_size_bytes
        self._key = key
        self._disposition = disposition
        self._content_type = content_type
        self._upload_id: str | None = None
        self._pool = ThreadPoolExecutor(PARTS_AT_ONCE, thread_name_prefix="part")
        self._storing: deque[Future[CompletedPartTypeDef]] = deque()
        self._parts: list[CompletedPartTypeDef] = []
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much was written."""
        return self._size_bytes

    @property
    def stored_bytes(self) -> int:
        """How much of that S3 has, at least."""
        return min(len(self._parts) * self._part_size_bytes, self._size_bytes)

    def write(self, data: bytes) -> None:
        """Append bytes and send each part that is full; where too many are on their way, wait for the first."""
        self._hash.update(data)
        self._size_bytes += len(data)
        rest = memoryview(data)
        while len(self._buffer) + len(rest) >= self._part_size_bytes:
            missing = self._part_size_bytes - len(self._buffer)
            self._buffer += rest[:missing]
            rest = rest[missing:]
            self._send_part()
        self._buffer += rest

    def complete(self) -> Stored:
        """Store the rest and make the file visible; an empty file is one empty part."""
        if self._buffer or not self._upload_id:
            self._send_part()
        while self._storing:
            self._await_part()
        with _translated(self._key):
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._id(), MultipartUpload={"Parts": self._parts}
            )
        self._upload_id = None
        return Stored(self._size_bytes, self._hash.hexdigest())

    def abort(self) -> None:
        """Discard the parts, if any; if that fails, the bucket's lifecycle rule does. A completed file stays."""
        self._pool.shutdown(cancel_futures=True)  # and wait: a part that arrives after the abort would stay
        if self._upload_id is None:
            return
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)
        except (ClientError, BotoCoreError):
            log.exception("upload not aborted", extra={"key": self._key})
        self._upload_id = None

    def _send_part(self) -> None:
        if len(self._storing) == PARTS_AT_ONCE:
            self._await_part()
        number = len(self._parts) + len(self._storing) + 1
        self._storing.append(self._pool.submit(self._store_part, self._id(), number, self._buffer))
        self._buffer = bytearray()

    def _await_part(self) -> None:
        with _translated(self._key):
            self._parts.append(self._storing.popleft().result())

    def _store_part(self, upload_id: str, number: int, body: bytearray) -> CompletedPartTypeDef:
        part = self._client.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=upload_id,
            PartNumber=number,
            Body=body,  # type: ignore[arg-type]  # botocore takes it as it is; bytes would be a copy
        )
        return {"PartNumber": number, "ETag": part["ETag"]}

    def _id(self) -> str:
        if self._upload_id is None:
            with _translated(self._key):
                upload = self._client.create_multipart_upload(
                    Bucket=self._bucket,
                    Key=self._key,
                    ContentType=self._content_type,
                    ContentDisposition=self._disposition,
                )
            self._upload_id = upload["UploadId"]
        return self._upload_id


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StoreUnavailable(f"{key} cannot be stored: {error}") from error


def _disposition(file_name: str) -> str:
    return f'attachment; filename="{file_name}"'
