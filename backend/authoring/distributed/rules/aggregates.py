"""Aggregates, and functions over a window.

expressions ── node, with its FILTER and OVER ──▶ **RULES** ──▶ `Written`
"""

from collections.abc import Mapping

from sqlglot import exp

from backend.authoring.distributed.operand_types import NULL
from backend.authoring.distributed.trino_types import digits_of, is_decimal, is_integer, is_number, trino_type
from backend.authoring.distributed.writing import Rules, Writer, Written

_MOST_DIGITS_SUMMED = 18
_RANKS: Mapping[type[exp.Expr], str] = {
    exp.CumeDist: "cume_dist",
    exp.DenseRank: "dense_rank",
    exp.PercentRank: "percent_rank",
    exp.Rank: "rank",
    exp.RowNumber: "row_number",
}
_IN_FRAMES: Mapping[type[exp.Expr], str] = {
    exp.First: "first_value",
    exp.FirstValue: "first_value",
    exp.Last: "last_value",
    exp.LastValue: "last_value",
    exp.NthValue: "nth_value",
}
_OWN_ORDER = "write string_agg(x, ', ' ORDER BY x)"
_ORDERED = frozenset({"BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR"})
"""Types that have a smallest and a largest, besides numbers."""


def _counted(writer: Writer, node: exp.Count) -> Written:
    if isinstance(node.this, exp.Star):
        return Written(f"count(*){writer.suffix(node)}", "BIGINT")
    return Written(f"count({_argument(writer, node).text}){writer.suffix(node)}", "BIGINT")


def _argument(writer: Writer, node: exp.AggFunc) -> Written:
    """Return the one argument, with DISTINCT before it."""
    argument, word = node.this, ""
    if isinstance(argument, exp.Distinct):
        if len(argument.expressions) != 1 or argument.args.get("on"):
            raise writer.refusal(node, "counts what differs in one expression: for several make a SELECT DISTINCT")
        (argument,), word = argument.expressions, "DISTINCT "
    if isinstance(argument, exp.Tuple):
        raise writer.refusal(node, "counts rows that differ: make a SELECT DISTINCT, and count its rows")
    operand = writer.write(argument)
    if operand.kind == NULL:
        raise writer.refusal(node, "an aggregate of NULL: leave it out")
    return Written(word + operand.text, operand.kind, operand.is_rounded)


def _summed(writer: Writer, node: exp.Sum) -> Written:
    operand, suffix = _argument(writer, node), writer.suffix(node)
    if operand.kind == "DOUBLE":
        return Written(f"sum({operand.text}){suffix}", "DOUBLE", is_rounded=True)
    if is_decimal(operand.kind):
        return Written(f"sum({operand.text}){suffix}", writer.kind(node))
    return Written(_sum_of_integers(writer, node, operand, suffix), "HUGEINT")


def _sum_of_integers(writer: Writer, node: exp.AggFunc, operand: Written, suffix: str) -> str:
    """Return a sum that has room for as much as DuckDB's."""
    if not is_integer(operand.kind):
        raise writer.refusal(node, f"sums {operand.kind}: cast it to BIGINT, or to DECIMAL(18, 2)")
    if operand.kind == "BIGINT":
        word = "DISTINCT " if operand.text.startswith("DISTINCT ") else ""
        return f"sum({word}CAST({operand.text.removeprefix(word)} AS DECIMAL(38, 0))){suffix}"
    return f"CAST(sum({operand.text}){suffix} AS DECIMAL(38, 0))"


def _averaged(writer: Writer, node: exp.Avg) -> Written:
    """Divide an exact sum, as DuckDB does: Trino's own average of decimals has no more places than they have."""
    operand, suffix = _argument(writer, node), writer.suffix(node)
    count = f"count({operand.text}){suffix}"
    if operand.kind == "DOUBLE":
        return Written(f"avg({operand.text}){suffix}", "DOUBLE", is_rounded=True)
    if is_integer(operand.kind):
        total = f"sum({operand.text}){suffix}"
        return Written(f"(CAST({total} AS DOUBLE) / {count})", "DOUBLE", is_rounded=True)
    if is_decimal(operand.kind) and digits_of(operand.kind)[0] <= _MOST_DIGITS_SUMMED:
        scale = 10 ** digits_of(operand.kind)[1]
        total = f"CAST(CAST(sum({operand.text}){suffix} * {scale} AS BIGINT) AS DOUBLE)"
        return Written(f"({total} / ({count} * {scale}))", "DOUBLE", is_rounded=True)
    raise writer.refusal(node, f"averages {operand.kind}: cast it to BIGINT, DOUBLE or DECIMAL(18, 2)")


def _extreme(writer: Writer, node: exp.AggFunc) -> Written:
    operand, called = _argument(writer, node), "max" if isinstance(node, exp.Max) else "min"
    if node.expressions or not (is_number(operand.kind) or operand.kind in _ORDERED):
        raise writer.refusal(node, f"{called} of {operand.kind}: give it one number, text or date")
    return Written(f"{called}({operand.text}){writer.suffix(node)}", operand.kind, _may_be_rounded(operand))


def _quantile(writer: Writer, node: exp.PercentileDisc) -> Written:
    """Take the value at a place among all, in order: the first that so great a share is not above."""
    operand, share = _argument(writer, node), node.expression
    is_share = isinstance(share, exp.Literal) and is_decimal(writer.kind(share)) and 0 < float(share.name) < 1
    if not is_share or isinstance(node.parent, exp.Filter | exp.Window) or operand.text.startswith("DISTINCT "):
        raise writer.refusal(node, "quantile_disc takes a share that is written there, as 0.9, and no FILTER or OVER")
    if not (is_number(operand.kind) or operand.kind in _ORDERED):
        raise writer.refusal(node, f"quantile_disc of {operand.kind}: give it a number, text or date")
    place = f"CAST(ceiling(count({operand.text}) * DECIMAL '{share.name}') AS BIGINT)"
    values = f"array_sort(array_agg({operand.text}) FILTER (WHERE {operand.text} IS NOT NULL))"
    return Written(f"element_at({values}, {place})", operand.kind, _may_be_rounded(operand))


def _may_be_rounded(operand: Written) -> bool:
    """Return whether one of several values is `Written.is_rounded`: 0 and -0 are either of them."""
    return operand.is_rounded or operand.kind == "DOUBLE"


def _rank(writer: Writer, node: exp.Expr) -> Written:
    return Written(f"{_RANKS[type(node)]}(){writer.suffix(node)}", writer.kind(node))


def _tile(writer: Writer, node: exp.Ntile) -> Written:
    if not (_is_count(node.this) and int(node.this.name)):
        raise writer.refusal(node, "ntile takes a number that is written there, from 1")
    return Written(f"ntile({node.this.name}){writer.suffix(node)}", "BIGINT")


def _value_in_frame(writer: Writer, node: exp.AggFunc) -> Written:
    operand, suffix = writer.write(node.this), writer.suffix(node)
    if not suffix.startswith(" OVER"):
        raise writer.refusal(node, "takes any of the rows: write it with OVER (ORDER BY …), or min or max")
    called, place = _IN_FRAMES[type(node)], node.args.get("offset")
    if isinstance(node, exp.NthValue) and not (place is not None and _is_count(place) and int(place.name)):
        raise writer.refusal(node, "nth_value takes a place that is written there, from 1")
    arguments = operand.text if place is None else f"{operand.text}, {place.name}"
    return Written(f"{called}({arguments}){suffix}", operand.kind, operand.is_rounded)


def _grouping(writer: Writer, node: exp.Grouping) -> Written:
    columns = ", ".join(writer.write(each).text for each in node.expressions)
    return Written(f"CAST(grouping({columns}) AS BIGINT)", "BIGINT")


def _counted_if(writer: Writer, node: exp.CountIf) -> Written:
    operand, kind = _argument(writer, node), writer.kind(node)
    if operand.kind != "BOOLEAN":
        raise writer.refusal(node, f"count_if of {operand.kind}: give it a condition")
    return Written(f"CAST(count_if({operand.text}){writer.suffix(node)} AS {trino_type(kind)})", kind)


def _listed(writer: Writer, node: exp.GroupConcat) -> Written:
    """Join texts in their own order, the one that does not depend on rows that come in any."""
    ordered, separator = node.this, node.args.get("separator")
    if not isinstance(ordered, exp.Order) or isinstance(node.parent, exp.Filter | exp.Window):
        raise writer.refusal(node, "string_agg takes its own order, and no FILTER or OVER: " + _OWN_ORDER)
    inner = ordered.this.expressions[0] if isinstance(ordered.this, exp.Distinct) else ordered.this
    (key, *more) = ordered.expressions
    if more or key.this != inner:
        raise writer.refusal(node, "string_agg in an order that may be of several rows: " + _OWN_ORDER)
    if not (isinstance(separator, exp.Literal) and separator.is_string):
        raise writer.refusal(node, "string_agg takes what is put between as a text that is written there")
    operand = writer.write(inner)
    if operand.kind != "VARCHAR":
        raise writer.refusal(node, f"string_agg of {operand.kind}: cast it to VARCHAR")
    word = "DISTINCT " if isinstance(ordered.this, exp.Distinct) else ""
    direction = " DESC" if key.args.get("desc") else ""
    each = f"array_agg({word}{operand.text} ORDER BY {operand.text}{direction})"
    return Written(
        f"array_join({each} FILTER (WHERE {operand.text} IS NOT NULL), {writer.write(separator).text})", "VARCHAR"
    )


def _neighbour(writer: Writer, node: exp.AggFunc) -> Written:
    operand, offset = writer.write(node.this), node.args.get("offset")
    if node.args.get("default") or not (offset is None or _is_count(offset)):
        raise writer.refusal(
            node, "lag and lead take a number of rows that is written there, and no default: use coalesce"
        )
    called = "lag" if isinstance(node, exp.Lag) else "lead"
    rows = f", {offset.name}" if offset is not None else ""
    return Written(f"{called}({operand.text}{rows}){writer.suffix(node)}", operand.kind, operand.is_rounded)


def _is_count(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.name.isdecimal()


def _filtered(writer: Writer, node: exp.Filter) -> Written:
    return writer.write(node.this)


def _windowed(writer: Writer, node: exp.Window) -> Written:
    return writer.write(node.this)


RULES: Rules = {
    exp.Avg: _averaged,
    exp.Count: _counted,
    exp.CountIf: _counted_if,
    exp.Filter: _filtered,
    exp.GroupConcat: _listed,
    exp.Grouping: _grouping,
    exp.Lag: _neighbour,
    exp.Lead: _neighbour,
    exp.Max: _extreme,
    exp.Min: _extreme,
    exp.Ntile: _tile,
    exp.PercentileDisc: _quantile,
    exp.Sum: _summed,
    exp.Window: _windowed,
    **dict.fromkeys(_IN_FRAMES, _value_in_frame),
    **dict.fromkeys(_RANKS, _rank),
}
