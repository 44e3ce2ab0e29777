"""DuckDB's own types of every operand in a SELECT: what sqlglot guesses is not what DuckDB computes with.

names ── `Parsed` ──▶ **Typing** ── DESCRIBE ──▶ DuckDB; types ──▶ expressions, selects
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from backend.authoring.distributed.names import Tables
from backend.authoring.distributed.reading import Parsed, sql_of
from backend.authoring.syntax import words_of
from backend.formats.sql import quoted

Output = tuple[str, str]
"""A column of a SELECT: name and type."""
_NUMBER = "number of the operand"
"""The key in a node's `meta`, which its copies have too."""
_TYPELESS = (
    exp.DataType,
    exp.Distinct,
    exp.Identifier,
    exp.Interval,
    exp.Order,
    exp.Ordered,
    exp.Star,
    exp.Tuple,
    exp.Var,
)
NULL = '"NULL"'
"""The type of NULL itself."""


class Typing:
    """The types in one SELECT and those within it."""

    def __init__(self, parsed: Parsed, tables: Tables, parameters: Mapping[str, str]) -> None:
        self._parsed = parsed
        self._tables = tables
        self._parameters = parameters
        self._connection = duckdb.connect(":memory:")
        self._types: dict[int, str] = {}
        self._outputs: dict[int, list[Output]] = {}
        self._sources: dict[int, exp.Expr] = {}
        with self._connection:
            for scope in traverse_scope(parsed.tree):
                self._outputs[id(scope.expression)] = self._outputs_of(scope)

    def of(self, node: exp.Expr) -> str:
        """Return the type of an operand."""
        return self._types[id(node)]

    def of_parameter(self, name: str) -> str:
        """Return the type of a parameter."""
        return self._parameters[name]

    def outputs(self, query: exp.Expr) -> Sequence[Output]:
        """Return the columns of a SELECT, of VALUES, or of several SELECTs together."""
        return self._outputs[id(query)]

    def source_of(self, column: exp.Column) -> exp.Expr:
        """Return the table that a column is of, or the SELECT or VALUES."""
        return self._sources[id(column)]

    def _outputs_of(self, scope: Scope) -> list[Output]:
        match scope.expression:
            case exp.Select() as select:
                self._examine(scope, select)
                return [(column.alias_or_name, self.of(_unnamed(column))) for column in select.selects]
            case exp.Values() as values:
                return self._outputs_of_values(values)
            case exp.SetOperation() as several:
                left, right = (self._outputs[id(each.unnest())] for each in (several.left, several.right))
                listed = [", ".join(f"CAST(NULL AS {kind})" for _, kind in side) for side in (left, right)]
                kinds = self._described(f"SELECT {listed[0]} UNION ALL SELECT {listed[1]}", several)
                return [(name, kind) for (name, _), kind in zip(left, kinds, strict=True)]
            case other:
                raise self._parsed.refusal(other, "is no SELECT that a distributed engine is given")

    def _outputs_of_values(self, values: exp.Values) -> list[Output]:
        alias = values.args.get("alias")
        names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
        rows = [each for each in values.expressions if isinstance(each, exp.Tuple)]
        listed = ", ".join(sql_of(row) for row in rows)
        kinds = self._described(f"SELECT * FROM (VALUES {listed})", values)  # noqa: S608  from a tree
        if len(names) != len(kinds):
            raise self._parsed.refusal(values, "VALUES need a name for each column: (VALUES …) AS name(one, other)")
        cells = [part for row in rows for part in _parts(row) if _is_operand(part)]
        for cell, kind in zip(cells, self._described(f"SELECT {', '.join(map(sql_of, cells))}", values), strict=True):
            self._types[id(cell)] = kind
        return list(zip(names, kinds, strict=True))

    def _examine(self, scope: Scope, select: exp.Select) -> None:
        """Find the types of all operands in a SELECT: of aggregates first, then of what is made from them."""
        operands = list(_operands(select))
        for number, node in enumerate(operands):
            node.meta[_NUMBER] = number
        copies = {part.meta[_NUMBER]: part for part in _parts(select.copy()) if _NUMBER in part.meta}
        columns: dict[str, str] = {}
        for number, node in enumerate(operands):
            if (kind := self._known(node, scope)) is not None:
                self._types[id(node)] = kind
                if isinstance(node, exp.Column):
                    columns[f"{node.table}.{node.name}"] = kind
                copies[number] = _put(copies[number], _stand_in(node, kind))
        source = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns.items()) or "1 AS one"
        aggregates = [number for number, node in enumerate(operands) if _is_aggregate(node)]
        self._describe(aggregates, operands, copies, source, select)
        for number in aggregates:
            kind = self.of(operands[number])
            copies[number] = _put(copies[number], exp.cast(exp.null(), exp.DataType.build(kind, udt=True)))
        rest = [number for number, node in enumerate(operands) if id(node) not in self._types]
        self._describe(rest, operands, copies, source, select)
        for node in operands:
            if isinstance(node, exp.Filter | exp.Window):
                self._types.setdefault(id(node.this), self.of(node))

    def _describe(
        self,
        numbers: Sequence[int],
        operands: Sequence[exp.Expr],
        copies: Mapping[int, exp.Expr],
        source: str,
        select: exp.Select,
    ) -> None:
        if numbers:
            listed = ", ".join(f"{sql_of(copies[number])} AS n{number}" for number in numbers)
            kinds = self._described(f"SELECT {listed} FROM (SELECT {source})", select)  # noqa: S608  from a tree
            for number, kind in zip(numbers, kinds, strict=True):
                self._types[id(operands[number])] = kind

    def _described(self, sql: str, node: exp.Expr) -> list[str]:
        try:
            return [kind for _, kind, *_ in self._connection.execute(f"DESCRIBE {sql}").fetchall()]
        except duckdb.Error as error:
            raise self._parsed.refusal(node, f"types cannot be told: {words_of(error)}") from error

    def _known(self, node: exp.Expr, scope: Scope) -> str | None:  # noqa: PLR0911  one a kind
        """Return the type of what has it from elsewhere."""
        match node:
            case exp.Column():
                return self._of_column(node, scope)
            case exp.Placeholder():
                return self._parameters[node.name]
            case exp.Exists():
                return "BOOLEAN"
            case exp.In() if node.args.get("query"):
                return "BOOLEAN"
            case exp.Subquery():
                return self._outputs[id(node.unnest())][0][1]
            case exp.Null():
                return NULL
            case exp.Grouping():
                return "BIGINT"
            case _:
                return None

    def _of_column(self, column: exp.Column, scope: Scope) -> str:
        around: Scope | None = scope
        while around is not None:
            if column.table in around.sources:
                source = around.sources[column.table]
                origin = source if isinstance(source, exp.Table) else source.expression
                outputs = (
                    self._tables[origin.name] if isinstance(origin, exp.Table) else dict(self._outputs[id(origin)])
                )
                if column.name in outputs:
                    self._sources[id(column)] = origin
                    return outputs[column.name]
            around = around.parent
        raise self._parsed.refusal(column, f"there is no column {column.sql()}")


