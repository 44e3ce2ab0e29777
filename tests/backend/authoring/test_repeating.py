"""`reportwire check` on SELECTs that may say something else in every run, and on the way to write them instead."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from backend.authoring import checking
from backend.authoring.checking import Checked, check
from backend.authoring.directories import Directories
from backend.authoring.repeating import fingerprint
from backend.catalog.header import InvalidDefinition
from backend.engine.budget import Limits
from tests.backend.engine.exports import parquet

HEAD = """/*
title = "Title"
description = "What it says."
datasets = ["sales"]
order = ["g"]
*/
"""
FIRST_LINE = HEAD.count("\n") + 1


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return sales of which each value, each day and each shop is there more than once."""
    directory = tmp_path_factory.mktemp("datasets") / "sales"
    directory.mkdir()
    rows = """
        SELECT range AS id, range // 10 AS g, range % 5 AS day, 'shop ' || range % 7 AS shop, range % 2 AS tie,
            if(range % 2 = 0, '0', '-0')::DOUBLE AS zero, if(range % 3 = 0, NULL, []) AS x,
            (range % 10) / 10.0::DOUBLE AS amount, (range % 10 / 10)::DECIMAL(9, 1) AS exact, {'n': range} AS nested
        FROM range(100)
    """
    (directory / "a.parquet").write_bytes(parquet(rows))
    return {"sales": directory}


def checked(sql: str, datasets: Mapping[str, Path], directory: Path, head: str = HEAD) -> Checked:
    path = directory / "report.sql"
    path.write_text(head + sql)
    return check(path, Directories(datasets), date(2024, 5, 6))


AGGREGATES = {
    "string_agg(shop, ';')": "string_agg takes values as they come: write string_agg(… ORDER BY …)",
    "group_concat(shop)": "group_concat takes values as they come",
    "listagg(shop, ',')": "listagg takes values as they come",
    "list(id)": "list takes values as they come: write list(… ORDER BY …)",
    "array_agg(nested)": "array_agg takes values as they come",
    "list(DISTINCT shop)": "list takes values as they come",
    "json_group_array(id)": "json_group_array takes values as they come: make it of list(… ORDER BY …)",
    "json_group_object(id, id)": "json_group_object takes values as they come",
    "first(id)": "first takes any of several values: write first(… ORDER BY …), with what tells rows apart",
    "last(id)": "last takes any of several values",
    "any_value(shop)": "any_value takes any of several values",
    "Arbitrary(shop)": "arbitrary takes any of several values",
    "arg_max(id, tie)": "arg_max takes any of several values",
    "arg_min(id, tie)": "arg_min takes any of several values",
    "max_by(id, tie)": "max_by takes any of several values",
    "min_by(id, tie)": "min_by takes any of several values",
    "arg_max(id, day, 2)": "arg_max takes any of several values",
    "mode(shop)": "mode takes any of several values",
    "sum(amount)": "sum of doubles rounds at each step: write sum(…::DECIMAL(18, 2)), or more places",
    "avg(amount)": "avg of doubles rounds at each step",
    "stddev(amount)": "stddev rounds at each step: write stddev(…)::DECIMAL(12, 4), or fewer places",
    "arg_max(id, tie ORDER BY tie)": "arg_max takes values that tie as they come: put all that tells",
    "first(x)": "first takes any of several values",
    "corr(amount, id * 0.1::DOUBLE)": "corr rounds at each step: write corr(…)::DECIMAL",
    "max(id) || first(id)": "first takes any of several values",
}


@pytest.mark.parametrize("expression", AGGREGATES)
def test_aggregate_that_depends_on_the_order_of_rows_is_named_with_its_line(
    expression: str, datasets: Mapping[str, Path], tmp_path: Path
) -> None:
    sql = f"SELECT\n    g,\n    count(*) AS n,\n    {expression} AS found\nFROM sales\nGROUP BY g"
    with pytest.raises(InvalidDefinition) as caught:
        checked(sql, datasets, tmp_path)
    assert caught.value.line == FIRST_LINE + 3
    assert caught.value.reason.startswith('"found" is not the same when the data come in another order: ')
    assert AGGREGATES[expression] in caught.value.reason


