"""Headers of any server: repeated, garbled, missing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.outside.answers import LONGEST_RETRY_AFTER_S, clock_fault, read

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = format_datetime(NOW + timedelta(seconds=20), usegmt=True)
NAMES = st.sampled_from(["Retry-After", "retry-after", "Date", "DATE", "Content-Type", "Other"])
VALUES = st.text() | st.sampled_from(["3", "-1", "1e9", "9" * 400, "٣", LATER, "Mon, 99 Nov 2026 09:00:00 GMT"])


@given(st.integers(), st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_any_headers_are_read(status: int, headers: list[tuple[str, str]]) -> None:
    answer = read(status, headers, NOW)
    assert answer.status == status
    assert answer.retry_after_s is None or 0 <= answer.retry_after_s <= LONGEST_RETRY_AFTER_S
    assert clock_fault(answer.date, NOW) is None or answer.date is not None


@pytest.mark.parametrize(
    ("values", "wait_s"),
    [
        (["3"], 3.0),
        ([" 3 "], 3.0),
        (["3", "9"], 3.0),
        (["soon", "9"], 9.0),
        (["99999"], LONGEST_RETRY_AFTER_S),
        ([LATER], 20.0),
        ([format_datetime(NOW - timedelta(days=1))], 0.0),
        (["-1"], None),
        (["1.5"], None),
        ([""], None),
        ([], None),
    ],
)
def test_wait_is_the_first_that_makes_sense(values: list[str], wait_s: float | None) -> None:
    assert read(429, [("Retry-After", value) for value in values], NOW).retry_after_s == wait_s


def test_wait_until_a_date_is_by_the_server_s_clock() -> None:
    fast = [("Date", format_datetime(NOW + timedelta(seconds=15))), ("Retry-After", LATER)]
    assert read(429, fast, NOW).retry_after_s == 5.0


@pytest.mark.parametrize("kind", ["text/html", "TEXT/HTML; charset=x", "application/xhtml+xml"])
def test_page_for_people_is_told_apart(kind: str) -> None:
    assert read(200, [("content-type", kind)], NOW).is_page
    assert not read(200, [("content-type", "application/json")], NOW).is_page
