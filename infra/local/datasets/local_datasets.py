"""The datasets of this machine, the sample data and one's own, for whatever runs reports here.

flights, places ──▶ **directories** ──▶ local backend, `reportwire check`
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import starmap
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from backend.engine.layout import FILE_NAME, Layout, encode
from infra.bundle import default_cache_dir
from infra.local.datasets import flights
from infra.local.datasets.places import DataDirectory, held, layout_in
from infra.local.errors import LocalBackendError


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
    """Return the directory of each dataset on this machine, as `Directories` reads it. One's own hides a sample.

    Raises:
        LocalBackendError: The sample data is not installed.
    """
    return samples(default_cache_dir()) | DataDirectory(default_data_dir()).directories()


def publish(datasets: Mapping[str, Path], s3: Any, bucket: str) -> None:  # noqa: ANN401  a boto3 client
    """Upload the files of every dataset to the local backend; one that was removed meanwhile is left out.

    Raises:
        LocalBackendError: A file cannot be read, or the emulator refused it.
    """
    for name, directory in datasets.items():
        try:
            while layout := layout_in(directory):
                if _publish_parts(name, directory, layout, s3, bucket):
                    break
            else:
                with _opened(name, directory) as files:
                    for file, body in files.items():
                        s3.put_object(Bucket=bucket, Key=f"{name}/{file}", Body=body)
        except OSError as error:
            raise LocalBackendError(f"the dataset {error.filename or name}: {error.strerror or error}") from error
        except (BotoCoreError, ClientError) as error:
            raise LocalBackendError(f"the dataset {name}: {' '.join(str(error).split())}") from error


def _publish_parts(name: str, directory: Path, layout: Layout, s3: Any, bucket: str) -> bool:  # noqa: ANN401  as above
    """Upload the files of a partitioned dataset, then its layout; tell whether it was there until the end.

    Each is opened for itself, as they may be more than a process can have open. Those of another version have other
    names.
    """
    sent: list[str] = []
    try:
        for part in layout.parts:
            with (directory / part.path).open("rb") as body:
                s3.put_object(Bucket=bucket, Key=f"{name}/{part.path}", Body=body)
            sent.append(f"{name}/{part.path}")
    except FileNotFoundError:
        for key in sent:
            s3.delete_object(Bucket=bucket, Key=key)
        return False
    s3.put_object(Bucket=bucket, Key=f"{name}/{FILE_NAME}", Body=encode(layout))
    return True


@contextmanager
def _opened(name: str, directory: Path) -> Iterator[Mapping[str, BinaryIO]]:
    """Yield the files of a dataset by name, all of one version of it: `reportwire data` may replace it meanwhile."""
    with ExitStack() as stack:
        while True:
            with suppress(FileNotFoundError):
                files = {file: stack.enter_context(file.open("rb")) for file in held(name, directory).files}
                if files.keys() == set(held(name, directory).files) and all(starmap(_is_current, files.items())):
                    break
        yield {file.name: body for file, body in files.items()}


def _is_current(file: Path, opened: BinaryIO) -> bool:
    return os.path.samestat(file.stat(), os.fstat(opened.fileno()))
