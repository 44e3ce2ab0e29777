"""Datasets on this machine.

checking ──▶ **Directories** ──▶ files
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from backend.engine.datasets import DatasetFile
from backend.engine.layout import FILE_NAME, decode
from backend.service.ports import DataUnreadable


@dataclass(frozen=True, slots=True)
class Directories:
    """A `ports.DatasetStore` over directories of Parquet files, or of partitions, by the dataset's name.

    It lists a dataset once, and reads the files that it listed or none: `reportwire data` may replace them meanwhile.
    """

    paths: Mapping[str, Path]
    _listed: dict[str, tuple[DatasetFile, ...]] = field(default_factory=dict)

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files. Raises `DataUnreadable`."""
        if dataset not in self._listed:
            self._listed[dataset] = _files_in(dataset, self.paths[dataset]) if dataset in self.paths else ()
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


def _files_in(dataset: str, directory: Path) -> tuple[DatasetFile, ...]:
    try:
        layout = decode((directory / FILE_NAME).read_bytes())
    except FileNotFoundError:
        return tuple(_file_at(f"{dataset}/{file.name}", file) for file in sorted(directory.glob("*.parquet")))
    except ValueError as error:
        raise DataUnreadable(f"{directory / FILE_NAME} is none: {error}") from error
    parts = ((_file_at(f"{dataset}/{part.path}", directory / part.path), part) for part in layout.parts)
    return tuple(replace(file, layout=layout, part=part) for file, part in parts)


def _file_at(name: str, path: Path) -> DatasetFile:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise DataUnreadable(f"{name} went away while it was looked for: try again") from error
    return DatasetFile(name, found.st_size, datetime.fromtimestamp(0, UTC), _version(found))


def _version(found: os.stat_result) -> str:
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"
