"""DuckDB's plan of a query, step by step.

`EXPLAIN (FORMAT json)` ── plan ──▶ **steps_of**, **is_one_row** ──▶ checking
                             ├───▶ **is_row_by_row**, **columns_as_read** ──▶ finding
                             └───▶ **scans_of** ──▶ pruning
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SCAN = "READ_PARQUET"
_TELLS = {"Function", "Projections", "Estimated Cardinality"}
"""Keys in the plan of a scan that skips no row; any other key may mean that it does."""


def steps_of(plan: str) -> frozenset[str]:
    """Return the names of the steps."""
    return frozenset(step["name"].strip() for step in _steps(json.loads(plan)))


def is_one_row(plan: str) -> bool:
    """Return whether there is one row in the result, whatever it is made from."""
    steps = json.loads(plan)
    while len(steps) == 1 and steps[0]["name"].strip() == "PROJECTION":
        steps = steps[0]["children"]
    return len(steps) == 1 and steps[0]["name"].strip() == "UNGROUPED_AGGREGATE"


def is_row_by_row(plan: str) -> bool:
    """Return whether each row of one dataset makes one row of the result.

    Whether it always makes the same is not told: that reports call nothing like `random()`, their check holds.
    """
    steps = list(_steps(json.loads(plan)))
    scans = [step for step in steps if step["name"].strip() == _SCAN]
    others = {step["name"].strip() for step in steps} - {_SCAN}
    return len(scans) == 1 and scans[0]["extra_info"].keys() <= _TELLS and others <= {"PROJECTION"}


def columns_as_read(plan: str) -> Sequence[str]:
    """Return the columns of a dataset that the result has as they are, in its order; none if it has any other."""
    steps = list(_steps(json.loads(plan)))
    if [step["name"].strip() for step in steps] != [_SCAN]:
        return ()
    columns = steps[0]["extra_info"].get("Projections", ())
    return (columns,) if isinstance(columns, str) else columns


def scans_of(plan: str, schema: str) -> list[tuple[str, Sequence[str]]]:
    """Return the tables of a schema that are scanned, each time with the conditions that its rows must all meet.

    A condition is SQL, as long as names of columns are plain and no text has a line feed: DuckDB puts each on a line.
    """
    found: list[tuple[str, Sequence[str]]] = []
    for step in _steps(json.loads(plan)):
        catalog, _, table = step["extra_info"].get("Table", "").rpartition(".")
        if catalog.endswith(f".{schema}"):
            filters = step["extra_info"].get("Filters", ())
            found.append((table, (filters,) if isinstance(filters, str) else filters))
    return found


def _steps(plan: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for step in plan:
        yield step
        yield from _steps(step["children"])