@pytest.mark.parametrize(
    "expression",
    [
        "string_agg(shop, ';' ORDER BY id)",
        "list(id ORDER BY id)",
        "list_sort(list(id))",
        "to_json(list(id ORDER BY id))",
        "first(id ORDER BY day, id)",
        "any_value(g)",
        "any_value(shop ORDER BY id)",
        "arg_max(id, (tie, id))",
        "arg_max(id, tie ORDER BY id)",
        "arg_max(id, id)",
        "mode(shop ORDER BY shop)",
        "mode(g)",
        "sum(exact)",
        "sum(amount::DECIMAL(18, 2))",
        "avg(id)",
        "stddev(g)",
        "max(amount)",
        "count(DISTINCT shop)",
        "histogram(shop)::VARCHAR",
        "quantile_disc(amount, 0.5)",
        "median(amount)",
        "approx_count_distinct(shop)",
        "bit_xor(id)",
        "bool_and(tie = 0)",
    ],
)
def test_aggregate_that_does_not_is_right(expression: str, datasets: Mapping[str, Path], tmp_path: Path) -> None:
    sql = f"SELECT g, {expression} AS found FROM sales GROUP BY g"
    assert checked(sql, datasets, tmp_path) == Checked(10, is_repeated=True)


@pytest.mark.parametrize(
    ("sql", "line", "reason"),
    [
        (
            "SELECT DISTINCT ON (\ng) g, id FROM sales",
            2,
            '"id" is not the same when the data',
        ),
        ("SELECT id AS g FROM sales\nWHERE tie = 1 ORDER BY day LIMIT\n7", 3, "the rows are not the same"),
        ("SELECT id AS g FROM sales\nLIMIT\n7", 3, "LIMIT takes any of the rows that tie: put ORDER BY before it"),
        ("FROM (SELECT id AS g FROM sales ORDER BY day LIMIT\n7)", 2, "LIMIT takes any of the rows that tie"),
        ("SELECT id AS g FROM sales ORDER BY day OFFSET\n7", 2, "LIMIT takes any of the rows that tie"),
        (
            "SELECT id AS g,\nrow_number() OVER (ORDER BY day) AS n FROM sales",
            2,
            "row_number takes rows that tie",
        ),
        (
            "SELECT id AS g,\nlag(id) OVER (ORDER BY day) AS n FROM sales",
            2,
            "lag takes rows that tie",
        ),
        ("SELECT id AS g,\nfirst_value(id) OVER w AS n FROM sales WINDOW w AS (ORDER BY day)", 2, "first_value takes"),
        ("SELECT id AS g,\nsum(id) OVER (ORDER BY day ROWS 3 PRECEDING) AS n FROM sales", 2, "sum takes rows that tie"),
        ("SELECT id AS g,\nntile(3) OVER (ORDER BY day) AS n FROM sales", 2, "ntile takes rows that tie as they come"),
        ("SELECT id AS g, 1 AS n FROM sales\nQUALIFY row_number() OVER (PARTITION BY day) = 1", 2, "row_number takes"),
        (
            "WITH w AS (SELECT g,\nfirst(id) AS n FROM sales GROUP BY g)\nSELECT g, sum(n) AS n FROM w GROUP BY g",
            2,
            "first",
        ),
        (
            "SELECT s.id AS g, t.id AS n FROM sales AS s\nASOF JOIN sales AS t ON s.day >= t.day",
            2,
            "ASOF JOIN takes any",
        ),
        ("SELECT id AS g, count(*) OVER () AS n,\navg(amount) OVER () AS m FROM sales", 2, "avg of doubles rounds at"),
        ("SELECT id AS g,\nsum(amount) OVER (PARTITION BY day) AS n FROM sales", 2, '"n" is not the same'),
        ("SELECT g, any_value(g) AS f,\nsum(amount) AS s FROM sales GROUP BY g", 2, "sum of doubles rounds at each"),
        (
            "SELECT g,\nsum(amount) AS s FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM sales) GROUP BY g",
            2,
            "sum of doubles rounds at each",
        ),
        ("SELECT g, sum(tie) AS a,\nfirst(id) AS b, last(id) AS c FROM sales GROUP BY g", 2, '"b" and "c" are not the'),
        ("SELECT g, (SELECT id FROM sales AS s WHERE s.g = sales.g LIMIT\n1) AS n FROM sales GROUP BY g", 2, "LIMIT"),
    ],
)
def test_row_that_is_any_of_several_is_named_with_its_line(
    sql: str, line: int, reason: str, datasets: Mapping[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        checked(sql, datasets, tmp_path)
    assert caught.value.line == FIRST_LINE + line - 1
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT ON (g) g, id FROM sales ORDER BY g, id",
        "SELECT id AS g FROM sales ORDER BY day, id LIMIT 7",
        "SELECT id AS g, row_number() OVER (ORDER BY day, id) AS n FROM sales",
        "SELECT id AS g, rank() OVER (ORDER BY day) AS n, sum(id) OVER (ORDER BY day) AS m FROM sales",
        "SELECT g, count(*) AS n FROM (SELECT g FROM sales LIMIT 7) GROUP BY g HAVING n < 0",
        "SELECT Id AS g FROM Sales WHERE SHOP = 'shop 1'",
        "WITH Best AS (FROM main.sales) SELECT id AS g FROM best",
        "WITH sales AS (SELECT id AS g FROM sales) FROM sales",
    ],
)
def test_select_that_says_which_rows_is_right(sql: str, datasets: Mapping[str, Path], tmp_path: Path) -> None:
    assert checked(sql, datasets, tmp_path).is_repeated


