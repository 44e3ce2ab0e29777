"""What SELECTs are compiled to, and what is refused instead, with its line."""

import re
from collections.abc import Mapping

import msgspec
import pytest

from backend.authoring.distributed.compiling import compiled
from backend.catalog.compiled import Compiled, Condition
from backend.catalog.header import Header, InvalidDefinition, Items, Parameter
from tests.trino.mixed import COLUMNS

TABLES: Mapping[str, Mapping[str, str]] = {
    "mixed": {**COLUMNS, "zoned": "TIMESTAMP WITH TIME ZONE", "huge": "UBIGINT"},
    "names": {"kind": "INTEGER", "Title": "VARCHAR"},
}
PARAMETERS = {
    "most": Parameter(type="integer", title="Most", minimum=0, maximum=9),
    "text": Parameter(type="string", title="Text"),
    "start": Parameter(type="string", format="date", title="Start"),
    "rate": Parameter(type="number", title="Rate"),
    "some": Parameter(type="array", title="Some", items=Items(type="string", enum=["a"])),
}


def compile_(sql: str, order: tuple[str, ...] = ("x",), **parameters: Parameter) -> Compiled:
    named = set(re.findall(r"\$([a-z]+)", sql))
    known = {name: each for name, each in {**PARAMETERS, **parameters}.items() if name in named}
    header = Header(title="T", description="D", datasets=tuple(TABLES), order=order, parameters=known)
    return compiled(header, sql, sql, TABLES)


def expression(sql: str, ending: str = "FROM mixed AS m") -> str:
    """Return what an expression is compiled to."""
    text = "\n".join(compile_(f"SELECT {sql} AS x {ending}").text)
    found = re.search(r'FROM \(\nSELECT\n(.*) AS "x"\nFROM "mixed"', text, re.DOTALL)
    assert found, text
    return found[1]


@pytest.mark.parametrize(
    ("sql", "trino"),
    [
        ("whole + 1", '("m"."whole" + 1)'),
        ("small + whole", '(CAST("m"."small" AS INTEGER) + "m"."whole")'),
        ("price + 1", 'CAST(("m"."price" + 1) AS DECIMAL(13, 2))'),
        ("price * price", 'CAST(("m"."price" * "m"."price") AS DECIMAL(18, 4))'),
        ("whole / 7", '(CAST("m"."whole" AS DOUBLE) / CAST(7 AS DOUBLE))'),
        ("long / 7", '(CAST(CAST("m"."long" AS DECIMAL(15, 6)) AS DOUBLE) / CAST(7 AS DOUBLE))'),
        ("large // 7", '("m"."large" / CAST(7 AS BIGINT))'),
        ("whole % 7", '("m"."whole" % 7)'),
        ("day + 7", 'date_add(\'day\', 7, "m"."day")'),
        ("day - INTERVAL 3 MONTHS", 'date_add(\'month\', -3, CAST("m"."day" AS TIMESTAMP(6)))'),
        ("moment + INTERVAL (tiny) DAY", 'date_add(\'day\', "m"."tiny", "m"."moment")'),
        ("date_diff('week', day, until)", 'date_diff(\'week\', "m"."day", "m"."until")'),
        (
            "date_diff('month', day, until)",
            'date_diff(\'month\', date_trunc(\'month\', "m"."day"), date_trunc(\'month\', "m"."until"))',
        ),
        ("concat(word, other)", '(coalesce("m"."word", \'\') || coalesce("m"."other", \'\'))'),
        ("until - day", 'date_diff(\'day\', "m"."day", "m"."until")'),
        ("share > whole", '("m"."share" > CAST("m"."whole" AS DOUBLE))'),
        ("day < moment", '(CAST("m"."day" AS TIMESTAMP(6)) < "m"."moment")'),
        ("share::DECIMAL(9, 2)", 'CAST(round("m"."share" * 1E2) / 1E2 AS DECIMAL(9, 2))'),
        ("1.50", "CAST(DECIMAL '1.50' AS DECIMAL(3, 2))"),
        ("'it''s $x'", "'it''s $$x'"),
        (
            "greatest(whole, tiny)",
            (
                'greatest(coalesce("m"."whole", CAST("m"."tiny" AS INTEGER)), '
                'coalesce(CAST("m"."tiny" AS INTEGER), "m"."whole"))'
            ),
        ),
        ("date_trunc('month', day)", 'CAST(date_trunc(\'month\', "m"."day") AS TIMESTAMP(6))'),
        ("dayofweek(day)", '(day_of_week("m"."day") % 7)'),
        ("dayname(moment)", "date_format(date_trunc('second', \"m\".\"moment\"), '%W')"),
        ("strftime(day, '%H:%M %d.%m.%Y')", 'date_format("m"."day", \'%H:%i %d.%m.%Y\')'),
        ("word = $text", '("m"."word" = ${text})'),
        ("list_contains($some, word)", 'contains(${some}, "m"."word")'),
        ("$rate::DECIMAL(9, 2)", "CAST(round(${rate} * 1E2) / 1E2 AS DECIMAL(9, 2))"),
        ("word IS NOT NULL", '("m"."word" IS NOT NULL)'),
        (
            "CASE kind WHEN 1 THEN 2.5 ELSE price END",
            (
                'CASE WHEN ("m"."kind" = 1) THEN CAST(CAST(DECIMAL \'2.5\' AS DECIMAL(2, 1)) AS DECIMAL(9, '
                '2)) ELSE "m"."price" END'
            ),
        ),
        ("sum(whole)", 'CAST(sum("m"."whole") AS DECIMAL(38, 0))'),
        ("sum(large)", 'sum(CAST("m"."large" AS DECIMAL(38, 0)))'),
        (
            "avg(price)::DECIMAL(9, 2)",
            (
                'CAST(round((CAST(CAST(sum("m"."price") * 100 AS BIGINT) AS DOUBLE) / '
                '(count("m"."price") * 100)) * 1E2) / 1E2 AS DECIMAL(9, 2))'
            ),
        ),
        ("count(*) FILTER (WHERE yes)", 'count(*) FILTER (WHERE "m"."yes")'),
        (
            "quantile_disc(whole, 0.9)",
            (
                'element_at(array_sort(array_agg("m"."whole") FILTER (WHERE "m"."whole" IS NOT '
                'NULL)), CAST(ceiling(count("m"."whole") * DECIMAL \'0.9\') AS BIGINT))'
            ),
        ),
        (
            "lag(whole) OVER (PARTITION BY kind ORDER BY id DESC)",
            'lag("m"."whole") OVER (PARTITION BY "m"."kind" ORDER BY "m"."id" DESC NULLS LAST)',
        ),
    ],
)
def test_rule(sql: str, trino: str) -> None:
    assert expression(sql) == trino


