import duckdb
import pytest

from backend.authoring.inspection import Inspection, fickle_functions, inspect
from backend.authoring.syntax import InvalidSql, tree_of


def inspected(sql: str) -> Inspection:
    with duckdb.connect(":memory:") as connection:
        return inspect(tree_of(connection, sql), fickle_functions(connection))


@pytest.mark.parametrize(
    ("sql", "tables", "binds"),
    [
        ("SELECT 1", "", ""),
        ("SELECT 1; -- done", "", ""),
        ("VALUES (1)", "", ""),
        ("FROM flights", "flights", ""),
        ("SELECT * FROM flights AS f, planes p WHERE f.a = $a AND $b IS NULL", "flights planes", "a b"),
        ("SELECT (SELECT max(n) FROM deep), $p", "deep", "p"),
        ("SELECT * FROM a JOIN b USING (x) LEFT JOIN (SELECT * FROM c) AS d ON d.x = a.x", "a b c", ""),
        ("SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b) AND x IN (SELECT x FROM c)", "a b c", ""),
        ("SELECT x FROM a UNION ALL SELECT x FROM b EXCEPT SELECT x FROM c", "a b c", ""),
        ("WITH w AS (SELECT * FROM a) SELECT * FROM w", "a", ""),
        ("WITH w AS (WITH v AS (FROM a) FROM v) SELECT * FROM w", "a", ""),
        ("WITH Top AS (FROM Airlines) SELECT * FROM top", "Airlines", ""),
        ('WITH "\u00c9" AS (FROM a) SELECT * FROM "\u00c9", "\u00e9"', "a \u00e9", ""),
        ("WITH flights AS (SELECT * FROM flights) SELECT * FROM flights", "flights", ""),
        ("WITH a AS (FROM b), b AS (FROM c) SELECT * FROM a, b", "b c", ""),
        ("WITH w AS (FROM a) SELECT * FROM main.w", "a w", ""),
        ("SELECT * FROM (WITH w AS (FROM a) FROM w), w", "a w", ""),
        ("(WITH w AS (FROM a) FROM w) UNION ALL FROM w", "a w", ""),
        ("WITH w AS (FROM a) (FROM w UNION ALL SELECT 1 WHERE EXISTS (FROM W))", "a", ""),
        ("SELECT (WITH q AS (FROM z) SELECT max(x) FROM Q)", "z", ""),
        ("WITH w AS MATERIALIZED (FROM a), v AS NOT MATERIALIZED (FROM w) FROM v", "a", ""),
        ("SELECT * FROM main.airlines, memory.main.planes, memory.flights", "airlines planes flights", ""),
        ("WITH RECURSIVE R(n) USING KEY (n) AS (SELECT 1 UNION ALL SELECT n FROM r) FROM recurring.r", "", ""),
        ("WITH RECURSIVE w AS (FROM w) FROM w", "w", ""),
        ("FROM t PIVOT (sum(x) FOR y IN (1, 2))", "t", ""),
        ("FROM a SEMI JOIN b USING (x) ASOF JOIN c ON a.n >= c.n", "a b c", ""),
        ("SELECT a.* FROM a, json_each(a.doc), json_tree(a.doc), Range(3)", "a", ""),
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < $most) FROM r", "", "most"),
        ("SELECT n FROM range($n) AS r(n), unnest([1]), generate_series(1, 2)", "", "n"),
        ("SELECT count(*) OVER w FROM t WINDOW w AS (ORDER BY $q)", "t", "q"),
        ("SELECT * FROM t LIMIT $n OFFSET $m", "t", "m n"),
        ("SELECT '$no' || $yes -- $never\n/* $nor */", "", "yes"),
        ("SELECT $a, $a", "", "a"),
        ("SELECT $1", "", "1"),
        ("SELECT $Q", "", "Q"),
        ("SELECT " + "+".join(["$n"] * 990) + " FROM t", "t", "n"),
        ("SELECT * FROM " + "(SELECT * FROM " * 900 + "t" + ")" * 900, "t", ""),
        ("SELECT * FROM s.t", "s.t", ""),
        ("SELECT * FROM 'file.csv'", "file.csv", ""),
        ('SELECT "\u00e4" FROM "\u00fcn\u00ef"', "\u00fcn\u00ef", ""),
    ],
)
def test_it_is_known_what_a_select_refers_to(sql: str, tables: str, binds: str) -> None:
    found = inspected(sql)
    assert set(found.tables) == set(tables.split())
    assert set(found.binds) == set(binds.split())


