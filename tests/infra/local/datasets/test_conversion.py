"""Somebody's own files as one Parquet file."""

import gzip
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets.conversion import convert, shape
from infra.local.datasets.csv_files import read_header
from infra.local.errors import DataError


def relation(query: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(query)
    assert found is not None
    return found


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory, so that messages name files as they were given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def converted(files: Mapping[str, str]) -> list[tuple[object, ...]]:
    """Write files, convert them, and return the rows."""
    for name, text in files.items():
        Path(name).write_text(text, newline="")
    convert([Path(name) for name in files], Path("target.parquet"))
    return duckdb.read_parquet("target.parquet").fetchall()


def refused(files: Mapping[str, str]) -> str:
    with pytest.raises(DataError) as told:
        converted(files)
    assert not Path("target.parquet").exists()
    return str(told.value)


def kind_of(*cells: str) -> str:
    """Return the type of a column of these cells."""
    Path("a.csv").write_text("\n".join(["cell,other", *(f'"{cell}",x' for cell in cells)]) + "\n")
    return convert([Path("a.csv")], Path("target.parquet")).columns[0][1]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20", "0"], "BIGINT"),
        (["9223372036854775807"], "BIGINT"),
        (["9223372036854775808"], "VARCHAR"),
        (["01234", "12345"], "VARCHAR"),
        (["+1"], "VARCHAR"),
        (["1.5", "2", "-0.25"], "DECIMAL(18,2)"),
        (["1.1234567"], "DOUBLE"),
        (["1e5"], "DOUBLE"),
        (["1,5"], "VARCHAR"),
        (["1.000,50"], "VARCHAR"),
        (["true", "FALSE"], "BOOLEAN"),
        (["t", "f"], "VARCHAR"),
        (["2024-02-29"], "DATE"),
        (["2023-02-29"], "VARCHAR"),
        (["01/02/2024"], "VARCHAR"),
        (["2024-01-02 03:04", "2024-01-02T03:04:05.678901"], "TIMESTAMP"),
        (["2024-01-02T03:04:05Z", "2024-01-02T03:04:05+01:00"], "TIMESTAMP"),
        (["2024-01-02", "2024-01-02 03:04:05"], "VARCHAR"),
        (["03:04", "23:59:59"], "TIME"),
        (["25:00"], "VARCHAR"),
        (["NaN"], "VARCHAR"),
        (["#1", "2"], "VARCHAR"),
        (["1", "", "2"], "BIGINT"),
        (["", ""], "VARCHAR"),
        ([], "VARCHAR"),
        ([" 7 ", "8"], "BIGINT"),
        (["1", "NA"], "VARCHAR"),
    ],
)
def test_type_is_what_every_cell_is_plainly_written_in(cells: list[str], kind: str) -> None:
    assert kind_of(*cells) == kind


@pytest.mark.usefixtures("there")
def test_values_are_what_was_written() -> None:
    text = "id,zip,day,amount,at,is_paid,note\n1,01234,2024-01-02,1.5,2024-01-02T03:04:05+01:00,true, a \n"
    assert converted({"a.csv": text}) == [
        (1, "01234", date(2024, 1, 2), Decimal("1.5"), datetime(2024, 1, 2, 2, 4, 5), True, " a ")  # noqa: DTZ001
    ]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(("last", "expected"), [("unknown", "29999"), ("0.5", Decimal("29999.0")), ("1e9", 29999.0)])
def test_type_holds_for_the_last_row_too(last: str, expected: object) -> None:
    rows = "".join(f"{number}\n" for number in range(30_000))
    ((before_last,), _) = converted({"a.csv": f"id\n{rows}{last}\n"})[-2:]
    assert (before_last, type(before_last)) == (expected, type(expected))


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a;b\n1;x,y\n", [(1, "x,y")]),
        ("a\tb\n1\tx\n", [(1, "x")]),
        ("a|b\n1|x\n", [(1, "x")]),
        ("a\n1\n2\n", [(1,), (2,)]),
        ('"a,b,c";d\n1;2\n', [(1, 2)]),
        ("\ufeffa,b\r\n1,x\r\n", [(1, "x")]),
        ('a,b\n1,"two\nlines"\n2,"say ""so"""\n', [(1, "two\nlines"), (2, 'say "so"')]),
        ("a,b\n", []),
        ("a,b\n1,\n", [(1, None)]),
    ],
    ids=["semicolon", "tab", "bar", "one column", "quoted header", "from Excel", "quoted", "no rows", "empty cell"],
)
def test_csv_is_read_as_it_is_written(text: str, rows: list[tuple[object, ...]]) -> None:
    assert converted({"a.csv": text}) == rows


@pytest.mark.usefixtures("there")
def test_compressed_csv_is_read() -> None:
    Path("a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,x\n"))
    convert([Path("a.csv.gz")], Path("target.parquet"))
    assert duckdb.read_parquet("target.parquet").fetchall() == [(1, "x")]


