"""Operators: arithmetic, comparison, logic, and what chooses between values.

expressions ── node ──▶ **RULES** ──▶ `Written`
"""

from typing import Any

from sqlglot import exp

from backend.authoring.distributed.operand_types import NULL
from backend.authoring.distributed.rules.dates import moved
from backend.authoring.distributed.trino_types import digits_of, is_decimal, is_exact, is_integer, is_number, trino_type
from backend.authoring.distributed.writing import Rules, Writer, Written, as_double, as_type, common, is_rounded

_SIGNS = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


def _arithmetic(writer: Writer, node: exp.Binary) -> Written:
    if isinstance(node.right, exp.Interval) and isinstance(node, exp.Add | exp.Sub):
        return moved(writer, node, node.right)
    left, right, kind = writer.write(node.left), writer.write(node.right), writer.kind(node)
    sign = _SIGNS[type(node)]
    if "DATE" in (left.kind, right.kind) and "TIMESTAMP" not in (left.kind, right.kind):
        return _of_dates(writer, node, left, right)
    if not (is_number(left.kind) and is_number(right.kind)):
        raise writer.refusal(node, f"computes {left.kind} {sign} {right.kind}: compute with numbers, or DATE and days")
    if is_decimal(kind):
        return _of_decimals(writer, node, left, right)
    text = f"({as_type(left, kind)} {sign} {as_type(right, kind)})"
    return Written(text, kind, is_rounded(left, right))


def _of_decimals(writer: Writer, node: exp.Binary, left: Written, right: Written) -> Written:
    """Trino's own result has more digits, and as many after the point: casting it fails where DuckDB fails."""
    kind = writer.kind(node)
    after = [digits_of(each.kind)[1] if is_decimal(each.kind) else 0 for each in (left, right)]
    expected = sum(after) if isinstance(node, exp.Mul) else max(after)
    if "HUGEINT" in (left.kind, right.kind) or digits_of(kind)[1] != expected:
        raise writer.refusal(node, f"computes {left.kind} with {right.kind}: cast both to DECIMAL(18, …) before")
    text = f"({left.text} {_SIGNS[type(node)]} {right.text})"
    return Written(f"CAST({text} AS {trino_type(kind)})", kind)


def _of_dates(writer: Writer, node: exp.Binary, left: Written, right: Written) -> Written:
    sign = _SIGNS[type(node)]
    match left.kind, sign, right.kind:
        case "DATE", "-", "DATE":
            return Written(f"date_diff('day', {right.text}, {left.text})", "BIGINT")
        case "DATE", "+" | "-", kind if is_integer(kind):
            days = right.text if sign == "+" else f"-{right.text}"
            return Written(f"date_add('day', {days}, {left.text})", "DATE")
        case _:
            raise writer.refusal(node, f"computes {left.kind} {sign} {right.kind}: write a date, then days, as d + 7")


def _division(writer: Writer, node: exp.Div) -> Written:
    left, right = writer.write(node.left), writer.write(node.right)
    if not (is_number(left.kind) and is_number(right.kind)):
        raise writer.refusal(node, f"divides {left.kind} by {right.kind}: divide numbers")
    if not _is_never_zero(node.right):
        raise writer.refusal(
            node, "divides by what may be 0, and 0 / 0 is compared in two ways: write x / nullif(y, 0)"
        )
    return Written(f"({as_double(left)} / {as_double(right)})", "DOUBLE", is_rounded(left, right))


def _is_never_zero(node: exp.Expr) -> bool:
    match node:
        case exp.Paren() | exp.Cast() | exp.Neg():
            return _is_never_zero(node.this)
        case exp.Literal():
            return not node.is_string and float(node.name) != 0
        case exp.Nullif(expression=exp.Literal() as other):
            return not other.is_string and float(other.name) == 0
        case exp.Count(this=exp.Star(), parent=around, parent_select=exp.Select() as select):
            group, has_frame = select.args.get("group"), isinstance(around, exp.Filter | exp.Window)
            return (
                group is not None and not has_frame and not any(group.find_all(exp.Rollup, exp.Cube, exp.GroupingSets))
            )
        case _:
            return False


def _of_integers(writer: Writer, node: exp.Binary) -> Written:
    left, right, kind = writer.write(node.left), writer.write(node.right), writer.kind(node)
    if not (is_integer(left.kind) and is_integer(right.kind)):
        raise writer.refusal(node, f"has {left.kind} and {right.kind} about // or %: cast them, as in x::BIGINT")
    sign = "/" if isinstance(node, exp.IntDiv) else "%"
    return Written(f"({as_type(left, kind)} {sign} {as_type(right, kind)})", kind)


