from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.protocol.preview import Cell, Preview
from desktop.wording import language
from desktop.wording.chart.columns import (
    first_choice,
    fitting,
    fitting_kind,
    is_label,
    is_rank,
    number_columns,
    split_columns,
)
from desktop.wording.chart.drawing import Chart, ChartChoice, ChartKind
from desktop.wording.chart.hover import in_order, nearest
from desktop.wording.chart.sketch import MOST_BARS, sketch
from desktop.wording.language import LanguageId
from tests.desktop.widgets.pane.previews import make

BARS, LINE, POINTS, HISTOGRAM = ChartKind
DAYS = (("Rank", "integer"), ("Date", "date"), ("Weekday", "text"), ("Late", "integer"), ("Mean", "decimal"))
WORST: tuple[tuple[Cell, ...], ...] = (
    (1, "2013-07-10", "Wednesday", 547, "52.93"),
    (2, "2013-03-08", "Friday", 632, "83.50"),
    (3, "2013-06-24", "Monday", 519, None),
    (4, "2013-07-22", "Monday", 1511, "46.7"),
)
DATE, WEEKDAY, LATE, MEAN = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


@pytest.fixture
def worst() -> Preview:
    return make(WORST, DAYS)


def drawn(preview: Preview, kind: ChartKind, x: int, y: int, split: int | None = None) -> Chart:
    chart = sketch(preview, ChartChoice(kind, x, y, split))
    assert chart is not None
    return chart


def values(chart: Chart) -> list[list[float]]:
    return [[mark.y for mark in series.marks] for series in chart.series]


# --- columns --------------------------------------------------------------------------------------


def test_first_chart_is_a_date_or_word_by_the_first_number_but_rank(worst: Preview) -> None:
    assert first_choice(worst) == ChartChoice(BARS, DATE, LATE)


@pytest.mark.parametrize(
    ("columns", "rows", "kind", "x", "y"),
    [
        ((("Hour", "integer"), ("Late", "integer")), ((5, 9), (6, 8)), LINE, 0, 1),
        ((("Rank", "integer"), ("Late", "integer")), ((1, 9),), BARS, 0, 1),
        ((("Rank", "integer"),), ((1,), (2,)), BARS, 0, 0),
        ((("Late", "integer"), ("Late", "boolean")), ((1, True),), BARS, 1, 0),
    ],
)
def test_there_is_a_first_chart_wherever_there_are_numbers(
    columns: Any, rows: Any, kind: ChartKind, x: int, y: int
) -> None:
    assert first_choice(make(rows, columns)) == ChartChoice(kind, x, y)


@pytest.mark.parametrize(
    ("name", "type_", "cells", "kind"),
    [
        ("Date", "date", ("2013-01-01", "2013-01-02", "2013-01-02"), LINE),
        ("Date", "date", ("2013-01-02", None, "2013-01-01"), LINE),
        ("Date", "date", ("2013-01-02", "2013-01-03", "2013-01-01"), LINE),
        ("Date", "date", ("2013-01-02", "2013-01-02", None), BARS),
        ("At", "timestamp", ("2013-01-01T05:00:00", "2013-01-01T06:00:00"), LINE),
        ("Month", "text", ("2013-11", "2013-12", "2014-01"), LINE),
        ("Month", "text", ("2013-12", "2013-11", "2014-01"), BARS),
        ("Month", "integer", (1, 2, 3), LINE),
        ("Distance", "number", (0.5, 1.5, 7.5), LINE),
        ("Distance", "decimal", ("2.5", "11.5"), LINE),
        ("Distance", "number", (7.5, 0.5, 1.5), BARS),
        ("Flight", "integer", (11, 1124), BARS),
        ("Order id", "integer", (1, 7), BARS),
        ("Rank", "integer", (1, 2, 3), BARS),
        ("Carrier", "text", ("AA", "B6", "UA"), BARS),
        ("Carrier", "text", (None, "2013-01"), BARS),
        ("Late", "boolean", (False, True), BARS),
        ("Empty", "date", (None, None), BARS),
    ],
)
def test_what_goes_on_and_on_is_a_line_and_what_has_names_is_bars(
    name: str, type_: str, cells: tuple[Cell, ...], kind: ChartKind
) -> None:
    rows = tuple((cell, value) for cell, value in zip(cells, (9, 8, 9), strict=False))
    assert fitting_kind(make(rows, ((name, type_), ("Late", "integer"))), 0) is kind


