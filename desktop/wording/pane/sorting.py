"""The order of a preview's rows by one of its columns.

preview_model ── column, direction ──▶ **sort_rows** ── numbers of rows ──▶ preview_model
"""

from backend.protocol.preview import Cell, Preview
from desktop.wording.pane.cells import exact, number_of, say_cell


def sort_rows(preview: Preview, column: int, *, is_descending: bool) -> tuple[int, ...]:
    """Return the numbers of the rows in order: equal cells in the file's order, empty ones last either way."""
    is_number = preview.columns[column].is_number
    cells = [row[column] for row in preview.rows]
    filled = [number for number, cell in enumerate(cells) if not _is_empty(cell)]
    keys = {number: _key(cells[number], is_number=is_number) for number in filled}
    filled.sort(key=keys.__getitem__, reverse=is_descending)
    return (*filled, *(number for number, cell in enumerate(cells) if _is_empty(cell)))


def _is_empty(cell: Cell) -> bool:
    return cell is None or cell == ""


def _key(cell: Cell, *, is_number: bool) -> tuple[int, object, str]:
    """Return a key that orders numbers before what is none, and texts without regard to capitals."""
    if is_number and exact(cell) is not None:
        return 0, number_of(cell), ""
    text = say_cell(cell)
    return 1, text.casefold(), text
