from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, Progress
from desktop.session.state import Entry, Session
from desktop.wording.reports.arrangement import Arrangement, Chip, arrange, count_chips
from desktop.wording.reports.report_columns import COLUMNS, ColumnId
from desktop.wording.reports.report_row import Around, ReportRow, Work, make_row
from desktop.wording.reports.report_state import Shown
from tests.desktop.conftest import NOW, make_id

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
NOTHING: frozenset[str] = frozenset()


def row(number: int, shown: Shown = Shown.READY, **changes: Any) -> ReportRow:
    asked = NOW - timedelta(seconds=changes.pop("ago_s", number))
    usual: dict[str, Any] = {"title": "Flights", "shown": shown, "work": Work(""), "asked_at": asked}
    return ReportRow(report_id=make_id(number), **(usual | changes))


def numbers(rows: tuple[ReportRow, ...]) -> list[int]:
    return [int(each.report_id[:8], 16) for each in rows]


def test_newest_ends_come_first_below_what_is_under_way(
    known: EntryFactory, unsent: EntryFactory, now: datetime
) -> None:
    half = Progress(stage="writing", completed=50, total=100, unit="rows")
    early = Progress(stage="writing", completed=10, total=100, unit="rows")
    entries = [
        known(1, State.SUCCEEDED, ago_s=3600),
        known(2, State.SUCCEEDED, ago_s=600),
        known(3, State.QUEUED),
        known(4, State.RUNNING, ago_s=300, progress=early),
        known(5, State.RUNNING, ago_s=61, progress=half),
        known(6, State.RUNNING, progress=None),
        unsent(7),
        known(8, State.CANCELLED, ago_s=1800),
    ]
    rows = [make_row(entry, Around(now)) for entry in entries]
    assert numbers(arrange(rows, Arrangement(), NOTHING)) == [6, 3, 5, 4, 7, 2, 8, 1]


@given(st.permutations(range(4)), st.booleans())
def test_reports_under_way_keep_their_places_whatever_their_expected_ends(order: list[int], down: bool) -> None:  # noqa: FBT001  Hypothesis'
    rows = [
        row(number, Shown.RUNNING, expected_at=NOW + timedelta(seconds=20 * order[number])) for number in range(4)
    ] + [row(9, finished_at=NOW)]
    arranged = numbers(arrange(rows, Arrangement(ColumnId.FINISHED, down), NOTHING))
    assert arranged == ([0, 1, 2, 3, 9] if down else [9, 0, 1, 2, 3])


def test_report_that_was_lost_stands_no_more_among_those_under_way(known: EntryFactory, now: datetime) -> None:
    lost = ErrorInfo(code="notFound", message="Lost.")
    entries = [
        known(1, State.RUNNING, ago_s=90),
        known(2, State.RUNNING, ago_s=80, entry={"refusal": lost}),
        known(3, State.SUCCEEDED, ago_s=70),
    ]
    rows = [make_row(entry, Around(now)) for entry in entries]
    assert numbers(arrange(rows, Arrangement(), NOTHING)) == [1, 3, 2]


def test_refused_reports_stand_in_their_place_in_time(known: EntryFactory, unsent: EntryFactory, now: datetime) -> None:
    refused = unsent(1, refusal=ErrorInfo(code="x", message="No."), asked_at=now - timedelta(minutes=9))
    ended = [known(2, State.FAILED, ago_s=300), known(3, State.FAILED, ago_s=900)]
    rows = [make_row(entry, Around(now)) for entry in (refused, *ended)]
    assert numbers(arrange(rows, Arrangement(), NOTHING)) == [2, 1, 3]


@pytest.mark.parametrize(
    ("column", "is_descending", "order"),
    [
        (ColumnId.STATE, False, [3, 1, 2]),
        (ColumnId.REPORT, False, [2, 1, 3]),
        (ColumnId.REPORT, True, [1, 3, 2]),
        (ColumnId.ROWS, True, [2, 1, 3]),
        (ColumnId.SIZE, True, [1, 2, 3]),
        (ColumnId.LINK, True, [2, 1, 3]),
    ],
)
def test_each_column_sorts_by_its_value(column: ColumnId, order: list[int], *, is_descending: bool) -> None:
    soon = NOW + timedelta(minutes=5)
    rows = [
        row(1, row_count=9, size_bytes=2000, has_link=True, link_expires_at=soon),
        row(2, title="delays", row_count=100, size_bytes=30, has_link=True, link_expires_at=NOW + timedelta(hours=1)),
        row(3, Shown.QUEUED, title="Flights"),
    ]
    assert numbers(arrange(rows, Arrangement(column, is_descending), NOTHING)) == order


rows_of_any_kind = st.builds(
    row,
    st.integers(1, 9),
    st.sampled_from(list(Shown)),
    title=st.sampled_from(["a", "B"]),
    ago_s=st.integers(1, 3),
    row_count=st.none() | st.integers(0, 2),
    finished_at=st.none() | st.just(NOW),
    expected_at=st.none() | st.just(NOW),
    started_at=st.none() | st.just(NOW),
)


arrangements = st.builds(Arrangement, st.sampled_from([column.id for column in COLUMNS]), st.booleans())


@given(st.lists(rows_of_any_kind, unique_by=lambda each: each.report_id), arrangements, st.randoms())
def test_order_does_not_depend_on_the_order_before(rows: list[ReportRow], wanted: Arrangement, random: Random) -> None:
    arranged = arrange(rows, wanted, NOTHING)
    random.shuffle(rows)
    assert arrange(rows, wanted, NOTHING) == arranged


@pytest.mark.parametrize(
    ("chip", "shown"),
    [
        (Chip.ALL, set(Shown)),
        (
            Chip.UNDER_WAY,
            {Shown.UNSENT, Shown.SENDING, Shown.QUEUED, Shown.RUNNING, Shown.CANCELLING, Shown.SAVING, Shown.PAUSED},
        ),
        (Chip.READY, {Shown.READY, Shown.SAVED}),
        (Chip.FAILED, {Shown.FAILED, Shown.REFUSED}),
        (Chip.CANCELLED, {Shown.CANCELLED}),
    ],
)
def test_chip_shows_its_states_and_counts_them(chip: Chip, shown: set[Shown]) -> None:
    rows = [row(number, each) for number, each in enumerate(Shown)]
    arranged = arrange(rows, Arrangement(chip=chip), NOTHING)
    assert {each.shown for each in arranged} == shown
    assert count_chips(rows)[chip] == len(shown)


@pytest.mark.parametrize(
    ("words", "found"),
    [("", [1, 2, 3]), ("flights", [1, 3]), ("FLIGHTS ewr", [1]), ("late  car", [2]), ("ready", [1, 2]), ("xyz", [])],
)
def test_search_finds_all_words_anywhere(words: str, found: list[int]) -> None:
    rows = [
        row(1, values={"from": "EWR", "days": 10}),
        row(2, title="Late flights by carrier".replace("flights", "departures")),
        row(3, Shown.FAILED, work=Work("More than 20,000,000 rows")),
    ]
    assert sorted(numbers(arrange(rows, Arrangement(search=words), NOTHING))) == found


def test_selected_row_stays_although_it_passes_no_more() -> None:
    rows = [row(1, Shown.FAILED), row(2)]
    assert numbers(arrange(rows, Arrangement(chip=Chip.READY), frozenset({make_id(1)}))) == [1, 2]
