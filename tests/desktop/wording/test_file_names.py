import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.wording.file_names import file_name, judge, unused

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
USUAL = "{report}-{parameters}"
FOLDER = Path("/reports")
TEXT = st.text(max_size=400)


@pytest.mark.parametrize(
    ("pattern", "title", "parameters", "name"),
    [
        (USUAL, "Worst days", "EWR", "worst-days-EWR.xlsx"),
        (USUAL, "Worst days", "EWR · Days: 10", "worst-days-EWR-Days-10.xlsx"),
        (USUAL, "Worst days", "", "worst-days.xlsx"),
        ("{parameters}_{report}", "Worst days", "", "worst-days.xlsx"),
        ("{date} {time} {report}", "Worst days", "EWR", "2026-11-23 14-05 worst-days.xlsx"),
        (USUAL, "../../etc/passwd", "a\\b", "etc-passwd-a-b.xlsx"),
        ("{report}", "...", "", "report.xlsx"),
        ("{report}", "con", "", "_con.xlsx"),
        ("nul.{date}", "x", "", "_nul.2026-11-23.xlsx"),
        ("{report}. ", "Flights", "", "flights.xlsx"),
        ("{report}", "in\u202excod.exe", "", "in-xcod.exe.xlsx"),
        ("{report}", "Verspätung nach Monat", "", "verspaetung-nach-monat.xlsx"),
        ("{report}", "Größe é ﬁ", "", "groesse-e-fi.xlsx"),
        ("{report}", "日本", "", "日本.xlsx"),
        (USUAL, "Worst days", "2013-03 to 2013-12", "worst-days-2013-03-to-2013-12.xlsx"),
    ],
)
def test_name_is_made_of_the_pattern(pattern: str, title: str, parameters: str, name: str) -> None:
    assert file_name(pattern, title, parameters, "xlsx", NOW) == name


@given(TEXT, TEXT, TEXT, st.sampled_from(["xlsx", "csv", "", "../x", "a" * 300]))
@example(USUAL, "日" * 300, "ü" * 300, "csv")
@example("{report}", "e\u0301" * 200, "", "parquet")
@example("COM¹", "", "", "")
@example("con .x", "", "", "")
def test_any_name_is_one_that_every_file_system_takes(pattern: str, title: str, parameters: str, ext: str) -> None:
    name = file_name(pattern, title, parameters, ext, NOW)
    check(name)


@given(st.text(min_size=1, max_size=120), st.integers(0, 12))
def test_name_that_is_taken_gets_the_next_number(title: str, taken: int) -> None:
    name = file_name("{report}", title, "", "xlsx", NOW)
    there: set[Path] = set()
    for _ in range(taken):
        there.add(FOLDER / unused(FOLDER, name, there.__contains__))
    found = unused(FOLDER, name, there.__contains__)
    assert FOLDER / found not in there
    assert len(there) == taken
    check(found)


def test_numbers_begin_with_two_before_the_ending() -> None:
    there = {FOLDER / "name.xlsx", FOLDER / "name (2).xlsx"}
    assert unused(FOLDER, "name.xlsx", there.__contains__) == "name (3).xlsx"
    assert unused(FOLDER, "name", {FOLDER / "name"}.__contains__) == "name (2)"


def test_long_name_stays_short_enough_with_its_number() -> None:
    name = file_name("{report}", "日" * 300, "", "parquet", NOW)
    check(unused(FOLDER, name, {FOLDER / name}.__contains__))


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        (USUAL, ""),
        ("Report of {date}", ""),
        ("", "Is needed."),
        (" ", "Is needed."),
        ("{repot}", "{repot} is unknown. There are {report}, {parameters}, {date}, {time}."),
        ("{report", "A { or } stands alone."),
        ("a/b?{date}", "A file name cannot have / ? in it."),
        ("a\u202eb", "It has a character that cannot be seen."),
    ],
)
def test_pattern_is_judged(pattern: str, wrong: str) -> None:
    assert judge(pattern) == wrong


def check(name: str) -> None:
    assert name
    assert name == name.strip(" .")
    assert not re.search(r'[<>:"/\\|?*]', name)
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in name)
    for form in ("NFC", "NFD"):
        assert len(unicodedata.normalize(form, name).encode()) <= 255
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", name.partition(".")[0].strip())
