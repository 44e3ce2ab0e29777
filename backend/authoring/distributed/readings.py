"""The datasets that a SELECT reads, and by what its rows are chosen there.

names, operand_types ──▶ **readings_of** ──▶ `Reading`
"""

from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from backend.authoring.distributed.names import Tables
from backend.authoring.distributed.reading import sql_of
from backend.catalog.compiled import Condition, Reading

_OPERATORS: Mapping[type[exp.Expr], str] = {exp.EQ: "=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_TURNED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def readings_of(tree: exp.Query, tables: Tables) -> tuple[Reading, ...]:
    """Return each place that reads a dataset, in the order of the text."""
    return tuple(
        _reading(scope, alias, source.name, tables[source.name])
        for scope in traverse_scope(tree)
        for alias, (_, source) in scope.selected_sources.items()
        if isinstance(source, exp.Table)
    )


def _reading(scope: Scope, alias: str, dataset: str, types: Mapping[str, str]) -> Reading:
    read = {column.name for each in scope.expression.find_all(exp.Column) if (column := each).table == alias}
    where = scope.expression.args.get("where")
    found = [each for part in (_conjuncts(where.this) if where else ()) for each in _conditions(part, alias)]
    columns = {name: kind for name, kind in types.items() if name in read}
    return Reading(dataset=dataset, columns=columns, conditions=tuple(found))


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    inner = node.unnest()
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.left)
        yield from _conjuncts(inner.right)
    else:
        yield inner


def _conditions(node: exp.Expr, alias: str) -> Iterator[Condition]:
    """Yield the comparisons of a column of that table which rows must meet."""
    match node:
        case exp.Between():
            yield from _compared(node.this, ">=", node.args["low"], alias)
            yield from _compared(node.this, "<=", node.args["high"], alias)
        case exp.EQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            sign = _OPERATORS[type(node)]
            yield from _compared(node.left, sign, node.right, alias)
            yield from _compared(node.right, _TURNED[sign], node.left, alias)
        case exp.ArrayContains(this=exp.Placeholder()):
            yield from _compared(node.expression, "in", node.this, alias)
        case exp.Or() if isinstance(left := node.left.unnest(), exp.Is) and isinstance(left.this, exp.Placeholder):
            inner = list(_conditions(node.right.unnest(), alias))
            if isinstance(left.expression, exp.Null) and all(each.parameter == left.this.name for each in inner):
                yield from inner
        case _:
            pass


def _compared(column: exp.Expr, operator: str, other: exp.Expr, alias: str) -> Iterator[Condition]:
    if not (isinstance(column, exp.Column) and column.table == alias):
        return
    inner = other.unnest()
    named = {"column": column.name, "operator": operator}
    if isinstance(inner, exp.Placeholder):
        yield Condition(**named, parameter=inner.name)  # type: ignore[arg-type]  # an operator of `Condition`
    elif isinstance(inner, exp.Literal) or (isinstance(inner, exp.Cast) and isinstance(inner.this, exp.Literal)):
        yield Condition(**named, value=sql_of(inner))  # type: ignore[arg-type]  # as above
