"""Somebody's own files as one Parquet file."""

import gzip
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets.conversion import convert, shape
from infra.local.errors import DataError


def relation(query: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(query)
    assert found is not None
    return found


CUT = "after column 2 there are empty cells without a name, which are left out"


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
    return convert([Path("a.csv")], Path("target.parquet")).shape.columns[0][1]


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
        (["12E45678"], "VARCHAR"),
        (["1e400"], "VARCHAR"),
        (["1e-400"], "VARCHAR"),
        (["-0"], "DOUBLE"),
        (["1", "-0"], "DOUBLE"),
        (["0.1", "0.30000000000000004"], "DOUBLE"),
        (["1234567890123.45", "99999999999999.99"], "DECIMAL(18,2)"),
        (["1234567890123456789.25"], "DECIMAL(21,2)"),
        (["12345678901234567890123456789012345678.9"], "VARCHAR"),
        (["9007199254740993", "1.5"], "DECIMAL(18,1)"),
        (["9223372036854775807", "1.5"], "DECIMAL(20,1)"),
        (["9007199254740993", "1e5"], "VARCHAR"),
        (["\u0661"], "VARCHAR"),
        (["1_000"], "VARCHAR"),
        (["inf"], "VARCHAR"),
        (["1" * 5_000], "VARCHAR"),
        (["0." + "1" * 5_000], "VARCHAR"),
        (["1\x1f2"], "VARCHAR"),
        (["1,5"], "VARCHAR"),
        (["1.000,50"], "VARCHAR"),
        (["true", "FALSE"], "BOOLEAN"),
        (["t", "f"], "VARCHAR"),
        (["2024-02-29"], "DATE"),
        (["2023-02-29"], "VARCHAR"),
        (["01/02/2024"], "VARCHAR"),
        (["2024-01-02 03:04", "2024-01-02T03:04:05.678901"], "TIMESTAMP"),
        (["2024-01-02T03:04:05Z", "2024-01-02T03:04:05+01:00"], "TIMESTAMP"),
        (["2024-01-02T03:04:05Z", "2024-01-02T03:04:05"], "VARCHAR"),
        (["2024-01-02T03:04:05+99:00"], "VARCHAR"),
        (["2024-01-02T24:00:00"], "VARCHAR"),
        (["0000-01-01"], "VARCHAR"),
        (["0001-01-01T00:00:00+14:00"], "VARCHAR"),
        (["2024-01-02", "2024-01-02 03:04:05"], "VARCHAR"),
        (["03:04", "23:59:59"], "TIME"),
        (["25:00"], "VARCHAR"),
        (["NaN"], "VARCHAR"),
        (["#1", "2"], "VARCHAR"),
        (["1", "", "2"], "BIGINT"),
        (["", ""], "VARCHAR"),
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
        ("a,b\n1,\n", [(1, None)]),
        ('"Revenue\nin EUR";"Cost\nin EUR"\n1;2\n', [(1, 2)]),
        ("a,b\r\n1,x\r\n2,y\n3,z\r4,w", [(1, "x"), (2, "y"), (3, "z"), (4, "w")]),
        ('a,b\r\n1,"x\r\ny"\n2,y\r\n', [(1, "x\r\ny"), (2, "y")]),
        ("a,b\n\n1,x\n\n\n2,y\n\n", [(1, "x"), (2, "y")]),
        ('a\n""\n1\n', [(None,), (1,)]),
        ("a;b\n1;x,y\n2;z\n", [(1, "x,y"), (2, "z")]),
        ("a,b\n1,it's 5\" wide\n", [(1, "it's 5\" wide")]),
        ("a,b\n1,x\0y\n", [(1, "x\0y")]),
        ("a,b\n#1,-- no comment\n", [("#1", "-- no comment")]),
        ("a,b\n1,NULL\n", [(1, "NULL")]),
        ("a,b\nx\u2028y,\x85z\x1c\n", [("x\u2028y", "\x85z\x1c")]),
        (f"a,b\n1,{'x' * 3_000_000}\n2,y\n", [(1, "x" * 3_000_000), (2, "y")]),
    ],
    ids=[
        "semicolon",
        "tab",
        "bar",
        "one column",
        "quoted header",
        "from Excel",
        "quoted",
        "empty cell",
        "folded names",
        "mixed line ends",
        "mixed line ends and quotes",
        "blank lines",
        "empty cell of one column",
        "comma in cells",
        "quote within a cell",
        "NUL",
        "hash",
        "NULL",
        "line ends of Unicode",
        "long cell",
    ],
)
def test_csv_is_read_as_it_is_written(text: str, rows: list[tuple[object, ...]]) -> None:
    assert converted({"a.csv": text}) == rows