def _unnamed(column: exp.Expr) -> exp.Expr:
    return column.this if isinstance(column, exp.Alias) and isinstance(column.this, exp.Expr) else column


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the parts of a SELECT, those inside first, but for what is in another SELECT within it."""
    for child in node.iter_expressions():
        if not isinstance(child, exp.Query | exp.With | exp.From) or isinstance(child, exp.Subquery):
            yield from _parts(child)
    yield node


def _operands(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what has a value, but for the SELECT's own columns where an ORDER BY calls them by their names."""
    for part in _parts(select):
        if _is_operand(part) and not (isinstance(part, exp.Column) and not part.table):
            yield part


def _is_operand(part: exp.Expr) -> bool:
    if isinstance(part, _TYPELESS) or isinstance(part.parent, exp.Table | exp.TableAlias | exp.WindowSpec | exp.Limit):
        return False
    if isinstance(part, exp.If):
        return not isinstance(part.parent, exp.Case)
    if isinstance(part.parent, exp.Filter | exp.Window) and part.arg_key == "this":
        return False
    return isinstance(part, exp.Condition | exp.Window | exp.Filter | exp.Subquery) and not _is_table(part)


def _is_table(part: exp.Expr) -> bool:
    return isinstance(part, exp.Subquery) and isinstance(part.parent, exp.From | exp.Join)


def _is_aggregate(node: exp.Expr) -> bool:
    called = node.this if isinstance(node, exp.Filter) else node
    return isinstance(called, exp.AggFunc) and not isinstance(node.parent, exp.Window)


def _stand_in(node: exp.Expr, kind: str) -> exp.Expr:
    """Return what has the type of a node and needs no table."""
    if isinstance(node, exp.Column) and node.table:
        return exp.column(exp.to_identifier(f"{node.table}.{node.name}", quoted=True))
    if kind == NULL:
        return exp.null()
    return exp.cast(exp.null(), exp.DataType.build(kind, dialect="duckdb"))


def _put(old: exp.Expr, new: exp.Expr) -> exp.Expr:
    old.replace(new)
    return new
