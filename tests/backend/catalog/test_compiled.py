"""Values in the slots of compiled texts, and the file of one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.catalog.compiled import (
    Compiled,
    Condition,
    Kind,
    Reading,
    WrongValue,
    kind_of,
    literal,
    read,
    string,
    written,
)
from backend.catalog.query import ElsewhereColumn

COMPILED = Compiled(
    source="key",
    columns=(ElsewhereColumn(title="Größe", type="DECIMAL(9,2)"),),
    slots={"text": "string", "most": "integer"},
    readings=(
        Reading(
            dataset="numbers",
            columns={"n": "INTEGER"},
            conditions=(Condition(column="n", operator="<=", parameter="most"),),
        ),
    ),
    text=("SELECT '$${text}' AS c0", "WHERE n <= ${most} AND s = ${text}"),
)


@pytest.mark.parametrize(
    ("kind", "value", "sql"),
    [
        ("boolean", True, "TRUE"),
        ("boolean", False, "FALSE"),
        ("boolean", None, "CAST(NULL AS BOOLEAN)"),
        ("date", date(2012, 2, 29), "DATE '2012-02-29'"),
        ("date", None, "CAST(NULL AS DATE)"),
        ("integer", 0, "0"),
        ("integer", 2**31 - 1, "2147483647"),
        ("integer", -7, "(-7)"),
        ("integer", None, "CAST(NULL AS INTEGER)"),
        ("number", 1, "DOUBLE '1.0'"),
        ("number", -1.005, "DOUBLE '-1.005'"),
        ("number", Decimal("0.1"), "DOUBLE '0.1'"),
        ("number", 1e300, "DOUBLE '1e+300'"),
        ("string", "it's", "CAST('it''s' AS VARCHAR)"),
        ("string", "", "CAST('' AS VARCHAR)"),
        ("string", "'; DROP TABLE x; --", "CAST('''; DROP TABLE x; --' AS VARCHAR)"),
        ("string", "日本 😀\n$x ${y}", "CAST('日本 😀\n$x ${y}' AS VARCHAR)"),
        ("strings", ["a", "b'"], "CAST(ARRAY[CAST('a' AS VARCHAR), CAST('b''' AS VARCHAR)] AS ARRAY(VARCHAR))"),
        ("strings", [], "CAST(ARRAY[] AS ARRAY(VARCHAR))"),
        ("strings", None, "CAST(NULL AS ARRAY(VARCHAR))"),
        ("integers", [1, -2], "CAST(ARRAY[1, (-2)] AS ARRAY(INTEGER))"),
    ],
)
def test_value_is_a_literal_of_its_type(kind: Kind, value: Any, sql: str) -> None:
    assert literal(kind, value) == sql


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", 1),
        ("boolean", "true"),
        ("date", "2013-01-01"),
        ("integer", True),
        ("integer", 1.0),
        ("integer", "1"),
        ("integer", 2**31),
        ("integer", -(2**31) - 1),
        ("number", "1"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("string", 1),
        ("string", "\ud800"),
        ("strings", "ab"),
        ("strings", ["a", None]),
        ("strings", ["a", 1]),
        ("integers", [True]),
    ],
)
def test_value_of_another_kind_is_refused(kind: Kind, value: Any) -> None:
    with pytest.raises(WrongValue):
        literal(kind, value)


@given(st.text())
@example("\\'")
@example("''")
def test_text_stays_within_its_quotes(text: str) -> None:
    sql = string(text)
    assert sql[0] == sql[-1] == "'"
    assert "'" not in sql[1:-1].replace("''", "")
    assert sql[1:-1].replace("''", "'") == text


def test_values_go_into_slots_alone_and_dollars_stay() -> None:
    filled = COMPILED.filled({"text": "${most} $$", "most": 3, "unused": 1})
    assert filled == "SELECT '${text}' AS c0\nWHERE n <= 3 AND s = CAST('${most} $$' AS VARCHAR)"


def test_value_that_is_missing_is_named() -> None:
    with pytest.raises(WrongValue, match="no value for most"):
        COMPILED.filled({"text": ""})


def test_file_of_it_is_read_again() -> None:
    assert read(written(COMPILED)) == COMPILED


@pytest.mark.parametrize(
    ("prop", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "integer"}, "integer"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "array", "items": {"type": "string"}}, "strings"),
        ({"type": "array", "items": {"type": "integer"}}, "integers"),
    ],
)
def test_kind_is_that_of_the_schema(prop: Mapping[str, Any], kind: Kind) -> None:
    assert kind_of(prop) == kind
