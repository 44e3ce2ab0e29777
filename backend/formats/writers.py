"""Which module makes which format.

engine ──▶ **open_writer** ──▶ csv, xlsx, parquet
"""

from collections.abc import Mapping

from backend.formats import Document, Write, Writer, csv, parquet, xlsx

_WRITERS: Mapping[str, type[csv.CsvWriter | xlsx.XlsxWriter | parquet.ParquetWriter]] = {
    "csv": csv.CsvWriter,
    "xlsx": xlsx.XlsxWriter,
    "parquet": parquet.ParquetWriter,
}


def is_numbering_rows(name: str) -> bool:
    """Tell whether the format needs to know each row's number: see `Writer.is_numbering_rows`."""
    return _WRITERS[name].is_numbering_rows


def open_writer(name: str, document: Document, write: Write) -> Writer:
    """Begin a file of the format `name`."""
    return _WRITERS[name](document, write)
