"""Places for somebody's own datasets, and the one on this machine, a directory.

keeping ──▶ **Place** ◀── **DataDirectory**, bucket.DatasetsBucket;  DataDirectory ──▶ local_datasets

A dataset is one file, `{name}/{name}.parquet`, or a layout, `{name}/_layout.json`, with the files that it names: either
takes the place of another at once, and reports never see half of it.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backend.catalog.query import is_dataset_name
from backend.engine.layout import FILE_NAME, Layout, decode
from infra import private_directories
from infra.local.errors import DataError

SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset in a place."""

    name: str
    size_bytes: int
    files: tuple[Path, ...] = ()
    """Paths of its files, if they are on this machine."""
    layout: Layout | None = None
    """That of a partitioned one."""


class Place(Protocol):
    """Holds datasets. Any method may raise `DataError`."""

    @property
    def scratch(self) -> Path | None:
        """The directory for a file that will be put here; None allows any."""

    def put(self, name: str, made: Path) -> bool:
        """Make a file the dataset, or a directory with a layout; tell whether it replaces another."""

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

    def put(self, name: str, made: Path) -> bool:
        """Make a file the dataset, or a directory with a layout, by renaming it; tell whether it replaces another."""
        directory = self.path / name
        target = directory / f"{name}{SUFFIX}"
        with self._translated():
            _make_private(made)
            is_replaced = name in self.directories()
            if made.is_dir():
                self._put_directory(name, made)
            else:
                if {*_files(directory)} - {target} or _has_layout(directory):
                    self.remove(name)  # several files do not go at once: the dataset is away for a moment
                _move(made, target)
        return is_replaced

    def _put_directory(self, name: str, made: Path) -> None:
        """Rename a directory into the place of a dataset, which is away for a moment; the last to do so remains."""
        for attempt in range(3):
            self.remove(name)
            with contextlib.suppress(OSError):
                (self.path / name).rmdir()  # no dataset, and empty
            try:
                made.rename(self.path / name)
            except OSError:  # somebody else was faster, or what is there is no dataset
                if attempt == 2:  # noqa: PLR2004  the last one
                    raise
            else:
                return

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
            return {each.name: each for each in self.path.iterdir() if is_dataset_name(each.name) and _is_held(each)}

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


def _make_private(made: Path) -> None:
    for each in (made, *made.rglob("*")):
        each.chmod(private_directories.OWNERS_ALONE if each.is_dir() else private_directories.OWNERS_FILE)


def held(name: str, directory: Path) -> Dataset:
    """Return what a directory holds as a dataset: nothing if it was removed meanwhile."""
    if layout := layout_in(directory):
        return Dataset(name, layout.size_bytes, tuple(directory / part.path for part in layout.parts), layout)
    sizes: dict[Path, int] = {}
    for file in _files(directory):
        with contextlib.suppress(FileNotFoundError):
            sizes[file] = file.stat().st_size
    return Dataset(name, sum(sizes.values()), tuple(sizes))


def layout_in(directory: Path) -> Layout | None:
    """Return the layout of the dataset in a directory; None if it is not partitioned, or was removed meanwhile.

    Raises:
        DataError: The file of that name is none.
    """
    file = directory / FILE_NAME
    try:
        return decoded(file.read_bytes(), str(file))
    except (FileNotFoundError, NotADirectoryError):
        return None


def decoded(content: bytes, name: str) -> Layout:
    """Return the layout in a file of that name. Raises `DataError` if it is none."""
    try:
        return decode(content)
    except ValueError as error:
        raise DataError(f"{name} is no layout of a dataset: {error}") from error


def _is_held(directory: Path) -> bool:
    return bool(_files(directory)) or _has_layout(directory)


def _has_layout(directory: Path) -> bool:
    return (directory / FILE_NAME).is_file()


def _files(directory: Path) -> list[Path]:
    try:
        return sorted(directory.glob(f"*{SUFFIX}"))
    except FileNotFoundError:  # it was there a moment ago
        return []