@pytest.mark.parametrize(
    ("sql", "line", "reason"),
    [
        ("", 1, "exactly one SELECT"),
        ("-- nothing", 1, "exactly one SELECT"),
        ("SELECT 1; SELECT 2", 1, "exactly one SELECT"),
        ("DELETE FROM t", 1, "exactly one SELECT"),
        ("CREATE TABLE t AS SELECT 1", 1, "exactly one SELECT"),
        ("COPY (SELECT 1) TO 'x'", 1, "exactly one SELECT"),
        ("SET threads = 1", 1, "exactly one SELECT"),
        ("EXPLAIN SELECT 1", 1, "exactly one SELECT"),
        ("PIVOT t ON a USING sum(b)", 1, "exactly one SELECT"),
        ("\n\nSELEC 1", 3, '"SELEC"'),
        ("SELECT 1,\n\n  2 3 4\nFROM t", 3, '"3"'),
        ("SELECT 1) AS r; COPY (SELECT 1) TO 'x'; SELECT * FROM (SELECT 1", 1, '")"'),
        ("\nSELECT $a, ?", 1, "positional"),
        ("SELECT 'open", 1, "unterminated"),
        ("SELECT 1 /* open", 1, "unterminated"),
        ("SELECT 1\nFROM read_csv('x')", 2, "must not select from read_csv(): a report reads datasets"),
        ("FROM\nquery('SELECT 1')", 2, "must not select from query()"),
        ("SELECT (\nSELECT max(content) FROM\nRead_Text('x'))", 3, "must not select from read_text()"),
        ("SELECT 'USING SAMPLE' -- TABLESAMPLE\nFROM t\nUSING SAMPLE 3", 3, "a sample has other rows every time"),
        ("FROM (\nSHOW ALL TABLES)", 1, "must not describe or list tables"),
        ("FROM (DESCRIBE t)", 1, "must not describe or list tables"),
        ("FROM (SUMMARIZE t)", 1, "must not describe or list tables"),
        ("FROM (PIVOT t ON a USING sum(b))", 1, "a PIVOT is one if it says which columns it makes"),
        ("SELECT n\nFROM t TABLESAMPLE 10%", 2, "a sample has other rows every time"),
        ("SELECT n\nFROM t\nUSING SAMPLE 10", 3, "a sample has other rows every time"),
        ("FROM (\nFROM t\nUSING SAMPLE reservoir(50 ROWS) REPEATABLE (100))", 3, "WHERE hash(key) % 100 = 0"),
        ("SELECT 1,\nage(DATE '2000-01-01')", 2, "age with one date counts from today"),
        ("SELECT 1,\nday.age()", 2, "age with one date counts from today"),
        ("SELECT 1,\nNow()", 2, "now gives something else every time"),
        ("SELECT 1,\nCurrent_Date", 2, "current_date gives something else every time"),
        ("SELECT 1,\nmain.now()", 2, "now gives something else every time"),
        ("SELECT 1,\nago(INTERVAL 1 DAY)", 2, "ago gives something else every time"),
        ("SELECT 1,\ncurrent_localtimestamp()", 2, "current_localtimestamp gives something else every time"),
        ("SELECT 1 ORDER BY\nrandom()", 2, "random gives something else every time"),
        ("SELECT 1,\nuuid()", 2, "uuid gives something else every time"),
    ],
)
def test_anything_else_is_refused_with_its_line(sql: str, line: int, reason: str) -> None:
    with pytest.raises(InvalidSql) as caught:
        inspected(sql)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason
