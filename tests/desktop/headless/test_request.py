"""Python values as parameters, and which format is asked for."""

import datetime as dt
import enum
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from backend.protocol.messages import GenerateReport
from desktop.headless.errors import WrongRequest
from desktop.headless.request import make_request


class Origin(enum.StrEnum):
    JFK = "JFK"


def asked(value: object) -> Any:
    return make_request("sample", {"a": value}).parameters.get("a", "not given")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (2**70, 2**70),
        (True, True),
        (0.5, 0.5),
        ("3", "3"),
        ("", ""),
        (Origin.JFK, "JFK"),
        (dt.date(2013, 2, 8), "2013-02-08"),
        (dt.datetime(2013, 2, 8), "2013-02-08"),  # noqa: DTZ001
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.array(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(0), False),
        (np.str_("JFK"), "JFK"),
        (np.datetime64("2013-02-08"), "2013-02-08"),
        (np.datetime64("2013-02-08", "ns"), "2013-02-08"),
        (pd.Timestamp("2013-02-08"), "2013-02-08"),
        (pd.Timestamp("2013-02-08", tz="Europe/Berlin"), "2013-02-08"),
        (pd.Series([3])[0], 3),
        (pl.Series([3])[0], 3),
    ],
)
def test_value_becomes_what_json_has(value: object, expected: object) -> None:
    given = asked(value)
    assert (given, type(given) in {int, bool, float} or isinstance(given, str)) == (expected, True)
    assert isinstance(given, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], []),
        (["EWR", "JFK"], ["EWR", "JFK"]),
        (("EWR", Origin.JFK), ["EWR", "JFK"]),
        ({"EWR"}, ["EWR"]),
        (frozenset({3}), [3]),
        (np.array(["EWR", "JFK"]), ["EWR", "JFK"]),
        (np.array([], dtype=str), []),
        (np.array([3, 5]), [3, 5]),
        (np.array(["2013-02-08"], dtype="datetime64[ns]"), ["2013-02-08"]),
        (pd.Series(["EWR", "JFK"]), ["EWR", "JFK"]),
        (pd.Index([3, 5]), [3, 5]),
        (pl.Series(["EWR", "JFK"]), ["EWR", "JFK"]),
        (pl.Series([3]), [3]),
    ],
)
def test_collection_becomes_a_list_of_what_json_has(value: object, expected: list[object]) -> None:
    given = make_request("sample", {"a": value}).parameters["a"]
    assert given == expected
    assert json.loads(json.dumps(given)) == given


@pytest.mark.parametrize(
    "value",
    [None, math.nan, np.nan, np.float32("nan"), np.datetime64("NaT"), pd.NaT, pd.NA, Decimal("NaN")],
    ids=repr,
)
def test_missing_value_is_not_given(value: object) -> None:
    assert asked(value) == "not given"
    assert make_request("sample", {}, format_options={"bom": value}).format_options is None


@pytest.mark.parametrize(
    "value",
    [
        math.inf,
        -math.inf,
        np.float64("inf"),
        [[3]],
        [None],
        [math.nan],
        ["JFK", dt.timedelta(3)],
        np.zeros((2, 2)),
        {"a": 3},
        b"3",
        Decimal(3),
        dt.timedelta(3),
        pd.Series([3, math.nan]),
        pl.Series([3, None]),
        pd.DataFrame({"a": [3]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_without_a_form_in_json_is_refused_by_name(value: object) -> None:
    with pytest.raises(WrongRequest, match=r"^a cannot be of the type \w+: parameters are text, finite"):
        asked(value)


@pytest.mark.parametrize("value", [dt.datetime(2013, 2, 8, 9), pd.Timestamp("2013-02-08 09:00")])  # noqa: DTZ001
def test_time_of_day_is_refused_instead_of_cut_off(value: object) -> None:
    with pytest.raises(WrongRequest, match=r"^a is a time of day: parameters are dates\.$"):
        asked(value)


@pytest.mark.parametrize(
    ("format_name", "output", "expected"),
    [
        (None, None, "parquet"),
        (None, "a.parquet", "parquet"),
        (None, "a.CSV", "csv"),
        (None, "a.pq", "parquet"),
        (None, "a", "parquet"),
        ("xlsx", None, "xlsx"),
        ("csv", "a.txt", "csv"),
        ("csv", "a.csv", "csv"),
        ("odt", "a.odt", "odt"),
    ],
)
def test_format_is_asked_for_or_the_output_s_or_parquet(
    format_name: str | None, output: str | None, expected: str
) -> None:
    request = make_request("sample", {}, format_name=format_name, output=Path(output) if output else None)
    assert request.format == expected


def test_output_of_another_format_is_refused() -> None:
    with pytest.raises(WrongRequest, match="named after csv, and the format is parquet"):
        make_request("sample", {}, format_name="parquet", output=Path("a.csv"))


def test_each_request_has_an_id_of_its_own() -> None:
    first, second = (make_request("sample", {}, format_options={"bom": True}) for _ in range(2))
    assert first.report_id != second.report_id
    assert first == GenerateReport(
        report_id=first.report_id, definition="sample", format="parquet", format_options={"bom": True}
    )
