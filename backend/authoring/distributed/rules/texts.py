"""Texts.

selects ── node ──▶ **RULES** ──▶ `Written`
"""

from sqlglot import exp

from backend.authoring.distributed.writing import Rules, Writer, Written, called, operand_of, text_literal

_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What Unicode calls spaces, in the category Zs."""
_SIGNS_IN_SETS = frozenset("\\[]^-&~")
"""What means something in a pattern's set of letters."""


def _length(writer: Writer, node: exp.Length) -> Written:
    return Written(f"length({operand_of(writer, node, node.this, 'VARCHAR').text})", "BIGINT")


def _part_of_text(writer: Writer, node: exp.Substring) -> Written:
    operand = operand_of(writer, node, node.this, "VARCHAR")
    numbers = [each for key in ("start", "length") if (each := node.args.get(key)) is not None]
    if not all(isinstance(each, exp.Literal) and each.name.isdecimal() for each in numbers) or numbers[0].name == "0":
        raise writer.refusal(node, "substring takes places that are written there, from 1: substring(x, 1, 3)")
    return Written(f"substring({', '.join([operand.text, *(each.name for each in numbers)])})", "VARCHAR")


def _left(writer: Writer, node: exp.Left) -> Written:
    operand, length = operand_of(writer, node, node.this, "VARCHAR"), node.expression
    if not (isinstance(length, exp.Literal) and length.name.isdecimal()):
        raise writer.refusal(node, "left takes a number that is written there: left(x, 3)")
    return Written(f"substring({operand.text}, 1, {length.name})", "VARCHAR")


def _right(writer: Writer, node: exp.Right) -> Written:
    operand, length = operand_of(writer, node, node.this, "VARCHAR"), _count(writer, node, node.expression)
    text = (
        f"CASE WHEN length({operand.text}) > {length} THEN substring({operand.text}, -{length}) ELSE {operand.text} END"
    )
    return Written(text, "VARCHAR")


def _joined(writer: Writer, node: exp.Concat) -> Written:
    """To DuckDB nothing is a text without letters here, but not to ||."""
    operands = [operand_of(writer, node, each, "VARCHAR") for each in node.expressions]
    texts = " || ".join(f"coalesce({operand.text}, '')" for operand in operands)
    return Written(f"({texts})", "VARCHAR")


def _joined_with(writer: Writer, node: exp.ConcatWs) -> Written:
    between, *others = node.expressions
    operands = [operand_of(writer, node, each, "VARCHAR") for each in others]
    return Written(
        f"concat_ws({', '.join([_text(writer, node, between), *(each.text for each in operands)])})", "VARCHAR"
    )


def _split(writer: Writer, node: exp.SplitPart) -> Written:
    """Where there are fewer parts, DuckDB has a text without letters and Trino none."""
    operand, between = operand_of(writer, node, node.this, "VARCHAR"), _text(writer, node, node.args.get("delimiter"))
    part = f"split_part({operand.text}, {between}, {_count(writer, node, node.args.get('part_index'))})"
    return Written(f"CASE WHEN {operand.text} IS NOT NULL THEN coalesce({part}, '') END", "VARCHAR")


def _padded(writer: Writer, node: exp.Pad) -> Written:
    operand, length = operand_of(writer, node, node.this, "VARCHAR"), _count(writer, node, node.expression)
    called = "lpad" if node.args.get("is_left") else "rpad"
    return Written(
        f"{called}({operand.text}, {length}, {_text(writer, node, node.args.get('fill_pattern'))})", "VARCHAR"
    )


def _trimmed(writer: Writer, node: exp.Trim) -> Written:
    """Without a set of its own DuckDB takes off what Unicode calls spaces, and no line ends or tabs.

    It is a pattern, as Trino 368 takes off no others than it knows itself.
    """
    operand, letters = operand_of(writer, node, node.this, "VARCHAR"), node.expression
    if letters is not None:
        _text(writer, node, letters)
    listed = "".join(f"\\{each}" if each in _SIGNS_IN_SETS else each for each in (letters.name if letters else _SPACES))
    ends = {"LEADING": rf"\A[{listed}]+", "TRAILING": rf"[{listed}]+\z"}
    pattern = ends.get(node.text("position").upper(), "|".join(ends.values()))
    return Written(f"regexp_replace({operand.text}, {text_literal(pattern)})", "VARCHAR")


def _replaced(writer: Writer, node: exp.Replace) -> Written:
    operands = [operand_of(writer, node, node.args[key], "VARCHAR") for key in ("this", "expression", "replacement")]
    searched = node.expression
    if not (isinstance(searched, exp.Literal) and searched.name):
        raise writer.refusal(node, "replace takes a text to look for that is written there, and not empty")
    return Written(f"replace({', '.join(operand.text for operand in operands)})", "VARCHAR")


def _begins(writer: Writer, node: exp.StartsWith) -> Written:
    operands = [operand_of(writer, node, each, "VARCHAR") for each in (node.this, node.expression)]
    return Written(f"starts_with({operands[0].text}, {operands[1].text})", "BOOLEAN")


def _ends(writer: Writer, node: exp.EndsWith) -> Written:
    text, part = (operand_of(writer, node, each, "VARCHAR").text for each in (node.this, node.expression))
    return Written(f"(substring({text}, -length({part})) = {part})", "BOOLEAN")


def _contains(writer: Writer, node: exp.Contains) -> Written:
    text, part = (operand_of(writer, node, each, "VARCHAR").text for each in (node.this, node.expression))
    return Written(f"(strpos({text}, {part}) > 0)", "BOOLEAN")


def _place(writer: Writer, node: exp.StrPosition) -> Written:
    operands = [operand_of(writer, node, each, "VARCHAR") for each in (node.this, node.args["substr"])]
    return Written(f"strpos({operands[0].text}, {operands[1].text})", "BIGINT")


def _count(writer: Writer, node: exp.Expr, argument: exp.Expr | None) -> str:
    """Return a number, from 1, that is written there."""
    if not (isinstance(argument, exp.Literal) and argument.name.isdecimal() and int(argument.name)):
        raise writer.refusal(node, f"{called(node)} takes a number that is written there, from 1")
    return argument.name


def _text(writer: Writer, node: exp.Expr, argument: exp.Expr | None) -> str:
    """Return a text, not empty, that is written there."""
    if not (isinstance(argument, exp.Literal) and argument.is_string and argument.name):
        raise writer.refusal(node, f"{called(node)} takes a text that is written there, and not empty")
    return writer.write(argument).text


RULES: Rules = {
    exp.Concat: _joined,
    exp.ConcatWs: _joined_with,
    exp.Contains: _contains,
    exp.EndsWith: _ends,
    exp.Left: _left,
    exp.Length: _length,
    exp.Pad: _padded,
    exp.Replace: _replaced,
    exp.Right: _right,
    exp.SplitPart: _split,
    exp.StartsWith: _begins,
    exp.StrPosition: _place,
    exp.Substring: _part_of_text,
    exp.Trim: _trimmed,
}
