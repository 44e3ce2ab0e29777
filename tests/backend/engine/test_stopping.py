"""What a query tells while it runs, and how it ends when it must: stopped, failed, or out of memory."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.service.ports import DefinitionFailed, StoreUnavailable
from tests.backend.engine.exports import Told, export, parquet
from tests.backend.fakes import FakeDatasetStore

pytestmark = pytest.mark.usefixtures("spills")

DEADLINE_S = 30.0
"""Only so that a test that fails does not hang."""
ENDLESS = "SELECT sum(hash(a.range) % 7) AS n FROM range(10_000_000_000) AS a"


class Stop(Exception):
    """What a test raises to stop a query."""


@pytest.mark.parametrize("format_", ["csv", "parquet"])
@pytest.mark.parametrize("order", [(), ("h",)], ids=["streamed", "gathered"])
def test_progress_goes_through_its_stages_and_never_back(
    order: tuple[str, ...], format_: str, numbers: FakeDatasetStore
) -> None:
    sql = "SELECT hash(range) AS h, range AS n FROM range(300_000)"
    told = export(sql, numbers, datasets=("numbers",), order=order, format=format_).told
    assert list(dict.fromkeys(stage for stage, *_ in told)) == ["reading", "computing", "writing"]
    for stage in ("reading", "computing", "writing"):
        steps = [step for step in told if step[0] == stage]
        completed = [step[1] for step in steps]
        assert completed == sorted(completed)
        assert {step[3] for step in steps} == {{"reading": "datasets", "computing": "%", "writing": "rows"}[stage]}
        assert all(total is None or done <= total for _, done, total, _ in steps)
    assert told[0] == ("reading", 0, 1, "datasets")
    assert {total for stage, _, total, _ in told if stage == "writing"} == {300_000}
    assert all(total == 100 or done == 0 for stage, done, total, _ in told if stage == "computing")


def test_progress_of_computing_is_estimated() -> None:
    told: list[Told] = []

    def stop_once_estimated(stage: str, completed: int, total: int | None, unit: str) -> None:
        told.append((stage, completed, total, unit))
        if stage == "computing" and completed >= 1:
            raise Stop

    with pytest.raises(Stop):
        export("SELECT sum(hash(range)) AS n FROM range(2_000_000_000)", progress=stop_once_estimated)
    assert told[-1][2:] == (100, "%")


def test_reading_can_be_stopped(numbers: FakeDatasetStore) -> None:
    stop = Stop()
    with pytest.raises(Stop) as caught:
        export("SELECT n FROM numbers", numbers, datasets=("numbers",), progress=raise_at("reading", stop))
    assert caught.value is stop
    assert not numbers.ranges


@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("after", [1, 2, 5, 20])
def test_computing_can_be_stopped_at_any_time(order: tuple[str, ...], after: int) -> None:
    stop = Stop()
    caught = run_aside(lambda: export(ENDLESS, order=order, progress=raise_at("computing", stop, after)))
    assert caught is stop


@pytest.mark.parametrize("order", [(), ("h",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_writing_can_be_stopped_at_any_time(order: tuple[str, ...], format_: str, after: int) -> None:
    stop = Stop()
    sql = "SELECT hash(range) AS h, repeat('x', 50) AS t FROM range(300_000)"
    caught = run_aside(lambda: export(sql, order=order, format=format_, progress=raise_at("writing", stop, after)))
    assert caught is stop


@dataclass
class SlowSink:
    """Blocks in its first write until something was raised; counts the bytes that come after that."""

    stop: BaseException
    writing: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    writes: int = 0

    def write(self, _: bytes) -> None:
        self.writes += 1
        self.writing.set()
        assert self.stopped.wait(DEADLINE_S)

    def progress(self, stage: str, *_: object) -> None:
        if stage == "writing" and self.writing.is_set():
            threading.Timer(0.05, self.stopped.set).start()  # the query ends only once its write has
            raise self.stop


@pytest.mark.parametrize("order", [(), ("h",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_writing_can_be_stopped_while_the_upload_is_slow(order: tuple[str, ...], format_: str) -> None:
    sink = SlowSink(Stop())
    sql = "SELECT hash(range) AS h, repeat('x', 50) AS t FROM range(1_000_000)"
    caught = run_aside(lambda: export(sql, order=order, format=format_, write=sink.write, progress=sink.progress))
    assert caught is sink.stop
    assert sink.writes == 1


@pytest.mark.parametrize("error", [Stop("own"), StoreUnavailable("away"), MemoryError("own"), OSError("disk")])
@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_error_of_the_upload_comes_out_as_itself(error: Exception, order: tuple[str, ...], format_: str) -> None:
    def write(_: bytes) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        export("SELECT range AS n FROM range(500_000)", order=order, format=format_, write=write)
    assert caught.value is error


@pytest.mark.parametrize("error", [Stop("own"), StoreUnavailable("away"), MemoryError("own")])
@pytest.mark.parametrize("reads", [0, 2])
def test_error_of_the_datasets_comes_out_as_itself(error: Exception, reads: int) -> None:
    store = FailingStore({"wide/a.parquet": parquet("SELECT range AS n, hash(range) AS h FROM range(300_000)")})
    store.fail_after, store.failure = reads, error
    with pytest.raises(type(error)) as caught:
        export("SELECT * FROM wide", store, datasets=("wide",))
    assert caught.value is error


class FailingStore(FakeDatasetStore):
    fail_after = 0
    failure = Exception()

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        if len(self.ranges) >= self.fail_after:
            raise self.failure
        return super().read(file, start, length)


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_query_that_fails_late_ends_every_time(format_: str) -> None:
    """DuckDB's own threads for writing sometimes wait for each other for ever."""
    sql = "SELECT CASE WHEN range = 400_000 THEN error('late') ELSE range END AS n FROM range(500_000)"
    for _ in range(20):
        assert isinstance(run_aside(lambda: export(sql, format=format_)), DefinitionFailed)


