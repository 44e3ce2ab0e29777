"""Numbers.

selects ── node ──▶ **RULES** ──▶ `Written`
"""

from sqlglot import exp

from backend.authoring.distributed.trino_types import digits_of, is_decimal, is_integer, trino_type
from backend.authoring.distributed.writing import Rule, Rules, Writer, Written, operand_of


def _absolute(writer: Writer, node: exp.Abs) -> Written:
    operand = writer.write(node.this)
    if not (is_integer(operand.kind) or is_decimal(operand.kind) or operand.kind == "DOUBLE"):
        raise writer.refusal(node, f"abs of {operand.kind}: give it a number")
    return Written(f"abs({operand.text})", operand.kind, operand.is_rounded)


def _sign(writer: Writer, node: exp.Sign) -> Written:
    operand = writer.write(node.this)
    if not (is_integer(operand.kind) or is_decimal(operand.kind)):
        raise writer.refusal(node, f"sign of {operand.kind}: give it an integer or a decimal")
    return Written(f"CAST(sign({operand.text}) AS {trino_type(writer.kind(node))})", writer.kind(node))


def _whole(called: str) -> Rule:
    def write(writer: Writer, node: exp.Func) -> Written:
        operand = operand_of(writer, node, node.this, "DOUBLE")
        return Written(f"{called}({operand.text})", "DOUBLE")

    return write


def _rounded(writer: Writer, node: exp.Round) -> Written:
    operand, places = writer.write(node.this), node.args.get("decimals")
    if operand.kind == "DOUBLE" and places is None:
        if not isinstance(_around(node), exp.Cast):
            raise writer.refusal(node, "rounds to 0 or to -0: write round(x)::INTEGER")
        return Written(f"round({operand.text})", "DOUBLE")
    if not is_decimal(operand.kind) or not isinstance(places, exp.Literal) or not is_decimal(writer.kind(node)):
        raise writer.refusal(node, f"rounds {operand.kind}: write x::DECIMAL(15, 2) for two places")
    if int(places.name) > digits_of(operand.kind)[1]:
        raise writer.refusal(node, "rounds to more places than there are")

    kind = writer.kind(node)
    return Written(f"CAST(round({operand.text}, {places.name}) AS {trino_type(kind)})", kind)


def _around(node: exp.Expr) -> exp.Expr | None:
    """Return what a node stands in, without brackets."""
    around = node.parent
    return _around(around) if isinstance(around, exp.Paren) else around


RULES: Rules = {
    exp.Abs: _absolute,
    exp.Ceil: _whole("ceiling"),
    exp.Floor: _whole("floor"),
    exp.Round: _rounded,
    exp.Sign: _sign,
    exp.Trunc: _whole("truncate"),
}
