"""Functions of one row.

expressions ── node ──▶ **RULES** ──▶ `Written`
"""

from collections.abc import Mapping

from sqlglot import exp

from backend.authoring.distributed.trino_types import digits_of, is_decimal, is_integer, trino_type
from backend.authoring.distributed.writing import Rule, Rules, Writer, Written, common

_PARTS: Mapping[type[exp.Expr], str] = {
    exp.Year: "year({0})",
    exp.Quarter: "quarter({0})",
    exp.Month: "month({0})",
    exp.Day: "day({0})",
    exp.DayOfYear: "day_of_year({0})",
    exp.DayOfWeek: "(day_of_week({0}) % 7)",  # DuckDB's Sunday is 0
    exp.DayOfWeekIso: "day_of_week({0})",
    exp.Week: "week({0})",
    exp.WeekOfYear: "week({0})",
}
_PARTS_OF_TIME: Mapping[type[exp.Expr], str] = {
    exp.Hour: "hour({0})",
    exp.Minute: "minute({0})",
}
_EXTRACTED: Mapping[str, str] = {
    "YEAR": "year({0})",
    "QUARTER": "quarter({0})",
    "MONTH": "month({0})",
    "DAY": "day({0})",
    "ISODOW": "day_of_week({0})",
    "WEEK": "week({0})",
}
_TRUNCATED = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY"})
_TRUNCATED_TIMES = _TRUNCATED | {"HOUR", "MINUTE", "SECOND"}
_DATES = ("DATE", "TIMESTAMP")
_FORMATS: Mapping[str, str] = {
    "%Y": "%Y",
    "%m": "%m",
    "%d": "%d",
    "%H": "%H",
    "%M": "%i",
    "%S": "%s",
    "%B": "%M",
    "%A": "%W",
}
"""Codes of strftime, and of Trino's date_format. Source: https://trino.io/docs/476/functions/datetime.html"""


def _part(template: str, kinds: tuple[str, ...]) -> Rule:
    def write(writer: Writer, node: exp.Func) -> Written:
        operand = _of(writer, node, node.this, *kinds)
        return Written(template.format(operand.text), "BIGINT")

    return write


def _of(writer: Writer, node: exp.Expr, argument: exp.Expr, *kinds: str) -> Written:
    """Return an argument of one of these types."""
    operand = writer.write(argument)
    if operand.kind not in kinds:
        raise writer.refusal(node, f"{_called(node)} of {operand.kind}: give it {' or '.join(kinds)}")
    return operand


def _called(node: exp.Expr) -> str:
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__


def _extracted(writer: Writer, node: exp.Extract) -> Written:
    unit = node.name.upper()
    if unit not in _EXTRACTED:
        raise writer.refusal(node, f"extracts {unit}: extract one of {', '.join(sorted(_EXTRACTED))}")
    return Written(_EXTRACTED[unit].format(_of(writer, node, node.expression, *_DATES).text), "BIGINT")


def _truncated(writer: Writer, node: exp.TimestampTrunc) -> Written:
    operand = _of(writer, node, node.this, *_DATES)
    unit = node.args["unit"].name.upper()
    known = _TRUNCATED if operand.kind == "DATE" else _TRUNCATED_TIMES
    if unit not in known or writer.kind(node) != "TIMESTAMP":
        raise writer.refusal(node, f"date_trunc to {unit}: to one of {', '.join(sorted(known))}")
    text = f"date_trunc('{unit.lower()}', {operand.text})"
    return Written(f"CAST({text} AS TIMESTAMP(6))" if operand.kind == "DATE" else text, "TIMESTAMP")


def _difference(writer: Writer, node: exp.DateDiff) -> Written:
    end, begin = (_of(writer, node, each, "DATE") for each in (node.this, node.expression))
    if node.args["unit"].name.upper() != "DAY":
        raise writer.refusal(node, "date_diff counts days alone: write date_diff('day', …) of two DATEs")
    return Written(f"date_diff('day', {begin.text}, {end.text})", "BIGINT")


def _named(code: str) -> Rule:
    def write(writer: Writer, node: exp.Func) -> Written:
        return _as_text(_of(writer, node, node.this, *_DATES), code)

    return write


def _as_text(operand: Written, pattern: str) -> Written:
    """Return a date as text: of a time Trino rounds milliseconds before, and 23:59:59.9999 is the next day to it."""
    text = f"date_trunc('second', {operand.text})" if operand.kind == "TIMESTAMP" else operand.text
    return Written(f"date_format({text}, '{pattern}')", "VARCHAR")


def _formatted(writer: Writer, node: exp.TimeToStr) -> Written:
    operand, pattern = _of(writer, node, node.this, *_DATES), node.args["format"]
    text = pattern.name if isinstance(pattern, exp.Literal) and pattern.is_string else "%?"
    codes = [text[n : n + 2] for n in range(len(text)) if text[n] == "%"]
    if not set(codes) <= _FORMATS.keys() or "'" in text or "$" in text:
        raise writer.refusal(node, f"strftime takes a text with none but {', '.join(_FORMATS)}")
    for code in dict.fromkeys(codes):
        text = text.replace(code, f"\0{_FORMATS[code][1]}")
    return _as_text(operand, text.replace("\0", "%"))


