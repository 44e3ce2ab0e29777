"""What the preview says of all rows, whichever way they are found and written."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.engine import summaries
from backend.engine.budget import Limits
from backend.engine.first_rows import CELL_LENGTH, cell
from tests.backend.engine.exports import export, parquet
from tests.backend.fakes import FakeDatasetStore

ROWS = 40
"""More than are counted whole, in the tests of long results."""


@pytest.fixture
def few_first_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the values of ten rows of a column, of five of two."""
    monkeypatch.setattr(summaries, "FIRST_VALUES", 10)
    monkeypatch.setattr(summaries, "FEW", 1.5)


def summaries_of(sql: str, *files: str, **options: Any) -> list[dict[str, Any] | None]:
    """Return the summaries of a query's columns; `files` are the queries for those of the dataset `d`."""
    contents = {f"d/{n}.parquet": parquet(file) for n, file in enumerate(files)}
    preview = export(sql, FakeDatasetStore(contents), datasets=("d",) if files else (), **options).preview
    return [column.get("summary") for column in preview["columns"]]


def values(expressions: Sequence[str]) -> str:
    """Return a SELECT of one column, `c`, of so many rows."""
    return " UNION ALL ".join(f"SELECT {each} AS c" for each in expressions)


CASES = [
    (["NULL::INT"], (0, 1, 0, None, None)),
    (["3", "1", "NULL", "1"], (3, 1, 2, 1, 3)),
    (["9007199254740993", "1"], (2, 0, 2, 1, "9007199254740993")),
    (["-1701411834604692317316873037158::HUGEINT", "10"], (2, 0, 2, "-1701411834604692317316873037158", 10)),
    (["18446744073709551615::UBIGINT", "3"], (2, 0, 2, 3, "18446744073709551615")),
    (["0.10::DECIMAL(4, 2)", "2", "10"], (3, 0, 3, "0.10", "10.00")),
    (["0.1::FLOAT", "0.2::FLOAT"], (2, 0, 2, 0.1, 0.2)),
    (["'nan'::DOUBLE", "1.5", "NULL"], (2, 1, 2, 1.5, 1.5)),
    (["'nan'::DOUBLE", "'nan'::DOUBLE"], (2, 0, 1, None, None)),
    (["'inf'::DOUBLE", "'-inf'::DOUBLE", "0"], (3, 0, 3, "-inf", "inf")),
    (["-0.0::DOUBLE", "0.0"], (2, 0, 1, 0.0, 0.0)),
    (["true", "false", "NULL"], (2, 1, 2, False, True)),
    (["true", "true"], (2, 0, 1, True, True)),
    (["NULL::BOOLEAN"], (0, 1, 0, None, None)),
    (["'b'", "''", "NULL", "'a'", "'B'", "'é'"], (4, 2, 4, "B", "é")),
    (["''", "''"], (0, 2, 0, None, None)),
    (["repeat('x', 400)", "repeat('y', 400)"], (2, 0, 2, "x" * 299 + "…", "y" * 299 + "…")),
    (["repeat('x', 20000)", "'a'"], (2, 0, 2, "a", "x" * 299 + "…")),
    (["DATE '2013-01-01'", "DATE '0044-03-15 (BC)'", "NULL"], (2, 1, 2, "0044-03-15 (BC)", "2013-01-01")),
    (["DATE 'infinity'", "DATE '2013-01-01'"], (2, 0, 2, "2013-01-01", "infinity")),
    (["TIME '05:15:00'", "TIME '23:00:00'"], (2, 0, 2, "05:15:00", "23:00:00")),
    (["TIMETZ '05:15:00+01'", "TIMETZ '23:00:00+00'"], (2, 0, 2, "05:15:00+01", "23:00:00+00")),
    (["TIMESTAMP '2013-01-01 05:15:00'", "NULL"], (1, 1, 1, "2013-01-01 05:15:00", "2013-01-01 05:15:00")),
    (["TIMESTAMP_NS '2013-01-01 05:15:00'", "NULL"], (1, 1, 1, "2013-01-01 05:15:00", "2013-01-01 05:15:00")),
    (["TIMESTAMPTZ '2013-01-01 05:15:00+01'"], (1, 0, 1, "2013-01-01 04:15:00+00", "2013-01-01 04:15:00+00")),
    (["'b'::ENUM('b', 'a')", "'a'::ENUM('b', 'a')"], (2, 0, 2, "a", "b")),
    (["UUID '00000000-0000-0000-0000-00000000000b'"], (1, 0, 1, *["00000000-0000-0000-0000-00000000000b"] * 2)),
    (["[1, 2]", "[1, 2]", "[10]", "NULL"], (3, 1, 2, None, None)),
    (["{'a': 1}", "{'a': 2}"], (2, 0, 2, None, None)),
    (["'\\xFF'::BLOB", "''::BLOB"], (1, 1, 1, None, None)),
    (["INTERVAL '1 month'", "INTERVAL '2 days'"], (2, 0, 2, None, None)),
]  # fmt: skip
"""Values, and of them: filled, empty, distinct, least, greatest."""


