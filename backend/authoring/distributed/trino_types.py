"""Types that both engines have, and what an operand of each is in Trino.

operand_types ── type of DuckDB ──▶ **trino_type** ──▶ expressions
"""

import re
from collections.abc import Mapping

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
"""From the narrowest to the widest."""
SAFE_DIGITS = 15
"""Of a decimal that a double holds without loss, in both engines: 10¹⁵ < 2⁵³."""
_TRINO: Mapping[str, str] = {
    **{name: name for name in (*INTEGERS, "BOOLEAN", "DATE", "DOUBLE", "VARCHAR")},
    "HUGEINT": "DECIMAL(38, 0)",
    "TIME": "TIME(6)",
    "TIMESTAMP": "TIMESTAMP(6)",
}


def trino_type(kind: str) -> str | None:
    """Return the type in Trino of what DuckDB has in another, None where there is none with the same values."""
    return f"DECIMAL({kind[8:-1].replace(',', ', ')})" if is_decimal(kind) else _TRINO.get(kind)


def is_integer(kind: str) -> bool:
    """Return whether it is one of `INTEGERS`, with which Trino computes as DuckDB does."""
    return kind in INTEGERS


def is_decimal(kind: str) -> bool:
    """Return whether it is a DECIMAL."""
    return re.fullmatch(r"DECIMAL\(\d+,\d+\)", kind) is not None


def is_exact(kind: str) -> bool:
    """Return whether it is a number, and no double."""
    return is_integer(kind) or is_decimal(kind) or kind == "HUGEINT"


def is_number(kind: str) -> bool:
    """Return whether one can compute with it."""
    return is_exact(kind) or kind == "DOUBLE"


def digits_of(kind: str) -> tuple[int, int]:
    """Return how many digits a DECIMAL has, and how many of them after the point."""
    whole, after = kind[8:-1].split(",")
    return int(whole), int(after)
