"""Datasets added, listed and removed, on this machine or in a deployed stack.

`reportwire data` ──▶ **add**, **listed**, **remove** ──▶ conversion, places
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bundle import default_cache_dir
from infra.local.datasets import flights
from infra.local.datasets.bucket import BucketAddress, DatasetsBucket
from infra.local.datasets.local_datasets import default_data_dir, samples
from infra.local.datasets.places import DataDirectory, Dataset, Place, held
from infra.local.errors import DataError

if TYPE_CHECKING:
    from backend.engine.layout import Layout
    from infra.local.datasets.conversion import Shape
    from infra.local.datasets.partitioning import ByColumn

SAMPLE = "sample data"


@dataclass(frozen=True, slots=True)
class Added:
    """A dataset that was added."""

    shape: "Shape"
    notes: tuple[str, ...]
    """How each CSV file was read."""
    size_bytes: int
    layout: "Layout | None" = None
    """That of a partitioned one."""
    is_replaced: bool = False
    """Whether there was one of that name, which is gone."""
    hides_sample: bool = False


@dataclass(frozen=True, slots=True)
class SampleAdded:
    """A dataset of the sample data that a stack has now."""

    name: str
    size_bytes: int
    was_there: bool
    """Whether the same one was there before, so that nothing was sent."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset that is there; the number of rows is known of partitioned ones and of files on this machine alone."""

    name: str
    size_bytes: int
    row_count: int | None
    source: str
    layout: "Layout | None" = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How CSV files are to be read."""

    delimiter: str | None = None
    """Between cells; found unless given."""
    as_text: tuple[str, ...] = ()
    """Columns that stay text."""


def examine(files: Sequence[Path], reading: Reading, by: Sequence["ByColumn"] = ()) -> Added:
    """Return what files would be as a dataset, and add none. Raises `DataError` as `add` does for a file."""
    with tempfile.TemporaryDirectory() as scratch:
        return _converted(files, reading, Path(scratch) / "examined.parquet", by)[0]


def add(
    name: str,
    files: Sequence[Path],
    address: BucketAddress | None,
    reading: Reading = Reading(),
    by: Sequence["ByColumn"] = (),
) -> Added:
    """Make CSV and Parquet files a dataset, of this machine or of the stack whose bucket is given.

    Raises:
        DataError: A file is wrong, the rows cannot be partitioned so, or the dataset cannot be stored.
    """
    with _place(address) as place, tempfile.TemporaryDirectory(prefix=".adding-", dir=place.scratch) as scratch:
        added, made = _converted(files, reading, Path(scratch) / f"{name}.parquet", by)
        is_replaced = place.put(name, made)
    return replace(added, is_replaced=is_replaced, hides_sample=address is None and name in flights.TABLES)


def add_sample(address: BucketAddress) -> list[SampleAdded]:
    """Make the sample data datasets of a stack; what it has of them already is not sent again.

    Raises:
        DataError: The bucket has another dataset of such a name, and nothing was sent; or it cannot be written.
        LocalBackendError: The sample data is not installed.
    """
    files = {name: path / f"{name}.parquet" for name, path in samples(default_cache_dir()).items()}
    digests = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    with closing(DatasetsBucket(address)) as bucket:
        there = {name: bucket.sample_digest(name) for name in files}
        missing = [name for name in files if there[name] != digests[name]]
        for name in missing:
            bucket.put_sample(name, files[name], digests[name])
    return [SampleAdded(name, file.stat().st_size, name not in missing) for name, file in sorted(files.items())]


def _converted(files: Sequence[Path], reading: Reading, target: Path, by: Sequence["ByColumn"]) -> tuple[Added, Path]:
    """Return what became of the files, and where it is: `target`, or a directory beside it for partitions."""
    from infra.local.datasets import conversion, partitioning  # noqa: PLC0415  needs DuckDB, unlike other commands

    converted = conversion.convert(files, target, reading.delimiter, reading.as_text)
    added = Added(converted.shape, converted.notes, target.stat().st_size)
    if not by:
        return added, target
    layout = partitioning.partition(target, by, target.with_suffix(""))
    return replace(added, layout=layout, size_bytes=layout.size_bytes), target.with_suffix("")


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
            return [_listed(each, None, address.name) for each in place.datasets()]
        found = {name: (held(name, path), SAMPLE) for name, path in samples(default_cache_dir()).items()}
        found |= {each.name: (each, str(default_data_dir() / each.name)) for each in place.datasets()}
        counted = [_counted(dataset, source) for _, (dataset, source) in sorted(found.items())]
        return [each for each in counted if each]


def _counted(dataset: Dataset, source: str) -> Listed | None:
    """Return a dataset with its number of rows, or None if it was removed meanwhile."""
    from infra.local.datasets import conversion  # noqa: PLC0415  as above

    try:
        return _listed(dataset, None if dataset.layout else conversion.shape(dataset.files).row_count, source)
    except DataError:
        if all(file.exists() for file in dataset.files):
            raise
        return None


def _listed(dataset: Dataset, row_count: int | None, source: str) -> Listed:
    layout = dataset.layout
    return Listed(dataset.name, dataset.size_bytes, layout.row_count if layout else row_count, source, layout)


@contextmanager
def _place(address: BucketAddress | None) -> Iterator[Place]:
    if address is None:
        yield DataDirectory(default_data_dir())
        return
    with closing(DatasetsBucket(address)) as bucket:
        yield bucket