def _negative(writer: Writer, node: exp.Neg) -> Written:
    operand = writer.write(node.this)
    if not is_number(operand.kind) or operand.kind != writer.kind(node):
        raise writer.refusal(node, f"has a minus before {operand.kind}")
    return Written(f"(-{operand.text})", operand.kind, operand.is_rounded)


def _comparison(writer: Writer, node: exp.Binary) -> Written:
    left, right = common(writer, node, writer.write(node.left), writer.write(node.right))
    return Written(f"({left} {_COMPARISONS[type(node)]} {right})", "BOOLEAN")


def _distinctness(writer: Writer, node: exp.Binary) -> Written:
    left, right = common(writer, node, writer.write(node.left), writer.write(node.right))
    negation = "NOT " if isinstance(node, exp.NullSafeEQ) else ""
    return Written(f"({left} IS {negation}DISTINCT FROM {right})", "BOOLEAN")


def _between(writer: Writer, node: exp.Between) -> Written:
    value, low, high = common(writer, node, *(writer.write(node.args[key]) for key in ("this", "low", "high")))
    return Written(f"({value} BETWEEN {low} AND {high})", "BOOLEAN")


def _in(writer: Writer, node: exp.In) -> Written:
    value = writer.write(node.this)
    if query := node.args.get("query"):
        if writer.kind(query) != value.kind and not (is_integer(value.kind) and is_integer(writer.kind(query))):
            raise writer.refusal(node, f"looks for {value.kind} among {writer.kind(query)}: cast one")
        return Written(f"({value.text} IN ({writer.query(query)}))", "BOOLEAN")
    texts = common(writer, node, value, *map(writer.write, node.expressions))
    return Written(f"({texts[0]} IN ({', '.join(texts[1:])}))", "BOOLEAN")


def _exists(writer: Writer, node: exp.Exists) -> Written:
    return Written(f"EXISTS ({writer.query(node.this)})", "BOOLEAN")


def _is(writer: Writer, node: exp.Is) -> Written:
    if not isinstance(node.expression, exp.Null):
        raise writer.refusal(node, "IS takes NULL alone: write coalesce(x, false)")
    return Written(f"({writer.write(node.this).text} IS NULL)", "BOOLEAN")


def _not(writer: Writer, node: exp.Not) -> Written:
    if isinstance(node.this, exp.Is) and isinstance(node.this.expression, exp.Null):
        return Written(f"({writer.write(node.this.this).text} IS NOT NULL)", "BOOLEAN")
    return Written(f"(NOT {_condition(writer, node.this)})", "BOOLEAN")


def _both(writer: Writer, node: exp.Connector) -> Written:
    word = "AND" if isinstance(node, exp.And) else "OR"
    return Written(f"({f' {word} '.join(_condition(writer, each) for each in node.flatten())})", "BOOLEAN")


def _condition(writer: Writer, node: exp.Expr) -> str:
    operand = writer.write(node)
    if operand.kind not in {"BOOLEAN", NULL}:
        raise writer.refusal(node, f"takes {operand.kind} for a condition: compare it, as in x <> 0")
    return operand.text


def _like(writer: Writer, node: exp.Like) -> Written:
    value, pattern = writer.write(node.this), node.expression
    if value.kind != "VARCHAR" or not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise writer.refusal(node, "LIKE takes text, and a pattern that is written there")
    negation = "NOT " if node.args.get("negate") else ""
    return Written(f"({value.text} {negation}LIKE {writer.write(pattern).text})", "BOOLEAN")


def _joined(writer: Writer, node: exp.DPipe) -> Written:
    operands = [writer.write(each) for each in (node.left, node.right)]
    if any(operand.kind != "VARCHAR" for operand in operands):
        raise writer.refusal(node, "|| joins text alone: cast numbers, as in x::VARCHAR")
    return Written(f"({operands[0].text} || {operands[1].text})", "VARCHAR")


