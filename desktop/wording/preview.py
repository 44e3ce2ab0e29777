"""The first rows of a report as the analyst reads them.

`Preview` ──▶ **say_cell**, **say_extent** ──▶ preview_model, preview_pane
"""

from backend.protocol.preview import Cell, Preview


def say_cell(cell: Cell) -> str:
    """Say a cell in one line; None is nothing."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return " ".join(cell.splitlines()).replace("\t", " ") if not cell.isprintable() else cell
        case _:
            return str(cell)


def say_extent(preview: Preview) -> str:
    """Say how much of the report is shown: "First 200 of 336,776 rows", "All 12 rows"."""
    shown, count = len(preview.rows), preview.row_count
    if shown < count:
        return f"First {shown:,} of {count:,} rows"
    return {0: "No rows", 1: "One row"}.get(count, f"All {count:,} rows")
