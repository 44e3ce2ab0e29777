"""Columns fit for a chart, and those to begin with.

`Preview` ──▶ **first_choice**, **number_columns**, **split_columns** ──▶ chart page
"""

import re

from msgspec.structs import replace

from backend.protocol.preview import Preview
from desktop.wording.chart.drawing import ChartChoice, ChartKind
from desktop.wording.chart.groups import finite
from desktop.wording.pane.cells import number_of

RANKS = frozenset({"rank", "rang", "#", "no", "no.", "nr", "nr."})
"""Names of columns that count the rows."""

TIMES = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute"})
"""Names of whole numbers that are times."""

LABELS = TIMES | {"flight"}
"""Names of whole numbers that tell one thing from another: their sum says nothing."""

LABELS_AT_END = frozenset({"id", "code", "key", "number", "phone", "zip"})
"""Last words of such names."""

MOMENTS = frozenset({"date", "timestamp"})
_MONTH = re.compile(r"\d{4}-\d{2}")
LEAST_PLACES = 2
"""Of a line."""

_UNFIT_TO_SPLIT = frozenset({"decimal", "number"})


def number_columns(preview: Preview) -> tuple[int, ...]:
    """Return the columns that may be on the vertical axis."""
    return tuple(number for number, column in enumerate(preview.columns) if column.is_number)


def split_columns(preview: Preview) -> tuple[int, ...]:
    """Return the columns whose values may part the marks into series."""
    return tuple(number for number, column in enumerate(preview.columns) if column.type not in _UNFIT_TO_SPLIT)


def first_choice(preview: Preview, kind: ChartKind | None = None) -> ChartChoice | None:
    """Return a date or word by the first number that is no rank; None if no column has numbers.

    Without a kind it is the one that fits.
    """
    numbers = number_columns(preview)
    if not numbers:
        return None
    amounts = [number for number in numbers if not is_rank(preview, number)]
    y = next((number for number in amounts if not is_label(preview, number)), [*amounts, *numbers][0])
    others = [number for number in range(len(preview.columns)) if number != y]
    named = [number for number in others if not preview.columns[number].is_number]
    x = next(iter([*named, *others]), y)
    return ChartChoice(kind or fitting_kind(preview, x), x, y)


def fitting_kind(preview: Preview, x: int) -> ChartKind:
    """Return a line where the way from one place across to the next means something, else bars.

    It does between times, and between numbers in their order; dates of a ranking, and numbers that name things, stand
    for themselves. Tableau and Vega-Lite begin alike.

    Source: https://help.tableau.com/current/pro/desktop/en-us/buildauto_showme.htm
    """
    places, column = _places(preview, x), preview.columns[x]
    if len(set(places)) < LEAST_PLACES:
        return ChartKind.BARS
    if not _is_in_order(places):
        is_ranking = any(is_rank(preview, number) for number in number_columns(preview))
        return ChartKind.BARS if is_ranking or column.type not in MOMENTS else ChartKind.LINE
    name = column.name.strip().casefold()
    is_name = name in RANKS or (is_label(preview, x) and name not in TIMES)
    return ChartKind.BARS if is_name else ChartKind.LINE


def _places(preview: Preview, x: int) -> list[float] | list[str]:
    """Return the places of the rows on an axis that goes on and on, where they are; nothing for words."""
    column, cells = preview.columns[x], [row[x] for row in preview.rows]
    if column.is_number:
        return [place for cell in cells if (place := finite(cell)) is not None]
    texts = [cell for cell in cells if isinstance(cell, str) and cell]
    return texts if column.type in MOMENTS or all(map(_MONTH.fullmatch, texts)) else []


def _is_in_order(places: list[float] | list[str]) -> bool:
    return places in (sorted(places), sorted(places, reverse=True))


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
