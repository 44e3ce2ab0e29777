"""What DuckDB means to do for a query, step by step.

`EXPLAIN (FORMAT json)` ── plan ──▶ **steps_of** ──▶ checking; **picks_columns** ──▶ duck
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_SCAN = "READ_PARQUET"


def steps_of(plan: str) -> frozenset[str]:
    """Return the names of the steps."""
    return frozenset(step["name"].strip() for step in _steps(json.loads(plan)))


def picks_columns(plan: str) -> bool:
    """Tell whether each row of the result comes of one row of one dataset, and each of its rows comes out."""
    steps = list(_steps(json.loads(plan)))
    scans = [step for step in steps if step["name"].strip() == _SCAN]
    others = {step["name"].strip() for step in steps} - {_SCAN}
    return len(scans) == 1 and "Filters" not in scans[0]["extra_info"] and others <= {"PROJECTION"}


def _steps(plan: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for step in plan:
        yield step
        yield from _steps(step["children"])
