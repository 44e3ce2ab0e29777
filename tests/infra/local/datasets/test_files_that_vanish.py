"""Datasets that somebody else removes or replaces, between any two steps of what lists, publishes, adds or removes."""

import contextlib
import functools
import shutil
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from backend.engine.layout import decode
from infra.local.datasets import keeping, local_datasets
from infra.local.datasets.partitioning import ByColumn, partition
from infra.local.datasets.places import DataDirectory, layout_in
from tests.backend.engine.exports import parquet

CALLS = ("exists", "glob", "is_dir", "iterdir", "open", "replace", "rmdir", "stat", "unlink")
OLD, NEW = 1, 1_000


def rows_of(file: Path) -> int:
    ((count,),) = duckdb.execute(f"SELECT count(*) FROM '{file}'").fetchall()
    return int(count)


class Meddler:
    """Somebody else, who acts before the call of the file system whose turn it is."""

    def __init__(self, action: Callable[[], None], turn: int) -> None:
        self._action = action
        self._turns = turn
        self.has_acted = False

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in CALLS:
            monkeypatch.setattr(Path, name, self._watched(getattr(Path, name)))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._turns -= 1
            if self._turns == 0:
                self._action()
                self.has_acted = True
            found = call(*args, **kwargs)
            return list(found) if isinstance(found, Generator) else found

        return watched


