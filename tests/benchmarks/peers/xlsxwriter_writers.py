"""XlsxWriter in its constant-memory mode, by the method of each column's type."""

from pathlib import Path
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-not-found]

from tests.benchmarks.peers.batches import names, row_count, rows

FORMATS = {"day": "yyyy-mm-dd", "at": "yyyy-mm-dd hh:mm:ss", "amount": "#,##0.00"}
METHODS = {"day": "datetime", "at": "datetime", "customer": "string", "city": "string", "active": "boolean"}
"""Of the columns that hold no numbers. `note` may be empty, so what it holds has to be looked at."""


def xlsx(source: Path, sink: BinaryIO) -> int:
    """Write XLSX: typed cells, number formats, a bold and frozen header, a filter."""
    columns, count = names(source), row_count(source)
    book = xlsxwriter.Workbook(sink, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    formats = [book.add_format({"num_format": FORMATS[name]}) if name in FORMATS else None for name in columns]
    writes = [getattr(sheet, "write_" + METHODS.get(name, "number")) for name in columns]
    writes[columns.index("note")] = sheet.write
    cells = list(zip(range(len(columns)), writes, formats, strict=True))
    for number, row in enumerate(rows(source), 1):
        for (column, write, style), value in zip(cells, row, strict=True):
            write(number, column, value, style)
    book.close()
    return count
