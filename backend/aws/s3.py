"""Finished reports in S3: streamed in as multipart uploads, signed out as links.

execution ── bytes ──▶ **MultipartUpload** ──▶ bucket          router, announcement ──▶ **ResultBucket.sign** ──▶ link
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.ports import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

log = logging.getLogger(__name__)

PART_SIZE_BYTES = 8 * 1024 * 1024
"""At 10,000 parts a file may have 80 GiB; S3 takes no part under 5 MiB but the last.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""


@dataclass(frozen=True, slots=True)
class ResultBucket:
    """A `ports.ResultStore`."""

    client: S3Client
    bucket: str

    def open(self, key: str, file_name: str, content_type: str) -> MultipartUpload:
        """Begin an upload; S3 hears of it with the first part."""
        return MultipartUpload(self.client, self.bucket, key, _disposition(file_name), content_type)

    def sign(self, key: str, file_name: str, lifetime_s: int) -> str:
        """Return a signed address that saves as `file_name`."""
        params = {"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": _disposition(file_name)}
        return self.client.generate_presigned_url("get_object", Params=params, ExpiresIn=lifetime_s)


class MultipartUpload:
    """A `ports.Upload`: one part at a time, so that memory stays at about two parts however large the file."""

    def __init__(self, client: S3Client, bucket: str, key: str, disposition: str, content_type: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._disposition = disposition
        self._content_type = content_type
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self._stored_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much was written."""
        return self._stored_bytes + len(self._buffer)

    @property
    def stored_bytes(self) -> int:
        """How much of that S3 has."""
        return self._stored_bytes

    def write(self, data: bytes) -> None:
        """Append bytes, storing each part that is full."""
        self._hash.update(data)
        self._buffer += data
        while len(self._buffer) >= PART_SIZE_BYTES:
            self._store_part(PART_SIZE_BYTES)

    def complete(self) -> Stored:
        """Store the rest and make the file visible; an empty file is one empty part."""
        if self._buffer or not self._parts:
            self._store_part(len(self._buffer))
        self._client.complete_multipart_upload(
            Bucket=self._bucket, Key=self._key, UploadId=self._id(), MultipartUpload={"Parts": self._parts}
        )
        self._upload_id = None
        return Stored(self._stored_bytes, self._hash.hexdigest())

    def abort(self) -> None:
        """Discard the parts, if any. A completed file stays. Where it fails, the bucket's lifecycle rule clears up."""
        if self._upload_id is None:
            return
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)
        except (ClientError, BotoCoreError):
            log.exception("upload not aborted", extra={"key": self._key})
        self._upload_id = None

    def _store_part(self, size: int) -> None:
        number = len(self._parts) + 1
        part = self._client.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._id(), PartNumber=number, Body=bytes(self._buffer[:size])
        )
        self._parts.append({"PartNumber": number, "ETag": part["ETag"]})
        del self._buffer[:size]
        self._stored_bytes += size

    def _id(self) -> str:
        if self._upload_id is None:
            upload = self._client.create_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                ContentType=self._content_type,
                ContentDisposition=self._disposition,
            )
            self._upload_id = upload["UploadId"]
        return self._upload_id


def _disposition(file_name: str) -> str:
    return f'attachment; filename="{file_name}"'
