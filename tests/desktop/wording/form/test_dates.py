from collections.abc import Iterator
from datetime import date

import pytest

from desktop.wording import language
from desktop.wording.form.dates import SlashOrder, Span, presets, read_day, say_span, show_day, stepped, year_of
from desktop.wording.language import LanguageId

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.parametrize(
    ("spoken", "slashes", "text", "day"),
    [
        (LanguageId.ENGLISH, None, " 2013-02-03 ", date(2013, 2, 3)),
        (LanguageId.ENGLISH, None, "2013-2-3", date(2013, 2, 3)),
        (LanguageId.ENGLISH, None, "31.12.2013", date(2013, 12, 31)),
        (LanguageId.ENGLISH, SlashOrder.MONTH_FIRST, "3. 2. 2013", date(2013, 2, 3)),
        (LanguageId.ENGLISH, SlashOrder.DAY_FIRST, "3/2/2013", date(2013, 2, 3)),
        (LanguageId.ENGLISH, SlashOrder.MONTH_FIRST, "2/3/2013", date(2013, 2, 3)),
        (LanguageId.GERMAN, None, "3.2.2013", date(2013, 2, 3)),
        (LanguageId.GERMAN, None, "03. 02. 2013", date(2013, 2, 3)),
        (LanguageId.GERMAN, None, "2013-02-03", date(2013, 2, 3)),
    ],
)
def test_day_is_read_in_the_language_s_form_and_in_iso_s(
    spoken: LanguageId, slashes: SlashOrder | None, text: str, day: date
) -> None:
    language.use(spoken)
    assert read_day(text, slashes) == day


@pytest.mark.parametrize("text", ["", "soon", "3.2.13", "3/2/2013", "2013-02", "13-02-03", "2013-02-031", "٢013-02-03"])
def test_what_is_no_day_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Must be a day, such as 2013-12-31\.$"):
        read_day(text)


@pytest.mark.parametrize("text", ["2013-02-29", "2013-13-01", "0000-01-01"])
def test_day_that_never_was_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^There is no such day\.$"):
        read_day(text)


def test_shown_day_is_read_again() -> None:
    for spoken in LanguageId:
        language.use(spoken)
        for day in (TODAY, date(1, 1, 1), date(9999, 12, 31)):
            assert read_day(show_day(day)) == day


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("Today", "2026-11-23", "2026-11-23"),
        ("Yesterday", "2026-11-22", "2026-11-22"),
        ("Last 7 days", "2026-11-17", "2026-11-23"),
        ("This month", "2026-11-01", "2026-11-30"),
        ("Last month", "2026-10-01", "2026-10-31"),
        ("This quarter", "2026-10-01", "2026-12-31"),
        ("Last quarter", "2026-07-01", "2026-09-30"),
        ("This year", "2026-01-01", "2026-12-31"),
        ("Last year", "2025-01-01", "2025-12-31"),
    ],
)
def test_presets(name: str, start: str, end: str) -> None:
    spans = {preset.name: preset.span for preset in presets(TODAY)}
    assert spans[name] == Span(date.fromisoformat(start), date.fromisoformat(end))


def test_last_month_and_quarter_of_january_are_of_the_year_before() -> None:
    spans = {preset.name: preset.span for preset in presets(date(2026, 1, 31))}
    assert spans["Last month"] == Span(date(2025, 12, 1), date(2025, 12, 31))
    assert spans["Last quarter"] == Span(date(2025, 10, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2013-01-01", "2013-12-31", "365 days. The last day counts."),
        ("2026-10-01", "2026-10-31", "Last month, 31 days. The last day counts."),
        ("2026-11-23", "2026-11-23", "Today, 1 day. The last day counts."),
        ("2013-01-01", "2013-01-01", "1 day. The last day counts."),
        ("2000-01-01", "2013-01-01", "4,750 days. The last day counts."),
    ],
)
def test_span_is_said(start: str, end: str, said: str) -> None:
    assert say_span(Span(date.fromisoformat(start), date.fromisoformat(end)), TODAY) == said


@pytest.mark.parametrize(("text", "year"), [("2013", 2013), ("13", None), ("0000", None), ("x", None)])
def test_year_is_all_of_its_days(text: str, year: int | None) -> None:
    assert year_of(text) == (Span(date(year, 1, 1), date(year, 12, 31)) if year else None)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [("2013-01-31", 1, "2013-02-28"), ("2013-03-31", -1, "2013-02-28"), ("2012-12-15", 1, "2013-01-15")],
)
def test_step_of_months_stays_in_the_month(day: str, months: int, after: str) -> None:
    assert stepped(date.fromisoformat(day), months) == date.fromisoformat(after)
