"""The list of what a SELECT may be made of: a node that is not on it, or has a part that is not, is refused.

names ── `Parsed` ──▶ **check** ──▶ selects
"""

from collections.abc import Mapping

from sqlglot import exp

from backend.authoring.distributed.reading import Parsed
from backend.authoring.distributed.rules import aggregates, casts, dates, numbers, operators, texts
from backend.authoring.distributed.writing import Rules

RULES: Rules = {
    **operators.RULES,
    **casts.RULES,
    **numbers.RULES,
    **texts.RULES,
    **dates.RULES,
    **aggregates.RULES,
}
_OPERAND = frozenset({"this", "expression", "expressions"})
_PARTS: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Alias: frozenset({"this", "alias"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.Coalesce: _OPERAND,
    exp.Column: frozenset({"this", "table"}),
    exp.Concat: frozenset({"expressions", "safe", "coalesce"}),
    exp.ConcatWs: frozenset({"expressions", "safe", "coalesce"}),
    exp.Count: frozenset({"this", "big_int"}),
    exp.Cube: frozenset({"expressions"}),
    exp.DPipe: frozenset({"this", "expression", "safe"}),
    exp.DataType: frozenset({"this", "expressions"}),
    exp.DataTypeParam: frozenset({"this"}),
    exp.DateDiff: frozenset({"this", "expression", "unit", "date_part_boundary"}),
    exp.Distinct: frozenset({"expressions"}),
    exp.Except: frozenset({"this", "expression", "distinct", "with_"}),
    exp.From: frozenset({"this"}),
    exp.Greatest: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Group: frozenset({"expressions", "all"}),
    exp.Grouping: frozenset({"expressions"}),
    exp.GroupingSets: frozenset({"expressions"}),
    exp.Having: frozenset({"this"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.GroupConcat: frozenset({"this", "separator"}),
    exp.If: frozenset({"this", "true", "false"}),
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Interval: frozenset({"this", "unit"}),
    exp.Intersect: frozenset({"this", "expression", "distinct", "with_"}),
    exp.Join: frozenset({"this", "on", "using", "side", "kind"}),
    exp.Lag: frozenset({"this", "offset", "default"}),
    exp.Lead: frozenset({"this", "offset", "default"}),
    exp.Least: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Like: frozenset({"this", "expression", "negate"}),
    exp.Limit: frozenset({"expression"}),
    exp.NthValue: frozenset({"this", "offset"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Order: frozenset({"this", "expressions"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Pad: frozenset({"this", "expression", "fill_pattern", "is_left"}),
    exp.Replace: frozenset({"this", "expression", "replacement"}),
    exp.Qualify: frozenset({"this"}),
    exp.Rollup: frozenset({"expressions"}),
    exp.Round: frozenset({"this", "decimals"}),
    exp.Select: frozenset(
        {
            *("expressions", "from_", "joins", "where", "group", "having", "qualify"),
            *("order", "limit", "distinct", "with_"),
        }
    ),
    exp.SplitPart: frozenset({"this", "delimiter", "part_index"}),
    exp.Star: frozenset(),
    exp.StrPosition: frozenset({"this", "substr"}),
    exp.Subquery: frozenset({"this", "alias"}),
    exp.Substring: frozenset({"this", "start", "length"}),
    exp.Table: frozenset({"this", "alias"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.TimeFromParts: frozenset({"hour", "min", "sec"}),
    exp.TimeToStr: frozenset({"this", "format"}),
    exp.TimestampTrunc: frozenset({"this", "unit"}),
    exp.Trim: frozenset({"this", "expression", "position"}),
    exp.Tuple: frozenset({"expressions"}),
    exp.Union: frozenset({"this", "expression", "distinct", "with_"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.Var: frozenset({"this"}),
    exp.Where: frozenset({"this"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "over"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
    exp.With: frozenset({"expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
}
"""The parts that a node may have; of an operand that is not here, `_OPERAND`."""
_ADVICE: Mapping[str, str] = {
    "approx_quantile": "quantile_disc(x, 0.9)",
    "array": "x IN (1, 2)",
    "currentdate": "a parameter of dates, with a relative default",
    "explode": "CROSS JOIN (VALUES …) AS name(one, other)",
    "date_part": "extract(year FROM d)",
    "lower": "a list of what it may be, as x IN ('a', 'A')",
    "ilike": "LIKE, with the letters as they are in the data",
    "logicaland": "count(*) FILTER (WHERE NOT …) = 0",
    "logicalor": "count(*) FILTER (WHERE …) > 0",
    "median": "quantile_disc(x, 0.5)",
    "mode": "a count of each value, and row_number() over it",
    "struct": "columns, or VALUES",
    "trycast": "CASE with what can be cast",
    "tuple": "a SELECT DISTINCT, and count(*) of its rows",
    "unnest": "CROSS JOIN (VALUES …) AS name(one, other)",
}
_IN_TREES_ALONE: Mapping[type[exp.Expr], str] = {
    exp.Distinct: "DISTINCT ON",
    exp.Join: "a join",
    exp.Table: "a table",
    exp.Select: "a SELECT",
}


def check(parsed: Parsed) -> None:
    """Check that all of a SELECT is on the list.

    Raises:
        InvalidDefinition: Something is not, in that line.
    """
    for node in parsed.tree.walk():
        kind = type(node)
        if kind is exp.If and not isinstance(node.parent, exp.Case):
            raise parsed.refusal(node, "uses if(), which sqlglot reads as CASE: write CASE WHEN … THEN … ELSE … END")
        if kind not in RULES and kind not in _PARTS:
            raise parsed.refusal(
                node, f"uses {_word(node)}, which is not known to be the same in both engines{_advice(node)}"
            )
        used = {key for key, value in node.args.items() if value}
        if unknown := sorted(used - _PARTS.get(kind, _OPERAND)):
            part = next(iter(each for each in [node.args[unknown[0]]] if isinstance(each, exp.Expr)), node)
            reason = f"uses {_IN_TREES_ALONE.get(kind, _word(node))} with {unknown[0].strip('_').replace('_', ' ')}"
            raise parsed.refusal(part, f"{reason}, which is not known to be the same in both engines{_advice(part)}")


def _word(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"{node.name}()"
    return f"{node.sql_name().lower()}()" if isinstance(node, exp.Func) else type(node).__name__.lower()


def _advice(node: exp.Expr) -> str:
    name = (node.name if isinstance(node, exp.Anonymous) else type(node).__name__).lower()
    return f": write {_ADVICE[name]}" if name in _ADVICE else ""
