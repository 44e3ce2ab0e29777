"""Types that every reader of Parquet reads with their values, at any depth.

parquet ── DuckDB's type ──▶ **portable**

DuckDB writes HUGEINT as a DOUBLE, which loses digits, as Parquet has no such type; sums of integers have it. INTERVAL,
VARIANT and UNION are there, and other readers cannot read them.
"""

import re

MADE = {"HUGEINT": "DECIMAL(38, 0)", "UHUGEINT": "DECIMAL(38, 0)", "INTERVAL": "VARCHAR", "VARIANT": "VARCHAR"}
"""Types that are written as others. An integer of 39 digits fails, and is not rounded."""
_NESTED = re.compile(r"(STRUCT|MAP|TUPLE|UNION)\(")
_QUOTED = r"""'(?:[^']|'')*+'|"(?:[^"]|"")*+\""""
_NAME = re.compile(rf"""(?:{_QUOTED}|[^\s"'()\[\],]+)\s""")
_PLAIN = re.compile(rf"""(?:"NULL"|[A-Z][A-Z0-9_]*(?: WITH TIME ZONE)?)(?:\((?:{_QUOTED}|[^'")])*+\))?+""")
_ARRAYS = re.compile(r"(?:\[[0-9]*\])*")


def portable(duckdb_type: str) -> str:
    """Return the type to cast a value to, the same if it needs no other."""
    written, end = _read(duckdb_type, 0)
    if end != len(duckdb_type):
        raise ValueError(f"no type of DuckDB: {duckdb_type}")
    return written


def _read(text: str, start: int) -> tuple[str, int]:
    """Return the portable type of the type that begins at `start`, and where that ends."""
    if nested := _NESTED.match(text, start):
        written, end = _read_members(text, nested)
    elif plain := _PLAIN.match(text, start):
        written, end = MADE.get(plain[0], plain[0]), plain.end()
    else:
        raise ValueError(f"no type of DuckDB: {text[start:]}")
    arrays = _ARRAYS.match(text, end)
    return (written + arrays[0], arrays.end()) if arrays else (written, end)


def _read_members(text: str, opening: re.Match[str]) -> tuple[str, int]:
    kind, end = opening[1], opening.end()
    members: list[str] = []
    while not members or text.startswith(", ", end):
        end += 2 if members else 0
        name = _NAME.match(text, end) if kind in {"STRUCT", "UNION"} else None
        member, end = _read(text, name.end() if name else end)
        members.append((name[0] if name else "") + member)
    if not text.startswith(")", end):
        raise ValueError(f"no type of DuckDB: {text}")
    return ("VARCHAR" if kind == "UNION" else f"{kind}({', '.join(members)})"), end + 1
