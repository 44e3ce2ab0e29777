"""Places for somebody's own datasets: a directory on this machine, or the bucket of a deployed stack.

keeping ──▶ **DataDirectory** ──▶ local_datasets;  keeping ──▶ **DatasetsBucket** ──▶ S3

A dataset is one file, `{name}/{name}.parquet`: it takes the place of another at once, and reports never see half of it.
"""

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from backend.catalog.query import is_dataset_name
from infra import private_directories
from infra.local.errors import DataError

SUFFIX = ".parquet"
SAMPLE_DIGEST = "reportwire-sample"
"""Metadata of an object that is sample data: its SHA-256, in hexadecimal digits."""
HINTS = {
    "NoSuchBucket": "(The stack's output datasetsBucket is its name.)",
    "AccessDenied": "(These credentials need s3:ListBucket on it, s3:GetObject and s3:PutObject on what is in it.)",
}
"""What may help, by AWS's code."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset in a place."""

    name: str
    size_bytes: int
    files: tuple[Path, ...] = ()
    """Paths of its files, if they are on this machine."""


class Place(Protocol):
    """Holds datasets. Any method may raise `DataError`."""

    @property
    def scratch(self) -> Path | None:
        """The directory for a file that will be put here; None allows any."""

    def put(self, name: str, file: Path) -> bool:
        """Make the file the dataset; tell whether it replaces another."""

    def remove(self, name: str) -> bool:
        """Remove a dataset; tell whether there was one."""

    def datasets(self) -> list[Dataset]:
        """Return all there is, by name."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A `Place` on this machine."""

    path: Path

    @property
    def scratch(self) -> Path:
        """A directory of the same file system, so that a file can be renamed into its place."""
        with self._translated():
            return private_directories.directory(self.path)

    def put(self, name: str, file: Path) -> bool:
        """Make the file the dataset, by renaming it; tell whether it replaces another."""
        directory = self.path / name
        target = directory / f"{name}{SUFFIX}"
        with self._translated():
            file.chmod(private_directories.OWNERS_FILE)
            before = _files(directory)
            if set(before) - {target}:  # several files do not go at once: the dataset is away for a moment
                self.remove(name)
            _move(file, target)
        return bool(before)

    def remove(self, name: str) -> bool:
        """Remove a dataset; tell whether there was one."""
        if name not in self.directories():
            return False
        with (
            self._translated(),
            tempfile.TemporaryDirectory(prefix=".removing-", dir=self.path) as away,
            contextlib.suppress(FileNotFoundError),  # somebody else was faster
        ):
            (self.path / name).rename(Path(away) / name)
        return True

    def datasets(self) -> list[Dataset]:
        """Return all there is, by name."""
        found = [held(name, directory) for name, directory in sorted(self.directories().items())]
        return [each for each in found if each.files]

    def directories(self) -> dict[str, Path]:
        """Return the directory of every dataset."""
        if not self.path.is_dir():
            return {}
        with self._translated():
            return {each.name: each for each in self.path.iterdir() if is_dataset_name(each.name) and _files(each)}

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DataError(f"{error.filename or self.path}: {error.strerror}") from error


def _move(file: Path, target: Path) -> None:
    """Rename a file into a directory that somebody else may remove meanwhile, being empty."""
    for attempt in range(3):
        try:
            private_directories.directory(target.parent)
            file.replace(target)
        except (FileExistsError, FileNotFoundError):  # the first is of the directory, gone when looked at again
            if attempt == 2:  # noqa: PLR2004  the last one
                raise
        else:
            return


def held(name: str, directory: Path) -> Dataset:
    """Return what a directory holds as a dataset: nothing if it was removed meanwhile."""
    sizes: dict[Path, int] = {}
    for file in _files(directory):
        with contextlib.suppress(FileNotFoundError):
            sizes[file] = file.stat().st_size
    return Dataset(name, sum(sizes.values()), tuple(sizes))


def _files(directory: Path) -> list[Path]:
    try:
        return sorted(directory.glob(f"*{SUFFIX}"))
    except FileNotFoundError:  # it was there a moment ago
        return []


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

    def put(self, name: str, file: Path) -> bool:
        """Upload the file; tell whether it replaces another."""
        key = _key(name)
        before = self._keys().get(name, {})
        if before.keys() - {key}:
            raise DataError(f"the bucket {self._bucket} has {name} in several files: remove it first")
        with self._translated():
            self._client.upload_file(str(file), self._bucket, key)
        return bool(before)

    def sample_digest(self, name: str) -> str | None:
        """Return the digest of the sample that is a dataset here; None where there is no dataset of that name.

        Raises:
            DataError: The dataset is not the sample.
        """
        keys = self._keys().get(name)
        if not keys:
            return None
        with self._translated():
            heads = [self._client.head_object(Bucket=self._bucket, Key=key) for key in keys]
        digests = {head["Metadata"].get(SAMPLE_DIGEST) for head in heads}
        if keys.keys() != {_key(name)} or None in digests:
            raise DataError(f"the bucket {self._bucket} has another {name}: remove it first")
        return str(digests.pop())

    def put_sample(self, name: str, file: Path, digest: str) -> None:
        """Upload a file of the sample data, marked as that by its SHA-256."""
        with self._translated():
            marked = {"Metadata": {SAMPLE_DIGEST: digest}}
            self._client.upload_file(str(file), self._bucket, _key(name), ExtraArgs=marked)

    def remove(self, name: str) -> bool:
        """Remove a dataset; tell whether there was one."""
        keys = self._keys().get(name, {})
        with self._translated():
            for key in keys:
                self._client.delete_object(Bucket=self._bucket, Key=key)
        return bool(keys)

    def datasets(self) -> list[Dataset]:
        """Return all there is, by name."""
        return [Dataset(name, sum(sizes.values())) for name, sizes in sorted(self._keys().items())]

    def _keys(self) -> dict[str, dict[str, int]]:
        """Return the keys of every dataset with their sizes."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._translated():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for each in page.get("Contents", ()):
                    name, _, file = each["Key"].partition("/")
                    if file.endswith(SUFFIX) and "/" not in file:
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
