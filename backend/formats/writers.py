"""Which module makes which format.

engine ──▶ **open_writer** ──▶ csv, xlsx, parquet
"""

from collections.abc import Mapping
from typing import Any

from backend.formats import Document, Write, Writer, csv, parquet, xlsx

_WRITERS: Mapping[str, type[csv.CsvWriter | xlsx.XlsxWriter | parquet.ParquetWriter]] = {
    "csv": csv.CsvWriter,
    "xlsx": xlsx.XlsxWriter,
    "parquet": parquet.ParquetWriter,
}


def open_writer(name: str, document: Document, write: Write) -> Writer[Any]:
    """Begin a file of the format `name`."""
    return _WRITERS[name](document, write)
