import polars as pl

from tests.backend.reports.comparison import Report, Tables


def test_checks_count_what_is_wrong(report: Report, tables: Tables) -> None:
    found = {(row["Dataset"], row["Check"]): row["Found"] for row in report("data-quality")}
    assert found == {
        (dataset, check): count for dataset, counts in _counts(tables).items() for check, count in counts.items()
    }


def test_shares_are_of_the_rows_looked_at(report: Report, tables: Tables) -> None:
    for row in report("data-quality"):
        assert row["Rows checked"] == tables[row["Dataset"]].height
        assert abs(float(row["Share"]) - row["Found"] / row["Rows checked"]) <= 0.000_005


def test_only_findings_leaves_out_the_rest(report: Report) -> None:
    every = report("data-quality")
    assert report("data-quality", onlyFindings=True) == [row for row in every if row["Found"] > 0]
    assert any(row["Found"] == 0 for row in every)


def _counts(tables: Tables) -> dict[str, dict[str, int]]:
    airports, airlines, planes, weather = (tables[name] for name in ("airports", "airlines", "planes", "weather"))
    return {
        "flights": _counts_of_flights(tables),
        "planes": {
            "Year of building": planes["year"].null_count(),
            "Speed": planes["speed"].null_count(),
            "Same tail number": _repeated(planes, "tailnum"),
            "Plane never flies": planes.join(tables["flights"], on="tailnum", how="anti").height,
            "Fewer than two seats": planes.filter(pl.col("seats") < 2).height,
        },
        "airports": {
            "Time zone": airports["tzone"].null_count(),
            "Same code": _repeated(airports, "faa"),
            "Same name": _repeated(airports, "name"),
            "East of Greenwich": airports.filter(pl.col("lon") > 0).height,
        },
        "airlines": {"Name": airlines["name"].null_count(), "Same code": _repeated(airlines, "carrier")},
        "weather": {
            "Temperature": weather["temp"].null_count(),
            "Wind speed": weather["wind_speed"].null_count(),
            "Pressure": weather["pressure"].null_count(),
            "Same airport and hour": _repeated(weather, "origin", "time_hour"),
            "Same airport and hour on the clock, as when it is set back": _repeated(weather, "origin", "date", "hour"),
            "Wind over 150 miles an hour": weather.filter(pl.col("wind_speed") > 150).height,
            "Humidity over 100 %": weather.filter(pl.col("humid") > 100).height,
        },
    }


def _counts_of_flights(tables: Tables) -> dict[str, int]:
    flights = tables["flights"]
    departed = flights.filter(pl.col("dep_time").is_not_null())
    return {
        "Departure time: cancelled": flights["dep_time"].null_count(),
        "Arrival delay of a flight that departed: diverted": departed["arr_delay"].null_count(),
        "Arrival time of a flight that departed": departed["arr_time"].null_count(),
        "Tail number": flights["tailnum"].null_count(),
        "Same carrier, number, origin and scheduled departure": _repeated(
            flights, "date", "sched_dep_time", "carrier", "flight", "origin"
        ),
        "Carrier is not among the airlines": flights.join(tables["airlines"], on="carrier", how="anti").height,
        "Origin is not among the airports": _without(flights, tables["airports"], "origin", "faa"),
        "Destination is not among the airports": _without(flights, tables["airports"], "dest", "faa"),
        "Tail number is not among the planes": _without(
            flights.drop_nulls("tailnum"), tables["planes"], "tailnum", "tailnum"
        ),
        "No weather for the hour of departure": flights.join(
            tables["weather"], on=["origin", "time_hour"], how="anti"
        ).height,
        "Departure delay is not departure less schedule": departed.filter(
            (_minutes("dep_time") - _minutes("sched_dep_time") - pl.col("dep_delay")) % 1440 != 0
        ).height,
        "Tail number does not begin with N": flights.filter(~pl.col("tailnum").str.starts_with("N")).height,
        "Destination is the origin": flights.filter(pl.col("dest") == pl.col("origin")).height,
    }


def _repeated(table: pl.DataFrame, *key: str) -> int:
    return table.height - table.unique(key).height


def _without(table: pl.DataFrame, other: pl.DataFrame, left: str, right: str) -> int:
    return table.join(other, left_on=left, right_on=right, how="anti").height


def _minutes(column: str) -> pl.Expr:
    return pl.col(column) // 100 * 60 + pl.col(column) % 100