@pytest.mark.parametrize(("is_long", "format_"), [(False, "csv"), (True, "csv"), (True, "parquet")])
@pytest.mark.parametrize(("expressions", "expected"), CASES, ids=[expressions[0] for expressions, _ in CASES])
def test_summary_says_what_is_in_all_rows(
    expressions: list[str],
    expected: tuple[Any, ...],
    is_long: bool,  # noqa: FBT001  a case
    format_: str,
    request: pytest.FixtureRequest,
) -> None:
    times = 1
    if is_long:
        request.getfixturevalue("few_first_rows")
        times = 12
    (summary,) = summaries_of(f"SELECT c FROM ({values(expressions)}), range({times})", format=format_)
    filled, empty, distinct, least, greatest = expected
    told = {
        "filled": filled * times,
        "empty": empty * times,
        "distinct": distinct,
        "least": least,
        "greatest": greatest,
    }
    assert summary == {name: value for name, value in told.items() if value is not None}
    assert str(summary.get("least")) != "-0.0"


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("files", [1, 3])
@pytest.mark.usefixtures("few_first_rows")
def test_long_dataset_is_summarized_without_reading_it_again(files: int, format_: str) -> None:
    rows = (
        "SELECT range AS n, nullif(range, 7) AS m, 'v' || range AS t, range % 2 = 0 AS b, range / 4 AS f,"
        " range::DECIMAL(9, 2) AS d, NULL::DATE AS nothing FROM range({})"
    )
    queries = [rows.format(f"{n * ROWS}, {n * ROWS + ROWS}") for n in range(files)]
    last = files * ROWS - 1
    assert summaries_of("SELECT * FROM d", *queries, format=format_) == [
        {"filled": last + 1, "empty": 0, "least": 0, "greatest": last},
        {"filled": last, "empty": 1, "least": 0, "greatest": last},
        {"filled": last + 1, "empty": 0, "least": "v0", "greatest": max(f"v{n}" for n in range(last + 1))},
        {"filled": last + 1, "empty": 0, "distinct": 2, "least": False, "greatest": True},
        {"filled": last + 1, "empty": 0, "least": 0.0, "greatest": last / 4},
        {"filled": last + 1, "empty": 0, "least": "0.00", "greatest": f"{last}.00"},
        {"filled": 0, "empty": last + 1},
    ]


