from typing import Any

import pytest

from backend.protocol.parameters import InvalidParameters, complete
from backend.protocol.ranges import MARK, ranges_of, with_ranges

DAY = {"type": "string", "format": "date"}


def schema(**marks: str | None) -> dict[str, Any]:
    """Return the schema of some dates, of which some are marked with the end of their range."""
    return {"type": "object", "properties": {name: DAY | ({MARK: end} if end else {}) for name, end in marks.items()}}


@pytest.mark.parametrize(
    ("marks", "ranges"),
    [
        ({"start": None, "end": None}, [("start", "end")]),
        ({"end": None, "start": None}, [("start", "end")]),
        ({"dateFrom": None, "dateTo": None, "day": None}, [("dateFrom", "dateTo")]),
        ({"booked": "flown", "flown": None}, [("booked", "flown")]),
        ({"booked": "flown", "flown": None, "start": None, "end": None}, [("booked", "flown"), ("start", "end")]),
        ({"start": "latest", "latest": None, "end": None}, [("start", "latest")]),
        ({"a": "c", "b": "c", "c": None}, [("a", "c")]),
        ({"a": "b", "b": "a"}, [("a", "b")]),
        ({"a": "a"}, []),
        ({"a": "gone"}, []),
        ({"start": "gone", "end": None}, [("start", "end")]),
    ],
)
def test_marks_count_more_than_names_and_no_date_is_in_two_ranges(
    marks: dict[str, str | None], ranges: list[tuple[str, str]]
) -> None:
    assert ranges_of(schema(**marks)) == ranges


@pytest.mark.parametrize("mark", [7, None, ["end"], {"end": 1}, True])
def test_mark_of_another_kind_is_none(mark: object) -> None:
    assert ranges_of({"properties": {"a": {**DAY, MARK: mark}, "b": DAY}}) == []


def test_only_dates_are_ranges() -> None:
    number = {"type": "integer", MARK: "to"}
    assert ranges_of({"properties": {"from": number, "to": {"type": "integer"}}}) == []


def test_every_range_is_marked_at_its_start() -> None:
    marked = with_ranges(schema(start=None, end=None, day=None))
    assert marked == schema(start="end", end=None, day=None)
    assert with_ranges(marked) == marked
    assert ranges_of(marked) == [("start", "end")]


def test_marked_range_may_not_end_before_it_starts() -> None:
    with pytest.raises(InvalidParameters) as told:
        complete(schema(booked="flown", flown=None), {"booked": "2013-06-01", "flown": "2013-05-31"})
    assert told.value.fields == {"flown": "must not be before 2013-06-01"}