def test_stop_is_no_error_of_the_query(caplog: pytest.LogCaptureFixture) -> None:
    sink = SlowSink(Stop())
    sql = "SELECT hash(range) AS h, repeat('x', 50) AS t FROM range(1_000_000)"
    assert run_aside(lambda: export(sql, write=sink.write, progress=sink.progress)) is sink.stop
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_wide_rows_that_come_late_have_the_memory_they_need(format_: str) -> None:
    files = [
        parquet("SELECT range AS n, 'narrow' AS t FROM range(400_000)"),
        parquet("SELECT range AS n, repeat(md5(range::VARCHAR), 30) AS t FROM range(245_760)"),
    ]
    store = FakeDatasetStore({f"mixed/{n}.parquet": content for n, content in enumerate(files)})
    made = export(
        "SELECT * FROM mixed", store, datasets=("mixed",), format=format_, limits=Limits.of_function(1_769, 2_048)
    )
    assert made.exported.row_count == 645_760


def test_error_in_listing_comes_out_as_itself() -> None:
    class Away(FakeDatasetStore):
        def files(self, dataset: str) -> tuple[DatasetFile, ...]:
            raise StoreUnavailable(dataset)

    with pytest.raises(StoreUnavailable, match="numbers"):
        export("SELECT 1", Away(), datasets=("numbers",))


def test_too_little_memory_and_disk_is_a_memory_error() -> None:
    limits = Limits(memory_mb=50, storage_mb=1)
    with pytest.raises(MemoryError):
        export(WIDE, order=("h",), limits=limits)


WIDE = "SELECT hash(range)::VARCHAR || repeat('x', 100) AS h FROM range(500_000)"


@pytest.mark.slow
def test_rows_that_need_more_memory_are_gathered_again_with_more() -> None:
    made = export(WIDE, order=("h",), limits=Limits(memory_mb=50, most_memory_mb=500, storage_mb=30))
    assert made.exported.row_count == 500_000
    assert made.data.count(b"\r\n") == 500_001


@pytest.mark.slow
def test_what_memory_cannot_hold_is_spilled_and_removed(spills: Path) -> None:
    spilled: list[int] = []

    def measure(*_: object) -> None:
        spilled.append(sum(size_of(file) for file in spills.glob("*/*")))

    made = export(
        "SELECT hash(range) AS h, hash(range + 1) AS a, hash(range + 2) AS b FROM range(2_000_000)",
        format="parquet",
        order=("h",),
        limits=Limits(memory_mb=50, storage_mb=1_024),
        progress=measure,
    )
    assert max(spilled) > 10_000_000
    assert made.exported.row_count == 2_000_000
    hashes = [h for (h,) in made.values("h")]
    assert hashes == sorted(hashes)


def size_of(file: Path) -> int:
    """Return the size; DuckDB may have removed what was listed a moment ago."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def raise_at(stage: str, error: Exception, after: int = 1) -> Callable[..., None]:
    """Return what raises when it is told of a stage for that time."""
    times = itertools.count(1)

    def tell(told: str, *_: object) -> None:
        if told == stage and next(times) >= after:
            raise error

    return tell


def run_aside(work: Callable[[], object]) -> BaseException | None:
    """Return what the work raised, which must not take for ever."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  whatever it is
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    return raised[0] if raised else None
