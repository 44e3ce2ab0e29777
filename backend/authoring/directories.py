"""Datasets on this machine.

checking ──▶ **Directories** ──▶ files
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from backend.engine.datasets import DatasetFile
from backend.service.ports import DataUnreadable


@dataclass(frozen=True, slots=True)
class Directories:
    """A `ports.DatasetStore` over directories of Parquet files, by the dataset's name.

    It lists a dataset once, and reads the files that it listed or none: `reportwire data` may replace them meanwhile.
    """

    paths: Mapping[str, Path]
    _listed: dict[str, tuple[DatasetFile, ...]] = field(default_factory=dict)

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files. Raises `DataUnreadable`."""
        if dataset not in self._listed:
            found = sorted(self.paths[dataset].glob("*.parquet")) if dataset in self.paths else []
            self._listed[dataset] = tuple(_file_at(f"{dataset}/{file.name}", file) for file in found)
        return self._listed[dataset]

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return bytes of a file. Raises `DataUnreadable` if it is no longer the one that was listed."""
        dataset, _, name = file.name.partition("/")
        try:
            with (self.paths[dataset] / name).open("rb") as opened:
                if _version(os.fstat(opened.fileno())) != file.etag:
                    raise DataUnreadable(f"the data {dataset} changed while they were read: try again")
                opened.seek(start)
                return opened.read(length)
        except FileNotFoundError as error:
            raise DataUnreadable(f"the data {dataset} went away while they were read") from error


def _file_at(name: str, path: Path) -> DatasetFile:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise DataUnreadable(f"{name} went away while it was looked for: try again") from error
    return DatasetFile(name, found.st_size, datetime.fromtimestamp(0, UTC), _version(found))


def _version(found: os.stat_result) -> str:
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"
