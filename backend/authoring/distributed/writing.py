"""What the rules work with: operands, written for Trino, and how those within them are written.

expressions ──▶ **Writer** ◀── operators, casts, functions, aggregates
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

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
from backend.catalog.compiled import string
from backend.catalog.header import InvalidDefinition


@dataclass(frozen=True, slots=True)
class Written:
    """An operand as Trino's SQL, whose type there is `trino_type` of DuckDB's."""

    text: str
    kind: str
    """DuckDB's type."""
    is_rounded: bool = False
    """Whether it is a double whose last digit, or the sign of whose 0, is not the same in every run or engine."""


class Writer(Protocol):
    """Writes operands."""

    def write(self, node: exp.Expr) -> Written:
        """Return an operand, in brackets where it needs any. Raises `InvalidDefinition` for what has no equal."""

    def kind(self, node: exp.Expr) -> str:
        """Return DuckDB's type of an operand."""

    def is_rounded(self, column: exp.Column) -> bool:
        """Return whether a column is `Written.is_rounded` where it comes from."""

    def suffix(self, node: exp.Expr) -> str:
        """Return the FILTER and the OVER of an aggregate, after a space, or nothing."""

    def query(self, node: exp.Expr) -> str:
        """Return a SELECT that stands within another."""

    def refusal(self, node: exp.Expr, reason: str) -> InvalidDefinition:
        """Return an error with the line."""


Rule = Callable[[Writer, Any], Written]
"""Writes nodes of one class."""
Rules = Mapping[type[exp.Expr], Rule]


def name(text: str) -> str:
    """Return a name as SQL in a template: Trino takes small and capital letters for the same, as DuckDB does."""
    return '"' + text.lower().replace('"', '""').replace("$", "$$") + '"'


def text_literal(text: str) -> str:
    """Return a string as SQL in a template."""
    return string(text).replace("$", "$$")


def as_type(operand: Written, kind: str) -> str:
    """Return the text of an operand in a type that holds all its values, or fails for those that it does not hold."""
    if operand.kind == kind:
        return operand.text
    if kind == "DOUBLE":
        return as_double(operand)
    return f"CAST({operand.text} AS {trino_type(kind)})"


def as_double(operand: Written) -> str:
    """Return a number as the double that DuckDB makes of it; a larger one than both make the same of fails."""
    if operand.kind == "DOUBLE":
        return operand.text
    text = operand.text
    if operand.kind == "HUGEINT":
        text = f"CAST({text} AS BIGINT)"
    elif is_decimal(operand.kind):
        digits, after = digits_of(operand.kind)
        if digits > SAFE_DIGITS:
            text = f"CAST({text} AS DECIMAL({SAFE_DIGITS}, {after}))"
    return f"CAST({text} AS DOUBLE)"


def operand_of(writer: Writer, node: exp.Expr, argument: exp.Expr, *kinds: str) -> Written:
    """Return an argument, of one of these types.

    Raises:
        InvalidDefinition: It is of another.
    """
    operand = writer.write(argument)
    if operand.kind not in kinds:
        raise writer.refusal(node, f"{called(node)} of {operand.kind}: give it {' or '.join(kinds)}")
    return operand


def called(node: exp.Expr) -> str:
    """Return what a function is called in an error."""
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__


def common(writer: Writer, node: exp.Expr, *operands: Written) -> list[str]:
    """Return operands that are compared, each in the type in which DuckDB compares them.

    Raises:
        InvalidDefinition: They are of types that are not compared alike.
    """
    kinds = {operand.kind for operand in operands} - {NULL}
    if len(kinds) <= 1:
        return [operand.text for operand in operands]
    if all(is_integer(kind) or is_decimal(kind) for kind in kinds) or all(
        is_integer(kind) or kind == "HUGEINT" for kind in kinds
    ):
        return [operand.text for operand in operands]
    if "DOUBLE" in kinds and all(kind == "DOUBLE" or is_exact(kind) for kind in kinds):
        return [operand.text if operand.kind == NULL else as_double(operand) for operand in operands]
    if kinds == {"DATE", "TIMESTAMP"}:
        return [operand.text if operand.kind == NULL else as_type(operand, "TIMESTAMP") for operand in operands]
    raise writer.refusal(
        node, f"compares {' with '.join(sorted(kinds))}: cast one, as in DATE '2013-01-31' or x::DOUBLE"
    )


def is_rounded(*operands: Written) -> bool:
    """Return whether any is."""
    return any(operand.is_rounded for operand in operands)