def test_days_of_a_ranking_are_bars_until_they_are_in_their_order(worst: Preview) -> None:
    assert fitting_kind(worst, DATE) is BARS
    assert fitting_kind(replace(worst, rows=tuple(sorted(WORST, key=lambda row: str(row[DATE])))), DATE) is LINE


def test_without_numbers_there_is_no_chart() -> None:
    assert first_choice(make((("a",),), (("Name", "text"),))) is None


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [("RANK", (7, 8), True), ("Row", (1, 2, 3), True), ("Late", (1, 3), False), ("Late", (1,), False)],
)
def test_rank_is_known_by_its_name_or_its_numbers(name: str, cells: tuple[int, ...], expected: bool) -> None:  # noqa: FBT001  a case
    assert is_rank(make(tuple((cell,) for cell in cells), ((name, "integer"),)), 0) is expected


def test_only_numbers_go_up_and_only_what_is_no_measure_parts_them(worst: Preview) -> None:
    assert number_columns(worst) == (0, LATE, MEAN)
    assert split_columns(worst) == (0, DATE, WEEKDAY, LATE)


def test_choice_is_kept_where_its_columns_still_are(worst: Preview) -> None:
    kept = ChartChoice(LINE, WEEKDAY, MEAN, DATE)
    assert fitting(kept, worst) == kept
    assert fitting(replace(kept, split=MEAN), worst) == replace(kept, split=None)
    assert fitting(replace(kept, y=WEEKDAY), worst) == ChartChoice(LINE, DATE, LATE)


# --- bars -----------------------------------------------------------------------------------------


def test_bars_stand_in_the_file_s_order_on_nothing(worst: Preview) -> None:
    chart = drawn(worst, BARS, DATE, LATE)
    assert values(chart) == [[547, 632, 519, 1511]]
    assert chart.y_axis.low == 0
    assert chart.y_axis.high > 1511
    assert chart.series[0].marks[1].text == "2013-03-08 · Late 632"


def test_dates_of_one_year_have_it_in_the_name_of_the_axis(worst: Preview) -> None:
    chart = drawn(worst, BARS, DATE, LATE)
    assert chart.x_axis.name == "Date (2013)"
    assert [tick.text for tick in chart.x_axis.ticks] == ["10 Jul", "8 Mar", "24 Jun", "22 Jul"]


def test_dates_of_two_years_have_them_in_their_names() -> None:
    chart = drawn(make((("2012-12-31", 1), ("2013-01-01", 2)), (("Date", "date"), ("Late", "integer"))), BARS, 0, 1)
    assert chart.x_axis.name == "Date"
    assert [tick.text for tick in chart.x_axis.ticks] == ["31 Dec 2012", "1 Jan 2013"]


def test_description_says_what_is_drawn(worst: Preview) -> None:
    chart = drawn(worst, BARS, DATE, LATE)
    assert chart.description == "Bars: Late by Date, 4 values, most 1,511"
    language.use(LanguageId.GERMAN)
    chart = drawn(worst, BARS, DATE, LATE)
    assert chart.description == "Balken: Late nach Date, 4 Werte, höchster 1.511"


def test_whole_numbers_of_one_place_are_added_and_others_averaged(worst: Preview) -> None:
    counted = drawn(worst, BARS, WEEKDAY, LATE)
    assert (counted.y_axis.name, values(counted)) == ("Sum of Late", [[547, 632, 519 + 1511]])
    measured = drawn(make((("a", "1"), ("a", "2"), ("b", None)), (("Name", "text"), ("Mean", "decimal"))), BARS, 0, 1)
    assert (measured.y_axis.name, values(measured)) == ("Mean of Mean", [[1.5]])
    assert measured.series[0].marks[0].text == "a · Mean 1.5"


def test_at_most_a_hundred_and_twenty_bars_stand_and_the_chart_says_so() -> None:
    rows = tuple((f"name {number}", number) for number in range(160))
    chart = drawn(make(rows, (("Name", "text"), ("Late", "integer")), count=98_210), BARS, 0, 1)
    assert len(chart.series[0].marks) == MOST_BARS
    assert chart.note == "Of the first 160 rows of 98,210. The first 120 of 160 values."
    assert chart.description.endswith(chart.note)


