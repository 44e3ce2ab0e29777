import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engine.first_rows import CELL_LENGTH, LARGEST_INTEGER, cell, encode_preview
from backend.protocol.preview import MOST_ROWS
from tests.backend.engine.exports import export


def preview(sql: str) -> dict[str, Any]:
    return export(sql).preview


@pytest.mark.parametrize(
    ("sql", "type_", "value"),
    [
        ("NULL", "text", None),
        ("'x'", "text", "x"),
        ("''", "text", ""),
        ("true", "boolean", True),
        ("7", "integer", 7),
        ("9007199254740992", "integer", 9007199254740992),
        ("9007199254740993", "integer", "9007199254740993"),
        ("-9007199254740993", "integer", "-9007199254740993"),
        ("170141183460469231731687303715884105727::HUGEINT", "integer", "170141183460469231731687303715884105727"),
        ("18446744073709551615::UBIGINT", "integer", "18446744073709551615"),
        ("1.10::DECIMAL(4, 2)", "decimal", "1.10"),
        ("0.1::DOUBLE", "number", 0.1),
        ("1e300::DOUBLE", "number", 1e300),
        ("'nan'::DOUBLE", "number", "nan"),
        ("'-inf'::DOUBLE", "number", "-inf"),
        ("DATE '2013-01-01'", "date", "2013-01-01"),
        ("DATE '0044-03-15 (BC)'", "date", "0044-03-15 (BC)"),
        ("DATE 'infinity'", "date", "infinity"),
        ("TIME '05:15:00'", "time", "05:15:00"),
        ("TIMESTAMP '2013-01-01 05:15:00'", "timestamp", "2013-01-01 05:15:00"),
        ("TIMESTAMP_NS '2013-01-01 05:15:00'", "timestamp", "2013-01-01 05:15:00"),
        ("TIMESTAMPTZ '2013-01-01 05:15:00+01'", "timestamp", "2013-01-01 04:15:00+00"),
        ("INTERVAL '1 month'", "text", "1 month"),
        ("'a'::ENUM('a', 'b')", "text", "a"),
        ("[1, 2]", "text", "[1, 2]"),
        ("{'a': 1}", "text", "{'a': 1}"),
        ("'\\xFF'::BLOB", "text", "\\xFF"),
        ("UUID '00000000-0000-0000-0000-000000000001'", "text", "00000000-0000-0000-0000-000000000001"),
        ("'=1+1'", "text", "=1+1"),
        ("chr(0) || '\u202e<b>\"'", "text", '\x00\u202e<b>"'),
    ],
)
def test_cell_says_the_value_without_loss(sql: str, type_: str, value: object) -> None:
    document = preview(f"SELECT {sql} AS c")
    (column,) = document["columns"]
    assert (column["name"], column["type"]) == ("c", type_)
    assert (document["rows"], document["rowCount"]) == ([[value]], 1)


def test_single_precision_is_shown_as_it_is_written() -> None:
    assert preview("SELECT 0.1::FLOAT AS c")["rows"] == [[0.1]]


@pytest.mark.parametrize("character", ["x", "ä", "😀"])
def test_long_text_is_clipped(character: str) -> None:
    sql = f"SELECT repeat('{character}', {CELL_LENGTH}) AS a, repeat('{character}', 40000) AS b"
    assert preview(sql)["rows"] == [[character * CELL_LENGTH, character * (CELL_LENGTH - 1) + "…"]]


def test_no_more_than_the_first_rows() -> None:
    document = preview("SELECT range AS n FROM range(1000)")
    assert document["rows"] == [[n] for n in range(MOST_ROWS)]
    assert document["rowCount"] == 1000


def test_names_of_columns_are_as_they_are() -> None:
    document = preview('SELECT 1 AS "=a ""b"" \u00e9", 2 AS "x; --"')
    assert [column["name"] for column in document["columns"]] == ['=a "b" \u00e9', "x; --"]


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(st.characters(codec="utf-8")))
def test_cells_survive_json(value: object) -> None:
    told = json.loads(encode_preview([], [[value]], 1, []))["rows"][0][0]
    assert told == cell(value)
    match value:
        case None | bool():
            assert told is value
        case int():
            assert int(told) == value
            assert isinstance(told, str) == (abs(value) > LARGEST_INTEGER)
        case float() if value == value:  # noqa: PLR0124  NaN is another
            assert float(told) == value
        case Decimal():
            assert told == str(value)
