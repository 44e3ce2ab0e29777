"""The number format of a column, as clients are told of it.

columns ──▶ **format_of** ──▶ the preview
"""

import re

from backend.formats.file import Column
from backend.formats.value_types import kind_of
from backend.formats.xlsx.styles import number_format_of
from backend.protocol.preview import NUMBERS, ColumnFormat

_PLAIN = re.compile(r"(#,##)?0(?:\.(0+))?(%)?")
"""The codes that most reports have: whether thousands stand apart, the decimals, whether it is a share."""
_MOMENTS = frozenset({"date", "time", "timestamp"})


def format_of(column: Column) -> ColumnFormat | None:
    """Return the format that the report's author chose, or of a DECIMAL the one that keeps its decimals.

    What a spreadsheet needs to show dates and truth at all is left out, and so is the format of a text.
    """
    kind = kind_of(column.type)
    is_wanted = kind in NUMBERS or (kind in _MOMENTS and column.style.number_format is not None)
    code = number_format_of(column) if is_wanted else None
    if code is None:
        return None
    plain = _PLAIN.fullmatch(code) if kind in NUMBERS else None
    if plain is None:
        return ColumnFormat(code=code)
    grouped, decimals, percent = plain.groups()
    return ColumnFormat(
        code=code, decimals=len(decimals or ""), is_grouped=grouped is not None, is_percent=percent is not None
    )
