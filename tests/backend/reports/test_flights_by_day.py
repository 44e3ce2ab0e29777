from typing import Any

import polars as pl
import pytest

from tests.backend.reports.comparison import Report, Tables, assert_same, chosen, punctuality

MEASURES = {
    "average departure delay": "Average departure delay (min)",
    "late flights": "Late",
    "cancelled flights": "Cancelled",
}


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"days": 366},
        {"rankBy": "late flights", "origin": "JFK", "days": 100},
        {"rankBy": "late flights", "threshold": 120},
        {"rankBy": "cancelled flights", "start": "2013-12-01", "days": 31},
        {"start": "2014-01-01", "end": "2014-12-31"},
    ],
)
def test_worst_days_come_with_their_weather(report: Report, tables: Tables, choice: dict[str, Any]) -> None:
    measure = MEASURES[choice.get("rankBy", "average departure delay")]
    said = punctuality(choice.get("threshold", 15))
    expected = (
        chosen(tables["flights"], **choice)
        .group_by(pl.col("date").alias("Date"))
        .agg(
            *(said[name].alias(name) for name in ("Flights", "Cancelled", "Late", "Average departure delay (min)")),
            pl.col("dep_delay").max().alias("Longest departure delay (min)"),
        )
        .sort(pl.col(measure), pl.col("Date"), descending=[True, False], nulls_last=True)
        .head(choice.get("days", 25))
        .with_row_index("Rank", offset=1)
        .with_columns(pl.col("Rank").cast(pl.Int64))
        .join(_weather(tables["weather"], choice.get("origin")), on="Date", how="left", maintain_order="left")
    )
    days = pl.col("Date").dt.strftime("%A").alias("Weekday")
    assert_same(report("worst-days", **choice), expected.select("Rank", "Date", days, pl.exclude("Rank", "Date")))


def test_day_without_weather_has_none(report: Report) -> None:
    (day,) = report("worst-days", start="2013-12-31")
    assert day["Flights"] == 776
    assert day["Rain and snow (in)"] is day["Average temperature (°F)"] is day["Strongest gust (mph)"] is None


def test_worst_day_of_the_year_is_that_of_the_storm_in_march(report: Report) -> None:
    """The winter storm of 8 March 2013."""
    assert [str(row["Date"]) for row in report("worst-days", days=1)] == ["2013-03-08"]


def _weather(weather: pl.DataFrame, origin: str | None) -> pl.DataFrame:
    there = weather.filter(pl.col("origin") == origin) if origin else weather
    return there.group_by(pl.col("date").alias("Date")).agg(
        (pl.col("precip").sum().cast(pl.Float64) / pl.col("origin").n_unique()).alias("Rain and snow (in)"),
        pl.col("temp").cast(pl.Float64).mean().alias("Average temperature (°F)"),
        pl.col("wind_gust").max().cast(pl.Float64).alias("Strongest gust (mph)"),
        pl.col("visib").min().cast(pl.Float64).alias("Poorest visibility (mi)"),
    )
