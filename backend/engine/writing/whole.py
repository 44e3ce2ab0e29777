"""Making a file in one piece, by one DuckDB.

export ── rows ──▶ **write_whole** ── COPY ──▶ DuckDB ── bytes ──▶ writer
"""

from typing import Any

from backend.engine.progress import Stage
from backend.engine.query_run import Maker, QueryRun
from backend.engine.rows import Rows, check_copied
from backend.formats.writer import Writer


def write_whole(run: QueryRun, maker: Maker, rows: Rows, writer: Writer[Any]) -> None:
    """Write all rows but the file's end."""
    everything = range(rows.count)

    def take(data: bytes) -> None:
        for piece in writer.prepare(data):
            writer.append(everything, piece)

    maker.sink.take = take
    stage = Stage("writing", run.progress, estimate=maker.connection.query_progress, row_count=rows.count)
    statement = writer.copy(rows.relation, everything, maker.sink.target)
    check_copied(run.run(maker, stage, statement, rows.binds), everything)