@pytest.mark.usefixtures("there")
def test_compressed_csv_is_read() -> None:
    Path("a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,x\n"))
    Path("A.CSV.GZ").write_bytes(gzip.compress(b"a,b\n1,x\n"))
    convert([Path("a.csv.gz")], Path("target.parquet"))
    assert duckdb.read_parquet("target.parquet").fetchall() == [(1, "x")]
    convert([Path("A.CSV.GZ")], Path("target.parquet"))
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
    assert found.shape.row_count == 2


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
    assert convert(files * 2, Path("target.parquet")).shape.row_count == 2


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("name", ["a[1].csv", "what?.csv", "a*.csv", "it's.csv"])
def test_name_is_no_pattern(name: str) -> None:
    Path("a1.csv").write_text("other\n1\n")
    assert converted({name: "a\n1\n"}) == [(1,)]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,x\n2,y,z\n", "line 3 has 3 cells, and the first line 2: 2 y z"),
        ("a,b\n1,x\n2\n", "line 3 has 1 cells, and the first line 2: 2"),
        ('a,b\n1,"x\ny"\n\n2\n', "line 5 has 1 cells, and the first line 2: 2"),
        ('a,b\n1,"x\n2,y\n', "a quote is not closed, in line 3"),
        ('a,b\n1,"x" y\n', "text stands after a closing quote, in line 2"),
    ],
    ids=["too many", "too few", "too few after a folded line", "open quote", "text after a quote"],
)
def test_broken_line_is_named(text: str, reason: str) -> None:
    assert refused({"right.csv": "a,b\n1,x\n", "a.csv": text}) == f"a.csv: {reason}"


@pytest.mark.usefixtures("there")
def test_broken_line_far_down_is_named() -> None:
    rows = "".join(f"{number},x\n" for number in range(30_000))
    assert refused({"a.csv": f"a,b\n{rows}1,2,3\n"}) == "a.csv: line 30,002 has 3 cells, and the first line 2: 1 2 3"