def test_columns_are_numbered_and_keep_titles_and_types() -> None:
    found = compile_('SELECT kind AS "Größe ""A""", make_time(1, 2, 3) AS at FROM mixed', order=("at",))
    assert [(column.title, column.type) for column in found.columns] == [('Größe "A"', "INTEGER"), ("at", "TIME")]
    assert found.text[:4] == ("SELECT", "k0 AS c0,", "CAST(k1 AS VARCHAR) AS c1", "FROM (")


def test_groups_are_places_and_aliases_are_written_out() -> None:
    found = compile_('SELECT kind + 1 AS x, "x" * 2 AS y, count(*) AS z FROM mixed GROUP BY ALL')
    assert found.text[-2] == "GROUP BY 1, 2"
    assert '(("mixed"."kind" + 1) * 2) AS "y",' in found.text


def test_join_by_name_has_a_condition() -> None:
    found = compile_('SELECT m.id AS x, "Title" FROM mixed AS m LEFT JOIN names AS n USING (kind)')
    assert 'LEFT JOIN "names" AS "n" ON ("m"."kind" = "n"."kind")' in found.text
    assert found.readings[1].columns == {"kind": "INTEGER", "title": "VARCHAR"}


def test_columns_of_several_selects_have_one_type() -> None:
    found = compile_("SELECT tiny AS x FROM mixed UNION ALL SELECT large FROM mixed")
    assert "SELECT CAST(k0 AS BIGINT) FROM (" in found.text
    assert found.columns[0].type == "BIGINT"


def test_order_counts_with_a_limit_alone() -> None:
    with_limit = compile_("SELECT id AS x FROM mixed ORDER BY tiny DESC, x LIMIT 3")
    assert with_limit.text[-3:-1] == ('ORDER BY "mixed"."tiny" DESC NULLS LAST, 1 NULLS LAST', "LIMIT 3")
    assert not any("ORDER" in line for line in compile_("SELECT id AS x FROM mixed ORDER BY x").text)


def test_rows_are_chosen_once_all_are_there() -> None:
    by_window = compile_(
        "SELECT id AS x FROM mixed QUALIFY row_number() OVER (ORDER BY day) < 3 ORDER BY whole LIMIT 2"
    )
    assert by_window.text[-4:-1] == ("WHERE q", "ORDER BY o2 NULLS LAST", "LIMIT 2")
    by_parameter = compile_("SELECT id AS x FROM mixed ORDER BY tiny DESC, x LIMIT $most")
    assert "SELECT k0, row_number() OVER (ORDER BY o1 DESC NULLS LAST, k0 NULLS LAST) AS n" in by_parameter.text
    assert by_parameter.text[-2] == "WHERE coalesce(n <= ${most}, TRUE)"


