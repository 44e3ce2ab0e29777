"""Which module makes which format.

engine ──▶ **open_writer** ──▶ csv, xlsx, parquet
"""

from collections.abc import Callable, Mapping

from backend.formats import Document, Write, Writer, csv, parquet, xlsx

_WRITERS: Mapping[str, Callable[[Document, Write], Writer]] = {
    "csv": csv.open_writer,
    "xlsx": xlsx.open_writer,
    "parquet": parquet.open_writer,
}


def open_writer(name: str, document: Document, write: Write) -> Writer:
    """Begin a file of the format `name`."""
    return _WRITERS[name](document, write)
