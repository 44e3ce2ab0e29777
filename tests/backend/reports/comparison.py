"""What a report says, held against what polars makes of the same data."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

Tables = Mapping[str, pl.DataFrame]
Report = Callable[..., list[dict[str, Any]]]

YEAR = {"start": "2013-01-01", "end": "2013-12-31"}


def assert_same(rows: Sequence[Mapping[str, Any]], expected: pl.DataFrame) -> None:
    """Compare every cell, and the order; a DECIMAL may differ from the unrounded value by half of its last digit."""
    assert len(rows) == expected.height
    for row, other in zip(rows, expected.iter_rows(named=True), strict=True):
        assert list(row) == list(other)
        different = {name: (row[name], other[name]) for name in row if not _is_same(row[name], other[name])}
        assert not different, row


def _is_same(cell: Any, other: Any) -> bool:
    if isinstance(cell, Decimal) and other is not None:
        exponent = cell.as_tuple().exponent
        assert isinstance(exponent, int)
        return bool(abs(float(cell) - float(other)) <= 0.5 * 10**exponent + 1e-9)
    return type(cell) is type(other) and bool(cell == other)


def chosen(flights: pl.DataFrame, **parameters: Any) -> pl.DataFrame:
    """Return the flights of the dates, the carriers and the origins that the parameters name."""
    wanted = {**YEAR, **parameters}
    kept = flights.filter(
        pl.col("date").is_between(pl.lit(wanted["start"]).str.to_date(), pl.lit(wanted["end"]).str.to_date())
    )
    for column in ("carrier", "origin"):
        if column in wanted:
            kept = kept.filter(pl.col(column) == wanted[column])
        if f"{column}s" in wanted:
            kept = kept.filter(pl.col(column).is_in(wanted[f"{column}s"]))
    return kept


def punctuality(threshold: int = 15) -> dict[str, pl.Expr]:
    """Return what most reports say of a group of flights, under their columns' names."""
    cancelled = pl.col("dep_time").is_null()
    on_time = (pl.col("arr_delay") < threshold).fill_null(value=False)
    return {
        "Flights": pl.len().cast(pl.Int64),
        "Cancelled": cancelled.sum().cast(pl.Int64),
        "Cancelled share": cancelled.mean(),
        "Diverted": (pl.col("dep_time").is_not_null() & pl.col("arr_delay").is_null()).sum().cast(pl.Int64),
        "Diverted share": (pl.col("dep_time").is_not_null() & pl.col("arr_delay").is_null()).mean(),
        "Late": (pl.col("arr_delay") >= threshold).sum().cast(pl.Int64),
        "On time": on_time.sum().cast(pl.Int64),
        "On-time share": on_time.mean(),
        "Average departure delay (min)": pl.col("dep_delay").mean(),
        "Average arrival delay (min)": pl.col("arr_delay").mean(),
    }
