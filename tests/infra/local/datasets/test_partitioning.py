"""Rows divided by values: what the folders are called, and that the values come back from their names."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engine.layout import FILE_NAME, Layout, decode
from infra.local.datasets.partitioning import ByColumn, partition
from infra.local.errors import DataError
from tests.backend.engine.exports import export, parquet
from tests.backend.fakes import FakeDatasetStore

TEXTS = [
    "a", "A", "a b", " a", "a ", "a/b", "../a", "a=b", "a%b", "a%2Fb", "%", "a+b", "a?b", "a#b", "a*b", "[a]", "{a}",
    "a^b", "a\\b", "a:b", 'a"b', "a'b", "a\nb", "a\tb", "\x7f", "é", "日本語", "😀", "e\u0301", "&a", "~", ".", "..",
    "_a", ".a", "NULL", "null", "007", "7", "2013-01-01", "true", "x" * 249, "é" * 124, "a,b", "\u2028", "\ufeff",
]  # fmt: skip
INTEGERS = {
    "TINYINT": (-(2**7), 2**7 - 1), "SMALLINT": (-(2**15), 2**15 - 1), "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1), "UTINYINT": (0, 2**8 - 1), "USMALLINT": (0, 2**16 - 1), "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, 2**64 - 1),
}  # fmt: skip


def divided(directory: Path, sql: str, *by: ByColumn) -> Layout:
    """Divide the rows of a query, in a directory `d` of that one."""
    (directory / "rows.parquet").write_bytes(parquet(sql))
    return partition(directory / "rows.parquet", by, directory / "d")


def of_values(directory: Path, kind: str, values: Iterable[Any]) -> Layout:
    """Divide rows by values: the column `value`, and `n` that numbers them."""
    file = directory / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows (value {kind}, n INTEGER)")
        connection.executemany("INSERT INTO rows VALUES ($1, $2)", [(value, n) for n, value in enumerate(values)])
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet)")
    return partition(file, [ByColumn("value")], directory / "d")


def read_back(directory: Path, order: str = "n") -> list[tuple[Any, ...]]:
    """Return the rows as a report has them."""
    files = (path for path in (directory / "d").rglob("*") if path.is_file())
    store = FakeDatasetStore({str(path.relative_to(directory)): path.read_bytes() for path in files})
    return export("SELECT * FROM d", store, format="parquet", datasets=("d",), order=(order,)).values()


def folders(layout: Layout) -> list[str]:
    return [part.path.rpartition("/")[0] for part in layout.parts]


def test_texts_come_back_from_the_names_of_folders(tmp_path: Path) -> None:
    values = [*TEXTS, None]
    layout = of_values(tmp_path, "VARCHAR", values)
    assert read_back(tmp_path) == [(value, n) for n, value in enumerate(values)]
    assert {unquote(folder) for folder in folders(layout) if "HIVE" not in folder} == {
        f"value={text}" for text in TEXTS
    }


@pytest.mark.parametrize("kind", INTEGERS)
def test_integers_come_back(kind: str, tmp_path: Path) -> None:
    values = [*INTEGERS[kind], 0, 1, 10, 9, None]
    layout = of_values(tmp_path, kind, values)
    assert read_back(tmp_path) == [(value, n) for n, value in enumerate(values)]
    assert layout.columns[0] == ("value", kind)
    greatest = f"value={INTEGERS[kind][1]}"
    assert folders(layout)[-3:] == ["value=10", greatest, "value=__HIVE_DEFAULT_PARTITION__"]


def test_dates_come_back(tmp_path: Path) -> None:
    values = [date.min, date(1582, 10, 15), date(2024, 2, 29), date.max, None]
    layout = of_values(tmp_path, "DATE", values)
    assert read_back(tmp_path) == [(value, n) for n, value in enumerate(values)]
    assert folders(layout)[2] == "value=2024-02-29"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    directory = tmp_path_factory.mktemp("any")
    of_values(directory, "VARCHAR", [*texts, "x"])
    assert read_back(directory) == [(text, n) for n, text in enumerate([*texts, "x"])]


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("a/b=c%d", "a%2Fb%3Dc%25d"),
        (" é日😀+&,;@!$()~}|<>", " é日😀+&,;@!$()~}|<>"),
        ("\"#%'*/:=?\\{[]^\x7f", "%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E%7F"),
        ("\n\t\x01", "%0A%09%01"),
    ],
)
def test_folders_are_named_as_hive_names_them(text: str, folder: str, tmp_path: Path) -> None:
    assert folders(of_values(tmp_path, "VARCHAR", [text])) == [f"value={folder}"]


@pytest.mark.parametrize("text", ["", "__HIVE_DEFAULT_PARTITION__", "a\0b", "x" * 250, "é" * 125, "/" * 84])
def test_text_for_which_no_folder_can_be_named_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^value is .* in a row, "):
        of_values(tmp_path, "VARCHAR", ["a", text])
    assert not (tmp_path / "d").exists()


ROWS = """
    SELECT range AS id, DATE '2023-12-30' + range::INTEGER AS "Day", range % 2 AS kind, [range] AS list,
        TIMESTAMP '2023-12-31 23:59:59.999999' + to_days(range::INTEGER) AS moment, 1.5 AS price, 'x' AS "we ird"
    FROM range(40)
"""


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ([ByColumn("Day", "month")], ["day_month=2023-12-01", "day_month=2024-01-01", "day_month=2024-02-01"]),
        ([ByColumn("moment", "year")], ["moment_year=2023", "moment_year=2024"]),
        ([ByColumn("kind"), ByColumn("Day", "year")], [f"kind={n}/day_year={y}" for n in (0, 1) for y in (2023, 2024)]),
    ],
)
def test_rows_stay_as_they_were_in_folders_of_years_and_months(
    by: list[ByColumn], expected: list[str], tmp_path: Path
) -> None:
    layout = divided(tmp_path, ROWS, *by)
    assert folders(layout) == expected
    with duckdb.connect() as connection:
        rows = connection.execute(f"FROM '{tmp_path}/rows.parquet' ORDER BY id").fetchall()
        types = connection.execute(f"DESCRIBE FROM '{tmp_path}/rows.parquet'").fetchall()
    assert read_back(tmp_path, "id") == rows
    assert layout.columns == tuple((name, kind) for name, kind, *_ in types)
    assert (layout.row_count, len(layout.parts)) == (40, len(expected))
    assert layout.size_bytes == sum(file.stat().st_size for file in tmp_path.rglob("d/**/*.parquet"))


def test_layout_is_kept_beside_the_files(tmp_path: Path) -> None:
    layout = divided(tmp_path, ROWS, ByColumn("kind"))
    assert decode((tmp_path / "d" / FILE_NAME).read_bytes()) == layout
    assert {path.name for path in (tmp_path / "d").iterdir()} == {FILE_NAME, "kind=0", "kind=1"}
    for part in layout.parts:
        assert duckdb.read_parquet(str(tmp_path / "d" / part.path), hive_partitioning=False).columns == [
            "id", "Day", "list", "moment", "price", "we ird",
        ]  # fmt: skip


def test_same_rows_have_the_same_names_and_others_have_others(tmp_path: Path) -> None:
    layouts = []
    for n, sql in enumerate((ROWS, ROWS, ROWS.replace("1.5", "2.5"))):
        (tmp_path / str(n)).mkdir()
        layouts.append(divided(tmp_path / str(n), sql, ByColumn("kind")))
    assert layouts[0] == layouts[1]
    assert not {part.path for part in layouts[0].parts} & {part.path for part in layouts[2].parts}


def test_rows_of_a_partition_keep_their_order(tmp_path: Path) -> None:
    layout = divided(tmp_path, "SELECT hash(range) AS h, range % 3 AS k FROM range(300_000)", ByColumn("k"))
    for k, part in enumerate(layout.parts):
        found = duckdb.read_parquet(str(tmp_path / "d" / part.path), hive_partitioning=False).fetchall()
        assert found == duckdb.execute(f"SELECT hash(range) FROM range({k}, 300_000, 3)").fetchall()


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ([ByColumn("gone")], "there is no column gone to partition by; there is: id, Day, "),
        ([ByColumn("day")], "there is no column day to partition by"),
        ([ByColumn("price")], r"price is DECIMAL\(2,1\): only integers, dates and text can be partitioned by"),
        ([ByColumn("moment")], r"moment is TIMESTAMP: only .*: month\(moment\) can be"),
        ([ByColumn("list")], r"list is BIGINT\[\]: only"),
        ([ByColumn("id", "month")], r"month\(id\) needs a column of dates or timestamps, and id is BIGINT"),
        ([ByColumn("we ird")], "we ird cannot name a folder: it needs to be letters, digits and _"),
        ([ByColumn("kind"), ByColumn("kind")], "up to 4 columns, each once"),
        ([ByColumn("kind"), ByColumn("Day"), *(ByColumn(name, "year") for name in ("Day", "moment", "x"))], "up to 4"),
    ],
)
def test_what_cannot_be_partitioned_by_is_refused(by: list[ByColumn], reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=reason):
        divided(tmp_path, ROWS, *by)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("sql", "by", "reason"),
    [
        ("SELECT 1 AS k", ByColumn("k"), "one column must be left"),
        ("SELECT 1 AS k, 2 AS n LIMIT 0", ByColumn("k"), "there is no row to partition"),
        ("SELECT range AS k, 1 AS n FROM range(1_001)", ByColumn("k"), "k would make 1,001 partitions, and 1,000 are"),
        ("SELECT DATE '2024-01-01' AS d, 1 AS D_Month", ByColumn("d", "month"), "makes folders named d_month, as a"),
        ("SELECT 1 AS k, 2 AS File_Row_Number", ByColumn("k"), "a column is called file_row_number"),
        *(
            (f"SELECT '{day}'::{kind} AS d, 1 AS n", by, "d is .* in a row: only days of the years 1 to 9999")
            for day in ("infinity", "-infinity", "0044-03-15 (BC)", "10000-01-01")
            for kind, by in (
                ("DATE", ByColumn("d")), ("DATE", ByColumn("d", "year")), ("TIMESTAMP", ByColumn("d", "month"))
            )
        ),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_partitioned_are_refused(sql: str, by: ByColumn, reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=reason):
        divided(tmp_path, sql, by)
    assert not (tmp_path / "d").exists()


def test_columns_called_as_those_that_divide_them_are_kept(tmp_path: Path) -> None:
    divided(tmp_path, 'SELECT range AS k0, range % 2 AS part, range + 1 AS "stored" FROM range(4)', ByColumn("part"))
    assert read_back(tmp_path, "k0") == [(n, n % 2, n + 1) for n in range(4)]


@pytest.mark.slow
def test_as_many_partitions_as_allowed_are_read(tmp_path: Path) -> None:
    layout = divided(tmp_path, "SELECT range AS n, 'x' || range AS k FROM range(1_000)", ByColumn("k"))
    assert len(layout.parts) == 1_000
    assert read_back(tmp_path) == [(n, f"x{n}") for n in range(1_000)]