def _case(writer: Writer, node: exp.Case) -> Written:
    """Write comparisons out: to Trino 476 CASE x WHEN x is true, also where x is NULL."""
    kind = writer.kind(node)
    branches = node.args["ifs"]
    results = [writer.write(branch.args["true"]) for branch in branches]
    default = [writer.write(node.args["default"])] if node.args.get("default") else []
    _check_results(writer, node, kind, [*results, *default])
    if node.this:
        value, *cases = common(writer, node, writer.write(node.this), *(writer.write(each.this) for each in branches))
        conditions = [f"({value} = {case})" for case in cases]
    else:
        conditions = [_condition(writer, branch.this) for branch in branches]
    texts = [f"WHEN {when} THEN {as_type(then, kind)}" for when, then in zip(conditions, results, strict=True)]
    ending = [f"ELSE {as_type(each, kind)}" for each in default]
    return Written(f"CASE {' '.join([*texts, *ending])} END", kind, is_rounded(*results, *default))


def _coalesce(writer: Writer, node: exp.Coalesce) -> Written:
    kind, operands = writer.kind(node), [writer.write(each) for each in (node.this, *node.expressions)]
    _check_results(writer, node, kind, operands)
    if len(operands) == 1:
        return operands[0]
    return Written(f"coalesce({', '.join(as_type(each, kind) for each in operands)})", kind, is_rounded(*operands))


def _check_results(writer: Writer, node: exp.Expr, kind: str, operands: list[Written]) -> None:
    """Check that values may become one type without loss."""
    for operand in operands:
        is_widened = is_exact(operand.kind) and is_number(kind)
        if operand.kind not in {kind, NULL} and not is_widened:
            raise writer.refusal(node, f"has {operand.kind} in a place of {kind}: cast it, so that all are of one type")


def _nullif(writer: Writer, node: exp.Nullif) -> Written:
    value, other = writer.write(node.this), writer.write(node.expression)
    common(writer, node, value, other)
    if value.kind != writer.kind(node) or "DOUBLE" in (value.kind, other.kind):
        raise writer.refusal(node, f"nullif of {value.kind} and {other.kind}: give it two of one type, no doubles")
    return Written(f"nullif({value.text}, {other.text})", value.kind)


def _extreme(writer: Writer, node: Any) -> Written:  # noqa: ANN401  of two classes
    """Trino's is NULL where any is, DuckDB's where all are."""
    kind, operands = writer.kind(node), [writer.write(each) for each in (node.this, *node.expressions)]
    _check_results(writer, node, kind, operands)
    texts = [as_type(operand, kind) for operand in operands]
    turned = [f"coalesce({', '.join([*texts[n:], *texts[:n]])})" for n in range(len(texts))]
    called = "greatest" if isinstance(node, exp.Greatest) else "least"
    return Written(f"{called}({', '.join(turned)})", kind, is_rounded(*operands) or kind == "DOUBLE")


def _scalar(writer: Writer, node: exp.Subquery) -> Written:
    """More rows than one fail in both."""
    return Written(f"(\n{writer.query(node)}\n)", writer.kind(node))


def _brackets(writer: Writer, node: exp.Paren) -> Written:
    return writer.write(node.this)


def _contained(writer: Writer, node: exp.ArrayContains) -> Written:
    if not isinstance(node.this, exp.Placeholder):
        raise writer.refusal(node, "list_contains takes a parameter for its list: write x IN ('one', 'other')")
    listed, value = writer.write(node.this), writer.write(node.expression)
    if not listed.kind.endswith("[]"):
        raise writer.refusal(node, f"list_contains of {listed.kind}: give it a list")
    common(writer, node, Written("", listed.kind.removesuffix("[]")), value)
    return Written(f"contains({listed.text}, {value.text})", "BOOLEAN")


RULES: Rules = {
    exp.Add: _arithmetic,
    exp.And: _both,
    exp.ArrayContains: _contained,
    exp.Between: _between,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.DPipe: _joined,
    exp.Div: _division,
    exp.Exists: _exists,
    exp.Greatest: _extreme,
    exp.In: _in,
    exp.IntDiv: _of_integers,
    exp.Is: _is,
    exp.Least: _extreme,
    exp.Like: _like,
    exp.Mod: _of_integers,
    exp.Mul: _arithmetic,
    exp.Neg: _negative,
    exp.Not: _not,
    exp.NullSafeEQ: _distinctness,
    exp.NullSafeNEQ: _distinctness,
    exp.Nullif: _nullif,
    exp.Or: _both,
    exp.Paren: _brackets,
    exp.Sub: _arithmetic,
    exp.Subquery: _scalar,
    **dict.fromkeys(_COMPARISONS, _comparison),
}