class Bucket:
    """Takes what is published."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put_object(self, Bucket: str, Key: str, Body: Any) -> None:  # noqa: N803  boto3's
        assert Bucket == "datasets"
        self.held[Key] = Body if isinstance(Body, bytes) else Body.read()

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803  boto3's
        assert Bucket == "datasets"
        del self.held[Key]


def divide(rows: int, target: Path, scratch: Path) -> None:
    """Make so many rows a partitioned dataset in a directory."""
    file = scratch / f"{rows}.parquet"
    file.write_bytes(parquet(f"SELECT range AS n, range % 2 AS k FROM range({rows})"))
    partition(file, [ByColumn("k")], target)


@pytest.fixture
def own_partitions(own: Path, tmp_path: Path) -> Path:
    """Return the directory with trips in two partitions instead."""
    shutil.rmtree(own / "trips")
    divide(2 * OLD, own / "trips", tmp_path)
    return own


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory with the datasets other and trips, the latter in two files."""
    own = tmp_path / "reportwire" / "datasets"
    for file in ("other/other.parquet", "trips/by-hand.parquet", "trips/trips.parquet"):
        (own / file).parent.mkdir(parents=True, exist_ok=True)
        (own / file).write_bytes(parquet(f"SELECT range AS n FROM range({OLD})"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(keeping, "samples", lambda _: {})
    return own


def actions(own: Path, tmp_path: Path) -> dict[str, Callable[[], None]]:
    new = tmp_path / "new.parquet"
    new.write_bytes(parquet(f"SELECT range AS n FROM range({NEW})"))

    def replace() -> None:
        with contextlib.suppress(FileNotFoundError):  # removed already
            shutil.copy(new, own / "trips" / ".new")
            (own / "trips" / ".new").rename(own / "trips" / "trips.parquet")
            (own / "trips" / "by-hand.parquet").unlink()

    return {"remove": lambda: shutil.rmtree(own / "trips", ignore_errors=True), "replace": replace}


def actions_on_partitions(own: Path, tmp_path: Path) -> dict[str, Callable[[], None]]:
    divide(NEW, tmp_path / "replacement", tmp_path)

    def replace() -> None:
        shutil.copytree(tmp_path / "replacement", tmp_path / "copy", dirs_exist_ok=True)
        DataDirectory(own).put("trips", tmp_path / "copy")

    return {**actions(own, tmp_path), "replace": replace}


def operate(operation: str, own: Path, tmp_path: Path) -> tuple[int, ...]:
    """Do it; return the numbers of rows that it met of the dataset trips."""
    if operation == "list":
        return tuple(each.row_count or 0 for each in keeping.listed(None) if each.name == "trips")
    if operation == "publish":
        bucket = Bucket()
        local_datasets.publish(DataDirectory(own).directories(), bucket, "datasets")
        published = [content for key, content in bucket.held.items() if key.startswith("trips/")]
        if layout := bucket.held.get("trips/_layout.json"):
            names = {f"trips/{part.path}" for part in decode(layout).parts}
            assert bucket.held.keys() - {"trips/_layout.json", "other/other.parquet"} == names
            return (sum(part.row_count for part in decode(layout).parts),)
        for n, content in enumerate(published):
            (tmp_path / f"{n}.parquet").write_bytes(content)
        return tuple(sorted(rows_of(tmp_path / f"{n}.parquet") for n in range(len(published))))
    if operation == "remove":
        DataDirectory(own).remove("trips")
        return ()
    if operation == "add partitions":
        shutil.rmtree(tmp_path / "added", ignore_errors=True)
        divide(7, tmp_path / "added", tmp_path)
        DataDirectory(own).put("trips", tmp_path / "added")
        made = layout_in(own / "trips")
        return (made.row_count,) if made else ()
    added = tmp_path / "added.parquet"
    added.write_bytes(parquet("SELECT range AS n FROM range(7)"))
    DataDirectory(own).put("trips", added)
    return tuple(rows_of(file) for file in own.glob("trips/*.parquet"))


OUTCOMES: dict[str, set[tuple[int, ...]]] = {
    "list": {(), (2 * OLD,), (NEW,)},
    "publish": {(), (OLD, OLD), (NEW,)},
    "remove": {()},
    "add": {(7,), (), (NEW,)},
}


OUTCOMES_OF_PARTITIONS: dict[str, set[tuple[int, ...]]] = {
    "list": {(), (2 * OLD,), (NEW,)},
    "publish": {(), (2 * OLD,), (NEW,)},
    "remove": {()},
    "add partitions": {(7,), (), (NEW,)},
}
Operate = Callable[[], tuple[int, ...]]


def outcomes_of(
    operate: Operate, action: Callable[[], None], own: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[int, ...]]:
    """Yield what comes of it with somebody else acting in between, at one turn after another."""
    shutil.copytree(own, own.with_name("before"))
    for turn in range(1, 200):
        shutil.rmtree(own)
        shutil.copytree(own.with_name("before"), own)
        meddler = Meddler(action, turn)
        with monkeypatch.context() as patched:
            meddler.watch(patched)
            found = operate()
        yield found
        if not meddler.has_acted:
            assert turn > 1
            break
    else:
        pytest.fail("it never ends")


@pytest.mark.slow
@pytest.mark.parametrize("action", ["remove", "replace"])
@pytest.mark.parametrize("operation", OUTCOMES)
def test_whoever_reads_has_one_version_or_none(
    operation: str, action: str, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = partial(operate, operation, own, tmp_path)
    for turn, found in enumerate(outcomes_of(work, actions(own, tmp_path)[action], own, monkeypatch)):
        assert found in OUTCOMES[operation], turn


@pytest.mark.slow
@pytest.mark.parametrize("action", ["remove", "replace"])
@pytest.mark.parametrize("operation", OUTCOMES_OF_PARTITIONS)
def test_whoever_reads_partitions_has_one_version_or_none(
    operation: str, action: str, own_partitions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = partial(operate, operation, own_partitions, tmp_path)
    act = actions_on_partitions(own_partitions, tmp_path)[action]
    for turn, found in enumerate(outcomes_of(work, act, own_partitions, monkeypatch)):
        assert found in OUTCOMES_OF_PARTITIONS[operation], turn
        layout = layout_in(own_partitions / "trips")
        assert layout is None or all((own_partitions / "trips" / part.path).exists() for part in layout.parts), turn
