"""Names made whole: every column with its table, no alias within the SELECT that makes it, no GROUP BY ALL.

reading ── `Parsed` ──▶ **qualified** ──▶ operand_types, selects
"""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from backend.authoring.distributed.reading import DIALECT, Parsed
from backend.catalog.header import InvalidDefinition

Tables = Mapping[str, Mapping[str, str]]
"""DuckDB's types of the columns of each dataset."""


def qualified(parsed: Parsed, tables: Tables) -> Parsed:
    """Return the same SELECT with whole names.

    Raises:
        InvalidDefinition: A name may mean two things.
    """
    tree = parsed.tree.copy()
    for select in tree.find_all(exp.Select):
        _group_by_place(select)
    for scope in traverse_scope(tree):
        _check_aliases(parsed, scope, tables)
    schema: dict[str, object] = {
        table: dict.fromkeys(columns, "TEXT")  # the types matter to nobody
        for table, columns in tables.items()
    }
    try:
        whole = qualify(tree, dialect=DIALECT, schema=schema, quote_identifiers=False)
    except SqlglotError as error:
        raise InvalidDefinition(1, f"a name cannot be followed: {' '.join(str(error).split())}") from error
    return Parsed(parsed.sql, whole)


def _group_by_place(select: exp.Select) -> None:
    """Write the places of the columns that are no aggregates for ALL."""
    group = select.args.get("group")
    if group is None or not group.args.get("all"):
        return
    places = [n for n, column in enumerate(select.selects, 1) if not _has_aggregate(column)]
    if places:
        select.set("group", exp.Group(expressions=[exp.Literal.number(n) for n in places]))
    else:
        select.set("group", None)


def _has_aggregate(node: exp.Expr) -> bool:
    if isinstance(node, exp.Query):
        return False
    if isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window):
        return not (isinstance(node.parent, exp.Filter) and isinstance(node.parent.parent, exp.Window))
    return any(_has_aggregate(child) for child in node.iter_expressions())


def _check_aliases(parsed: Parsed, scope: Scope, tables: Tables) -> None:
    """Check that no name is both a column's and that of an alias beside it: who goes first is told by few."""
    if not isinstance(scope.expression, exp.Select):
        return
    columns = {column.lower() for source in scope.sources.values() for column in _columns(source, tables)}
    aliases = {
        column.alias.lower()
        for column in scope.expression.selects
        if isinstance(column, exp.Alias) and column.this.name.lower() != column.alias.lower()
    }
    for column in scope.columns:
        name = column.name.lower()
        if not column.table and name in columns & aliases:
            raise parsed.refusal(column, f"{column.name} is a column and an alias: write the column with its table")


def _columns(source: object, tables: Tables) -> list[str]:
    match source:
        case exp.Table():
            return list(tables.get(source.name.lower(), ()))
        case Scope():
            return list(source.expression.named_selects) if isinstance(source.expression, exp.Query) else []
        case _:
            return []
