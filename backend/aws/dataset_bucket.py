"""The datasets in S3: listed, and read in ranges.

engine ── file, range ──▶ **DatasetBucket** ── GET ──▶ bucket, `{dataset}/*.parquet` or `{dataset}/_layout.json`
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
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
from backend.engine.layout import FILE_NAME, Layout, decode
from backend.service.ports import DataUnreadable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef, ListObjectsV2RequestPaginateTypeDef, ObjectTypeDef


SUFFIX = ".parquet"
DAMAGED = (FlexibleChecksumError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
"""botocore repeats a request whose answer does not begin; one that comes short or changed is, once."""


@dataclass(frozen=True, slots=True)
class DatasetBucket:
    """A `ports.DatasetStore`. A dataset is a folder at the top; what lies deeper is its own if its layout says so."""

    client: S3Client
    bucket: str
    suffix: str = SUFFIX
    """How the names of files with rows end."""

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files, sorted by name or as its layout has them; none where there is no such dataset.

        Raises:
            DataUnreadable: S3 did not answer, or the dataset was replaced again and again meanwhile.
        """
        try:
            found = self._listed(dataset, "/")
            if f"{dataset}/{FILE_NAME}" in found:
                return self._parts(dataset)
        except (ClientError, BotoCoreError) as error:
            raise DataUnreadable(f"the files of {dataset} cannot be listed: {error}") from error
        return tuple(sorted((file for file in found.values() if file.name.endswith(self.suffix)), key=_name))

    def _parts(self, dataset: str) -> tuple[DatasetFile, ...]:
        for _ in range(2):  # files of another version come before its layout, and those of the old one go after it
            layout = self._layout(dataset)
            found = self._listed(dataset)
            names = [f"{dataset}/{part.path}" for part in layout.parts]
            if found.keys() >= set(names):
                parts = zip(names, layout.parts, strict=True)
                return tuple(replace(found[name], layout=layout, part=part) for name, part in parts)
        raise DataUnreadable(f"files of {dataset} that its {FILE_NAME} names are not there")

    def _layout(self, dataset: str) -> Layout:
        key = f"{dataset}/{FILE_NAME}"
        with closing(self.client.get_object(Bucket=self.bucket, Key=key)["Body"]) as body:
            try:
                return decode(body.read())
            except ValueError as error:
                raise DataUnreadable(f"{key} is none: {error}") from error

    def _listed(self, dataset: str, delimiter: str = "") -> dict[str, DatasetFile]:
        """Return what there is by name, with a delimiter only what does not lie deeper."""
        request: ListObjectsV2RequestPaginateTypeDef = {"Bucket": self.bucket, "Prefix": f"{dataset}/"}
        if delimiter:
            request["Delimiter"] = delimiter
        pages = self.client.get_paginator("list_objects_v2").paginate(**request)
        return {file.name: file for page in pages for file in map(_file, page.get("Contents", ()))}

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


def _name(file: DatasetFile) -> str:
    return file.name


def _file(found: ObjectTypeDef) -> DatasetFile:
    return DatasetFile(
        name=found["Key"], size_bytes=found["Size"], modified_at=found["LastModified"], etag=found["ETag"]
    )
