"""The datasets in S3: listed, and read in ranges.

engine ── file, range ──▶ **DatasetBucket** ── GET ──▶ bucket, `{dataset}/*.parquet`
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from backend.engine.datasets import DatasetFile
from backend.service.ports import DataUnreadable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef, ObjectTypeDef


SUFFIX = ".parquet"
DAMAGED = (FlexibleChecksumError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
"""botocore repeats a request whose answer does not begin; one that comes short or changed is, once."""


@dataclass(frozen=True, slots=True)
class DatasetBucket:
    """A `ports.DatasetStore`. A dataset is a folder at the top; what lies deeper is none of its files."""

    client: S3Client
    bucket: str
    suffix: str = SUFFIX
    """How the names of files with rows end."""

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files, sorted by name; none where there is no such dataset."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{dataset}/", Delimiter="/"
        )
        try:
            found = [_file(each) for page in pages for each in page.get("Contents", ())]
        except (ClientError, BotoCoreError) as error:
            raise DataUnreadable(f"the files of {dataset} cannot be listed: {error}") from error
        return tuple(sorted((file for file in found if file.name.endswith(self.suffix)), key=lambda file: file.name))

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return `length` bytes of the file from `start`, or fewer at its end; any thread may ask.

        Raises:
            DataUnreadable: S3 did not answer, or the file is no longer the one that was listed.
        """
        try:
            return self._read(file, start, length)
        except (ClientError, BotoCoreError) as error:
            raise DataUnreadable(f"{file.name} cannot be read: {error}") from error

    def _read(self, file: DatasetFile, start: int, length: int) -> bytes:
        try:
            return self._get(file, start, length)
        except DAMAGED:
            return self._get(file, start, length)

    def _get(self, file: DatasetFile, start: int, length: int) -> bytes:
        # If-Match: ranges of two versions of a file make no file.
        request: GetObjectRequestTypeDef = {"Bucket": self.bucket, "Key": file.name, "IfMatch": file.etag}
        # Without a range S3 sends the checksum that was stored with the file, and botocore compares it.
        if (start, length) != (0, file.size_bytes):
            request["Range"] = f"bytes={start}-{start + length - 1}"
        answer = self.client.get_object(**request)
        with closing(answer["Body"]) as body:  # entering the body itself gives its socket, which checks no length
            return body.read()


def _file(found: ObjectTypeDef) -> DatasetFile:
    return DatasetFile(
        name=found["Key"], size_bytes=found["Size"], modified_at=found["LastModified"], etag=found["ETag"]
    )
