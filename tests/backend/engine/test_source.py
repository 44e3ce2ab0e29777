import pytest

from backend.engine.source import WHOLE_FILE_BYTES, WHOLE_FILES_KEPT, DatasetFiles
from backend.ports import StoreUnavailable
from tests.backend.fakes import START, FakeDatasetStore

LARGE = bytes(n % 251 for n in range(WHOLE_FILE_BYTES + 1))


@pytest.fixture
def store() -> FakeDatasetStore:
    return FakeDatasetStore({"d/large.parquet": LARGE, "d/small.parquet": b"0123456789", "other/x.parquet": b"secret"})


@pytest.fixture
def files(store: FakeDatasetStore) -> DatasetFiles:
    return DatasetFiles(store, store.files("d"))


def test_large_file_is_read_in_the_ranges_asked_for(files: DatasetFiles, store: FakeDatasetStore) -> None:
    file = files.open("datasets://d/large.parquet")
    assert file.read(3) == LARGE[:3]
    assert file.seek(1000) == 1000
    assert file.read(5) == LARGE[1000:1005]
    assert file.seek(-4, 2) == len(LARGE) - 4
    assert file.read(100) == LARGE[-4:]
    assert file.read(1) == b""
    assert file.seek(-2, 1) == file.tell() == len(LARGE) - 2
    assert store.ranges == [("d/large.parquet", start, n) for start, n in ((0, 3), (1000, 5), (len(LARGE) - 4, 4))]


def test_small_file_is_fetched_once(files: DatasetFiles, store: FakeDatasetStore) -> None:
    for _ in range(3):
        file = files.open("datasets://d/small.parquet")
        file.seek(8)
        assert file.read(5) == b"89"
        file.seek(0)
        assert file.read() == b"0123456789"
    assert store.ranges == [("d/small.parquet", 0, 10)]


def test_memory_stays_the_same_however_many_small_files_there_are() -> None:
    store = FakeDatasetStore({f"d/{n:03}.parquet": b"x" for n in range(100)})
    files = DatasetFiles(store, store.files("d"))
    for _ in range(2):
        for file in store.files("d"):
            assert files.open(DatasetFiles.url(file)).read() == b"x"
    assert WHOLE_FILES_KEPT * WHOLE_FILE_BYTES <= 32 * 1024 * 1024
    assert len(store.ranges) == 200  # none is kept until it is asked for again
    assert files.open("datasets://d/099.parquet").read() == b"x"
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
            files.open(f"datasets://d/{name}.parquet").read(1)
    assert files.error is store.error


def test_file_that_could_not_be_fetched_is_asked_for_again(files: DatasetFiles, store: FakeDatasetStore) -> None:
    store.error = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        files.open("datasets://d/small.parquet").read(1)
    store.error = None
    assert files.open("datasets://d/small.parquet").read(1) == b"0"
