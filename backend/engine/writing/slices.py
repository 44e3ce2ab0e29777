"""Making a file in slices of its rows, several side by side, by a DuckDB of one thread.

export ── slices ──▶ **write_slices** ── COPY ──▶ DuckDB ── bytes ──▶ writer.prepare ──▶ in_order ──▶ writer.append

With two threads DuckDB would order the output of both by itself. For that it buffers whole row groups, first as rows
and then as they are written, and with little memory one thread waits for the other. With one thread it writes as it
reads, and runs each connection's statement on the thread that asks for it, so two connections use two processors.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from backend.engine.budget import MAKERS
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.interruptible import REPEAT_S, run_watched
from backend.engine.duck.sink import Stopped
from backend.engine.progress import Stage
from backend.engine.query_run import Maker, QueryRun
from backend.engine.rows import Rows, Stretch, check_copied
from backend.engine.writing.in_order import InOrder
from backend.formats.writer import Writer


def cut(slices: Sequence[range], bounds: Sequence[int]) -> Sequence[range]:
    """Return the slices, cut further where they must end."""
    ends = sorted({0, *(each.stop for each in slices), *bounds})
    return [range(first, end) for first, end in pairwise(ends)] if slices[1:] else slices


def write_slices(run: QueryRun, rows: Rows, slices: Sequence[range], writer: Writer[Any]) -> None:
    """Write all rows but the file's end; `rows` can be read in stretches."""
    assert rows.stretch is not None
    # They take no more than they need. To run again with more is too late once they write.
    limits = replace(run.limits.generous, threads=1)
    with ExitStack() as opened:  # out here: what is closed cannot be stopped

        def open_makers() -> Sequence[Maker]:
            return opened.enter_context(run.shared(limits, MAKERS))

        making = SliceMaking(open_makers, run.source, slices, writer, stretch=rows.stretch, binds=rows.binds)
        stage = Stage("writing", run.progress, counted=lambda: making.rows_made, row_count=rows.count)
        run_watched(making.run, making.stop, stage.tick, interval_s=run.tuning.interval_s)


class SliceMaking:
    """All slices of one file."""

    def __init__(
        self,
        open_makers: Callable[[], Sequence[Maker]],
        source: DatasetFiles,
        slices: Sequence[range],
        writer: Writer[Any],
        *,
        stretch: Callable[[range], Stretch],
        binds: Mapping[str, Any],
    ) -> None:
        self._open_makers = open_makers
        self._makers: Sequence[Maker] = ()
        self._source = source
        self._stretch = stretch
        self._binds = binds
        self._writer = writer
        self._next = iter(enumerate(slices))
        self._in_order: InOrder[Any] = InOrder(lambda number, piece: writer.append(slices[number], piece))
        self._is_stopped = False
        self._made: list[range] = []

    @property
    def rows_made(self) -> int:
        """How many rows the slices have that are made."""
        return sum(map(len, self._made))

    def run(self) -> None:
        """Make them.

        Raises:
            Exception: What went wrong first; all makers have stopped.
        """
        self._makers = self._open_makers()
        with ThreadPoolExecutor(MAKERS, thread_name_prefix="slices") as pool:
            running = [pool.submit(self._make_slices, maker) for maker in self._makers]
            done, others = wait(running, return_when=FIRST_EXCEPTION)
            while wait(others, 0).not_done:
                self.stop()
                wait(others, REPEAT_S)
        _raise_first([*done, *others])

    def stop(self) -> None:
        """Make `run` end soon, with an error. Repeat the call until it has."""
        self._is_stopped = True
        for maker in self._makers:
            maker.stop()
        self._in_order.stop()

    def _make_slices(self, maker: Maker) -> None:
        for number, rows in self._next:
            if self._is_stopped:
                raise Stopped
            with told(self._source, maker.sink):
                self._make(maker, number, rows)
            self._in_order.finish(number)

    def _make(self, maker: Maker, number: int, rows: range) -> None:
        maker.sink.take = partial(self._take, number)
        stretch = self._stretch(rows)
        if stretch.preparation:
            maker.execute(stretch.preparation, {})
        statement = self._writer.copy(stretch.relation, rows, maker.sink.target)
        check_copied(maker.execute(statement, self._binds), rows)
        self._made.append(rows)

    def _take(self, number: int, data: bytes) -> None:
        for piece in self._writer.prepare(data):
            self._in_order.put(number, piece)


def _raise_first(futures: Sequence[Future[None]]) -> None:
    """Raise what went wrong, rather than that others had to stop for it."""
    errors = [error for future in futures if (error := future.exception())]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, Stopped))
