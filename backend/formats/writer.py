"""Which module makes which format.

engine ──▶ **open_writer** ──▶ csv, xlsx, parquet
"""

from collections.abc import Mapping
from typing import Any

from backend.formats import csv, parquet
from backend.formats.file import Document, Write, Writer
from backend.formats.xlsx import workbook

_WRITERS: Mapping[str, type[csv.CsvWriter | workbook.XlsxWriter | parquet.ParquetWriter]] = {
    "csv": csv.CsvWriter,
    "xlsx": workbook.XlsxWriter,
    "parquet": parquet.ParquetWriter,
}


def open_writer(name: str, document: Document, write: Write) -> Writer[Any]:
    """Begin a file of the format `name`."""
    return _WRITERS[name](document, write)
