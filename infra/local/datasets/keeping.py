"""Datasets added, listed and removed, on this machine or in a deployed stack.

`reportwire data` ──▶ **add**, **listed**, **remove** ──▶ conversion, places
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bundle import default_cache_dir
from infra.local.datasets import flights
from infra.local.datasets.local_datasets import default_data_dir, samples
from infra.local.datasets.places import BucketAddress, DataDirectory, Dataset, DatasetsBucket, Place, held
from infra.local.errors import DataError

if TYPE_CHECKING:
    from infra.local.datasets.conversion import Shape

SAMPLE = "sample data"


@dataclass(frozen=True, slots=True)
class Added:
    """A dataset that was added."""

    shape: "Shape"
    size_bytes: int
    is_replaced: bool
    """Whether there was one of that name, which is gone."""
    hides_sample: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset that is there; the number of rows is known of files on this machine alone."""

    name: str
    size_bytes: int
    row_count: int | None
    source: str


def add(name: str, files: Sequence[Path], address: BucketAddress | None) -> Added:
    """Make CSV and Parquet files a dataset, of this machine or of the stack whose bucket is given.

    Raises:
        DataError: A file is wrong, or the dataset cannot be stored.
    """
    from infra.local.datasets import conversion  # noqa: PLC0415  needs DuckDB, which the other commands can do without

    with _place(address) as place, tempfile.TemporaryDirectory(prefix=".adding-", dir=place.scratch) as scratch:
        file = Path(scratch) / f"{name}.parquet"
        shape = conversion.convert(files, file)
        size = file.stat().st_size
        is_replaced = place.put(name, file)
    return Added(shape, size, is_replaced, hides_sample=address is None and name in flights.TABLES)


def remove(name: str, address: BucketAddress | None) -> bool:
    """Remove a dataset; return whether a sample of that name is back.

    Raises:
        DataError: There is none, or it is a sample.
    """
    is_sample = address is None and name in flights.TABLES
    with _place(address) as place:
        if place.remove(name):
            return is_sample
    raise DataError(f"{name} is {SAMPLE}, which stays" if is_sample else f"there is no dataset {name}")


def listed(address: BucketAddress | None) -> list[Listed]:
    """Return what datasets there are, by name. Raises `DataError`, and `LocalBackendError` without the sample data."""
    with _place(address) as place:
        if address is not None:
            return [Listed(each.name, each.size_bytes, None, address.name) for each in place.datasets()]
        found = {name: _counted(held(name, path), SAMPLE) for name, path in samples(default_cache_dir()).items()}
        found |= {each.name: _counted(each, str(each.files[0].parent)) for each in place.datasets()}
        return sorted(found.values(), key=lambda each: each.name)


def _counted(dataset: Dataset, source: str) -> Listed:
    from infra.local.datasets import conversion  # noqa: PLC0415  as above

    return Listed(dataset.name, dataset.size_bytes, conversion.shape(dataset.files).row_count, source)


@contextmanager
def _place(address: BucketAddress | None) -> Iterator[Place]:
    if address is None:
        yield DataDirectory(default_data_dir())
        return
    with closing(DatasetsBucket(address)) as bucket:
        yield bucket
