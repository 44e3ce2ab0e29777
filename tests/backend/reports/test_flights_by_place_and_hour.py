from typing import Any

import polars as pl
import pytest

from tests.backend.reports.comparison import Report, Tables, assert_same, chosen, punctuality

CHOICES: list[dict[str, Any]] = [
    {},
    {"start": "2013-06-30", "end": "2013-07-01", "threshold": 45},
    {"carrier": "DL"},
    {"origin": "EWR", "carrier": "HA"},
    {"origin": "LGA", "carrier": "HA"},
]


@pytest.mark.parametrize("choice", [*CHOICES, {"minFlights": 1000}])
def test_route_matrix_has_a_row_for_every_route_flown(report: Report, tables: Tables, choice: dict[str, Any]) -> None:
    said = punctuality(choice.get("threshold", 15))
    airports = tables["airports"].select("faa", "name")
    expected = (
        chosen(tables["flights"], **choice)
        .group_by(pl.col("origin").alias("Origin"), pl.col("dest").alias("Destination"))
        .agg(
            pl.col("distance").max().alias("Distance (mi)"),
            said["Flights"].alias("Flights"),
            pl.col("carrier").n_unique().cast(pl.Int64).alias("Carriers"),
            *(said[name].alias(name) for name in ("Cancelled", "Cancelled share")),
            *(said[name].alias(name) for name in ("Average departure delay (min)", "Average arrival delay (min)")),
            pl.col("air_time").mean().alias("Average time in the air (min)"),
            said["On-time share"].alias("On-time share"),
        )
        .filter(pl.col("Flights") >= choice.get("minFlights", 1))
        .join(airports.rename({"name": "Origin airport"}), left_on="Origin", right_on="faa", how="left")
        .join(airports.rename({"name": "Destination airport"}), left_on="Destination", right_on="faa", how="left")
        .sort("Origin", "Destination")
    )
    places = ("Origin", "Origin airport", "Destination", "Destination airport")
    assert_same(report("route-matrix", **choice), expected.select(*places, pl.exclude(*places)))


@pytest.mark.parametrize("choice", CHOICES)
def test_hourly_punctuality_is_that_of_each_airport_and_hour(
    report: Report, tables: Tables, choice: dict[str, Any]
) -> None:
    said = punctuality(choice.get("threshold", 15))
    del said["Cancelled share"], said["Diverted share"]
    expected = (
        chosen(tables["flights"], **choice)
        .group_by(pl.col("origin").alias("Origin"), (pl.col("sched_dep_time") // 100).alias("Hour"))
        .agg(**said)
        .sort("Origin", "Hour")
    )
    assert_same(report("hourly-punctuality", **choice), expected)


def test_every_scheduled_flight_is_cancelled_diverted_late_or_on_time(report: Report) -> None:
    for row in report("hourly-punctuality"):
        assert row["Flights"] == row["Cancelled"] + row["Diverted"] + row["Late"] + row["On time"]


def test_destination_that_is_no_airport_of_the_data_stays_in_the_matrix(report: Report) -> None:
    unnamed = {row["Destination"] for row in report("route-matrix") if row["Destination airport"] is None}
    assert unnamed == {"BQN", "PSE", "SJU", "STT"}
