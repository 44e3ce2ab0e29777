"""The port through which the engine reads datasets; `aws.dataset_bucket` and `authoring.directories` are its adapters.

export, dataset_files ──▶ **DatasetStore** ◀── adapter
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One Parquet file of a dataset."""

    name: str
    """`flights/part-0.parquet`."""
    size_bytes: int
    modified_at: datetime
    etag: str


class DatasetStore(Protocol):
    """The bucket of datasets. Any method may raise `DataUnreadable`."""

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files, sorted by name; none where there is no such dataset."""

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return `length` bytes of the file from `start`, or fewer at its end; any thread may ask."""
