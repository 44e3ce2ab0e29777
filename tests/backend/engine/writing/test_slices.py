"""Files made in slices, of a dataset's own rows and of gathered ones: the same as if made at once."""

import io
import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from backend.engine import rows
from backend.engine.datasets import DatasetFile, DatasetStore
from backend.engine.duck.sandbox import dataset_view
from backend.engine.finding.in_duckdb import DuckFinding
from backend.engine.rows import Rows
from backend.engine.tuning import Tuning
from backend.formats.csv import CsvWriter
from backend.formats.file import Document, Write
from backend.formats.writer import Writer, tapering_slices
from backend.formats.xlsx.workbook import XlsxWriter
from backend.service.ports import DefinitionFailed, StoreUnavailable
from tests.backend.engine import exports
from tests.backend.engine.exports import QUICK, Made, parquet
from tests.backend.fakes import FakeDatasetStore

pytestmark = pytest.mark.usefixtures("spills")

ROWS = 30_000
COLUMNS = "range AS n, 'text & ' || range AS t, (range * 0.25)::DECIMAL(12, 2) AS d"
FORMATS = pytest.mark.parametrize("format_", ["csv", "xlsx"])


def small(least: int = 3_000, most: int = 122_880, **thresholds: int) -> Tuning:
    """Return the thresholds for slices of so few rows that thirty thousand make several."""

    def open_writer(name: str, document: Document, write: Write) -> Writer[Any]:
        if name == "csv":
            return CsvWriter(document, write, slice_rows=(least, most))
        return XlsxWriter(document, write, slice_rows=(least, most))

    return replace(QUICK, open_writer=open_writer, **thresholds)


def export(sql: str, store: DatasetStore | None = None, tuning: Tuning | None = None, **asked: Any) -> Made:
    return exports.export(sql, store, tuning=tuning or small(), **asked)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Rows]:
    """Collect where rows are found."""
    places: list[Rows] = []
    find = DuckFinding.rows

    def watched(*args: Any, **named: Any) -> Rows:
        places.append(find(*args, **named))
        return places[-1]

    monkeypatch.setattr(DuckFinding, "rows", watched)
    return places


@pytest.fixture
def store() -> FakeDatasetStore:
    """Give numbers in order, in files of different sizes, one of them empty."""
    ends = itertools.pairwise([0, 10, 10, 12_000, ROWS])
    return stored(*(f"SELECT {COLUMNS} FROM range({first}, {end})" for first, end in ends))


def stored(*files: str) -> FakeDatasetStore:
    contents = (parquet(sql, ", ROW_GROUP_SIZE 2048") for sql in files)
    return FakeDatasetStore({f"numbers/{n}.parquet": content for n, content in enumerate(contents)})


def cells(made: Made, format_: str) -> list[list[str]]:
    """Return the rows, as text."""
    if format_ == "csv":
        return made.rows
    sheets = python_calamine.load_workbook(io.BytesIO(made.data))
    found = (row for name in sheets.sheet_names[:-1] for row in sheets.get_sheet_by_name(name).to_python()[1:])
    return [[f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in row] for row in found]


def expected(numbers: Sequence[int]) -> list[list[str]]:
    return [[str(n), f"text & {n}"] for n in numbers]


@FORMATS
@pytest.mark.parametrize(
    "sql", ["SELECT * EXCLUDE (d) FROM numbers", "SELECT n, 'text & ' || n AS t FROM main.numbers"]
)
def test_rows_of_a_dataset_are_written_from_there(
    sql: str, format_: str, store: FakeDatasetStore, found: list[Rows]
) -> None:
    made = export(sql, store, datasets=("numbers",), format=format_)
    assert cells(made, format_) == expected(range(ROWS))
    assert found[0].ends


@FORMATS
@pytest.mark.parametrize("name", ["memory.main.numbers", "MEMORY.Main.numbers"])
def test_rows_of_a_dataset_that_is_called_by_its_whole_name_are_all_there_once(
    name: str, format_: str, store: FakeDatasetStore
) -> None:
    made = export(f"SELECT n, 'text & ' || n AS t FROM {name}", store, datasets=("numbers",), format=format_)
    assert cells(made, format_) == expected(range(ROWS))


