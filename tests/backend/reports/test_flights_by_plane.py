from typing import Any

import polars as pl
import pytest

from tests.backend.reports.comparison import Report, Tables, assert_same, chosen, punctuality

SAID = (
    "Flights", "Cancelled", "Cancelled share",
    "Average departure delay (min)", "Average arrival delay (min)", "On-time share",
)  # fmt: skip


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"band": 5},
        {"origins": ["LGA", "EWR"]},
        {"carrier": "AA", "band": 10, "threshold": 30},
        {"start": "2013-05-01", "end": "2013-05-02"},
    ],
)
def test_fleet_age_goes_by_the_year_each_plane_was_built(
    report: Report, tables: Tables, choice: dict[str, Any]
) -> None:
    said, band = punctuality(choice.get("threshold", 15)), choice.get("band", 1)
    built = tables["planes"].select("tailnum", pl.col("year").alias("built"))
    expected = (
        chosen(tables["flights"], **choice)
        .join(built, on="tailnum", how="left")
        .with_columns(((pl.col("date").dt.year() - pl.col("built")) // band * band).alias("Age from (years)"))
        .group_by("Age from (years)")
        .agg(
            pl.col("tailnum").drop_nulls().n_unique().cast(pl.Int64).alias("Planes"),
            *(said[name].alias(name) for name in SAID),
            pl.col("distance").mean().alias("Average distance (mi)"),
        )
        .with_columns((pl.col("Age from (years)") + band - 1).alias("Age to (years)"))
        .sort("Age from (years)", nulls_last=True)
        .select("Age from (years)", "Age to (years)", "Planes", *SAID, "Average distance (mi)")
    )
    assert_same(report("fleet-age", **choice), expected)


def test_flights_of_planes_of_unknown_age_are_not_lost(report: Report) -> None:
    rows = report("fleet-age")
    assert rows[-1]["Age from (years)"] is None
    assert sum(row["Flights"] for row in rows) == 336_776