def test_value_that_is_written_in_two_ways_is_no_order(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match="the order leaves 1 rows in any order"):
        checked("SELECT if(tie = 1, 'a', 'A') COLLATE NOCASE AS g FROM sales", datasets, tmp_path)
    with pytest.raises(InvalidDefinition, match="the order leaves 1 rows in any order"):
        checked("SELECT zero AS g FROM sales", datasets, tmp_path)


def test_rows_of_two_datasets_that_are_put_side_by_side_are_told(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    head = HEAD.replace('["sales"]', '["sales", "others"]')
    both = {**datasets, "others": datasets["sales"]}
    with pytest.raises(InvalidDefinition, match="not the same when the data come in another order"):
        checked("SELECT s.id AS g, o.id AS n FROM sales AS s POSITIONAL JOIN others AS o", both, tmp_path, head)


RECURSIVE = """
    WITH RECURSIVE c AS (
        SELECT min(id) AS g FROM sales UNION ALL SELECT (SELECT min(id) FROM sales WHERE id > c.g) FROM c WHERE c.g < 3
    )
    SELECT g FROM c
"""


def test_recursive_select_is_checked(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    assert checked(RECURSIVE, datasets, tmp_path).is_repeated


@pytest.mark.parametrize(
    ("sql", "row_count"),
    [("SELECT sum(id)::BIGINT AS n, max(day) AS d FROM sales", 1), ("SELECT id FROM sales WHERE id > 5 LIMIT 10", 10)],
)
def test_few_rows_need_no_order(sql: str, row_count: int, datasets: Mapping[str, Path], tmp_path: Path) -> None:
    head = HEAD.replace('["g"]', "[]")
    assert checked(sql, datasets, tmp_path, head).row_count == row_count


def test_order_of_the_data_is_kept_with_every_parameter(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    """With the default, the condition is none; else it is a join, which mixes rows."""
    every = '[parameters.every]\ntype = "boolean"\ntitle = "Every"\ndefault = true\n*/'
    head = HEAD.replace('["g"]', "[]").replace("*/", every)
    sql = "SELECT id FROM sales WHERE $every OR shop IN ('shop 1', 'shop 2', 'shop 3', 'shop 4', 'shop 5')"
    with pytest.raises(InvalidDefinition, match="the order must not be empty"):
        checked(sql, datasets, tmp_path, head)


def test_report_in_the_order_of_its_data_may_count_them(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    head = HEAD.replace('["g"]', "[]")
    sql = "SELECT row_number() OVER () AS n, id FROM sales WHERE id < 7"
    assert checked(sql, datasets, tmp_path, head) == Checked(7, is_repeated=True)


def test_parameter_may_be_written_in_capitals(datasets: Mapping[str, Path], tmp_path: Path) -> None:
    head = HEAD.replace("*/", '[parameters.most]\ntype = "integer"\ntitle = "Most"\ndefault = 3\n*/')
    assert checked("SELECT id AS g FROM sales WHERE id < $MOST", datasets, tmp_path, head).row_count == 3


def test_data_that_cannot_be_reordered_here_are_said_to_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales").mkdir()
    rows = "SELECT range AS id, hash(range)::VARCHAR || repeat('x', 100) AS text FROM range(400_000)"
    (tmp_path / "sales" / "a.parquet").write_bytes(parquet(rows))
    monkeypatch.setattr(checking, "LIMITS", Limits(memory_mb=48, storage_mb=8))
    (tmp_path / "report.sql").write_text(HEAD.replace('"g"', '"n"') + "SELECT count(*) AS n FROM sales")
    assert checking.run([tmp_path / "report.sql"], {"sales": tmp_path / "sales"}) == 0
    said = capsys.readouterr().out
    assert "right; 1 rows with the default parameters; not tried in every order of the data" in said


def test_disk_that_is_full_says_nothing_against_a_report(
    datasets: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter(range(9))

    def run_once(*args: Any) -> Any:
        if next(runs):
            raise duckdb.IOException("IO Error: Could not write file: No space left on device")
        return fingerprint(*args)

    monkeypatch.setattr(checking, "fingerprint", run_once)
    assert checked("SELECT id AS g FROM sales", datasets, tmp_path) == Checked(100, is_repeated=False)