@pytest.mark.parametrize("large_file_rows", [1, 2_000, 1_000_000])
def test_slices_begin_and_end_in_any_file(large_file_rows: int, found: list[Rows]) -> None:
    ends = itertools.pairwise([0, 700, 700, 3_500, 3_600, 9_000, 9_001, 9_900, 20_000, 20_000])
    store = stored(*(f"SELECT range AS n FROM range({first}, {end})" for first, end in ends))
    made = export("SELECT n FROM numbers", store, small(large_file_rows=large_file_rows), datasets=("numbers",))
    assert cells(made, "csv") == [[str(n)] for n in range(20_000)]
    assert (
        found[0].bounds
        == {
            1: [0, 700, 3_500, 3_600, 9_000, 9_001, 9_900, 20_000],
            2_000: [700, 3_500, 3_600, 9_000, 9_900, 20_000],
            1_000_000: [],
        }[large_file_rows]
    )


@pytest.mark.parametrize("large_file_rows", [1, 1_000_000])
def test_types_are_those_of_the_first_file(large_file_rows: int) -> None:
    store = stored("SELECT 0.5::DOUBLE AS n FROM range(5_000)", "SELECT 7::INTEGER AS n FROM range(5_000)")
    made = export("SELECT n FROM numbers", store, small(large_file_rows=large_file_rows), datasets=("numbers",))
    assert cells(made, "csv") == [["0.5"]] * 5_000 + [["7.0"]] * 5_000


def test_only_some_files_of_a_dataset_are_gathered(store: FakeDatasetStore, found: list[Rows]) -> None:
    made = export("SELECT n FROM read_parquet(['datasets://numbers/0.parquet'])", store, datasets=("numbers",))
    assert cells(made, "csv") == [[str(n)] for n in range(10)]
    assert not found[0].ends


@FORMATS
@pytest.mark.parametrize(
    ("sql", "numbers"),
    [
        ("SELECT n, t FROM numbers WHERE n % 2 = 0", range(0, ROWS, 2)),
        ("SELECT n, t FROM numbers LIMIT 20_000 OFFSET 5", range(5, 20_005)),
        ("SELECT n, t FROM (SELECT *, unnest([1, 2]) AS copy FROM numbers) WHERE copy = 2", range(ROWS)),
        ("SELECT max(n) AS n, any_value(t) AS t FROM numbers WHERE n = $least", range(7, 8)),
        ("SELECT n, t FROM numbers WHERE n < $least", range(7)),
        ("SELECT n, t FROM numbers WHERE n < 0", range(0)),
        ("SELECT n, t FROM numbers WHERE n < 15_000 UNION ALL FROM (SELECT n, t FROM numbers WHERE n < 15_000)", None),
        (
            "SELECT range AS n, 'text & ' || range AS t FROM range(20_000), (SELECT count(*) FROM numbers)",
            range(20_000),
        ),
    ],
)
def test_other_rows_are_gathered(
    sql: str, numbers: range | None, format_: str, store: FakeDatasetStore, found: list[Rows]
) -> None:
    binds = {"least": 7} if "$least" in sql else {}
    made = export(sql, store, datasets=("numbers",), binds=binds, format=format_)
    assert cells(made, format_) == expected([*range(15_000), *range(15_000)] if numbers is None else numbers)
    assert not found[0].ends


@FORMATS
def test_sorted_rows_are_gathered_in_order(format_: str, store: FakeDatasetStore) -> None:
    made = export("SELECT n, t FROM numbers", store, datasets=("numbers",), order=("n desc",), format=format_)
    assert cells(made, format_) == expected(range(ROWS - 1, -1, -1))


@FORMATS
@pytest.mark.parametrize("name", ["file_row_number", "FILE_INDEX"])
def test_dataset_may_have_the_columns_by_which_rows_are_found(name: str, format_: str) -> None:
    store = stored(*(f"SELECT 0 AS {name}, range AS n FROM range({n}, {n + 10_000})" for n in (0, 10_000)))
    made = export("SELECT n FROM numbers", store, datasets=("numbers",), format=format_)
    assert cells(made, format_) == [[str(n)] for n in range(20_000)]