def _time(writer: Writer, node: exp.TimeFromParts) -> Written:
    """A time that there is not fails in both."""
    parts = [writer.write(node.args[key]) for key in ("hour", "min", "sec")]
    if not all(is_integer(part.kind) for part in parts):
        raise writer.refusal(node, "make_time takes three integers: leave parts of a second out")
    text = " || ':' || ".join(f"CAST({part.text} AS VARCHAR)" for part in parts)
    return Written(f"CAST({text} AS TIME(6))", "TIME")


def _absolute(writer: Writer, node: exp.Abs) -> Written:
    operand = writer.write(node.this)
    if not (is_integer(operand.kind) or is_decimal(operand.kind) or operand.kind == "DOUBLE"):
        raise writer.refusal(node, f"abs of {operand.kind}: give it a number")
    return Written(f"abs({operand.text})", operand.kind, operand.is_rounded)


def _whole(called: str) -> Rule:
    def write(writer: Writer, node: exp.Func) -> Written:
        operand = _of(writer, node, node.this, "DOUBLE")
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


def _length(writer: Writer, node: exp.Length) -> Written:
    return Written(f"length({_of(writer, node, node.this, 'VARCHAR').text})", "BIGINT")


def _part_of_text(writer: Writer, node: exp.Substring) -> Written:
    operand = _of(writer, node, node.this, "VARCHAR")
    numbers = [each for key in ("start", "length") if (each := node.args.get(key)) is not None]
    if not all(isinstance(each, exp.Literal) and each.name.isdecimal() for each in numbers) or numbers[0].name == "0":
        raise writer.refusal(node, "substring takes places that are written there, from 1: substring(x, 1, 3)")
    return Written(f"substring({', '.join([operand.text, *(each.name for each in numbers)])})", "VARCHAR")


def _left(writer: Writer, node: exp.Left) -> Written:
    operand, length = _of(writer, node, node.this, "VARCHAR"), node.expression
    if not (isinstance(length, exp.Literal) and length.name.isdecimal()):
        raise writer.refusal(node, "left takes a number that is written there: left(x, 3)")
    return Written(f"substring({operand.text}, 1, {length.name})", "VARCHAR")


def _replaced(writer: Writer, node: exp.Replace) -> Written:
    operands = [_of(writer, node, node.args[key], "VARCHAR") for key in ("this", "expression", "replacement")]
    searched = node.expression
    if not (isinstance(searched, exp.Literal) and searched.name):
        raise writer.refusal(node, "replace takes a text to look for that is written there, and not empty")
    return Written(f"replace({', '.join(operand.text for operand in operands)})", "VARCHAR")


def _begins(writer: Writer, node: exp.StartsWith) -> Written:
    operands = [_of(writer, node, each, "VARCHAR") for each in (node.this, node.expression)]
    return Written(f"starts_with({operands[0].text}, {operands[1].text})", "BOOLEAN")


def _place(writer: Writer, node: exp.StrPosition) -> Written:
    operands = [_of(writer, node, each, "VARCHAR") for each in (node.this, node.args["substr"])]
    return Written(f"strpos({operands[0].text}, {operands[1].text})", "BIGINT")


def _contained(writer: Writer, node: exp.ArrayContains) -> Written:
    if not isinstance(node.this, exp.Placeholder):
        raise writer.refusal(node, "list_contains takes a parameter for its list: write x IN ('one', 'other')")
    listed, value = writer.write(node.this), writer.write(node.expression)
    if not listed.kind.endswith("[]"):
        raise writer.refusal(node, f"list_contains of {listed.kind}: give it a list")
    common(writer, node, Written("", listed.kind.removesuffix("[]")), value)
    return Written(f"contains({listed.text}, {value.text})", "BOOLEAN")


RULES: Rules = {
    **{each: _part(template, _DATES) for each, template in _PARTS.items()},
    **{each: _part(template, ("TIMESTAMP",)) for each, template in _PARTS_OF_TIME.items()},
    exp.Abs: _absolute,
    exp.ArrayContains: _contained,
    exp.Ceil: _whole("ceiling"),
    exp.DateDiff: _difference,
    exp.Dayname: _named("%W"),
    exp.Extract: _extracted,
    exp.Floor: _whole("floor"),
    exp.Left: _left,
    exp.Length: _length,
    exp.Monthname: _named("%M"),
    exp.Replace: _replaced,
    exp.Round: _rounded,
    exp.StartsWith: _begins,
    exp.StrPosition: _place,
    exp.Substring: _part_of_text,
    exp.TimeFromParts: _time,
    exp.TimeToStr: _formatted,
    exp.TimestampTrunc: _truncated,
}
