"""Whatever may be compiled comes to the same, over rows at random."""

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from sqlglot import exp

from backend.authoring.distributed.allowed import RULES
from backend.authoring.distributed.reading import parsed
from backend.catalog.header import Header, Items, Parameter
from tests.trino.equality import Engines, Outcome, outcome
from tests.trino.expressions import AGGREGATES, EXAMPLES, WINDOWS
from tests.trino.random_expressions import random_aggregate, random_expression

HEADER = Header(
    title="Title",
    description="Description.",
    datasets=("mixed",),
    order=("key",),
    parameters={
        "some": Parameter(type="array", title="Some", items=Items(type="string", enum=["a", "ß"])),
        "numbers": Parameter(type="array", title="Numbers", items=Items(type="integer", enum=[1, -2])),
        "text": Parameter(type="string", title="Text"),
        "number": Parameter(type="integer", title="Number", minimum=-100, maximum=100),
        "from": Parameter(type="string", format="date", title="From"),
        "rate": Parameter(type="number", title="Rate"),
        "most": Parameter(type="integer", title="Most", minimum=0, maximum=9),
        "flag": Parameter(type="boolean", title="Flag"),
        "missing": Parameter(type="integer", title="Missing", minimum=0, maximum=9),
    },
)
VALUES: Mapping[str, Any] = {
    "some": ["a", "ß", "it's", "$x ${y}"],
    "numbers": [1, -2, 3],
    "text": "it's ${number} $$ 😀",
    "number": -7,
    "from": date(2012, 2, 29),
    "rate": 1.005,
    "most": 7,
    "flag": True,
    "missing": None,
}
AT_ONCE = 12
RANDOM_COUNT = 100
EXPECTED = re.compile(r"overflow|out of range|Cannot cast|Division by zero|Decimal", re.IGNORECASE)
"""What Trino says of values that DuckDB does not take either, or only in another order of computing."""


def run(engines: Engines, key: str, expressions: Sequence[str], ending: str) -> Outcome:
    columns = ", ".join(f"{expression} AS x{number}" for number, expression in enumerate(expressions))
    return run_select(engines, f'SELECT {key} AS "key", {columns} FROM mixed {ending}')


def run_select(engines: Engines, sql: str) -> Outcome:
    """Compare all rows of a SELECT, in the order of all columns."""
    named = set(re.findall(r"\$([a-z]+)", re.sub(r"'[^']*'", "", sql)))
    parameters = {name: each for name, each in HEADER.parameters.items() if name in named}
    binds = {name: value for name, value in VALUES.items() if name in named}
    described = engines.duckdb.execute(f"DESCRIBE {sql}", binds or None).fetchall()
    header = msgspec.structs.replace(HEADER, parameters=parameters, order=tuple(name for name, *_ in described))
    return outcome(engines, header, sql, binds)


def batches(expressions: Sequence[str]) -> list[Sequence[str]]:
    return [expressions[begin : begin + AT_ONCE] for begin in range(0, len(expressions), AT_ONCE)]


def test_every_rule_has_an_example() -> None:
    used = {
        type(node)
        for text in (*EXAMPLES, *AGGREGATES, *WINDOWS, "grouping(kind)")
        for node in parsed(f"SELECT {text}").tree.walk()
    }
    assert RULES.keys() - used == set()
    assert exp.Select in used


@pytest.mark.trino
@pytest.mark.parametrize("expressions", batches(EXAMPLES), ids=lambda each: each[0])
def test_expression_over_a_row_is_the_same(engines: Engines, expressions: Sequence[str]) -> None:
    assert run(engines, "id", expressions, "") == Outcome("equal")


@pytest.mark.trino
@pytest.mark.parametrize("expressions", batches(AGGREGATES), ids=lambda each: each[0])
def test_aggregate_is_the_same(engines: Engines, expressions: Sequence[str]) -> None:
    assert run(engines, "kind", expressions, "GROUP BY ALL") == Outcome("equal")


@pytest.mark.trino
@pytest.mark.parametrize("expressions", batches(WINDOWS), ids=lambda each: each[0])
def test_function_over_a_window_is_the_same(engines: Engines, expressions: Sequence[str]) -> None:
    assert run(engines, "id", expressions, "") == Outcome("equal")


@pytest.mark.trino
@pytest.mark.parametrize(
    ("make", "key", "ending"),
    [(random_expression, "id", "WHERE id < 1000"), (random_aggregate, "kind", "GROUP BY ALL")],
    ids=["rows", "groups"],
)
def test_rules_within_each_other_are_the_same_or_refused(
    engines: Engines, make: Callable[[random.Random], str], key: str, ending: str
) -> None:
    chance = random.Random(7)
    found: Counter[str] = Counter()
    for _ in range(RANDOM_COUNT):
        expression = make(chance)
        result = run(engines, key, [expression], ending)
        assert result.result != "different", f"{expression}: {result.detail}"
        assert result.result != "fails in Trino" or EXPECTED.search(result.detail), f"{expression}: {result.detail}"
        found[result.result] += 1
    assert found["equal"] > RANDOM_COUNT / 3, found
