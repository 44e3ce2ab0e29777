"""The text of a query that fails unless an engine finds the rows that the layouts of partitioned datasets tell of.

engine ── text, layouts ──▶ **checked** ──▶ attendance ──▶ cluster

An engine has the partitions of a table in a catalog of its own. From one that this lacks there are no rows, from one
whose files are being replaced those of both versions, and neither is an error. So the text counts the rows of every
partition, which are in the ends of the files, and where a count is another than the layout's it casts `OTHER_ROWS` to a
number. That is a part of a UNION ALL: a join or a condition is left out where the query itself has no rows.

The count is within the query, though not of the same moment as its reading. Files below 3 MB are read whole for it by
Trino (`parquet.small-file-threshold`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from backend.catalog.compiled import string
from backend.engine.layout import Layout

OTHER_ROWS = "reportwire_other_rows"
"""In the words of the engine where it does not find the rows of a layout."""

Layouts = Mapping[str, Layout]
"""Those of partitioned datasets, by their names."""


def checked(sql: str, column_count: int, layouts: Layouts) -> str:
    """Return a text in Trino's dialect, with columns c0, c1 and so on, that fails where the engine finds other rows."""
    if not layouts:
        return sql
    columns = ", ".join(f"c{number}" for number in range(column_count))
    nothing = ", ".join(["NULL"] * column_count)
    counts = [f"UNION ALL SELECT {nothing} FROM (\n{_differing(name, each)}\n)" for name, each in layouts.items()]  # noqa: S608  names of datasets are plain
    return "\n".join([f"SELECT {columns} FROM (", sql, ") AS found", *counts])  # noqa: S608  the definition's own


def _differing(dataset: str, layout: Layout) -> str:
    """Return a SELECT without rows, which fails where a partition has more or fewer than the layout says."""
    names = [f"k{number}" for number in range(len(layout.keys))]
    listed = ", ".join(names)
    there = ", ".join(f'CAST("{key.name}" AS VARCHAR) AS {name}' for key, name in zip(layout.keys, names, strict=True))
    places = ", ".join(str(number) for number in range(1, len(names) + 1))
    # IF computes its third part only where the first is false.
    fails = f"IF(n = 0, FALSE, CAST('{OTHER_ROWS} ' || CAST(n AS VARCHAR) AS INTEGER) = 0)"
    return "\n".join(
        [
            f"SELECT n FROM (SELECT {listed}, sum(n) AS n FROM (",  # noqa: S608  numbered
            f'SELECT {there}, count(*) AS n FROM "{dataset}" GROUP BY {places}',  # noqa: S608  plain names
            f"UNION ALL SELECT * FROM (VALUES {', '.join(_expected(layout))}) AS expected ({listed}, n)",  # noqa: S608  quoted
            f") AS counted GROUP BY {listed}) AS differing WHERE {fails}",
        ]
    )


def _expected(layout: Layout) -> Iterator[str]:
    counts: Counter[tuple[int | str | None, ...]] = Counter()
    for part in layout.parts:
        counts[part.values] += part.row_count
    for values, count in counts.items():
        cells = ("CAST(NULL AS VARCHAR)" if value is None else string(str(value)) for value in values)
        yield f"({', '.join(cells)}, -{count})"
