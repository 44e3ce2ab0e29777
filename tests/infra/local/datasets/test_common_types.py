"""A type that keeps the values of files with unlike types."""

from decimal import Decimal
from itertools import permutations, product
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets.conversion import convert, shape
from infra.local.errors import DataError

VALUES = {
    "TINYINT": ["-128", "127"],
    "UTINYINT": ["255"],
    "SMALLINT": ["-32768"],
    "USMALLINT": ["65535"],
    "INTEGER": ["-2147483648"],
    "UINTEGER": ["4294967295"],
    "BIGINT": ["9007199254740993", "-9223372036854775808"],
    "UBIGINT": ["18446744073709551615"],
    "FLOAT": ["0.5", "16777216"],
    "DOUBLE": ["0.1", "9007199254740992"],
    "DECIMAL(9,2)": ["1234567.89"],
    "DECIMAL(18,6)": ["0.000001"],
    "DECIMAL(38,0)": ["99999999999999999999999999999999999999"],
    "DECIMAL(38,37)": ["1.2345678901234567890123456789012345678"],
}
NUMBERS = list(VALUES)
OTHERS = {
    "VARCHAR": "'x'",
    "DATE": "'2024-01-02'",
    "TIMESTAMP": "'2024-01-02 03:04:05'",
    "TIMESTAMP WITH TIME ZONE": "'2024-01-02 03:04:05Z'",
    "TIME": "'03:04:05'",
    "BOOLEAN": "true",
    "BLOB": "'x'::BLOB",
    "UUID": "'00000000-0000-0000-0000-000000000001'",
    "INTEGER[]": "[1]",
    "BIGINT[]": "[1]",
    "STRUCT(a INTEGER)": "{'a': 1}",
    "STRUCT(a DOUBLE)": "{'a': 1}",
}


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, query: str) -> Path:
    duckdb.sql(f"COPY ({query}) TO '{name}'")
    return Path(name)


def numbers(name: str, kind: str) -> Path:
    rows = ", ".join(f"({value})" for value in VALUES[kind])
    return write(name, f"SELECT value::{kind} AS value FROM (VALUES {rows}) AS _(value)")


def united(*files: Path) -> list[object]:
    convert(files, Path("target.parquet"))
    return [value for (value,) in duckdb.read_parquet("target.parquet").fetchall()]


def exact(value: object) -> Decimal:
    return Decimal(repr(value) if isinstance(value, float) else str(value))


@pytest.mark.slow
@pytest.mark.parametrize("kinds", list(permutations(NUMBERS, 2)), ids=" and ".join)
def test_numbers_are_kept_or_refused_with_both_types(kinds: tuple[str, str]) -> None:
    files = [numbers(f"{n}.parquet", kind) for n, kind in enumerate(kinds)]
    try:
        found = united(*files)
    except DataError as error:
        assert all(f"{kind} in {n}.parquet" in str(error) for n, kind in enumerate(kinds))
        assert {"FLOAT", "DOUBLE", "DECIMAL(38,37)", "DECIMAL(38,0)"} & set(kinds)
        assert not Path("target.parquet").exists()
    else:
        assert [exact(value) for value in found] == [Decimal(value) for kind in kinds for value in VALUES[kind]]


@pytest.mark.parametrize("order", list(permutations(["BIGINT", "UBIGINT", "DECIMAL(9,2)"])), ids=" and ".join)
def test_numbers_of_three_types_are_kept(order: tuple[str, ...]) -> None:
    found = united(*(numbers(f"{n}.parquet", kind) for n, kind in enumerate(order)))
    assert sorted(map(exact, found)) == sorted(Decimal(value) for kind in order for value in VALUES[kind])


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [*permutations(OTHERS, 2), *product(OTHERS, ["INTEGER"])], ids=" and ".join)
def test_unlike_types_are_refused_with_both(kinds: tuple[str, str]) -> None:
    values = OTHERS | {"INTEGER": "1"}
    files = [write(f"{n}.parquet", f"SELECT {values[kind]}::{kind} AS value") for n, kind in enumerate(kinds)]
    with pytest.raises(DataError) as told:
        united(*files)
    assert str(told.value) == (
        f"value is {kinds[0]} in 0.parquet, and {kinds[1]} in 1.parquet: no type keeps the values of both"
    )


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        (["1", "2.5"], "VARCHAR", ["1", "2.5", "x"]),
        (["01", "2"], "VARCHAR", ["01", "2", "x"]),
        (["", ""], "INTEGER", [None, None, 7]),
        (["1", ""], "DOUBLE", [1.0, None, 7.0]),
        (["1.25"], "UBIGINT", [Decimal("1.25"), Decimal(7)]),
        (["2024-01-02 03:04:05.678901"], "TIMESTAMP_NS", None),
    ],
)
def test_csv_goes_with_parquet(cells: list[str], kind: str, expected: list[object] | None) -> None:
    Path("a.csv").write_text("value,other\n" + "".join(f"{cell},1\n" for cell in cells))
    value = {"VARCHAR": "'x'", "TIMESTAMP_NS": "'2024-01-02 03:04:05.123456789'"}.get(kind, "7")
    convert([write("b.parquet", f"SELECT {value}::{kind} AS value, 1 AS other"), Path("a.csv")], Path("target.parquet"))
    found = [value for value, _ in duckdb.read_parquet("target.parquet").fetchall()]
    if expected is None:
        assert shape([Path("target.parquet")]).columns[0] == ("value", "TIMESTAMP_NS")
    else:
        assert found == expected


def test_column_without_values_goes_with_any_type() -> None:
    files = [
        write("a.parquet", "SELECT NULL AS value"),
        write("b.parquet", "SELECT NULL::DATE AS value"),
        write("c.parquet", "SELECT 1::INTEGER AS value"),
    ]
    for order in permutations(files):
        assert sorted(united(*order), key=str) == [1, None, None]
