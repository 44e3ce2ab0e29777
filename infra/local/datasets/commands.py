"""The datasets of this machine, the sample data and one's own: added, listed, removed, and given to the local backend.

`reportwire data …` ──▶ **data** ──▶ places;  flights, places ──▶ **data** ──▶ local backend, `reportwire check`
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from backend.protocol.printable import printable
from infra.bundle import default_cache_dir
from infra.local.datasets import flights
from infra.local.datasets.places import BucketAddress, DataDirectory, Dataset, DatasetsBucket, Place, held
from infra.local.errors import DataError, LocalBackendError
from infra.local.recording.recorded import INSTALL_HINT

SAMPLE = "sample data"
NEEDED = ("duckdb",)
KILO = 1000


def default_data_dir() -> Path:
    """Return the directory of one's own datasets."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "reportwire" / "datasets"


def samples(cache_dir: Path) -> dict[str, Path]:
    """Return the directory of each dataset of the sample data; the first time takes seconds.

    Raises:
        LocalBackendError: They are not installed.
    """
    converted = flights.converted(cache_dir)
    return {name: converted / name for name in flights.TABLES}


def directories() -> Mapping[str, Path]:
    """Return the directory of each dataset on this machine: `{directory}/*.parquet`. One's own hides a sample.

    Raises:
        LocalBackendError: The sample data is not installed.
    """
    return samples(default_cache_dir()) | DataDirectory(default_data_dir()).directories()


def publish(datasets: Mapping[str, Path], s3: Any, bucket: str) -> None:  # noqa: ANN401  a boto3 client
    """Upload the files of every dataset to the local backend.

    Raises:
        LocalBackendError: A file cannot be read, or the emulator refused it.
    """
    for file in (file for name, directory in datasets.items() for file in held(name, directory).files):
        try:
            with file.open("rb") as body:
                s3.put_object(Bucket=bucket, Key=f"{file.parent.name}/{file.name}", Body=body)
        except (OSError, BotoCoreError, ClientError) as error:
            raise LocalBackendError(f"the dataset {file}: {' '.join(str(error).split())}") from error


def add(name: str, files: Sequence[Path], address: BucketAddress | None) -> int:
    """Make CSV and Parquet files a dataset, of this machine or of a deployed stack; return the exit code."""
    return _run(lambda: _add(name, files, address))


def show(address: BucketAddress | None, *, is_json: bool) -> int:
    """Print what datasets there are; return the exit code."""
    return _run(lambda: _as_json(_listed(address)) if is_json else _as_table(_listed(address)))


def remove(name: str, address: BucketAddress | None) -> int:
    """Remove a dataset; return the exit code."""
    return _run(lambda: _remove(name, address))


def _run(command: Callable[[], str]) -> int:
    try:
        sys.stdout.write(printable(command()))
    except (DataError, LocalBackendError) as error:
        sys.stderr.write(f"reportwire data: {printable(str(error))}\n")
        return 1
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        sys.stderr.write(f"reportwire data: this needs {error.name}: {INSTALL_HINT}\n")
        return 1
    return 0


def _add(name: str, files: Sequence[Path], address: BucketAddress | None) -> str:
    from infra.local.datasets import conversion  # noqa: PLC0415  needs DuckDB, which starting the local backend does not

    with _place(address) as place, tempfile.TemporaryDirectory(prefix=".adding-", dir=place.scratch) as scratch:
        file = Path(scratch) / f"{name}.parquet"
        shape = conversion.convert(files, file)
        size = file.stat().st_size
        is_replaced = place.put(name, file)
    columns = ", ".join(f"{column} {kind}" for column, kind in shape.columns)
    replaced = ", in the place of what was there" if is_replaced else ""
    hides = f"It hides the {SAMPLE} of that name.\n" if address is None and name in flights.TABLES else ""
    since = "The local backend has it from its next start" if address is None else "Reports that start now read it"
    return f"{name}: {shape.row_count:,} rows, {_size(size)}{replaced}.\nColumns: {columns}.\n{hides}{since}.\n"


def _remove(name: str, address: BucketAddress | None) -> str:
    is_sample = address is None and name in flights.TABLES
    with _place(address) as place:
        if place.remove(name):
            return f"{name}: removed{f'; the {SAMPLE} of that name is back' if is_sample else ''}.\n"
    raise DataError(f"{name} is {SAMPLE}, which stays" if is_sample else f"there is no dataset {name}")


@contextmanager
def _place(address: BucketAddress | None) -> Iterator[Place]:
    if address is None:
        yield DataDirectory(default_data_dir())
        return
    with closing(DatasetsBucket(address)) as bucket:
        yield bucket


Listed = tuple[Dataset, str]
"""A dataset and where it is from."""


def _listed(address: BucketAddress | None) -> list[Listed]:
    with _place(address) as place:
        if address is not None:
            return [(each, address.name) for each in place.datasets()]
        sample = {name: (held(name, path), SAMPLE) for name, path in samples(default_cache_dir()).items()}
        own = {each.name: (each, str(each.files[0].parent)) for each in place.datasets()}
        return sorted((sample | own).values(), key=lambda listed: listed[0].name)


def _as_json(listed: Sequence[Listed]) -> str:
    rows = [
        {"name": each.name, "rowCount": _row_count(each), "sizeBytes": each.size_bytes, "source": source}
        for each, source in listed
    ]
    return json.dumps(rows, indent=2) + "\n"


def _as_table(listed: Sequence[Listed]) -> str:
    lines = [("Name", "Rows", "Size", "From")]
    for each, source in listed:
        row_count = _row_count(each)
        lines.append((each.name, "" if row_count is None else f"{row_count:,}", _size(each.size_bytes), source))
    name, rows, size = (max(len(line[column]) for line in lines) for column in range(3))
    return "".join(f"{a:{name}}  {b:>{rows}}  {c:>{size}}  {d}\n" for a, b, c, d in lines)


def _row_count(dataset: Dataset) -> int | None:
    """Return how many rows files on this machine have; of others it would take a request each to know."""
    from infra.local.datasets import conversion  # noqa: PLC0415  as above

    return conversion.shape(dataset.files).row_count if dataset.files else None


def _size(size_bytes: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size_bytes < KILO:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= KILO
    return f"{size_bytes:.1f} GB"