def test_all_of_a_report_needs_no_note(worst: Preview) -> None:
    assert drawn(worst, BARS, DATE, LATE).note == ""


def test_empty_names_are_called_none() -> None:
    chart = drawn(make(((None, 1), ("", 2)), (("Name", "text"), ("Late", "integer"))), BARS, 0, 1)
    assert [tick.text for tick in chart.x_axis.ticks] == ["none"]


def test_from_the_fifth_on_series_are_the_others() -> None:
    rows = tuple((day, carrier, number + 1) for day in ("a", "b") for number, carrier in enumerate("ABCDEF"))
    chart = drawn(make(rows, (("Day", "text"), ("Carrier", "text"), ("Late", "integer"))), BARS, 0, 2, 1)
    assert [series.name for series in chart.series] == ["C", "D", "E", "F", "Others"]
    assert len({series.ink for series in chart.series}) == 5
    assert values(chart) == [[3, 3], [4, 4], [5, 5], [6, 6], [3, 3]]
    assert chart.series[0].marks[0].text == "a · C · Late 3"
    lefts = [series.marks[0].x - series.marks[0].width / 2 for series in chart.series]
    rights = [series.marks[0].x + series.marks[0].width / 2 for series in chart.series]
    assert lefts[1:] == pytest.approx(rights[:-1])


@pytest.mark.parametrize("names", ["AB", "ABC", "ABCD", "ABCDE", "ABCDEFGH"])
@pytest.mark.parametrize("kind", [BARS, LINE, POINTS])
def test_series_keeps_its_ink_whatever_column_is_drawn(names: str, kind: ChartKind) -> None:
    rows = tuple((1, name, number, -number * number, 7 - number) for number, name in enumerate(names))
    preview = make(rows, (("Day", "integer"), ("Carrier", "text"), *((y, "integer") for y in ("a", "b", "c"))))
    inks: dict[str, set[str]] = {}
    for column in (2, 3, 4):
        for series in drawn(preview, kind, 0, column, 1).series:
            inks.setdefault(series.name, set()).add(series.ink)
    assert all(len(found) == 1 for found in inks.values())


def test_bars_of_all_series_together_are_at_most_so_many() -> None:
    rows = tuple((day, carrier, 1) for day in range(30) for carrier in "ABCDEF")
    chart = drawn(make(rows, (("Day", "integer"), ("Carrier", "text"), ("Late", "integer"))), BARS, 0, 2, 1)
    assert sum(len(series.marks) for series in chart.series) == MOST_BARS
    assert "The first 24 of 30 values." in chart.note


# --- lines, points, histograms --------------------------------------------------------------------


def test_line_goes_through_time_from_left_to_right(worst: Preview) -> None:
    chart = drawn(worst, LINE, DATE, LATE)
    places = [mark.x for mark in chart.series[0].marks]
    assert places == sorted(places)
    assert chart.series[0].marks[0].text == "2013-03-08 · Late 632"
    assert not chart.x_axis.is_of_names
    assert chart.x_axis.name == "Date (2013)"
    assert 3 <= len(chart.x_axis.ticks) <= 9


def test_line_over_words_goes_from_name_to_name(worst: Preview) -> None:
    chart = drawn(worst, LINE, WEEKDAY, MEAN)
    assert [tick.text for tick in chart.x_axis.ticks] == ["Wednesday", "Friday", "Monday"]
    assert values(chart) == [[52.93, 83.5, 46.7]]


def test_points_are_never_added_up(worst: Preview) -> None:
    chart = drawn(worst, POINTS, WEEKDAY, LATE)
    assert chart.y_axis.name == "Late"
    assert sorted(values(chart)[0]) == [519, 547, 632, 1511]


def test_years_across_have_no_comma() -> None:
    rows = tuple((year, 1) for year in range(2010, 2025))
    chart = drawn(make(rows, (("Year", "integer"), ("Late", "integer"))), LINE, 0, 1)
    assert all("," not in tick.text for tick in chart.x_axis.ticks)


