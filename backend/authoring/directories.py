"""Datasets on this machine.

checking ──▶ **Directories** ──▶ files
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend.engine.datasets import DatasetFile


@dataclass(frozen=True, slots=True)
class Directories:
    """A `ports.DatasetStore` over directories of Parquet files, by the dataset's name."""

    paths: Mapping[str, Path]

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the dataset's files."""
        found = sorted(self.paths[dataset].glob("*.parquet")) if dataset in self.paths else []
        return tuple(
            DatasetFile(f"{dataset}/{file.name}", file.stat().st_size, datetime.fromtimestamp(0, UTC), "")
            for file in found
        )

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return bytes of a file."""
        dataset, _, name = file.name.partition("/")
        with (self.paths[dataset] / name).open("rb") as opened:
            opened.seek(start)
            return opened.read(length)
