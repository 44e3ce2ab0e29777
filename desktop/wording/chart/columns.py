"""Columns fit for a chart, and those to begin with.

`Preview` ──▶ **first_choice**, **number_columns**, **split_columns** ──▶ chart page
"""

from msgspec.structs import replace

from backend.protocol.preview import Preview
from desktop.wording.chart.drawing import ChartChoice, ChartKind
from desktop.wording.pane.cells import number_of

RANKS = frozenset({"rank", "rang", "#", "no", "no.", "nr", "nr."})
"""Names of columns that count the rows."""

LABELS = frozenset({"flight", "year", "quarter", "month", "week", "day", "hour", "minute"})
"""Names of whole numbers that tell one thing from another: their sum says nothing."""

LABELS_AT_END = frozenset({"id", "code", "key", "number", "phone", "zip"})
"""Last words of such names."""

_UNFIT_TO_SPLIT = frozenset({"decimal", "number"})


def number_columns(preview: Preview) -> tuple[int, ...]:
    """Return the columns that may be on the vertical axis."""
    return tuple(number for number, column in enumerate(preview.columns) if column.is_number)


def split_columns(preview: Preview) -> tuple[int, ...]:
    """Return the columns whose values may part the marks into series."""
    return tuple(number for number, column in enumerate(preview.columns) if column.type not in _UNFIT_TO_SPLIT)


def first_choice(preview: Preview, kind: ChartKind = ChartKind.BARS) -> ChartChoice | None:
    """Return a date or word by the first number that is no rank; None if no column has numbers."""
    numbers = number_columns(preview)
    if not numbers:
        return None
    amounts = [number for number in numbers if not is_rank(preview, number)]
    y = next((number for number in amounts if not is_label(preview, number)), [*amounts, *numbers][0])
    others = [number for number in range(len(preview.columns)) if number != y]
    named = [number for number in others if not preview.columns[number].is_number]
    return ChartChoice(kind, next(iter([*named, *others]), y), y)


def is_rank(preview: Preview, column: int) -> bool:
    """Return whether a column counts the rows: it is called so, or goes 1, 2, 3 in the file's order."""
    if preview.columns[column].name.strip().casefold() in RANKS:
        return True
    cells = [row[column] for row in preview.rows]
    return len(cells) > 1 and [number_of(cell) for cell in cells] == list(range(1, len(cells) + 1))


def is_label(preview: Preview, column: int) -> bool:
    """Return whether the whole numbers of a column name things, by its own name: "Flight", "Order id"."""
    name = preview.columns[column].name.casefold().replace("_", " ").strip()
    is_named = name in LABELS or name.rpartition(" ")[2] in LABELS_AT_END
    return is_named and preview.columns[column].type == "integer"


def fitting(choice: ChartChoice, preview: Preview) -> ChartChoice | None:
    """Return a choice with its columns changed only where these are none; None if no column has numbers."""
    first = first_choice(preview, choice.kind)
    if first is None or choice.y not in number_columns(preview) or choice.x >= len(preview.columns):
        return first
    is_split = choice.split in split_columns(preview) and choice.split != choice.x
    return choice if choice.split is None or is_split else replace(choice, split=None)
