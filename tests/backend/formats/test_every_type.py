"""What each type of DuckDB becomes in each format, and in Parquet within other types too."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from backend.formats.portable_types import portable
from tests.backend.engine.exports import export


@dataclass(frozen=True, slots=True)
class Written:
    """A value, and what each format makes of it."""

    sql: str
    csv: str
    xlsx: object
    parquet: object
    """As polars reads it."""


DAY = datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001  as read
UUID = "00000000-0000-0000-0000-000000000001"
TYPES = {
    "BOOLEAN": Written("true", "true", xlsx=True, parquet=True),
    "TINYINT": Written("-5::TINYINT", "-5", -5, -5),
    "SMALLINT": Written("-5::SMALLINT", "-5", -5, -5),
    "INTEGER": Written("-5", "-5", -5, -5),
    "BIGINT": Written("-9007199254740993", "-9007199254740993", "-9007199254740993", -9007199254740993),
    "UTINYINT": Written("5::UTINYINT", "5", 5, 5),
    "USMALLINT": Written("5::USMALLINT", "5", 5, 5),
    "UINTEGER": Written("5::UINTEGER", "5", 5, 5),
    "UBIGINT": Written("5::UBIGINT", "5", 5, 5),
    "HUGEINT": Written("9007199254740993::HUGEINT", "9007199254740993", "9007199254740993", Decimal(9007199254740993)),
    "UHUGEINT": Written(
        "9007199254740993::UHUGEINT", "9007199254740993", "9007199254740993", Decimal(9007199254740993)
    ),
    "BIGNUM": Written("-9007199254740993::BIGNUM", "-9007199254740993", "-9007199254740993", "-9007199254740993"),
    "DECIMAL": Written("-1.50::DECIMAL(38, 2)", "-1.50", -1.5, Decimal("-1.50")),
    "FLOAT": Written("0.5::FLOAT", "0.5", 0.5, 0.5),
    "DOUBLE": Written("0.1::DOUBLE", "0.1", 0.1, 0.1),
    "DATE": Written("DATE '2024-01-02'", "2024-01-02", date(2024, 1, 2), date(2024, 1, 2)),
    "TIME": Written("TIME '03:04:05'", "03:04:05", time(3, 4, 5), time(3, 4, 5)),
    "TIME_NS": Written("'03:04:05.5'::TIME_NS", "03:04:05.5", time(3, 4, 5, 500_000), time(3, 4, 5, 500_000)),
    "TIME WITH TIME ZONE": Written("'03:04:05+02'::TIMETZ", "03:04:05+02", "03:04:05+02", time(1, 4, 5)),
    "TIMESTAMP_S": Written("TIMESTAMP_S '2024-01-02 03:04:05'", "2024-01-02 03:04:05", DAY, DAY),
    "TIMESTAMP_MS": Written("TIMESTAMP_MS '2024-01-02 03:04:05'", "2024-01-02 03:04:05", DAY, DAY),
    "TIMESTAMP": Written("TIMESTAMP '2024-01-02 03:04:05'", "2024-01-02 03:04:05", DAY, DAY),
    "TIMESTAMP_NS": Written("TIMESTAMP_NS '2024-01-02 03:04:05'", "2024-01-02 03:04:05", DAY, DAY),
    "TIMESTAMP WITH TIME ZONE": Written(
        "TIMESTAMPTZ '2024-01-02 04:04:05+01'", "2024-01-02 03:04:05+00", DAY, DAY.replace(tzinfo=UTC)
    ),
    "TIMESTAMPTZ_NS": Written(
        "'2024-01-02 04:04:05+01'::TIMESTAMPTZ_NS", "2024-01-02 03:04:05+00", DAY, DAY.replace(tzinfo=UTC)
    ),
    "INTERVAL": Written("INTERVAL '-1 day'", "-1 day", "-1 day", "-1 day"),
    "UUID": Written(f"'{UUID}'::UUID", UUID, UUID, bytes([0] * 15 + [1])),
    "BIT": Written("'101'::BIT", "101", "101", "101"),
    "BLOB": Written("'=1'::BLOB", "'=1", "=1", b"=1"),
    "VARCHAR": Written("'=1'", "'=1", "=1", "=1"),
    "ENUM": Written("'=1'::ENUM('=1', '(')", "'=1", "=1", "=1"),
    "VARIANT": Written("'=1'::VARIANT", "'=1", "=1", "=1"),
    "UNION": Written("union_value(a := '=1')", "'=1", "=1", "=1"),
    "GEOMETRY": Written("'POINT(1 2)'::GEOMETRY", "POINT (1 2)", "POINT (1 2)", None),
    "STRUCT": Written("{'a b': 1}", "{'a b': 1}", "{'a b': 1}", {"a b": 1}),
    "LIST": Written("[1]", "[1]", "[1]", [1]),
    "ARRAY": Written("[1]::INTEGER[1]", "[1]", "[1]", [1]),
    "MAP": Written("MAP{'a': 1}", "{a=1}", "{a=1}", {"a": 1}),
    "TUPLE": Written("row(1, 'a')", "(1, a)", "(1, a)", {"element1": 1, "element2": "a"}),
    "NULL": Written("NULL", "", "", None),
}
NO_VALUE = {"TYPE"}
"""Of queries themselves, not of their rows."""
WITHIN: dict[str, tuple[str, Callable[[object], object]]] = {
    "struct": ("{{'a': {}}}", lambda value: {"a": value}),
    "list": ("[{}]", lambda value: [value]),
    "tuple": ("row({})", lambda value: {"element1": value}),
    "struct in list": ("[{{'a': {}}}]", lambda value: [{"a": value}]),
    "list in map": ("MAP{{'k': [{}]}}", lambda value: {"k": [value]}),
    "array in struct": ("{{'x, y)': [{}]::{type}[1]}}", lambda value: {"x, y)": [value]}),
}


def type_of(sql: str) -> str:
    with duckdb.connect() as connection:
        return str(connection.execute(f"SELECT typeof({sql})").fetchall()[0][0])


def in_parquet(sql: str) -> object:
    frame = pl.read_parquet(io.BytesIO(export(f"SELECT {sql} AS c, 1 AS n", format="parquet").data))
    return frame["c"].to_list()[0]


def test_each_type_of_duckdb_is_here() -> None:
    with duckdb.connect() as connection:
        found = connection.execute("SELECT DISTINCT logical_type FROM duckdb_types()").fetchall()
    assert {name for (name,) in found} == TYPES.keys() | NO_VALUE


@pytest.mark.parametrize("name", TYPES)
def test_value_in_csv(name: str) -> None:
    assert export(f"SELECT {TYPES[name].sql} AS c, 1 AS n").rows == [[TYPES[name].csv, "1"]]


@pytest.mark.parametrize("name", TYPES)
def test_value_in_a_sheet(name: str) -> None:
    data = export(f"SELECT {TYPES[name].sql} AS c, 1 AS n", format="xlsx").data
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1][0]
    assert (found, type(found) is str) == (TYPES[name].xlsx, type(TYPES[name].xlsx) is str)


@pytest.mark.parametrize("name", TYPES)
def test_value_in_parquet(name: str) -> None:
    found = in_parquet(TYPES[name].sql)
    assert name == "GEOMETRY" or (found, type(found)) == (TYPES[name].parquet, type(TYPES[name].parquet))


BROKEN = {("ARRAY", "tuple")}
"""DuckDB 2.0 dereferences a null pointer; the report fails, and says so."""
COMBINATIONS = sorted({(name, within) for name in TYPES.keys() - {"NULL"} for within in WITHIN} - BROKEN)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "within"), COMBINATIONS)
def test_value_within_others_in_parquet(name: str, within: str) -> None:
    sql, expected = WITHIN[within]
    found = in_parquet(sql.format(TYPES[name].sql, type=type_of(TYPES[name].sql)))
    assert name == "GEOMETRY" or found == expected(TYPES[name].parquet)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ('STRUCT("a ""b, (" HUGEINT, INTERVAL INTERVAL[])', 'STRUCT("a ""b, (" DECIMAL(38, 0), INTERVAL VARCHAR[])'),
        ("UNION(a HUGEINT, b STRUCT(c INTERVAL))[3][]", "VARCHAR[3][]"),
        ("MAP(UHUGEINT, TUPLE(VARIANT, DATE))", "MAP(DECIMAL(38, 0), TUPLE(VARCHAR, DATE))"),
        ("ENUM('HUGEINT', ') , (', 'it''s')[]", "ENUM('HUGEINT', ') , (', 'it''s')[]"),
        ("TIMESTAMP WITH TIME ZONE[]", "TIMESTAMP WITH TIME ZONE[]"),
        ('STRUCT(a "NULL", b DECIMAL(38,2))', 'STRUCT(a "NULL", b DECIMAL(38,2))'),
    ],
)
def test_types_are_replaced_at_any_depth_and_nothing_else(given: str, written: str) -> None:
    assert portable(given) == written


@pytest.mark.parametrize("given", ["", "STRUCT(a HUGEINT", "STRUCT(a)", "HUGEINT]", "MAP(VARCHAR INTEGER)", "a b"])
def test_what_is_no_type_is_an_error(given: str) -> None:
    with pytest.raises(ValueError, match="no type of DuckDB"):
        portable(given)


@pytest.mark.parametrize(
    "integer", ["100000000000000000000000000000000000000", "-170141183460469231731687303715884105727"]
)
@pytest.mark.parametrize("expression", ["{}::HUGEINT", "[{}::HUGEINT]"])
def test_integer_of_39_digits_is_refused_rather_than_rounded(integer: str, expression: str) -> None:
    with pytest.raises(Exception, match="fails on the data"):
        in_parquet(expression.format(integer))
