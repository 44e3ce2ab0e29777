"""The port through which the engine reads datasets; `aws.dataset_bucket` and `authoring.directories` are its adapters.

export, dataset_files ──▶ **DatasetStore** ◀── adapter
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from backend.engine.layout import Layout, Part


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One Parquet file of a dataset."""

    name: str
    """`flights/part-0.parquet`."""
    size_bytes: int
    modified_at: datetime
    etag: str
    layout: Layout | None = field(default=None, compare=False, repr=False)
    """That of its dataset, if it is partitioned."""
    part: Part | None = field(default=None, compare=False, repr=False)
    """What the layout says of it."""


class DatasetStore(Protocol):
    """The bucket of datasets. Any method may raise `DataUnreadable`."""

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files, sorted by name or as its layout has them; none where there is no such dataset."""

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return `length` bytes of the file from `start`, or fewer at its end; any thread may ask."""