def test_sets_of_groups_are_of_columns() -> None:
    found = compile_("SELECT kind AS x, yes, count(*) AS n FROM mixed GROUP BY GROUPING SETS ((kind, yes), (kind), ())")
    assert found.text[-2] == 'GROUP BY GROUPING SETS (("mixed"."kind", "mixed"."yes"), ("mixed"."kind"), ())'


def test_conditions_on_columns_are_told() -> None:
    found = compile_(
        "SELECT id AS x FROM mixed WHERE day BETWEEN $start AND DATE '2013-12-31' AND ($text IS NULL OR word = $text)"
        " AND 5 > kind AND ($text IS NULL OR tiny = 3) AND (small = 1 OR small = 2) AND list_contains($some, other)"
    )
    assert found.readings[0].conditions == (
        Condition(column="day", operator=">=", parameter="start"),
        Condition(column="day", operator="<=", value="CAST('2013-12-31' AS DATE)"),
        Condition(column="word", operator="=", parameter="text"),
        Condition(column="kind", operator="<", value="5"),
        Condition(column="other", operator="in", parameter="some"),
    )


@pytest.mark.parametrize(
    ("sql", "line", "reason"),
    [
        ("SELECT id AS x,\n  median(whole) AS y FROM mixed GROUP BY id", 2, "median().*write quantile_disc"),
        ("SELECT id AS x,\n\n  some_function(whole) AS y FROM mixed", 3, r"some_function\(\)"),
        ("SELECT id AS x,\n upper(word) AS y FROM mixed", 2, r"upper\(\)"),
        ("SELECT id AS x,\n word ILIKE 'a' AS y FROM mixed", 2, "ilike"),
        ("SELECT id AS x,\n count_if(yes::INTEGER) AS y FROM mixed GROUP BY id", 1, r"count_if\(INTEGER\).*casts\.$"),
        ("SELECT id AS x,\n unnest([1, 2]) AS y FROM mixed", 2, "not known to be the same"),
        ("SELECT id AS x,\n DATE '2013-01-01'::VARCHAR AS y FROM mixed", 2, "only DuckDB reads"),
        ("SELECT id AS x,\n day::VARCHAR AS y FROM mixed", 2, "casts DATE to VARCHAR"),
        ("SELECT id AS x,\n word::INTEGER AS y FROM mixed", 2, "casts VARCHAR to INTEGER"),
        ("SELECT id AS x,\n share::INTEGER AS y FROM mixed", 2, r"write round\(x\)::INTEGER"),
        ("SELECT id AS x,\n share::DECIMAL(18, 2) AS y FROM mixed", 2, r"at most DECIMAL\(15, 2\)"),
        ("SELECT id AS x,\n round(share) AS y FROM mixed", 2, "write round"),
        ("SELECT id AS x,\n avg(whole) AS y FROM mixed GROUP BY id", 2, "another last digit"),
        ("SELECT id AS x,\n greatest(share, whole) AS y FROM mixed", 2, "be -0"),
        ("SELECT kind AS x,\n max(share) AS y FROM mixed GROUP BY kind", 2, "be -0"),
        ("SELECT kind AS x,\n quantile_disc(share, 0.3) AS y FROM mixed GROUP BY kind", 2, "be -0"),
        (
            "WITH a AS (\nSELECT id, sum(share) AS s FROM mixed GROUP BY id)\nSELECT id AS x, s * 2 AS y FROM a",
            3,
            "last digit",
        ),
        ("SELECT id AS x,\n whole / tiny AS y FROM mixed", 2, "nullif"),
        ("SELECT id AS x,\n word = whole AS y FROM mixed", 2, "compares"),
        ("SELECT id AS x,\n word || whole AS y FROM mixed", 2, "joins text alone"),
        ("SELECT id AS x,\n $rate * 2 AS y FROM mixed", 2, r"write \$rate::DOUBLE"),
        ("SELECT id AS x,\n $most AS y FROM mixed", 2, "by the values of parameters"),
        ("SELECT id AS x,\n zoned AS y FROM mixed", 2, "TIMESTAMP WITH TIME ZONE"),
        ("SELECT id AS x,\n huge + 1 AS y FROM mixed", 2, "UBIGINT"),
        ("SELECT id AS x,\n day + INTERVAL '3 months' AS y FROM mixed", 2, "INTERVAL 3 MONTH"),
        ("SELECT id AS x,\n day + INTERVAL 3 DECADE AS y FROM mixed", 2, "by DECADE"),
        ("SELECT id AS x,\n day + INTERVAL (share) DAY AS y FROM mixed", 2, "INTERVAL of DOUBLE"),
        ("SELECT id AS x,\n day + INTERVAL (large) DAY AS y FROM mixed", 2, "INTERVAL of BIGINT"),
        ("SELECT id AS x,\n INTERVAL 3 DAY + day AS y FROM mixed", 2, "not added to a date"),
        ("SELECT id AS x,\n word + INTERVAL 3 DAY AS y FROM mixed", 1, r"cannot be told.*casts\.$"),
        ("SELECT id AS x,\n date_diff('week', moment, day) AS y FROM mixed", 2, "counts WEEK"),
        ("SELECT id AS x,\n split_part(word, '-', tiny) AS y FROM mixed", 2, "a number that is written there"),
        ("SELECT id AS x,\n lpad(word, 3, other) AS y FROM mixed", 2, "a text that is written there"),
        ("SELECT id AS x,\n string_agg(word, ', ') AS y FROM mixed GROUP BY id", 2, "its own order"),
        ("SELECT id AS x,\n string_agg(word, ', ' ORDER BY day) AS y FROM mixed GROUP BY id", 2, "ORDER BY x"),
        ("SELECT id AS x,\n sum(tiny ORDER BY day) AS y FROM mixed GROUP BY id", 2, "order in the place of a value"),
        ("SELECT id AS x,\n first(tiny) AS y FROM mixed GROUP BY id", 2, "any of the rows"),
        ("SELECT id AS x,\n ntile(kind) OVER (ORDER BY id) AS y FROM mixed", 2, "ntile takes a number"),
        ("SELECT DISTINCT ON (kind)\n id AS x FROM mixed", 1, "on, which"),
        ("SELECT DISTINCT kind AS x FROM mixed QUALIFY row_number() OVER (ORDER BY id) = 1", 1, "write a WITH"),
        ("SELECT DISTINCT kind AS x FROM mixed ORDER BY word LIMIT $most", 1, "write a WITH"),
        ("SELECT id AS x FROM mixed\nLIMIT 3", 2, "put ORDER BY before it"),
        ("SELECT id AS x FROM mixed ORDER BY id\nLIMIT $rate", 2, "a whole number"),
        ("SELECT id AS x FROM mixed ORDER BY id\nLIMIT 1 + 1", 2, "a whole number"),
        ("SELECT id AS x FROM mixed\nLIMIT $most", 2, "put ORDER BY before it"),
        ("SELECT kind + 1 AS x, count(*) AS y FROM mixed\nGROUP BY ROLLUP (x)", 1, "make it one in a WITH"),
        ("SELECT kind AS x,\n sum(tiny) / count(*) AS y FROM mixed GROUP BY CUBE (kind)", 2, "nullif"),
        ("SELECT m.id AS x FROM mixed AS m\nASOF JOIN names AS n ON m.kind >= n.kind", 2, "method"),
        ("SELECT count(DISTINCT (kind, id)) AS x\nFROM mixed", 1, "SELECT DISTINCT"),
        ("SELECT id AS x,\n sum(tiny) FILTER (WHERE yes) OVER () AS y FROM mixed", 2, "FILTER and OVER"),
        ("SELECT kind + 1 AS id,\n id + 1 AS x FROM mixed", 2, "a column and an alias"),
        ("SELECT id AS x,\n CASE WHEN yes THEN day ELSE moment END AS y FROM mixed", 2, "in a place of"),
        (
            "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL\nSELECT x + 1 FROM a WHERE x < 3) SELECT x FROM a",
            1,
            "recursive",
        ),
        ("SELECT id AS x,\n if(yes, 1, 2) AS y FROM mixed", 2, "CASE WHEN"),
        ("SELECT id AS x,\n now() AS y FROM mixed", 2, r"now\(\)"),
        ("SELECT id AS x FROM mixed TABLESAMPLE 10%", 1, "not known to be the same"),
    ],
)
def test_what_is_not_known_to_be_the_same_is_refused(sql: str, line: int, reason: str) -> None:
    with pytest.raises(InvalidDefinition, match=reason) as refusal:
        compile_(sql)
    assert refusal.value.line == line


def test_report_without_an_order_is_refused() -> None:
    with pytest.raises(InvalidDefinition, match="in any order"):
        compile_("SELECT id AS x FROM mixed", order=())


@pytest.mark.parametrize("bounds", [{}, {"minimum": 0}, {"minimum": 0, "maximum": 2**31}, {"enum": [1, 2**40]}])
def test_integer_that_may_be_of_two_types_is_refused(bounds: Mapping[str, object]) -> None:
    toml = {"type": "integer", "title": "Most", **bounds}
    with pytest.raises(InvalidDefinition, match="parameter most: give it a minimum"):
        compile_("SELECT id AS x FROM mixed WHERE id < $most", most=msgspec.convert(toml, Parameter))
