from concurrent.futures import ThreadPoolExecutor
from io import UnsupportedOperation
from threading import Barrier

import pytest

from backend.engine.budget import WHOLE_FILE_BYTES, WHOLE_FILES_KEPT
from backend.engine.datasets import DatasetFile
from backend.engine.duck.dataset_files import DatasetFiles, OpenFile
from backend.service.ports import DataUnreadable, StoreUnavailable
from tests.backend.fakes import START, FakeDatasetStore

LARGE = bytes(n % 251 for n in range(WHOLE_FILE_BYTES + 1))


@pytest.fixture
def store() -> FakeDatasetStore:
    return FakeDatasetStore({"d/large.parquet": LARGE, "d/small.parquet": b"0123456789", "other/x.parquet": b"secret"})


@pytest.fixture
def files(store: FakeDatasetStore) -> DatasetFiles:
    return DatasetFiles(store, store.files("d"))


def read(file: OpenFile, offset: int, length: int) -> bytes:
    """Read as DuckDB does."""
    file.seek(offset)
    return file.read(length)


def test_large_file_is_read_in_the_ranges_asked_for(files: DatasetFiles, store: FakeDatasetStore) -> None:
    file = files.open("datasets://d/large.parquet")
    assert read(file, 0, 3) == LARGE[:3]
    assert read(file, 1000, 5) == LARGE[1000:1005]
    assert read(file, len(LARGE) - 4, 100) == LARGE[-4:]
    assert read(file, len(LARGE), 1) == b""
    assert read(file, len(LARGE) + 9, 1) == b""
    assert store.ranges == [("d/large.parquet", start, n) for start, n in ((0, 3), (1000, 5), (len(LARGE) - 4, 4))]


def test_small_file_is_fetched_once(files: DatasetFiles, store: FakeDatasetStore) -> None:
    for _ in range(3):
        file = files.open("datasets://d/small.parquet")
        assert read(file, 8, 5) == b"89"
        assert read(file, 0, 10) == b"0123456789"
    assert store.ranges == [("d/small.parquet", 0, 10)]


def test_memory_stays_the_same_however_many_small_files_there_are() -> None:
    store = FakeDatasetStore({f"d/{n:03}.parquet": b"x" for n in range(100)})
    files = DatasetFiles(store, store.files("d"))
    for _ in range(2):
        for file in store.files("d"):
            assert read(files.open(DatasetFiles.url(file)), 0, 1) == b"x"
    assert WHOLE_FILES_KEPT * WHOLE_FILE_BYTES <= 32 * 1024 * 1024
    assert len(store.ranges) == 200  # none is kept until it is asked for again
    assert read(files.open("datasets://d/099.parquet"), 0, 1) == b"x"
    assert len(store.ranges) == 200


@pytest.mark.parametrize(
    "path",
    [
        "datasets://other/x.parquet",
        "datasets://d/../other/x.parquet",
        "datasets://d",
        "datasets://",
        "datasets://d/*.parquet",
        "d/large.parquetx",
        "file:///etc/passwd",
    ],
)
def test_no_other_file_is_there(path: str, files: DatasetFiles) -> None:
    with pytest.raises(FileNotFoundError):
        files.open(path)
    with pytest.raises(FileNotFoundError):
        files.info(path)
    assert not files.exists(path)
    assert not files.glob(path)
    assert not files.isdir(path)


@pytest.mark.parametrize("mode", ["wb", "ab", "r+b", "xb"])
def test_nothing_can_be_written(mode: str, files: DatasetFiles, store: FakeDatasetStore) -> None:
    with pytest.raises(PermissionError):
        files.open("datasets://d/small.parquet", mode)
    with pytest.raises(NotImplementedError):
        files.rm_file("datasets://d/small.parquet")
    assert store.contents["d/small.parquet"] == b"0123456789"


def test_size_and_time_are_those_that_were_listed(files: DatasetFiles) -> None:
    assert files.info("datasets://d/small.parquet")["size"] == 10
    assert files.modified("datasets://d/small.parquet") == START


def test_what_went_wrong_is_kept(files: DatasetFiles, store: FakeDatasetStore) -> None:
    store.error = StoreUnavailable("away")
    for name in ("large", "small"):
        with pytest.raises(StoreUnavailable):
            read(files.open(f"datasets://d/{name}.parquet"), 0, 1)
    assert files.error is store.error


def test_file_that_could_not_be_fetched_is_asked_for_again(files: DatasetFiles, store: FakeDatasetStore) -> None:
    store.error = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        read(files.open("datasets://d/small.parquet"), 0, 1)
    store.error = None
    assert read(files.open("datasets://d/small.parquet"), 0, 1) == b"0"


def test_threads_that_share_a_file_each_read_where_they_sought(files: DatasetFiles) -> None:
    """DuckDB's threads have one object a file: whatever others do between a seek and its read must not matter."""
    file = files.open("datasets://d/large.parquet")
    offsets = range(0, 800, 100)
    all_sought, all_read = Barrier(len(offsets)), Barrier(len(offsets))

    def seek_and_read(offset: int) -> bytes:
        file.seek(offset)
        all_sought.wait()
        data = file.read(50)
        all_read.wait()
        return data

    with ThreadPoolExecutor(len(offsets)) as pool:
        assert list(pool.map(seek_and_read, offsets)) == [LARGE[offset : offset + 50] for offset in offsets]


def test_read_without_a_seek_is_refused_rather_than_guessed(files: DatasetFiles) -> None:
    file = files.open("datasets://d/small.parquet")
    for _ in range(2):
        with pytest.raises(UnsupportedOperation, match=r"read of d/small\.parquet without a seek"):
            file.read(1)
        read(file, 3, 2)


class ShortReads(FakeDatasetStore):
    """Answers so many reads with one byte too few."""

    short = 0

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        self.short -= 1
        return super().read(file, start, length - (self.short >= 0))


@pytest.mark.parametrize("name", ["large", "small"])
def test_short_read_is_repeated_once_and_never_passed_on(name: str, caplog: pytest.LogCaptureFixture) -> None:
    store = ShortReads({"d/large.parquet": LARGE, "d/small.parquet": b"0123456789"})
    files = DatasetFiles(store, store.files("d"))
    store.short = 1
    expected = store.contents[f"d/{name}.parquet"][:4]
    assert read(files.open(f"datasets://d/{name}.parquet"), 0, 4) == expected
    assert files.error is None
    assert [record.message for record in caplog.records] == ["short read"]
    store.short = 2
    files = DatasetFiles(store, store.files("d"))
    with pytest.raises(DataUnreadable, match=rf"d/{name}\.parquet"):
        read(files.open(f"datasets://d/{name}.parquet"), 0, 4)
    assert isinstance(files.error, DataUnreadable)
