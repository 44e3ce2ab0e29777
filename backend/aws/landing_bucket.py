"""The folders of the bucket of reports in which distributed engines leave rows.

engine ──▶ **LandingBucket** ── list, GET, delete ──▶ bucket, `{owner hash}/{report}/rows/{token}/…`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.aws.dataset_bucket import DatasetBucket
from backend.service.ports import DataUnreadable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from backend.engine.datasets import DatasetFile

_HIDDEN = ("_", ".")
"""How the names of files begin that have no rows: markers and manifests."""


@dataclass(frozen=True, slots=True)
class LandingBucket:
    """A `cluster.Landing`. The files of engines have names without an ending."""

    client: S3Client
    bucket: str

    def address(self, folder: str) -> str:
        """Return the address of a folder for an engine."""
        return f"s3://{self.bucket}/{folder}/"

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the files with rows in a folder, sorted by name."""
        found = DatasetBucket(self.client, self.bucket, suffix="").files(dataset)
        names = {file.name: file.name.rpartition("/")[2] for file in found}
        return tuple(file for file in found if file.size_bytes and not names[file.name].startswith(_HIDDEN))

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return `length` bytes of the file from `start`, or fewer at its end; any thread may ask."""
        return DatasetBucket(self.client, self.bucket).read(file, start, length)

    def delete(self, folder: str) -> None:
        """Delete all files in a folder and below."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{folder}/")
        try:
            for page in pages:
                if keys := [each["Key"] for each in page.get("Contents", ())]:
                    self._delete(keys)
        except (ClientError, BotoCoreError) as error:
            raise DataUnreadable(f"{folder} cannot be deleted: {error}") from error

    def _delete(self, keys: list[str]) -> None:
        """Delete at most a thousand files, which is a page of a list."""
        done = self.client.delete_objects(
            Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if errors := done.get("Errors"):
            raise DataUnreadable(f"{len(errors)} files cannot be deleted: {errors[0].get('Code')}")