@pytest.mark.usefixtures("there")
def test_reason_stays_short() -> None:
    assert len(refused({"a.csv": f"a,b\n{'x' * 10_000}\n"})) < 400


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.csv": ""}, "a.csv is empty"),
        ({"a.csv": "a,b\n"}, "a.csv has no row, only the names of columns"),
        ({"a.csv": "\n\n"}, "a.csv is empty"),
        ({"a.csv": ",,\n1,2,3\n"}, "a.csv names no column in its first line"),
        ({"a.csv": "id, ,b\n1,2,3\n"}, "a.csv has no name for column 2 in its first line"),
        ({"a.xlsx": "x"}, "a.xlsx is neither CSV nor Parquet, by its name"),
        ({"a.parquet": "x"}, "a.parquet"),
        ({"a.csv": "a,b\n", "b.csv": "b,c\n"}, "b.csv has other columns than a.csv: no a, c"),
    ],
    ids=["empty", "names alone", "blank", "no names", "nameless", "other kind", "not Parquet", "other columns"],
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
        ("a.csv", b"cafe\n" + b"x\n" * 100_000 + b"\xe9\n", "a.csv is not UTF-8: 0xe9 is no character of it"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), "a.csv is not UTF-8: 0xff is no character of it"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "a.csv is UTF-16, as it seems. Save it as UTF-8"),
        ("a.csv.gz", b"a\n1\n", "a.csv.gz cannot be read: Not a gzipped file"),
        ("a.CSV.GZ", gzip.compress(b"a\n1\n")[:-9], "a.CSV.GZ cannot be read: Compressed file ended"),
        ("a.csv.gz", gzip.compress(b"a\n1\n")[:-8] + bytes(8), "a.csv.gz cannot be read: CRC check failed"),
    ],
    ids=["Latin 1", "far down", "UTF-16", "UTF-16 without a mark", "no gzip", "cut gzip", "broken gzip"],
)
def test_file_of_another_encoding_is_named(name: str, content: bytes, reason: str) -> None:
    Path(name).write_bytes(content)
    with pytest.raises(DataError, match=reason):
        convert([Path(name)], Path("target.parquet"))


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "delimiters"),
    [
        ("Produkt;Preis, EUR\nA;1,50\nB;2,75\n", "a comma and a semicolon"),
        ("a;b,c\td\n1;2,3\t4\n", "a comma and a semicolon and a tab"),
    ],
)
def test_file_that_fits_two_delimiters_says_which_are_meant(text: str, delimiters: str) -> None:
    assert (
        refused({"a.csv": text})
        == f"a.csv makes sense with {delimiters} between its cells. Say which, with --delimiter"
    )
    convert([Path("a.csv")], Path("target.parquet"), delimiter=";")
    assert duckdb.read_parquet("target.parquet").fetchall()[0][0] in {"A", 1}


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "columns", "notes"),
    [
        (",a\n1,2\n", ["row", "a"], ["column 1 has no name, and is called row"]),
        (
            ",,ROW\n1,2,3\n",
            ["row_2", "row_3", "ROW"],
            ["column 1 has no name, and is called row_2", "column 2 has no name, and is called row_3"],
        ),
        (
            "id,ID,id_2,id\n1,2,3,4\n",
            ["id", "ID_3", "id_2", "id_4"],
            ["column 2 is another ID, and is called ID_3", "column 4 is another id, and is called id_4"],
        ),
        ("a,b,\n1,2,\n", ["a", "b"], [CUT]),
        ("a,b,,\n1,2,,\n3,4,,\n", ["a", "b"], [CUT]),
        ('a,b,\n1,"2",\n', ["a", "b"], [CUT]),
        ("stra\u00dfe,strasse\n1,2\n", ["stra\u00dfe", "strasse"], []),
        ("\ufeff\ufeffa,price desc\n1,2\n", ["a", "price desc"], []),
    ],
)
def test_names_that_were_made_up_are_told(text: str, columns: list[str], notes: list[str]) -> None:
    Path("a.csv").write_text(text, newline="")
    found = convert([Path("a.csv")], Path("target.parquet"))
    assert [name for name, _ in found.shape.columns] == columns
    assert list(found.notes) == ["CSV with a comma between its cells", *(f"a.csv: {note}" for note in notes)]


@pytest.mark.usefixtures("there")
def test_cell_after_the_last_name_is_no_end_of_a_line() -> None:
    assert refused({"a.csv": "a,b,\n1,2,\n1,2,3\n"}) == "a.csv has no name for column 3 in its first line"


@pytest.mark.usefixtures("there")
def test_column_is_kept_as_text_if_asked() -> None:
    Path("a.csv").write_text("a,b\n1.10,2\n")
    convert([Path("a.csv")], Path("target.parquet"), as_text=["a"])
    assert duckdb.read_parquet("target.parquet").fetchall() == [("1.10", 2)]
    with pytest.raises(DataError, match="no CSV file has a column c"):
        convert([Path("a.csv")], Path("target.parquet"), as_text=["c"])


@pytest.mark.usefixtures("there")
def test_same_file_by_two_paths_is_read_once() -> None:
    Path("a.csv").write_text("a\n1\n")
    Path("link.csv").symlink_to("a.csv")
    files = [Path("a.csv"), Path.cwd() / "a.csv", Path("link.csv")]
    assert convert(files, Path("target.parquet")).shape.row_count == 1


@pytest.mark.usefixtures("there")
def test_parquet_with_more_digits_than_duckdb_keeps_is_refused() -> None:
    relation("SELECT 1::DECIMAL(38, 0) AS precise").write_parquet("a.parquet")
    content = Path("a.parquet").read_bytes()
    before, name, footer = content.rpartition(b"precise\x25")
    raised = footer.replace(bytes([38 * 2]), bytes([50 * 2]))  # integers of the footer are zigzag
    assert raised != footer
    Path("a.parquet").write_bytes(before + name + raised)
    with pytest.raises(DataError, match=r"a\.parquet has decimals of 50 digits in precise: 38 are the most"):
        convert([Path("a.parquet")], Path("target.parquet"))
