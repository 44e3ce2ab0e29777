from datetime import time
from typing import Any

import polars as pl
import pytest

from tests.backend.reports.comparison import Report, Tables, assert_same, chosen

ORDER = ("Date", "Scheduled departure", "Carrier", "Flight", "Origin")


@pytest.mark.parametrize(
    "choice",
    [
        {"start": "2013-03-01", "end": "2013-03-07"},
        {"carrier": "9E", "origin": "EWR"},
        {"destination": "SJU", "start": "2013-11-28"},
        {"destination": "XXX"},
        {"minDelay": 600},
        {"minDelay": 0, "carrier": "HA"},
    ],
)
def test_flights_are_those_that_were_asked_for(report: Report, tables: Tables, choice: dict[str, Any]) -> None:
    flights = chosen(tables["flights"], **choice)
    if "destination" in choice:
        flights = flights.filter(pl.col("dest") == choice["destination"])
    if "minDelay" in choice:
        flights = flights.filter(pl.col("dep_delay") >= choice["minDelay"])
    assert_same(report("flights", **choice), _shown(flights, tables["airlines"]))


@pytest.mark.slow
def test_every_flight_is_in_the_whole_extract_and_none_twice(report: Report) -> None:
    rows = report("flights")
    assert len(rows) == len({tuple(row[name] for name in ORDER) for row in rows}) == 336_776


def test_midnight_is_the_hour_nought(report: Report, tables: Tables) -> None:
    at_midnight = tables["flights"].filter(pl.col("dep_time") == 2400).row(0, named=True)
    day = str(at_midnight["date"])
    rows = report("flights", start=day, end=day, carrier=at_midnight["carrier"])
    assert [row["Departure"] for row in rows if row["Flight"] == at_midnight["flight"]] == [time(0, 0)]


def _shown(flights: pl.DataFrame, airlines: pl.DataFrame) -> pl.DataFrame:
    return (
        flights.join(airlines, on="carrier", how="left")
        .select(
            pl.col("date").alias("Date"),
            pl.col("carrier").alias("Carrier"),
            pl.col("name").alias("Airline"),
            pl.col("flight").alias("Flight"),
            pl.col("tailnum").alias("Tail number"),
            pl.col("origin").alias("Origin"),
            pl.col("dest").alias("Destination"),
            _clock("sched_dep_time").alias("Scheduled departure"),
            _clock("dep_time").alias("Departure"),
            pl.col("dep_delay").alias("Departure delay (min)"),
            _clock("sched_arr_time").alias("Scheduled arrival"),
            _clock("arr_time").alias("Arrival"),
            pl.col("arr_delay").alias("Arrival delay (min)"),
            pl.col("air_time").alias("Time in the air (min)"),
            pl.col("distance").alias("Distance (mi)"),
            pl.col("dep_time").is_null().alias("Cancelled"),
        )
        .sort(ORDER)
    )


def _clock(column: str) -> pl.Expr:
    padded = pl.col(column).replace(2400, 0).cast(pl.String).str.zfill(4)
    return padded.str.to_time("%H%M")
