"""openpyxl in its write-only mode."""

from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.benchmarks.peers.batches import names, row_count, rows


def xlsx(source: Path, sink: BinaryIO) -> int:
    """Write XLSX: typed cells, a frozen header, a filter."""
    columns, count = names(source), row_count(source)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    sheet.append(columns)
    for row in rows(source):
        sheet.append(row)
    book.save(sink)
    return count