@pytest.mark.parametrize("format_", ["csv", "parquet"])
@pytest.mark.usefixtures("few_first_rows")
def test_summary_fetches_nothing_of_a_dataset(format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = parquet("SELECT range AS n, hash(range) AS h, nullif('v' || range, 'v7') AS t FROM range(300_000)")
    fetched = []
    for is_summarized in (True, False):
        if not is_summarized:
            monkeypatch.setattr(summaries, "extents_of", lambda *_: {})
        store = FakeDatasetStore({"d/a.parquet": content})
        made = export("SELECT * FROM d", store, datasets=("d",), format=format_)
        assert ("summary" in made.preview["columns"][2]) == is_summarized
        fetched.append(set(store.ranges))  # two readers share a DuckDB: the file's end is read once or twice
    assert fetched[0] == fetched[1]


@pytest.mark.parametrize(
    ("sql", "summarized"),
    [
        ("SELECT n, t FROM d", ["n", "t"]),
        ("SELECT n AS t, t AS n FROM d", None),
        ("SELECT n + 1 AS n, t FROM d", []),
        ("SELECT n::INTEGER AS n, t FROM d", []),
        ("SELECT t, n FROM d", []),
    ],
)
@pytest.mark.usefixtures("few_first_rows")
def test_column_that_is_computed_from_a_long_dataset_has_none(sql: str, summarized: list[str] | None) -> None:
    file = "SELECT range AS n, 'v' || range AS t FROM range(40)"
    found = summaries_of(sql, file)
    if summarized is None:
        assert [summary["greatest"] for summary in found if summary] == [39, "v9"]
    else:
        assert [summary is not None for summary in found] == [name in summarized for name in ("n", "t")]


@pytest.mark.parametrize(
    ("files", "is_told"),
    [
        (["SELECT 'v' AS c FROM range(40)", "SELECT '' AS c"], False),
        (["SELECT repeat('v', 20000) AS c FROM range(40)"], False),
        (["SELECT 1.5::DOUBLE AS c FROM range(40)", "SELECT 'nan'::DOUBLE AS c"], False),
        (["SELECT 1.5::DOUBLE AS c FROM range(40)", "SELECT 'inf'::DOUBLE AS c"], False),
        (["SELECT '9' AS c FROM range(40)", "SELECT 10 AS c"], False),
        (["SELECT 9 AS c FROM range(40)", "SELECT '10' AS c"], False),
        (["SELECT [1] AS c FROM range(40)"], False),
        (["SELECT 9 AS c FROM range(40)", "SELECT NULL::INTEGER AS c"], True),
    ],
)
@pytest.mark.usefixtures("few_first_rows")
def test_statistics_that_do_not_tell_are_not_believed(files: list[str], is_told: bool) -> None:  # noqa: FBT001
    (summary,) = summaries_of("SELECT * FROM d", *files)
    assert (summary is not None) == is_told


@pytest.mark.usefixtures("few_first_rows")
def test_column_is_not_taken_for_the_member_of_a_struct() -> None:
    file = """SELECT {'b': 99} AS a, range AS "a, b" FROM range(40)"""
    assert summaries_of("SELECT * FROM d", file) == [None, None]


@pytest.mark.usefixtures("few_first_rows")
def test_many_values_are_counted_among_the_first_rows_alone() -> None:
    few, many = summaries_of("SELECT range // 8 AS few, range AS many FROM range(40)", order=("many",))
    assert few == {"filled": 40, "empty": 0, "distinct": 5, "least": 0, "greatest": 4}
    assert many == {
        "filled": 40, "empty": 0, "distinct": 5, "distinctIsLowerBound": True, "least": 0, "greatest": 39,
    }  # fmt: skip


def test_values_of_a_report_of_usual_size_are_all_counted() -> None:
    rows = 20_000
    columns = ", ".join(f"range AS n{n}" for n in range(10))
    told = {"filled": rows, "empty": 0, "distinct": rows, "least": 0, "greatest": rows - 1}
    assert summaries_of(f"SELECT {columns} FROM range({rows})") == [told] * 10


@pytest.mark.parametrize("count", [0, 1])
def test_report_of_no_rows_has_summaries(count: int) -> None:
    (number, text) = summaries_of(f"SELECT 1 AS n, NULL AS t FROM range({count})")
    assert number == {"filled": count, "empty": 0, "distinct": count} | ({"least": 1, "greatest": 1} if count else {})
    assert text == {"filled": 0, "empty": count, "distinct": 0}


@pytest.mark.parametrize("is_long", [False, True])
def test_every_column_of_a_wide_report_has_its_own(is_long: bool, request: pytest.FixtureRequest) -> None:  # noqa: FBT001
    if is_long:
        request.getfixturevalue("few_first_rows")
    columns = ", ".join(f'range + {n} AS "c ""{n}"' for n in range(100))
    found = summaries_of(f"SELECT {columns} FROM range(20)")
    assert [summary and summary["least"] for summary in found] == list(range(100))


def test_report_is_made_where_its_values_are_too_many_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> list[tuple[Any, ...]]:
        raise duckdb.OutOfMemoryException("no room")

    def asked(statement: str) -> list[tuple[Any, ...]]:
        return refuse() if "list_unique" in statement else [(3, 1, 3)]

    summarize = summaries.summarize
    monkeypatch.setattr("backend.engine.finding.in_duckdb.summarize", lambda _, *others: summarize(asked, *others))
    assert summaries_of("SELECT range + 1 AS n FROM range(3)") == [
        {"filled": 3, "empty": 0, "least": 1, "greatest": 3},
    ]


@pytest.mark.slow
def test_long_report_with_little_memory_is_summarized() -> None:
    sql = "SELECT 'a long text of many values ' || range // 3 AS t, range AS n FROM range(400_000)"
    text, number = summaries_of(sql, order=("n",), limits=Limits(memory_mb=64, storage_mb=512, threads=1))
    assert text is not None
    assert number is not None
    assert (text["filled"], number["greatest"]) == (400_000, 399_999)


def sample() -> dict[str, Any]:
    columns = export("SELECT (range * 0.5)::DECIMAL(9, 2) AS a FROM range(3)").preview["columns"]
    return dict(columns[0])


def test_summary_stands_with_its_column() -> None:
    assert sample() == {
        "name": "a",
        "type": "decimal",
        "format": {"code": "#,##0.00", "decimals": 2, "isGrouped": True},
        "summary": {"filled": 3, "empty": 0, "distinct": 3, "least": "0.00", "greatest": "1.00"},
    }


KINDS = {
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "DOUBLE": st.floats(),
    "VARCHAR": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=400),
    "DATE": st.dates(date(1, 1, 1), date(9999, 12, 31)),
    "BOOLEAN": st.booleans(),
    "INTERVAL": st.integers(0, 10).map(lambda days: timedelta(days=days)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_values_are_summarized_alike_however_they_are_written(
    kind: str, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_values = data.draw(st.lists(st.none() | KINDS[kind], min_size=1, max_size=8))
    expected = summary_of(given_values)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t (c {kind})")
        connection.executemany("INSERT INTO t VALUES (?)", [[each] for each in given_values])
        literals = [f"({each})" for (each,) in connection.execute(f"SELECT {LITERAL} FROM t").fetchall()]
    sql = f"SELECT c::{kind} AS c FROM (VALUES {', '.join(literals)}) AS v(c)"
    for name, value, format_ in (
        ("FEW", 0, "csv"),
        ("LISTED_ROWS", 0, "csv"),
        ("FIRST_VALUES", 0, "csv"),
        ("FIRST_VALUES", 0, "parquet"),
    ):
        monkeypatch.setattr(summaries, name, value)
        (summary,) = summaries_of(sql, format=format_)
        assert summary is not None
        assert summary == {name: value for name, value in expected.items() if value is not None}


LITERAL = "coalesce('''' || replace(c::VARCHAR, '''', '''''') || '''', 'NULL')"


def summary_of(given_values: Sequence[Any]) -> dict[str, Any]:
    """Return the summary as Python reckons it."""
    filled = [each for each in given_values if each is not None and each != ""]
    ordered = [each for each in filled if not isinstance(each, timedelta)]
    ordered = [each for each in ordered if not (isinstance(each, float) and math.isnan(each))]
    ordered.sort(key=lambda each: each.encode() if isinstance(each, str) else each)
    least, greatest = (told(ordered[0]), told(ordered[-1])) if ordered else (None, None)
    return {
        "filled": len(filled),
        "empty": len(given_values) - len(filled),
        "distinct": len({str(each + 0.0) if isinstance(each, float) else each for each in filled}),
        "least": least,
        "greatest": greatest,
    }


def told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= CELL_LENGTH else value[: CELL_LENGTH - 1] + "…"
    return cell(value + 0.0 if isinstance(value, float) else value)
