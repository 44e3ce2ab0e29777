"""Numbers as a spreadsheet's number format writes them: `0.0`, `#,##0`, `0.00%`.

cells ── code, number ──▶ **compile_format** ── text ──▶ preview, summary, chart
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from msgspec import Struct

from desktop.wording.language import grouped

_CODE = re.compile(
    r"""(?P<before>(?:"[^"]*"|\\.|[$€£ -])*)
        (?P<whole>[#0,]*[#0])
        (?:\.(?P<fixed>0*)(?P<free>\#*))?
        (?P<percent>[ ]?%)?
        (?P<after>(?:"[^"]*"|\\.|[ ])*)""",
    re.VERBOSE,
)
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
"""Room for any number that a report carries. Spreadsheets round halves up."""


class NumberFormat(Struct, frozen=True):
    """A format that numbers alone need; dates and conditions are not among them."""

    before: str = ""
    after: str = ""
    least_decimals: int = 0
    most_decimals: int = 0
    is_grouped: bool = True
    is_percent: bool = False

    def say(self, number: Decimal) -> str:
        """Return a finite number as text, in the language that is spoken."""
        shown = _WIDE.multiply(number, Decimal(100)) if self.is_percent else number
        shown = shown.quantize(Decimal(1).scaleb(-self.most_decimals), context=_WIDE)
        text = f"{shown:,f}" if self.is_grouped else f"{shown:f}"
        text = _without_zeros(text, self.least_decimals) if self.most_decimals > self.least_decimals else text
        return f"{self.before}{grouped(text)}{' %' if self.is_percent else ''}{self.after}"


@cache
def compile_format(code: str) -> NumberFormat | None:
    """Return the format for a spreadsheet's code; None for one that needs more than `NumberFormat` does."""
    found = _CODE.fullmatch(code.split(";", maxsplit=1)[0])
    if found is None:
        return None
    fixed, free = len(found["fixed"] or ""), len(found["free"] or "")
    return NumberFormat(
        before=_literal(found["before"]),
        after=_literal(found["after"]),
        least_decimals=fixed,
        most_decimals=fixed + free,
        is_grouped="," in found["whole"],
        is_percent=found["percent"] is not None,
    )


def _literal(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", text)


def _without_zeros(text: str, kept: int) -> str:
    whole, point, decimals = text.partition(".")
    decimals = decimals[:kept] + decimals[kept:].rstrip("0")
    return f"{whole}{point}{decimals}" if decimals else whole