@FORMATS
def test_values_that_parquet_does_not_keep_survive_the_gathering(format_: str) -> None:
    values = (
        "(range + 5)::HUGEINT AS h, INTERVAL (range) MINUTE AS i, [range, NULL, 2] AS l, {'a': 'x,' || range} AS s, "
        "TIMESTAMP_NS '2024-01-01 10:20:30.123456789' AS ns, '12:30:00+02'::TIMETZ AS z, "
        "gen.range::VARCHAR::BLOB AS b, "
        "'00000000-0000-0000-0000-000000000001'::UUID AS u, MAP {'k': range} AS m, '101'::BIT AS bits, "
        "(range % 2 || '')::ENUM ('0', '1') AS e, -170141183460469231731687303715884105727::HUGEINT AS least"
    )
    few = export(f"SELECT {values} FROM range(3) AS gen", format=format_, order=("h",))
    many = export(f"SELECT {values} FROM range(9_000) AS gen", format=format_, order=("h",))
    assert cells(many, format_)[:3] == cells(few, format_)
    first = cells(many, format_)[0]
    assert first[:4] == ["5", "00:00:00", "[0, NULL, 2]", "{'a': 'x,0'}"]
    assert first[6:8] + first[9:] == [
        "0",
        "00000000-0000-0000-0000-000000000001",
        "101",
        "0",
        "-170141183460469231731687303715884105727",
    ]


@pytest.mark.slow
@FORMATS
def test_same_bytes_whoever_is_first(format_: str, store: FakeDatasetStore) -> None:
    files = {export("SELECT * FROM numbers", store, datasets=("numbers",), format=format_).data for _ in range(5)}
    assert len(files) == 1


@FORMATS
def test_what_fails_in_one_slice_ends_all(format_: str, store: FakeDatasetStore) -> None:
    sql = "SELECT CASE WHEN n = 20_000 THEN error('late') ELSE n END AS n FROM numbers"
    with pytest.raises(DefinitionFailed, match="fails on the data"):
        export(sql, store, datasets=("numbers",), format=format_)


@FORMATS
def test_dataset_that_goes_away_while_slices_are_made_is_what_is_told(format_: str, store: FakeDatasetStore) -> None:
    away = StoreUnavailable("away")

    class Leaving(FakeDatasetStore):
        def read(self, file: DatasetFile, start: int, length: int) -> bytes:
            if threading.current_thread().name.startswith("slices"):
                raise away
            return super().read(file, start, length)

    leaving = Leaving(store.contents)
    with pytest.raises(StoreUnavailable) as caught:
        export("SELECT * FROM numbers", leaving, small(whole_file_bytes=0), datasets=("numbers",), format=format_)
    assert caught.value is away


def test_slice_that_lacks_rows_makes_no_report(store: FakeDatasetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(dataset: str, urls: Sequence[str], condition: str, layout: None) -> str:
        return dataset_view(dataset, urls, f"{condition} AND n <> 20_000", layout)

    monkeypatch.setattr(rows, "dataset_view", changed)
    with pytest.raises(RuntimeError, match=r"Of \S+ rows \S+ were written"):
        export("SELECT * FROM numbers", store, datasets=("numbers",))


@given(
    st.integers(0, 1_000), st.integers(0, 100), st.lists(st.integers(0, 1_000)), st.integers(1, 50), st.integers(50, 99)
)
def test_slices_are_all_rows_once_and_end_where_they_should(
    count: int, first: int, ends: list[int], least: int, most: int
) -> None:
    slices = tapering_slices(range(first, first + count), sorted(ends), least=least, most=most)
    assert [n for each in slices for n in each] == list(range(first, first + count))
    assert all(len(each) >= least for each in slices[:-1])
    assert all(len(each) < 2 * most for each in slices)
    near = all(end - before < most for before, end in itertools.pairwise([first, *sorted(ends), first + count]))
    if ends and near:
        assert {each.stop for each in slices[:-1]} <= {*ends}


@FORMATS
def test_one_large_row_group_is_cut_all_the_same(format_: str) -> None:
    content = parquet("SELECT range AS n FROM range(30_000)", ", ROW_GROUP_SIZE 30_720")
    store = FakeDatasetStore({"numbers/0.parquet": content})
    made = export("SELECT n FROM numbers", store, small(most=4_000), datasets=("numbers",), format=format_)
    assert cells(made, format_) == [[str(n)] for n in range(30_000)]
