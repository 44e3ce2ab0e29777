"""What may stand in a report that is compiled, at random: rules in any order within each other.

expressions ──▶ **random_expression**, **random_aggregate** ──▶ test_allow_list
"""

import random

from tests.trino.expressions import lines

_LEAVES = {
    "number": lines("""
tiny
small
whole
large
price
rate
share
kind
1
2.5
(-3)
100
$number
"""),
    "text": lines("""
word
other
'a'
'ß'
$text
dayname(day)
"""),
    "day": lines("""
day
until
DATE '2012-02-29'
$from
moment::DATE
"""),
    "condition": lines("""
yes
(whole > tiny)
(word LIKE '%a%')
(day IS NULL)
$flag
"""),
}
_INNER = {
    "number": lines("""
({number} + {number})
({number} - {number})
({number} * {number})
({number} / nullif({number}, 0))
(-{number})
({number} // {number})
({number} % {number})
abs({number})
coalesce({number}, {number})
CAST({number} AS DOUBLE)
CAST({number} AS DECIMAL(15, 3))
CAST({number} AS BIGINT)
CAST({number} AS INTEGER)
greatest({number}, {number})
CAST(round({number}) AS BIGINT)
CASE WHEN {condition} THEN {number} ELSE {number} END
({day} - {day})
month({day})
date_diff('month', {day}, {day})
length({text})
nullif({number}, {number})
CASE {number} WHEN {number} THEN {number} END
CAST({condition} AS INTEGER)
floor({number})
"""),
    "text": lines("""
({text} || {text})
coalesce({text}, {text})
substring({text}, 2, 2)
CASE WHEN {condition} THEN {text} END
CAST({number} AS VARCHAR)
replace({text}, 'a', 'bc')
least({text}, {text})
strftime({day}, '%d.%m.')
left({text}, 2)
right({text}, 2)
trim({text})
concat({text}, {text})
split_part({text}, 'a', 2)
lpad({text}, 3, '0')
"""),
    "day": lines("""
({day} + 7)
({day} + INTERVAL 1 MONTH)::DATE
last_day({day})
({day} - tiny)
coalesce({day}, {day})
date_trunc('month', {day})::DATE
greatest({day}, {day})
"""),
    "condition": lines("""
({number} < {number})
({number} = {number})
({text} >= {text})
({day} <> {day})
({condition} AND {condition})
({condition} OR {condition})
(NOT {condition})
({number} IS NULL)
({number} BETWEEN {number} AND {number})
({text} IN ({text}, {text}))
({number} IS DISTINCT FROM {number})
({text} NOT LIKE 'N%')
ends_with({text}, {text})
contains({text}, {text})
starts_with({text}, {text})
"""),
}


def random_expression(chance: random.Random, wanted: str | None = None, depth: int = 3) -> str:
    """Return an expression, of rules in any order within each other."""
    kind = wanted or chance.choice(sorted(_LEAVES))
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(_LEAVES[kind])
    return _filled(chance, chance.choice(_INNER[kind]), depth - 1)


def _filled(chance: random.Random, template: str, depth: int) -> str:
    for inner in _LEAVES:
        while f"{{{inner}}}" in template:
            template = template.replace(f"{{{inner}}}", random_expression(chance, inner, depth), 1)
    return template


_AGGREGATES = lines("""
count({number})
count(DISTINCT {text})
count(*) FILTER (WHERE {condition})
sum({number})::DECIMAL(15, 3)
sum(CAST({number} AS BIGINT))
sum(CAST({number} AS DECIMAL(15, 3))) FILTER (WHERE {condition})
avg({number})::DECIMAL(15, 2)
avg(CAST({number} AS DECIMAL(12, 2)))::DECIMAL(15, 4)
max({text})
min({day})
max({number})
quantile_disc({number}, 0.3)
quantile_disc({text}, 0.5)
CASE WHEN max({number}) > count(*) THEN min({text}) ELSE 'x' END
""")


def random_aggregate(chance: random.Random) -> str:
    """Return an aggregate over expressions at random."""
    return _filled(chance, chance.choice(_AGGREGATES), 2)
