import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from backend.formats.csv import encode_rows


def test_lines_end_and_cells_are_quoted_as_the_rfc_says() -> None:
    rows = [("Date", "Item"), ("2026-01-01", 'a "b", c'), ("", "two\nlines"), ("ä", 1.5)]
    assert encode_rows(rows).decode() == 'Date,Item\r\n2026-01-01,"a ""b"", c"\r\n,"two\nlines"\r\nä,1.5\r\n'


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2)))
def test_rows_come_back_as_they_were(rows: list[list[str]]) -> None:
    text = encode_rows(rows).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
