import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.preview import (
    MOST_ROWS,
    BadPreview,
    ColumnFormat,
    Preview,
    PreviewColumn,
    Summary,
    decode,
)
from desktop.wording.pane.cells import say_cell

COLUMNS = [{"name": "Day", "type": "date"}, {"name": "Flights", "type": "integer"}]


def document(**changes: Any) -> bytes:
    return json.dumps(
        {"columns": COLUMNS, "rows": [["2013-01-01", 842], [None, None]], "rowCount": 365} | changes
    ).encode()


def test_document_becomes_columns_and_rows() -> None:
    assert decode(document()) == Preview(
        columns=(PreviewColumn(name="Day", type="date"), PreviewColumn(name="Flights", type="integer")),
        rows=(("2013-01-01", 842), (None, None)),
        row_count=365,
    )


def test_cells_keep_their_kind() -> None:
    columns = [{"name": str(n), "type": "text"} for n in range(5)]
    (row,) = decode(document(columns=columns, rows=[[True, 1, 1.5, "1", None]])).rows
    assert [type(cell) for cell in row] == [bool, int, float, str, type(None)]


@pytest.mark.parametrize(
    "changes", [{"columns": [], "rows": []}, {"columns": [], "rows": [[]]}, {"rows": [], "rowCount": 0}]
)
def test_report_without_columns_or_rows_is_a_preview(changes: dict[str, Any]) -> None:
    assert isinstance(decode(document(**changes)), Preview)


def test_what_a_newer_service_adds_is_ignored() -> None:
    newer = decode(document(columns=[{"name": "a", "type": "uuid", "unit": "m"}], rows=[["x"]], madeAt="now"))
    assert newer.columns == (PreviewColumn(name="a", type="uuid"),)
    assert not newer.columns[0].is_number


def test_formats_and_summaries_may_be_there_or_not() -> None:
    format_ = {"code": "0.0%", "decimals": 1, "isPercent": True, "colour": "red"}
    summary = {"filled": 3, "empty": 1, "distinct": 3, "least": "0.1", "greatest": 7, "median": 4}
    told: list[dict[str, Any]] = [
        {"name": "a", "type": "decimal", "format": format_, "summary": summary},
        {"name": "b", "type": "integer"},
    ]
    first, second = decode(document(columns=told, rows=[])).columns
    assert first.format == ColumnFormat(code="0.0%", decimals=1, is_percent=True)
    assert first.summary == Summary(filled=3, empty=1, distinct=3, least="0.1", greatest=7)
    assert (second.format, second.summary) == (None, None)
    nulls = decode(document(columns=[{**each, "format": None, "summary": None} for each in told], rows=[])).columns
    assert [(column.format, column.summary) for column in nulls] == [(None, None)] * 2
    bare = decode(document(columns=[{"name": "a", "type": "text", "summary": {"filled": 0, "empty": 9}}], rows=[]))
    assert bare.columns[0].summary == Summary(filled=0, empty=9)


@pytest.mark.parametrize(
    "column",
    [
        {"format": {"decimals": 1}},
        {"format": {"code": "0", "decimals": -1}},
        {"format": {"code": "0", "decimals": 10**9}},
        {"format": "0.0"},
        {"summary": {"filled": 1}},
        {"summary": {"filled": -1, "empty": 0}},
        {"summary": {"filled": 1, "empty": 0, "least": [1]}},
    ],
)
def test_format_or_summary_of_another_shape_is_refused(column: dict[str, Any]) -> None:
    with pytest.raises(BadPreview):
        decode(document(columns=[{"name": "a", "type": "text", **column}], rows=[]))


@pytest.mark.parametrize(
    ("kind", "is_number"), [("integer", True), ("decimal", True), ("number", True), ("date", False)]
)
def test_decimals_are_numbers_though_written_as_text(kind: str, is_number: bool) -> None:  # noqa: FBT001  a case
    assert PreviewColumn(name="a", type=kind).is_number is is_number


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\xff",
        b"<Error><Code>AccessDenied</Code></Error>",
        b"[" * 100_000,
        b"null",
        b"{}",
        document(rows=[["2013-01-01"]]),
        document(rows=[["2013-01-01", 1, 2]]),
        document(rows=[["2013-01-01", {"a": 1}]]),
        document(rows=[["2013-01-01", [1]]]),
        document(rows=[["2013-01-01", 1]] * (MOST_ROWS + 1)),
        document(rowCount=1),
        document(rowCount=-1),
        document(rowCount=None),
        document(columns=[{"name": "Day"}, {"name": "Flights"}]),
        document(columns="ab", rows=[]),
        document(columns=[COLUMNS[0]] * 16_385, rows=[]),
    ],
)
def test_bad_document_is_refused_with_a_sentence(bad: bytes) -> None:
    with pytest.raises(BadPreview, match=r"^The preview .*\.$"):
        decode(bad)


@given(
    st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_no_document_does_anything_else(data: bytes) -> None:
    with pytest.raises(BadPreview):
        decode(data)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (2013, "2013"),
        (0.5, "0.5"),
        ("", ""),
        ("12.340", "12.340"),
        ("one\r\ntwo\tthree\n", "one two three"),
        ("née 😀", "née 😀"),
    ],
)
def test_cell_is_said_in_one_line(cell: Any, text: str) -> None:
    assert say_cell(cell) == text
