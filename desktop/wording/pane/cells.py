"""Cells of a preview as the analyst reads them, and as numbers.

cell ──▶ **format_of**, **say_cell**, **number_of** ──▶ preview, summary, chart, clipboard
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from backend.protocol.preview import Cell, Preview, PreviewColumn
from desktop.wording.form.dates import show_day
from desktop.wording.language import grouped
from desktop.wording.pane.number_format import NumberFormat, compile_format

YEARS = (1000, 2999)
"""Whole numbers that are all between these are years, or might be, and are written without a comma."""

MOST_DECIMALS = 4
"""Decimals of a number that has no format of its own, such as an average; its tooltip has all of them."""

LONGEST_PLAIN = 9
"""Characters of a number that is written as it is."""

ROUGH = NumberFormat(most_decimals=MOST_DECIMALS)


class ColumnFormat(Struct, frozen=True):
    """How the cells of one column are written."""

    is_number: bool = False
    number: NumberFormat | None = None
    is_grouped: bool = True
    is_date: bool = False

    def say(self, cell: Cell) -> str:
        """Return a cell in one line; None is an empty text."""
        if self.is_date and isinstance(cell, str):
            return _say_date(cell)
        if not self.is_number or (number := exact(cell)) is None:
            return say_cell(cell)
        if self.number:
            return self.number.say(number)
        text = f"{number:,}" if self.is_grouped else f"{number}"
        if isinstance(cell, float) and len(text) > LONGEST_PLAIN and "E" not in text:
            return ROUGH.say(number)
        return grouped(text)

    @property
    def is_percent(self) -> bool:
        """Whether numbers are written as percent."""
        return self.number is not None and self.number.is_percent


def format_of(column: PreviewColumn, cells: Iterable[Cell]) -> ColumnFormat:
    """Return how a column is written: in the report's own format, else as its first cells suggest."""
    if not column.is_number:
        return ColumnFormat(is_date=column.type == "date")
    return ColumnFormat(
        is_number=True,
        number=compile_format(column.format.code) if column.format else None,
        is_grouped=column.type != "integer" or not _are_years(cells),
    )


def _say_date(cell: str) -> str:
    """Return a date as the fields of the form have it; what is none stays as it came."""
    try:
        return show_day(date.fromisoformat(cell))
    except ValueError:
        return say_cell(cell)


def formats_of(preview: Preview) -> tuple[ColumnFormat, ...]:
    """Return how each column of a preview is written."""
    return tuple(
        format_of(column, (row[number] for row in preview.rows)) for number, column in enumerate(preview.columns)
    )


def say_cell(cell: Cell) -> str:
    """Return a cell in one line, as it came; None is an empty text."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return " ".join(cell.splitlines()).replace("\t", " ") if not cell.isprintable() else cell
        case _:
            return str(cell)


def number_of(cell: Cell) -> float | int | Decimal | None:
    """Return a cell as a number to compare and to add, if it is one; a text may be a number with many digits."""
    match cell:
        case bool() | None:
            return None
        case int() | float():
            return cell
        case _:
            return exact(cell)


def exact(cell: Cell) -> Decimal | None:
    """Return a cell as a finite number with all its digits, if it is one."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _are_years(cells: Iterable[Cell]) -> bool:
    low, high = YEARS
    numbers = [cell for cell in cells if isinstance(cell, int)]
    return bool(numbers) and all(low <= number <= high for number in numbers)
