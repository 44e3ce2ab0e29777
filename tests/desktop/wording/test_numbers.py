from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from backend.protocol.messages import Progress
from desktop.wording import language, numbers
from desktop.wording.language import LanguageId


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0:00"), (0, "0:00"), (41.9, "0:41"), (60, "1:00"), (3599, "59:59"), (3723, "1:02:03"), (90000, "25:00:00")],
)
def test_elapsed_counts_minutes_and_then_hours(seconds: float, text: str) -> None:
    assert numbers.say_elapsed(seconds) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (1_234_567, "1.2 MB"),
        (999_949, "999.9 KB"),
        (999_960, "1.0 MB"),
        (5_000_000_000, "5.0 GB"),
        (2_000_000_000_000_000, "2,000.0 TB"),
    ],
)
def test_size_has_the_unit_that_keeps_it_short(size_bytes: int, text: str) -> None:
    assert numbers.say_size(size_bytes) == text


@pytest.mark.parametrize(
    ("completed", "total", "unit", "text"),
    [
        (12_000, 500_000, "rows", "12,000 of 500,000 rows"),
        (0, 10, "rows", "0 of 10 rows"),
        (12_000, None, "rows", "12,000 rows"),
        (0, None, "rows", ""),
        (1, 3, "", "1 of 3"),
        (1_200_000, 8_000_000, "bytes", "1.2 MB of 8.0 MB"),
        (20_000, 40_000, "ms", "0:20 of 0:40"),
        (20, 40, "s", "0:20 of 0:40"),
        (43, 100, "%", "43 %"),
        (0, 100, "%", "0 %"),
        (101, 100, "%", "100 %"),
        (1, 3, "%", "33 %"),
        (43, None, "%", "43 %"),
        (0, None, "%", ""),
    ],
)
def test_progress_says_what_is_known(completed: int, total: int | None, unit: str, text: str) -> None:
    assert numbers.say_progress(Progress(stage="", completed=completed, total=total, unit=unit)) == text


@pytest.mark.parametrize(
    ("stage", "completed", "total", "unit", "text"),
    [
        ("reading", 12_000_000, 48_300_000, "bytes", "Reading · 12.0 MB of 48.3 MB"),
        ("computing", 43, 100, "%", "Computing · 43 %"),
        ("computing", 0, None, "%", "Computing"),
        ("writing", 120_000, 336_776, "rows", "Writing · 120,000 of 336,776 rows"),
        ("storing", 5_000, None, "bytes", "Storing · 5.0 KB"),
        ("", 1, 2, "rows", "1 of 2 rows"),
    ],
)
def test_work_says_the_stage_and_how_far_it_is(
    stage: str, completed: int, total: int | None, unit: str, text: str
) -> None:
    assert numbers.say_work(Progress(stage=stage, completed=completed, total=total, unit=unit)) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-11-23T00:30:00+00:00", "02:30"),
        ("2026-11-22T22:30:00+00:00", "00:30"),
        ("2026-11-22T21:30:00+00:00", "22 Nov"),
        ("2025-11-22T12:00:00+00:00", "22 Nov 2025"),
    ],
)
def test_time_is_said_where_the_analyst_is(at: str, text: str) -> None:
    now = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    assert numbers.say_time(datetime.fromisoformat(at), now) == text


@pytest.mark.parametrize(
    ("dollars", "english", "german"),
    [
        (0.0155, "about $0.015", "etwa 0,015 $"),
        (0.00005, "less than $0.001", "unter 0,001 $"),
        (0.001, "about $0.001", "etwa 0,001 $"),
        (0.0, "about $0.00", "etwa 0,00 $"),
        (0.5, "about $0.50", "etwa 0,50 $"),
        (12.4, "about $12.40", "etwa 12,40 $"),
        (1234.5, "about $1,234.50", "etwa 1.234,50 $"),
    ],
)
def test_price_has_the_digits_that_matter(dollars: float, english: str, german: str) -> None:
    assert numbers.say_dollars(dollars) == english
    language.use(LanguageId.GERMAN)
    assert numbers.say_dollars(dollars) == german