def test_histogram_counts_rows_in_bins_of_a_round_width() -> None:
    rows = tuple((number,) for number in (*range(100), 99, 99))
    chart = drawn(make(rows, (("Late", "integer"),)), HISTOGRAM, 0, 0)
    assert (chart.x_axis.name, chart.y_axis.name) == ("Late", "Rows")
    assert values(chart) == [[10] * 9 + [12]]
    assert chart.series[0].marks[0].text == "0 – 10 · 10 rows"
    assert chart.description == "Histogram: Rows by Late, 10 values, most 12"


def test_histogram_of_a_few_whole_numbers_has_a_bin_for_each() -> None:
    chart = drawn(make(((1,), (2,), (2,)), (("Late", "integer"),)), HISTOGRAM, 0, 0)
    assert [mark.text for mark in chart.series[0].marks] == ["1 · 1 row", "2 · 2 rows"]


@pytest.mark.parametrize("kind", ChartKind)
def test_column_without_a_number_in_sight_is_no_chart(kind: ChartKind) -> None:
    preview = make(((None, "a"), ("NaN", "b")), (("Late", "decimal"), ("Name", "text")))
    assert sketch(preview, ChartChoice(kind, 1, 0)) is None


DATES = st.dates().map(str) | st.sampled_from(["0001-01-01", "9999-12-31", "2013-01-01T10:00:00"])
CELLS = (
    DATES
    | st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.booleans()
)
KINDS = st.sampled_from(["integer", "decimal", "number", "text", "date", "timestamp", "boolean", "uuid"])


@pytest.mark.slow
@given(st.data(), st.sampled_from(ChartKind))
def test_anything_that_a_service_sends_is_a_chart_or_none(data: st.DataObject, kind: ChartKind) -> None:
    columns = data.draw(st.lists(st.tuples(st.text(max_size=3), KINDS), min_size=1, max_size=4))
    rows = data.draw(st.lists(st.tuples(*[CELLS] * len(columns)), max_size=12))
    preview = make(tuple(rows), tuple(columns))
    column = st.integers(0, len(columns) - 1)
    choice = ChartChoice(kind, data.draw(column), data.draw(column), data.draw(st.none() | column))
    chart = sketch(preview, choice)
    if chart is not None:
        assert chart.x_axis.low < chart.x_axis.high
        assert chart.y_axis.low < chart.y_axis.high
        assert kind not in {BARS, HISTOGRAM} or sum(len(series.marks) for series in chart.series) <= MOST_BARS
        assert all(chart.y_axis.low <= mark.y <= chart.y_axis.high for series in chart.series for mark in series.marks)


# --- under the pointer ----------------------------------------------------------------------------


def test_column_above_a_low_bar_belongs_to_it(worst: Preview) -> None:
    chart = drawn(worst, BARS, DATE, LATE)
    found = nearest(chart, (1.1, 1500), (90, 0.2))
    assert found is chart.series[0].marks[1]
    assert nearest(chart, (1.5, 10), (90, 0.2)) is None


def test_nearest_point_within_reach_is_under_the_pointer(worst: Preview) -> None:
    chart = drawn(worst, POINTS, WEEKDAY, LATE)
    assert nearest(chart, (0.1, 560), (90, 0.2)) is chart.series[0].marks[0]
    assert nearest(chart, (0.5, 560), (90, 0.2)) is None


def test_keys_go_from_left_to_right(worst: Preview) -> None:
    chart = drawn(worst, POINTS, WEEKDAY, LATE)
    places = [mark.x for mark in in_order(chart)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("Flight", "integer", True),
        ("order_id", "integer", True),
        ("Tail number", "integer", True),
        ("Flights", "integer", False),
        ("Flights per day", "integer", False),
        ("Flight", "number", False),
        ("", "integer", False),
    ],
)
def test_numbers_that_name_things_are_no_amounts(name: str, type_: str, *, expected: bool) -> None:
    assert is_label(make(((1,),), ((name, type_),)), 0) is expected


def test_chart_begins_with_an_amount_and_is_not_split_by_its_own_axis() -> None:
    columns = (("Flight", "integer"), ("Carrier", "text"), ("Delay", "integer"))
    preview = make(((15, "UA", 3), (16, "AA", 4)), columns)
    first = first_choice(preview)
    assert first is not None
    assert (first.x, first.y) == (1, 2)
    assert fitting(replace(first, split=1), preview) == first
    only = make(((15,),), (("Flight", "integer"),))
    assert first_choice(only) is not None
