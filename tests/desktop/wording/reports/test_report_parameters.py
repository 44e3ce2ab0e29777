from datetime import date
from typing import Any

import pytest

from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.report_parameters import list_parameters, say_in_name, say_parameters, say_span

DATE = {"type": "string", "format": "date"}
SCHEMA = {
    "properties": {
        "start": {**DATE, "default": "2013-01-01", "title": "From"},
        "end": {**DATE, "default": "2013-12-31", "title": "To"},
        "days": {"type": "integer", "default": 25, "title": "Days"},
        "rankBy": {"type": "string", "enum": ["late flights", "delay"], "default": "delay", "title": "Worst by"},
        "origin": {"type": "string", "enum": ["EWR", "JFK"], "title": "Origin"},
        "carriers": {"type": "array", "items": {"enum": ["UA", "DL"]}, "title": "Carriers"},
        "exact": {"type": "boolean", "default": False, "title": "Exact"},
    }
}
ALL = {"start": "2013-01-01", "end": "2013-12-31", "days": 25, "rankBy": "delay", "exact": False}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Defaults"),
        ({"days": 1000}, "Days: 1,000"),
        ({"rankBy": "late flights", "days": 10}, "late flights · Days: 10"),
        ({"origin": "EWR", "days": 50}, "EWR · Days: 50"),
        ({"carriers": ["UA", "DL"]}, "UA, DL"),
        ({"exact": True}, "Exact"),
        ({"start": "2013-06-01", "end": "2013-08-31", "origin": "JFK"}, "JFK · Jun – Aug 2013"),
        ({"end": "2024-12-31"}, "2013 – 2024"),
        ({"start": "no day"}, "From: no day"),
        ({"unknown": "<b>x</b>"}, "unknown: <b>x</b>"),
    ],
)
def test_only_what_differs_from_the_defaults_is_said(values: dict[str, Any], said: str) -> None:
    assert say_parameters(ALL | values, SCHEMA) == said


@pytest.mark.parametrize("spoken", list(LanguageId))
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ""),
        ({"days": 1000}, "Days: 1000"),
        ({"origin": "EWR", "exact": True}, "EWR · Exact"),
        ({"carriers": ["UA", "DL"]}, "UA, DL"),
        ({"start": "2013-03-01"}, "2013-03 to 2013-12"),
        ({"end": "2024-12-31"}, "2013 to 2024"),
        ({"end": "2013-06-30", "start": "2013-06-01"}, "2013-06"),
        ({"start": "2013-06-03", "end": "2013-06-03"}, "2013-06-03"),
        ({"start": "2013-03-15"}, "2013-03-15 to 2013-12-31"),
    ],
)
def test_words_of_a_file_name_depend_on_no_language(spoken: LanguageId, values: dict[str, Any], said: str) -> None:
    language.use(spoken)
    try:
        assert say_in_name(ALL | values, SCHEMA) == said
    finally:
        language.use(LanguageId.ENGLISH)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2013-01-01", "2013-12-31", "2013"),
        ("2013-01-01", "2024-12-31", "2013 – 2024"),
        ("2013-06-01", "2013-06-30", "Jun 2013"),
        ("2013-06-01", "2013-08-31", "Jun – Aug 2013"),
        ("2012-11-01", "2013-02-28", "Nov 2012 – Feb 2013"),
        ("2012-02-01", "2012-02-28", "1 Feb – 28 Feb 2012"),
        ("2012-02-01", "2012-02-29", "Feb 2012"),
        ("2013-06-03", "2013-06-03", "3 Jun 2013"),
        ("2013-06-03", "2013-07-01", "3 Jun – 1 Jul 2013"),
        ("2012-06-03", "2013-07-01", "3 Jun 2012 – 1 Jul 2013"),
        ("2013-01-01", "9999-12-31", "2013 – 9999"),
    ],
)
def test_range_is_said_in_few_words(first: str, last: str, said: str) -> None:
    assert say_span(date.fromisoformat(first), date.fromisoformat(last)) == said


@pytest.mark.parametrize(
    ("spoken", "said"), [(LanguageId.ENGLISH, "From: 2013-03-01"), (LanguageId.GERMAN, "From: 01.03.2013")]
)
def test_day_has_the_form_of_the_language(spoken: LanguageId, said: str) -> None:
    language.use(spoken)
    try:
        assert list_parameters({"start": "2013-03-01"}, SCHEMA) == (said,)
        assert list_parameters({"x": "20130301"}, SCHEMA) == ("x: 20130301",)
    finally:
        language.use(LanguageId.ENGLISH)


def test_range_is_said_in_german() -> None:
    language.use(LanguageId.GERMAN)
    try:
        assert say_span(date(2013, 6, 1), date(2013, 8, 31)) == "Juni – Aug. 2013"
        assert say_span(date(2013, 6, 3), date(2013, 7, 1)) == "3. Juni – 1. Juli 2013"
    finally:
        language.use(LanguageId.ENGLISH)
