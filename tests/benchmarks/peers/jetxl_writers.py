"""jetxl: an Arrow table, all of it in memory. It is given floats for decimals, which it does not know."""

from pathlib import Path

import jetxl  # type: ignore[import-not-found]
import pyarrow as pa  # type: ignore[import-not-found]
from pyarrow import parquet as pq

FORMATS = {"day": "date", "at": "datetime", "amount": "#,##0.00"}


def xlsx(source: Path, target: Path) -> int:
    """Write XLSX: typed cells, number formats, a styled and frozen header, a filter."""
    table = pq.read_table(source)
    amount = table.schema.get_field_index("amount")
    table = table.set_column(amount, "amount", table["amount"].cast(pa.float64()))
    jetxl.write_sheet_arrow(
        table, str(target), auto_filter=True, freeze_rows=1, styled_headers=True, column_formats=FORMATS
    )
    return int(table.num_rows)
