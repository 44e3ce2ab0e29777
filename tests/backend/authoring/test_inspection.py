import pytest

from backend.authoring.inspection import InvalidSql, inspect


@pytest.mark.parametrize(
    ("sql", "tables", "binds", "functions"),
    [
        ("SELECT 1", "", "", ""),
        ("SELECT 1; -- done", "", "", ""),
        ("VALUES (1)", "", "", ""),
        ("FROM flights", "flights", "", ""),
        ("SELECT * FROM flights AS f, planes p WHERE f.a = $a AND $b IS NULL", "flights planes", "a b", ""),
        ("SELECT (SELECT max(n) FROM deep), $p", "deep", "p", ""),
        ("SELECT * FROM a JOIN b USING (x) LEFT JOIN (SELECT * FROM c) AS d ON d.x = a.x", "a b c", "", ""),
        ("SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b) AND x IN (SELECT x FROM c)", "a b c", "", ""),
        ("SELECT x FROM a UNION ALL SELECT x FROM b EXCEPT SELECT x FROM c", "a b c", "", ""),
        ("WITH w AS (SELECT * FROM a) SELECT * FROM w", "a", "", ""),
        ("WITH w AS (WITH v AS (FROM a) FROM v) SELECT * FROM w", "a", "", ""),
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < $most) FROM r", "", "most", ""),
        ("SELECT n FROM range($n) AS r(n), unnest([1]), generate_series(1, 2)", "", "n", ""),
        ("SELECT count(*) OVER w FROM t WINDOW w AS (ORDER BY $q)", "t", "q", ""),
        ("SELECT * FROM t LIMIT $n OFFSET $m", "t", "m n", ""),
        ("SELECT '$no' || $yes -- $never\n/* $nor */", "", "yes", ""),
        ("SELECT $a, $a", "", "a", ""),
        ("SELECT $1", "", "1", ""),
        ("SELECT * FROM s.t", "s.t", "", ""),
        ("SELECT * FROM 'file.csv'", "file.csv", "", ""),
        ("SELECT * FROM read_csv('x')", "", "", "read_csv"),
        ("FROM query('SELECT 1')", "", "", "query"),
        ("SELECT (SELECT max(content) FROM read_text('x'))", "", "", "read_text"),
        ('SELECT "\u00e4" FROM "\u00fcn\u00ef"', "\u00fcn\u00ef", "", ""),
    ],
)
def test_it_is_known_what_a_select_refers_to(sql: str, tables: str, binds: str, functions: str) -> None:
    found = inspect(sql)
    assert found.tables == set(tables.split())
    assert found.binds == set(binds.split())
    assert found.functions == set(functions.split())


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
    ],
)
def test_anything_else_is_refused_with_its_line(sql: str, line: int, reason: str) -> None:
    with pytest.raises(InvalidSql) as caught:
        inspect(sql)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason
