"""Errors of DuckDB, translated to those of the ports.

engine ──▶ **told** ──▶ execution
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sink import Sink, Stopped
from backend.service.ports import DefinitionFailed

log = logging.getLogger(__name__)


@contextmanager
def told(source: DatasetFiles, sink: Sink) -> Iterator[None]:
    """Translate errors of DuckDB.

    Raises:
        MemoryError: Neither memory nor the disk was enough.
        DefinitionFailed: The query cannot be run, or fails on the data. DuckDB's words are its cause, and not logged:
            they quote cells and parameters, and a log is kept for longer than the file.
        Stopped: It was interrupted.
        Exception: What went wrong outside DuckDB, while it read a dataset or wrote the file.
    """
    failure: Exception | None = None
    try:
        yield
    except duckdb.Error as error:
        failure = _translated(error, source, sink)
        if isinstance(failure, DefinitionFailed):
            raise failure from error
    if failure:
        raise failure  # out here, so that DuckDB's words do not go along


def is_out_of_space(error: BaseException | None) -> bool:
    """Return whether it is an error of DuckDB for want of memory or disk."""
    is_full = isinstance(error, duckdb.Error) and "No space left on device" in str(error)
    return is_full or isinstance(error, duckdb.OutOfMemoryException)


def _translated(error: duckdb.Error, source: DatasetFiles, sink: Sink) -> Exception:
    if is_out_of_space(error):
        return MemoryError()
    outside = source.error or sink.error
    if outside is not None:
        return outside
    if isinstance(error, duckdb.InterruptException):
        return Stopped()
    line = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    log.error("query failed", extra={"error": type(error).__name__, "line": line[1] if line else None})
    return DefinitionFailed("This report's query fails on the data there is. Tell whoever looks after the reports.")
