"""Literals, parameters, columns, and casts.

expressions ── node ──▶ **RULES** ──▶ `Written`
"""

import re

from sqlglot import exp

from backend.authoring.distributed.operand_types import NULL
from backend.authoring.distributed.trino_types import (
    SAFE_DIGITS,
    digits_of,
    is_decimal,
    is_exact,
    is_integer,
    trino_type,
)
from backend.authoring.distributed.writing import Rules, Writer, Written, as_type, name, text_literal

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_WHOLE = (exp.Round, exp.Floor, exp.Ceil, exp.Trunc)
"""Functions that make whole numbers of doubles."""


def _literal(writer: Writer, node: exp.Literal) -> Written:
    kind = writer.kind(node)
    if node.is_string:
        return Written(text_literal(node.name), "VARCHAR")
    if is_integer(kind) and node.name.isdecimal():
        return Written(node.name, kind)
    if is_decimal(kind) and re.fullmatch(r"\d*\.\d+", node.name):
        return Written(f"CAST(DECIMAL '{node.name}' AS {trino_type(kind)})", kind)
    if kind == "DOUBLE":
        return Written(f"DOUBLE '{float(node.name)!r}'", kind)
    raise writer.refusal(
        node, f"has the number {node.name}, which both engines do not read alike: write it with digits"
    )


def _boolean(_: Writer, node: exp.Boolean) -> Written:
    return Written("TRUE" if node.this else "FALSE", "BOOLEAN")


def _null(_: Writer, __: exp.Null) -> Written:
    return Written("NULL", NULL)


def _parameter(writer: Writer, node: exp.Placeholder) -> Written:
    kind = writer.kind(node)
    is_bare = not isinstance(node.parent, exp.Is | exp.Cast | exp.ArrayContains)
    if kind == "DOUBLE" and is_bare:
        reason = f"${node.name} may come as an integer or as a double: write ${node.name}::DOUBLE"
        raise writer.refusal(node, reason)
    return Written(f"${{{node.name}}}", kind)


def _column(writer: Writer, node: exp.Column) -> Written:
    if not node.table:
        raise writer.refusal(node, f"has {node.name} where the name of a column of the result stands for nothing")
    return Written(f"{name(node.table)}.{name(node.name)}", writer.kind(node), writer.is_rounded(node))


def _cast(writer: Writer, node: exp.Cast) -> Written:
    kind, inner = writer.kind(node), node.this.unnest()
    if isinstance(inner, exp.Literal) and inner.is_string:
        return _of_text(writer, node, inner.name, kind)
    operand = writer.write(node.this)
    if operand.kind == kind:
        return operand
    if operand.kind == NULL:
        return Written(f"CAST(NULL AS {_target(writer, node, kind)})", kind)
    if operand.kind == "DOUBLE" and is_decimal(kind):
        return _rounded(writer, node, operand, kind)
    if operand.kind == "DOUBLE" and is_integer(kind) and not isinstance(inner, _WHOLE):
        reason = f"casts a double to {kind}, which rounds halves in two ways: write round(x)::{kind}"
        raise writer.refusal(node, reason)
    if not _is_alike(operand.kind, kind):
        reason = f"casts {operand.kind} to {kind}, which is not known to give the same in both engines"
        raise writer.refusal(node, reason)
    return Written(as_type(operand, kind), kind)


def _is_alike(one: str, other: str) -> bool:
    """Return whether a cast gives the same, or fails, in both engines."""
    return (
        (is_exact(one) and (is_exact(other) or other == "DOUBLE"))
        or (is_integer(other) and one in {"BOOLEAN", "DOUBLE"})
        or (other == "VARCHAR" and (is_integer(one) or is_decimal(one)))
        or {one, other} == {"DATE", "TIMESTAMP"}
    )


def _of_text(writer: Writer, node: exp.Cast, text: str, kind: str) -> Written:
    if kind == "VARCHAR":
        return Written(text_literal(text), kind)
    if kind == "DATE" and _DATE.fullmatch(text):
        return Written(f"DATE '{text}'", kind)
    if kind == "TIMESTAMP" and _TIMESTAMP.fullmatch(text):
        return Written(f"TIMESTAMP '{text}.000000'", kind)
    raise writer.refusal(node, f"casts text to {kind}: write the value itself, as 1.50, or DATE '2013-01-31'")


def _rounded(writer: Writer, node: exp.Cast, operand: Written, kind: str) -> Written:
    """Round as DuckDB does, which multiplies first: 1.005 is 1.00 then, and to Trino 1.01."""
    digits, after = digits_of(kind)
    if digits > SAFE_DIGITS:
        raise writer.refusal(
            node, f"casts a double to {kind}: to at most DECIMAL({SAFE_DIGITS}, {after}), as it has no more digits"
        )
    return Written(f"CAST(round({operand.text} * 1E{after}) / 1E{after} AS {trino_type(kind)})", kind)


def _target(writer: Writer, node: exp.Expr, kind: str) -> str:
    found = trino_type(kind)
    if found is None:
        raise writer.refusal(node, f"has the type {kind}, which the other engine has not")
    return found


RULES: Rules = {
    exp.Boolean: _boolean,
    exp.Cast: _cast,
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Placeholder: _parameter,
}
