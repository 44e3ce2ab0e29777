"""SELECTs of every shape that may be compiled come to the same: joins, groups, sets, and SELECTs within them."""

import pytest

from tests.trino.equality import Engines, Outcome
from tests.trino.test_allow_list import run_select

SELECTS = """
SELECT DISTINCT kind AS key, yes AS other FROM mixed;
SELECT DISTINCT word AS key, day AS other FROM mixed ORDER BY key, other LIMIT 7;
SELECT word AS key, yes AS other, count(*) AS n FROM mixed GROUP BY ALL;
SELECT share AS key, '' AS other, count(*) AS n FROM mixed GROUP BY ALL;
SELECT kind % 7 AS key, CASE WHEN yes THEN 'x' END AS other, "key" + 1 AS next, max(day) AS d FROM mixed GROUP BY
ALL;
SELECT 'all' AS key, 1 AS other, count(*) AS n, sum(price) AS p FROM mixed;
SELECT 'none' AS key, 1 AS other, count(*) AS n, sum(whole) AS s, max(word) AS w FROM mixed WHERE id < 0;
SELECT kind AS key, 'x' AS other, count(*) AS n FROM mixed WHERE id < 0 GROUP BY ALL;
SELECT kind AS key, word AS other, count(*) AS n FROM mixed GROUP BY kind, word HAVING n > 3 AND max(tiny) > 0;
SELECT m.id AS key, o.id AS other FROM mixed AS m JOIN mixed AS o ON m.tiny = o.small AND m.word = o.word;
SELECT m.id AS key, o.id AS other, o.word FROM mixed AS m LEFT JOIN mixed AS o ON m.whole = o.small;
SELECT m.id AS key, o.id AS other FROM mixed AS m RIGHT JOIN mixed AS o ON m.large = o.small AND o.yes;
SELECT m.id AS key, o.id AS other FROM mixed AS m FULL JOIN mixed AS o ON m.id = o.whole;
SELECT kind AS key, count(*) AS other, max(m.word || o.word) AS w FROM mixed AS m JOIN mixed AS o USING (kind) GROUP
BY kind;
SELECT kind AS key, count(*) AS other FROM mixed LEFT JOIN (SELECT DISTINCT tiny AS kind FROM mixed) AS t USING
(kind) GROUP BY ALL;
SELECT o.faa AS key, count(m.id) AS other FROM airports AS o CROSS JOIN mixed AS m WHERE m.id < 3 GROUP BY ALL;
SELECT m.id AS key, v.name AS other FROM mixed AS m CROSS JOIN (VALUES (1, 'a'), (2, NULL), (NULL, 'ß')) AS v(n,
name) WHERE m.tiny = v.n;
SELECT v.n AS key, v.p AS other FROM (VALUES (1, 2.5), (-3, 10)) AS v(n, p);
SELECT id AS key, word AS other FROM mixed WHERE tiny NOT IN (SELECT small FROM mixed WHERE small > 900);
SELECT id AS key, 0 AS other FROM mixed WHERE tiny::SMALLINT NOT IN (SELECT small FROM mixed WHERE small IS NOT
NULL);
SELECT id AS key, 0 AS other FROM mixed AS m WHERE EXISTS (SELECT 1 FROM mixed AS o WHERE o.small = m.tiny AND o.id
<> m.id);
SELECT id AS key, NOT EXISTS (SELECT 1 FROM mixed AS o WHERE o.small = m.tiny) AS other FROM mixed AS m;
SELECT id AS key, (SELECT max(o.whole) FROM mixed AS o WHERE o.kind = m.kind) AS other FROM mixed AS m;
SELECT tiny AS key, 'a' AS other FROM mixed UNION SELECT whole, word FROM mixed;
SELECT price AS key, 1 AS other FROM mixed UNION ALL SELECT rate, NULL FROM mixed WHERE yes UNION ALL SELECT kind, 2
FROM mixed;
SELECT tiny AS key, yes AS other FROM mixed EXCEPT SELECT tiny, yes FROM mixed WHERE whole > 0;
SELECT word AS key, yes AS other FROM mixed INTERSECT SELECT other, NOT yes FROM mixed;
WITH a AS (SELECT kind, avg(whole) AS mean FROM mixed GROUP BY kind), b AS (SELECT *, rank() OVER (ORDER BY mean
DESC) AS place FROM a) SELECT kind AS key, place AS other, mean::DECIMAL(15, 2) AS mean FROM b WHERE place < 20;
WITH a AS (SELECT kind, count(*) AS n FROM mixed GROUP BY kind) SELECT a.kind AS key, b.kind AS other FROM a JOIN a
AS b ON a.n = b.n + 1;
WITH mixed AS (SELECT id, kind FROM mixed WHERE yes) SELECT kind AS key, count(*) AS other FROM mixed GROUP BY kind;
SELECT kind AS key, max(tiny) AS other, rank() OVER (ORDER BY max(tiny)) AS place FROM mixed GROUP BY kind;
SELECT id AS key, whole AS other FROM mixed WHERE yes ORDER BY whole DESC NULLS FIRST, id LIMIT 11;
SELECT kind AS key, yes AS other, grouping(kind) AS g, grouping(kind, yes) AS h, count(*) AS n, sum(price) AS p FROM
mixed GROUP BY ROLLUP (kind, yes);
SELECT five % 3 AS key, yes AS other, count(*) AS n, max(word) AS w FROM (SELECT kind % 5 AS five, yes, word FROM mixed)
AS m GROUP BY CUBE (five, yes);
SELECT kind AS key, yes AS other, tiny, count(*) AS n FROM mixed WHERE id < 300 GROUP BY GROUPING SETS ((kind, yes),
(tiny), (), (kind)) HAVING count(*) > 1;
SELECT kind AS key, yes AS other, tiny > 0 AS up, grouping(yes) AS g, count(*) AS n FROM mixed GROUP BY kind, up, ROLLUP
(yes);
SELECT kind AS key, 0 AS other, count(*) AS n FROM mixed WHERE id < 0 GROUP BY ROLLUP (kind);
SELECT kind AS key, coalesce(word, 'all') AS other, count(*) AS n FROM mixed GROUP BY ROLLUP (kind, word) ORDER BY n
DESC, kind, other LIMIT 50;
SELECT kind AS key, id AS other FROM mixed QUALIFY row_number() OVER (PARTITION BY kind ORDER BY whole DESC, id) <= 3;
SELECT id AS key, rank() OVER (ORDER BY tiny) AS place FROM mixed QUALIFY place < 40 ORDER BY tiny DESC, id LIMIT 9;
SELECT kind AS key, count(*) AS other FROM mixed GROUP BY kind QUALIFY rank() OVER (ORDER BY count(*) DESC) <= 5;
SELECT id AS key, word AS other FROM mixed WHERE yes QUALIFY whole > lag(whole) OVER (ORDER BY id);
SELECT id AS key, word AS other FROM mixed WHERE yes ORDER BY whole DESC NULLS FIRST, "key" LIMIT $most;
SELECT id AS key, word AS other FROM mixed WHERE id < 50 ORDER BY "key" LIMIT $missing;
SELECT DISTINCT kind AS key, yes AS other FROM mixed ORDER BY other, "key" LIMIT $most;
SELECT kind AS key, max(id) AS other FROM mixed GROUP BY kind QUALIFY row_number() OVER (ORDER BY kind) > 3
ORDER BY count(*) DESC, kind LIMIT $most;
WITH a AS (SELECT id, kind FROM mixed ORDER BY whole, id LIMIT $most) SELECT id AS key, kind AS other FROM a;
SELECT id AS key, word AS other FROM (SELECT * FROM mixed WHERE day > moment) AS m WHERE NOT (tiny > 3 AND yes) OR
word = $text
"""


@pytest.mark.trino
@pytest.mark.parametrize("sql", SELECTS.strip().split(";\n"))
def test_select_is_the_same(engines: Engines, sql: str) -> None:
    assert run_select(engines, sql) == Outcome("equal")