@pytest.mark.usefixtures("there")
def test_files_are_put_together_by_the_names_of_their_columns() -> None:
    assert converted({"a.csv": "id,zip\n1,12345\n", "b.csv": "zip;id\n01234;2\n"}) == [(1, "12345"), (2, "01234")]


@pytest.mark.usefixtures("there")
def test_parquet_and_csv_can_be_put_together() -> None:
    relation("SELECT 2 AS id, 'b' AS name").write_parquet("b.parquet")
    Path("a.csv").write_text("name,id\na,1\n")
    found = convert([Path("b.parquet"), Path("a.csv")], Path("target.parquet"))
    assert duckdb.read_parquet("target.parquet").fetchall() == [("a", 1), ("b", 2)]
    assert found.row_count == 2


@pytest.mark.usefixtures("there")
def test_parquet_keeps_its_types() -> None:
    relation("SELECT 1.50::DECIMAL(9, 2) AS price, '2024-01-02 03:04:05'::TIMESTAMP AS at").write_parquet("a.parquet")
    convert([Path("a.parquet")], Path("target.parquet"))
    assert shape([Path("target.parquet")]).columns == (("price", "DECIMAL(9,2)"), ("at", "TIMESTAMP"))


@pytest.mark.usefixtures("there")
def test_file_given_twice_is_read_once() -> None:
    relation("SELECT 1 AS a").write_parquet("a.parquet")
    Path("b.csv").write_text("a\n2\n")
    files = [Path("a.parquet"), Path("b.csv")]
    assert convert(files * 2, Path("target.parquet")).row_count == 2


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("name", ["a[1].csv", "what?.csv", "a*.csv", "it's.csv"])
def test_name_is_no_pattern(name: str) -> None:
    Path("a1.csv").write_text("other\n1\n")
    assert converted({name: "a\n1\n"}) == [(1,)]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,x\n2,y,z\n", "Line: 3 Original Line: 2,y,z Expected Number of Columns: 2 Found: 3"),
        ("a,b\n1,x\n2\n", "Line: 3 Original Line: 2 Expected Number of Columns: 2 Found: 1"),
        ('a,b\n1,"x\n2,y\n', 'Line: 2 Original Line: 1,"x 2,y Value with unterminated quote found.'),
        ('a,b\n1,"x" y\n', 'Line: 2 Original Line: 1,"x" y Value with unterminated quote found.'),
    ],
    ids=["too many", "too few", "open quote", "text after a quote"],
)
def test_broken_line_is_named(text: str, reason: str) -> None:
    assert refused({"right.csv": "a,b\n1,x\n", "a.csv": text}) == f"a.csv: CSV Error on {reason}"


@pytest.mark.usefixtures("there")
def test_broken_line_far_down_is_named() -> None:
    rows = "".join(f"{number},x\n" for number in range(30_000))
    assert refused({"a.csv": f"a,b\n{rows}1,2,3\n"}).startswith("a.csv: CSV Error on Line: 30002 Original Line: 1,2,3 ")


@pytest.mark.usefixtures("there")
def test_reason_stays_short() -> None:
    assert len(refused({"a.csv": f"a,b\n{'x' * 10_000}\n"})) < 400


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.csv": ""}, "a.csv is empty"),
        ({"a.csv": "id,ID\n1,2\n"}, "a.csv has two columns named id"),
        ({"a.csv": "id, ,b\n1,2,3\n"}, "a.csv has no name for column 2 in its first line"),
        ({"a.xlsx": "x"}, "a.xlsx is neither CSV nor Parquet, by its name"),
        ({"a.parquet": "x"}, "a.parquet"),
        ({"a.csv": "a,b\n", "b.csv": "b,c\n"}, "b.csv has other columns than a.csv: no a, c"),
    ],
    ids=["empty", "repeated", "nameless", "other kind", "not Parquet", "other columns"],
)
def test_unusable_file_is_named(files: dict[str, str], reason: str) -> None:
    assert reason in refused(files)


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("name", ["gone.csv", "gone.parquet", "."])
def test_missing_file_is_named(name: str) -> None:
    with pytest.raises(DataError, match=f"there is no file {name}"):
        convert([Path(name)], Path("target.parquet"))


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"caf\xe9\n1\n", "a.csv is not UTF-8"),
        ("a.csv", b"cafe\n" + b"x\n" * 10_000 + b"\xe9\n", "a.csv: CSV Error on Line: 10002 .*not utf-8 encoded"),
        ("a.csv.gz", b"a\n1\n", "a.csv.gz cannot be read: Not a gzipped file"),
    ],
)
def test_file_of_another_encoding_is_named(name: str, content: bytes, reason: str) -> None:
    Path(name).write_bytes(content)
    with pytest.raises(DataError, match=reason):
        convert([Path(name)], Path("target.parquet"))


def test_header_is_the_first_line(there: Path) -> None:
    (there / "a.csv").write_text('"a;b",c\n1;2;3;4,x\n')
    assert read_header(there / "a.csv").columns == ("a;b", "c")
