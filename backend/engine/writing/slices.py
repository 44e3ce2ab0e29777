"""Making a file in slices of its rows, by several DuckDBs side by side, of one thread each.

duck ── rows, slices ──▶ **SliceMaking** ── COPY ──▶ DuckDB ── bytes ──▶ writer.prepare ──▶ in_order ──▶ writer.append

One DuckDB with two threads would put in order itself what they make. But it keeps whole row groups for that, first as
rows and then as text: with the little memory it may have, one thread waits for the other, and CSV took half as long
again. With one thread it writes as it reads.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.interruptible import REPEAT_S
from backend.engine.duck.sink import TARGET, Sink, Stopped
from backend.engine.rows import Stretch
from backend.engine.writing.in_order import InOrder
from backend.formats.writer import Writer

MAKERS = 2


@dataclass(frozen=True, slots=True)
class Maker:
    """One DuckDB, and where its bytes go."""

    connection: duckdb.DuckDBPyConnection
    sink: Sink


class SliceMaking:
    """All slices of one file."""

    def __init__(
        self,
        open_maker: Callable[[], Maker],
        source: DatasetFiles,
        slices: Sequence[range],
        writer: Writer[Any],
        *,
        stretch: Callable[[range], Stretch],
        binds: Mapping[str, Any],
    ) -> None:
        self._open_maker = open_maker
        self._makers: list[Maker] = []
        self._source = source
        self._stretch = stretch
        self._binds = dict(binds) or None
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
        with ThreadPoolExecutor(MAKERS, thread_name_prefix="slices") as pool:
            running = [pool.submit(self._make_slices) for _ in range(MAKERS)]
            done, others = wait(running, return_when=FIRST_EXCEPTION)
            while wait(others, 0).not_done:
                self.stop()
                wait(others, REPEAT_S)
        _raise_first([*done, *others])

    def stop(self) -> None:
        """Have `run` end soon, with an error; to be repeated until it has."""
        self._is_stopped = True
        for maker in self._makers:
            maker.sink.stop()
            maker.connection.interrupt()
        self._in_order.stop()

    def _make_slices(self) -> None:
        maker = self._open_maker()
        self._makers.append(maker)
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
            maker.connection.execute(stretch.preparation)
        statement = self._writer.copy(stretch.relation, rows, TARGET)
        check_copied(maker.connection.execute(statement, self._binds).fetchall(), rows)
        self._made.append(rows)

    def _take(self, number: int, data: bytes) -> None:
        for piece in self._writer.prepare(data):
            self._in_order.put(number, piece)


def check_copied(answer: Sequence[tuple[Any, ...]], rows: range) -> None:
    """Hold that a COPY wrote the rows it was to write."""
    ((copied,),) = answer
    if copied != len(rows):
        raise RuntimeError(f"Of {len(rows):,} rows {copied:,} were written.")


def _raise_first(futures: Sequence[Future[None]]) -> None:
    """Raise what went wrong, rather than that others had to stop for it."""
    errors = [error for future in futures if (error := future.exception())]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, Stopped))
