"""The bucket of a deployed stack as a place for datasets.

keeping ──▶ **DatasetsBucket** ──▶ S3

The files of a partitioned dataset come first, then its layout, by which reports read them, and the files that it has in
the place of go last. Other readers of the folders, as Athena, see the rows of both in between.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from backend.engine.layout import FILE_NAME
from infra.local.datasets.places import SUFFIX, Dataset, decoded, layout_in
from infra.local.errors import DataError

SAMPLE_DIGEST = "reportwire-sample"
"""Metadata of an object that is sample data: its SHA-256, in hexadecimal digits."""
HINTS = {
    "NoSuchBucket": "(The stack's output datasetsBucket is its name.)",
    "AccessDenied": (
        "(These credentials need s3:ListBucket on it, s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it.)"
    ),
}
"""What may help, by AWS's code."""
_IN_FOLDERS = re.compile(rf"(?:[^/=]+=[^/]+/)+[^/]+{re.escape(SUFFIX)}")
"""A file of a partitioned dataset, below it."""


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket and who asks; each None is what the AWS tools would find."""

    name: str
    region: str | None = None
    aws_profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)


class DatasetsBucket:
    """A `Place` in S3."""

    scratch = None

    def __init__(self, address: BucketAddress) -> None:
        self._bucket = address.name
        with self._translated():
            session: Any = boto3.Session(
                aws_access_key_id=address.access_key_id,
                aws_secret_access_key=address.secret_access_key,
                region_name=address.region,
                profile_name=address.aws_profile,
            )
            self._client = session.client("s3")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def put(self, name: str, made: Path) -> bool:
        """Upload a file, or a directory with a layout; tell whether it replaces another dataset."""
        before = self._keys().get(name, {})
        layout = layout_in(made)
        is_partitioned = _layout_key(name) in before
        others = {key for key in before if layout or _is_at_top(key)} - {_key(name)}
        if others and not is_partitioned:
            raise DataError(f"the bucket {self._bucket} has {name} in several files: remove it first")
        files = {f"{name}/{part.path}": made / part.path for part in layout.parts} if layout else {_key(name): made}
        with self._translated():
            self._upload(files, before if layout else {})
            if layout:
                self._client.upload_file(str(made / FILE_NAME), self._bucket, _layout_key(name))
            if layout or is_partitioned:
                self._delete(before.keys() - files.keys() - ({_layout_key(name)} if layout else set()))
        return is_partitioned or any(map(_is_at_top, before))

    def sample_digest(self, name: str) -> str | None:
        """Return the digest of the sample that is a dataset here; None where there is no dataset of that name.

        Raises:
            DataError: The dataset is not the sample.
        """
        found = self._keys().get(name, {})
        keys = {key for key in found if _is_at_top(key)}
        if not keys and _layout_key(name) not in found:
            return None
        with self._translated():
            heads = [self._client.head_object(Bucket=self._bucket, Key=key) for key in keys]
        digests = {head["Metadata"].get(SAMPLE_DIGEST) for head in heads}
        if keys != {_key(name)} or None in digests or _layout_key(name) in found:
            raise DataError(f"the bucket {self._bucket} has another {name}: remove it first")
        return str(digests.pop())

    def put_sample(self, name: str, file: Path, digest: str) -> None:
        """Upload a file of the sample data, marked as that by its SHA-256."""
        with self._translated():
            marked = {"Metadata": {SAMPLE_DIGEST: digest}}
            self._client.upload_file(str(file), self._bucket, _key(name), ExtraArgs=marked)

    def remove(self, name: str) -> bool:
        """Remove a dataset, with what was left of one; tell whether there was any."""
        keys = self._keys().get(name, {})
        with self._translated():
            self._delete(keys)
        return bool(keys)

    def datasets(self) -> list[Dataset]:
        """Return all there is, by name."""
        found = (self._dataset(name, sizes) for name, sizes in sorted(self._keys().items()))
        return [each for each in found if each]

    def _dataset(self, name: str, sizes: Mapping[str, int]) -> Dataset | None:
        key = _layout_key(name)
        if key in sizes:
            with self._translated():
                content = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            layout = decoded(content, key)
            return Dataset(name, layout.size_bytes, layout=layout)
        at_top = [size for key, size in sizes.items() if _is_at_top(key)]
        return Dataset(name, sum(at_top)) if at_top else None

    def _upload(self, files: Mapping[str, Path], there: Mapping[str, int]) -> None:
        """Upload files by their keys but those that are there; take them away again if one fails."""
        missing = {key: file for key, file in files.items() if there.get(key) != file.stat().st_size}
        try:
            for key, file in missing.items():
                self._client.upload_file(str(file), self._bucket, key)
        except BaseException:
            if len(files) > 1:
                with contextlib.suppress(Boto3Error, BotoCoreError, ClientError):
                    self._delete(missing.keys() - there.keys())
            raise

    def _delete(self, keys: Collection[str]) -> None:
        """Delete objects: a layout first, without which the files in folders are no dataset."""
        for key in sorted(keys, key=lambda key: (not key.endswith(f"/{FILE_NAME}"), key)):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _keys(self) -> dict[str, dict[str, int]]:
        """Return the keys of every dataset with their sizes, those of layouts too."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._translated():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for each in page.get("Contents", ()):
                    name, is_deeper, _ = each["Key"].partition("/")
                    if is_deeper and (_is_at_top(each["Key"]) or _is_of_partitions(each["Key"])):
                        found[name][each["Key"]] = each["Size"]
        return found

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            reason = " ".join(str(error).split())
            hint = next((f" {hint}" for code, hint in HINTS.items() if code in reason), "")
            raise DataError(f"the bucket {self._bucket}: {reason}{hint}") from error


def _key(name: str) -> str:
    return f"{name}/{name}{SUFFIX}"


def _layout_key(name: str) -> str:
    return f"{name}/{FILE_NAME}"


def _is_at_top(key: str) -> bool:
    """Return whether it is a Parquet file directly below a dataset."""
    return key.endswith(SUFFIX) and key.count("/") == 1


def _is_of_partitions(key: str) -> bool:
    below = key.partition("/")[2]
    return below == FILE_NAME or _IN_FOLDERS.fullmatch(below) is not None
