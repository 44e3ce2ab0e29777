"""The XML before and after the rows of a sheet: widths, frozen header, filter.

columns ──▶ **sheet_head**, **sheet_tail** ──▶ xlsx
"""

from collections.abc import Sequence
from unicodedata import east_asian_width

from backend.formats.file import Column
from backend.formats.value_types import ZONED
from backend.formats.xlsx.cells import cell_kind_of
from backend.formats.xlsx.styles import HEADER
from backend.formats.xlsx.text import encode

HEADER_ROWS = 1
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
"""With the header. Source, of both: https://support.microsoft.com/office/excel-specifications-and-limits."""
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIT_TO_PAGE = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
PAGE_MARGINS = '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'

_WIDTHS = {
    "boolean": 8,
    "date": 11,
    "time": 10,
    "timestamp": 20,
    "integer": 11,
    "decimal": 14,
    "number": 14,
    "text": 20,
}
_ZONE_WIDTH = 4
_FILTER_BUTTON_WIDTH = 3
ROW_HEIGHT = 15
"""In points, of a line in the default font."""
_CELL_PADDING = 0.71
"""Five pixels of seven to a character. Source: ECMA-376 part 1, 18.3.1.13."""
_MAX_NAME_WIDTH = 50


def column_letters(number: int) -> str:
    """Return the name of the column, from 0: A, …, Z, AA, …, XFD."""
    rest, letter = divmod(number, 26)
    return (column_letters(rest - 1) if rest else "") + chr(ord("A") + letter)


def sheet_head(columns: Sequence[Column], *, is_first: bool) -> str:
    """Return all that comes before the first row of data, the header too."""
    selected = ' tabSelected="1"' if is_first else ""
    widths = "".join(col(number, width_of(column)) for number, column in enumerate(columns, start=1))
    return (
        f'{XML}<worksheet xmlns="{MAIN_NAMESPACE}">{FIT_TO_PAGE}'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{ROW_HEIGHT}"/>{f"<cols>{widths}</cols>" if widths else ""}<sheetData>'
        f'<row r="1">{"".join(_header(number, column) for number, column in enumerate(columns))}</row>\n'
    )


def sheet_tail(column_count: int, row_count: int) -> str:
    """Return all that comes after the last row of data."""
    table = f'<autoFilter ref="{table_range(column_count, row_count)}"/>' if column_count else ""
    return f'</sheetData>{table}{PAGE_MARGINS}<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'


def table_range(column_count: int, row_count: int, dollar: str = "") -> str:
    """Return the cells of the header and the rows below, as `A1:J11`."""
    return f"{dollar}A{dollar}1:{dollar}{column_letters(column_count - 1)}{dollar}{row_count + 1}"


def width_of(column: Column) -> float:
    """Return the width in characters: as asked, or as the type and the name need."""
    if column.style.width is not None:
        return column.style.width
    of_values = _WIDTHS[cell_kind_of(column)] + (_ZONE_WIDTH if column.type in ZONED else 0)
    of_name = max(map(text_width, column.name.splitlines()), default=0)
    return max(of_values, min(of_name + _FILTER_BUTTON_WIDTH, _MAX_NAME_WIDTH))


def text_width(line: str) -> int:
    """Return how many characters of the default font the line is as wide as."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def col(number: int, width: float) -> str:
    """Return the width of the column, from 1, in characters."""
    return f'<col min="{number}" max="{number}" width="{width + _CELL_PADDING:.2f}" customWidth="1"/>'


def _header(number: int, column: Column) -> str:
    return text_cell(f"{column_letters(number)}1", column.name, HEADER)


def text_cell(reference: str, text: str, style: int) -> str:
    """Return a cell of text, which is never taken for a formula."""
    keep = ' xml:space="preserve"'
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t{keep}>{encode(text)}</t></is></c>'
