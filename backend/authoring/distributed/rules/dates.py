"""Dates and times: their parts, the distance between two, and their texts.

selects ── node ──▶ **RULES** ──▶ `Written`
"""

from collections.abc import Mapping

from sqlglot import exp

from backend.authoring.distributed.trino_types import is_integer
from backend.authoring.distributed.writing import Rule, Rules, Writer, Written, as_type, common, operand_of

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
    exp.Second: "second({0})",
}
_EXTRACTED: Mapping[str, str] = {
    "YEAR": "year({0})",
    "QUARTER": "quarter({0})",
    "MONTH": "month({0})",
    "DAY": "day({0})",
    "ISODOW": "day_of_week({0})",
    "WEEK": "week({0})",
}
_EXTRACTED_TIMES: Mapping[str, str] = {
    **_EXTRACTED,
    "HOUR": "hour({0})",
    "MINUTE": "minute({0})",
    "SECOND": "second({0})",
}
_TRUNCATED = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY"})
_TRUNCATED_TIMES = _TRUNCATED | {"HOUR", "MINUTE", "SECOND"}
_UNITS = frozenset({"YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"})
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
        operand = operand_of(writer, node, node.this, *kinds)
        return Written(template.format(operand.text), "BIGINT")

    return write


def _extracted(writer: Writer, node: exp.Extract) -> Written:
    operand, unit = operand_of(writer, node, node.expression, *_DATES), node.name.upper()
    known = _EXTRACTED if operand.kind == "DATE" else _EXTRACTED_TIMES
    if unit not in known:
        raise writer.refusal(node, f"extracts {unit}: extract one of {', '.join(sorted(known))}")
    return Written(known[unit].format(operand.text), "BIGINT")


def _truncated(writer: Writer, node: exp.TimestampTrunc) -> Written:
    operand = operand_of(writer, node, node.this, *_DATES)
    unit = node.args["unit"].name.upper()
    known = _TRUNCATED if operand.kind == "DATE" else _TRUNCATED_TIMES
    if unit not in known or writer.kind(node) != "TIMESTAMP":
        raise writer.refusal(node, f"date_trunc to {unit}: to one of {', '.join(sorted(known))}")
    text = f"date_trunc('{unit.lower()}', {operand.text})"
    return Written(f"CAST({text} AS TIMESTAMP(6))" if operand.kind == "DATE" else text, "TIMESTAMP")


def _difference(writer: Writer, node: exp.DateDiff) -> Written:
    """Count how often a unit begins between two: Trino counts whole units. Weeks and days DuckDB counts so too."""
    operands = [operand_of(writer, node, each, *_DATES) for each in (node.expression, node.this)]
    unit, is_of_days = node.args["unit"].name.upper(), all(each.kind == "DATE" for each in operands)
    known = _TRUNCATED if is_of_days else _TRUNCATED_TIMES - {"WEEK"}
    if unit not in known:
        raise writer.refusal(node, f"date_diff counts {unit}: count one of {', '.join(sorted(known))}")
    texts = common(writer, node, *operands)
    if not (is_of_days and unit in {"DAY", "WEEK"}):
        texts = [f"date_trunc('{unit.lower()}', {text})" for text in texts]
    return Written(f"date_diff('{unit.lower()}', {', '.join(texts)})", "BIGINT")


def moved(writer: Writer, node: exp.Binary, interval: exp.Interval) -> Written:
    """Move a date by an interval: to both the end of January and a month is the end of February."""
    moment, count, unit = writer.write(node.left), interval.this, interval.text("unit").upper().removesuffix("S")
    if moment.kind not in {"DATE", "TIMESTAMP"} or unit not in _UNITS:
        raise writer.refusal(node, f"moves {moment.kind} by {unit}: move a DATE or TIMESTAMP by DAY, MONTH, YEAR …")
    if isinstance(count, exp.Literal) and count.name.isdecimal():
        number = count.name
    else:
        operand = writer.write(count)
        if not is_integer(operand.kind) or operand.kind == "BIGINT":
            raise writer.refusal(node, f"has an INTERVAL of {operand.kind}: write a whole number, as INTERVAL 3 MONTH")
        number = operand.text
    sign = "-" if isinstance(node, exp.Sub) else ""
    return Written(f"date_add('{unit.lower()}', {sign}{number}, {as_type(moment, 'TIMESTAMP')})", "TIMESTAMP")


def _interval(writer: Writer, node: exp.Interval) -> Written:
    raise writer.refusal(node, "has an INTERVAL that is not added to a date: write d + INTERVAL 3 MONTH")


def _last_day(writer: Writer, node: exp.LastDay) -> Written:
    return Written(f"last_day_of_month({operand_of(writer, node, node.this, *_DATES).text})", "DATE")


def _named(code: str) -> Rule:
    def write(writer: Writer, node: exp.Func) -> Written:
        return _as_text(operand_of(writer, node, node.this, *_DATES), code)

    return write


def _as_text(operand: Written, pattern: str) -> Written:
    """Return a date as text: of a time Trino rounds milliseconds before, and 23:59:59.9999 is the next day to it."""
    text = f"date_trunc('second', {operand.text})" if operand.kind == "TIMESTAMP" else operand.text
    return Written(f"date_format({text}, '{pattern}')", "VARCHAR")


def _formatted(writer: Writer, node: exp.TimeToStr) -> Written:
    operand, pattern = operand_of(writer, node, node.this, *_DATES), node.args["format"]
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


RULES: Rules = {
    **{each: _part(template, _DATES) for each, template in _PARTS.items()},
    **{each: _part(template, ("TIMESTAMP",)) for each, template in _PARTS_OF_TIME.items()},
    exp.DateDiff: _difference,
    exp.Dayname: _named("%W"),
    exp.Extract: _extracted,
    exp.Interval: _interval,
    exp.LastDay: _last_day,
    exp.Monthname: _named("%M"),
    exp.TimeFromParts: _time,
    exp.TimeToStr: _formatted,
    exp.TimestampTrunc: _truncated,
}
