"""SELECTs written for Trino: what they read, what they group by, and their columns.

names, operand_types ──▶ **Selects** ── operands ──▶ allowed.RULES
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from backend.authoring.distributed.allowed import RULES
from backend.authoring.distributed.operand_types import NULL, Typing
from backend.authoring.distributed.reading import Parsed
from backend.authoring.distributed.trino_types import is_exact, is_number, trino_type
from backend.authoring.distributed.writing import Written, as_type, name
from backend.catalog.header import InvalidDefinition

_SIDES = frozenset({"", "LEFT", "RIGHT", "FULL"})
_KINDS = frozenset({"", "INNER", "OUTER", "CROSS"})
_SETS: Mapping[type[exp.Expr], str] = {exp.Cube: "CUBE", exp.GroupingSets: "GROUPING SETS", exp.Rollup: "ROLLUP"}
_SET_OPERATIONS = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}


class Selects:
    """A `writing.Writer` of one tree."""

    def __init__(self, parsed: Parsed, typing: Typing) -> None:
        self._parsed = parsed
        self._typing = typing
        self._rounded: dict[int, list[bool]] = {}
        """Which columns of a SELECT are `Written.is_rounded`."""

    def whole(self) -> str:
        """Return the whole text, whose columns are c0, c1 and so on."""
        tree = self._parsed.tree
        outputs = self._typing.outputs(tree)
        text = self._written(tree)
        shown = [self._shown(tree, number, title, kind) for number, (title, kind) in enumerate(outputs)]
        renamed = ", ".join(f"k{number}" for number in range(len(outputs)))
        return "\n".join(["SELECT", ",\n".join(shown), "FROM (", text, f") AS r ({renamed})"])

    def write(self, node: exp.Expr) -> Written:
        """See `Writer`."""
        if (rule := RULES.get(type(node))) is None:
            raise self.refusal(node, f"has {type(node).__name__.lower()} in the place of a value: leave it out")
        written = rule(self, node)
        if written.kind != NULL and trino_type(written.kind) is None and not written.kind.endswith("[]"):
            raise self.refusal(node, f"has the type {written.kind}, which the other engine has not")
        return written

    def kind(self, node: exp.Expr) -> str:
        """See `Writer`."""
        return self._typing.of(node)

    def refusal(self, node: exp.Expr, reason: str) -> InvalidDefinition:
        """See `Writer`."""
        return self._parsed.refusal(node, reason)

    def is_rounded(self, column: exp.Column) -> bool:
        """See `Writer`."""
        source = self._typing.source_of(column)
        if isinstance(source, exp.Table):
            return False
        names = [title for title, _ in self._typing.outputs(source)]
        return self._rounded[id(source)][names.index(column.name)]

    def suffix(self, node: exp.Expr) -> str:
        """See `Writer`."""
        around = node.parent
        if isinstance(around, exp.Filter) and node.arg_key == "this":
            if isinstance(around.parent, exp.Window):
                raise self.refusal(node, "has FILTER and OVER: write sum(CASE WHEN … THEN x END) OVER (…)")
            return f" FILTER (WHERE {self._condition(around.expression.this)})"
        if isinstance(around, exp.Window) and node.arg_key == "this":
            return f" OVER ({self._window(around)})"
        return ""

    def query(self, node: exp.Expr) -> str:
        """See `Writer`."""
        return self._written(node.unnest())

    def _shown(self, tree: exp.Expr, number: int, title: str, kind: str) -> str:
        if kind == "DOUBLE" and self._rounded[id(tree)][number]:
            column = tree.selects[number] if isinstance(tree, exp.Query) else tree
            reason = f'"{title}" may have another last digit in every run, or be -0: write …::DECIMAL(12, 4)'
            raise self.refusal(column, reason)
        text = f"CAST(k{number} AS VARCHAR)" if kind == "TIME" else f"k{number}"  # Hive has no times
        return f"{text} AS c{number}"

    def _written(self, query: exp.Expr) -> str:
        ctes = query.args.get("with_")
        text = f"{self._with(ctes)}\n" if ctes else ""
        match query:
            case exp.Select():
                return text + self._select(query)
            case exp.SetOperation():
                return text + self._set_operation(query)
            case exp.Subquery():
                return self._written(query.this)
            case _:
                raise self.refusal(query, "is no SELECT that a distributed engine is given")

    def _with(self, ctes: exp.With) -> str:
        parts = []
        for cte in ctes.expressions:
            if cte.args["alias"].columns:
                raise self.refusal(cte, "names the columns of WITH: name them in its SELECT, with AS")
            parts.append(f"{name(cte.alias)} AS (\n{self._written(cte.this)}\n)")
        return "WITH " + ",\n".join(parts)

    def _set_operation(self, several: exp.SetOperation) -> str:
        kinds = [kind for _, kind in self._typing.outputs(several)]
        sides = [several.left.unnest(), several.right.unnest()]
        texts = [self._branch(side, kinds) for side in sides]
        flags = [self._rounded[id(side)] for side in sides]
        self._rounded[id(several)] = [any(pair) for pair in zip(*flags, strict=True)]
        word = _SET_OPERATIONS[type(several)] + ("" if several.args.get("distinct") else " ALL")
        if word in {"EXCEPT ALL", "INTERSECT ALL"}:
            raise self.refusal(several, f"{word}: write it without ALL")
        return f"{texts[0]}\n{word}\n{texts[1]}"

    def _branch(self, side: exp.Expr, kinds: Sequence[str]) -> str:
        """Return one of several SELECTs, with its columns in the types of all together."""
        own = self._typing.outputs(side)
        for (title, kind), wanted in zip(own, kinds, strict=True):
            if kind not in {wanted, NULL} and not (is_exact(kind) and is_number(wanted)):
                raise self.refusal(side, f'has {kind} for "{title}", and {wanted} in another SELECT: cast it')
        text = self._written(side)
        columns = [Written(f"k{number}", kind) for number, (_, kind) in enumerate(own)]
        if [kind for _, kind in own] == list(kinds):
            return f"(\n{text}\n)"
        cast = ", ".join(as_type(column, kind) for column, kind in zip(columns, kinds, strict=True))
        return f"(\nSELECT {cast} FROM (\n{text}\n) AS r ({', '.join(column.text for column in columns)})\n)"

    def _select(self, select: exp.Select) -> str:
        sources = self._sources(select)
        columns = [self.write(_unnamed(column)) for column in select.selects]
        self._rounded[id(select)] = [column.is_rounded for column in columns]
        if select.args.get("qualify") or isinstance(self._count(select), exp.Placeholder):
            return self._chosen(select, columns, sources)
        distinct = "DISTINCT" if select.args.get("distinct") else ""
        listed = ",\n".join(
            f"{self._complete(written)} AS {name(column.alias_or_name)}"
            for written, column in zip(columns, select.selects, strict=True)
        )
        return "\n".join([f"SELECT {distinct}".rstrip(), listed, *sources, *self._groups(select), *self._limit(select)])

    def _chosen(self, select: exp.Select, columns: Sequence[Written], sources: Sequence[str]) -> str:
        """Return a SELECT whose rows are chosen once all are there, by QUALIFY or by a LIMIT that is a parameter."""
        count, qualify = self._count(select), select.args.get("qualify")
        texts = {f"k{number}": self._complete(written) for number, written in enumerate(columns)}
        kept = list(texts)
        if qualify:
            texts["q"] = self._condition(qualify.this)
        keys = ", ".join(self._key(select, each, texts) for each in _keys(select)) if count else ""
        is_distinct = bool(select.args.get("distinct"))
        if is_distinct and len(texts) > len(kept):
            raise self.refusal(select, "has DISTINCT with QUALIFY, or sorted by no column of its own: write a WITH")
        word = "SELECT DISTINCT" if is_distinct else "SELECT"
        inner = "\n".join([word, ",\n".join(texts.values()), *sources, *self._groups(select)])
        rows = f"FROM (\n{inner}\n) AS r ({', '.join(texts)})" + ("\nWHERE q" if qualify else "")
        ending = ""
        if isinstance(count, exp.Placeholder):  # which may be NULL, for all, and so no LIMIT
            numbered = f"SELECT {', '.join(kept)}, row_number() OVER (ORDER BY {keys}) AS n\n{rows}"
            rows = f"FROM (\n{numbered}\n) AS r\nWHERE coalesce(n <= ${{{count.name}}}, TRUE)"
        elif count:
            ending = f"\nORDER BY {keys}\nLIMIT {count.name}"
        named = zip(kept, select.selects, strict=True)
        listed = ", ".join(f"{short} AS {name(column.alias_or_name)}" for short, column in named)
        return f"SELECT {listed}\n{rows}{ending}"

    def _key(self, select: exp.Select, key: exp.Ordered, texts: dict[str, str]) -> str:
        """Return what to sort by among named columns; one that is not among them yet is added."""
        text = self._place_or_text(select, key.this)
        if text.isdecimal():
            return f"k{int(text) - 1}{_direction(key)}"
        short = f"o{len(texts)}"
        texts[short] = text
        return f"{short}{_direction(key)}"

    def _complete(self, written: Written) -> str:
        return f"CAST({written.text} AS {trino_type('INTEGER')})" if written.kind == NULL else written.text

    def _sources(self, select: exp.Select) -> list[str]:
        lines = []
        if source := select.args.get("from_"):
            lines.append(f"FROM {self._source(source.this)}")
        lines += [self._join(join) for join in select.args.get("joins") or ()]
        if where := select.args.get("where"):
            lines.append(f"WHERE {self._condition(where.this)}")
        return lines

    def _source(self, source: exp.Expr) -> str:
        match source:
            case exp.Table():
                return f"{name(source.name)} AS {name(source.alias_or_name)}"
            case exp.Subquery():
                return f"(\n{self._written(source.this)}\n) AS {name(source.alias)}"
            case exp.Values():
                return self._values(source)
            case _:
                raise self.refusal(source, "reads something else than a dataset")

    def _values(self, values: exp.Values) -> str:
        outputs = self._typing.outputs(values)
        self._rounded[id(values)] = [False for _ in outputs]
        rows = []
        for row in values.expressions:
            cells = [self.write(cell) for cell in row.expressions]
            rows.append(f"({', '.join(as_type(cell, kind) for cell, (_, kind) in zip(cells, outputs, strict=True))})")
        names = ", ".join(name(title) for title, _ in outputs)
        return "\n".join(["(VALUES", ",\n".join(rows), f") AS {name(values.alias)} ({names})"])

    def _join(self, join: exp.Join) -> str:
        side, kind, condition = join.side.upper(), join.kind.upper(), join.args.get("on")
        if side not in _SIDES or kind not in _KINDS or join.args.get("using"):
            raise self.refusal(join, f"has a {side or kind} JOIN: write JOIN or LEFT JOIN, with ON")
        source = self._source(join.this)
        if condition is None:
            return f"CROSS JOIN {source}"
        return f"{side} JOIN {source} ON {self._condition(condition)}".lstrip()

    def _condition(self, node: exp.Expr) -> str:
        written = self.write(node)
        if written.kind not in {"BOOLEAN", NULL}:
            raise self.refusal(node, f"takes {written.kind} for a condition: compare it, as in x <> 0")
        return written.text

    def _groups(self, select: exp.Select) -> list[str]:
        lines = []
        if group := select.args.get("group"):
            lines.append(f"GROUP BY {', '.join(self._group(select, each) for each in group.expressions)}")
        if having := select.args.get("having"):
            lines.append(f"HAVING {self._condition(having.this)}")
        return lines

    def _group(self, select: exp.Select, node: exp.Expr) -> str:
        if (word := _SETS.get(type(node))) is None:
            return self._place_or_text(select, node)
        return f"{word} ({', '.join(self._grouping_set(each) for each in node.expressions)})"

    def _grouping_set(self, node: exp.Expr) -> str:
        match node:
            case exp.Tuple():
                return f"({', '.join(self._grouping_set(each) for each in node.expressions)})"
            case exp.Paren():
                return f"({self._grouping_set(node.this)})"
            case exp.Column():
                return self.write(node).text
            case _:
                raise self.refusal(node, "groups by several sets of what is no column: make it one in a WITH before")

    def _place_or_text(self, select: exp.Select, node: exp.Expr) -> str:
        """Return the place of a column, from 1, if it is one; a number that is written there is one already."""
        if isinstance(node, exp.Literal) and node.name.isdecimal() and not node.is_string:
            return node.name
        for place, column in enumerate(select.selects, 1):
            if _unnamed(column) == node or (
                isinstance(node, exp.Column) and not node.table and node.name == column.alias
            ):
                return str(place)
        if isinstance(node, exp.Literal | exp.Placeholder):
            raise self.refusal(node, "groups or sorts by a constant: leave it out")
        return self.write(node).text

    def _limit(self, select: exp.Select) -> list[str]:
        """Return ORDER BY and LIMIT: without a limit the order of rows is nobody's but the report's."""
        if (limit := self._count(select)) is None:
            return []
        keys = [f"{self._place_or_text(select, each.this)}{_direction(each)}" for each in _keys(select)]
        return [f"ORDER BY {', '.join(keys)}", f"LIMIT {limit.name}"]

    def _count(self, select: exp.Select) -> exp.Literal | exp.Placeholder | None:
        """Return how many rows are taken, None for all."""
        limit = select.args.get("limit")
        if limit is None:
            return None
        if not _keys(select):
            raise self.refusal(limit, "LIMIT takes any rows: put ORDER BY before it, with all that tells rows apart")
        match limit.expression:
            case exp.Literal() as count if count.name.isdecimal():
                return count
            case exp.Placeholder() as count if self._typing.of_parameter(count.name) == "INTEGER":
                return count
        raise self.refusal(limit, "LIMIT takes a whole number, or a parameter that is one")

    def _window(self, window: exp.Window) -> str:
        parts = []
        if partition := window.args.get("partition_by"):
            parts.append(f"PARTITION BY {', '.join(self.write(each).text for each in partition)}")
        if order := window.args.get("order"):
            keys = [f"{self.write(each.this).text}{_direction(each)}" for each in order.expressions]
            parts.append(f"ORDER BY {', '.join(keys)}")
        if spec := window.args.get("spec"):
            parts.append(self._frame(spec))
        return " ".join(parts)

    def _frame(self, spec: exp.WindowSpec) -> str:
        kind, ends = str(spec.args["kind"]).upper(), []
        for key in ("start", "end"):
            end, side = spec.args.get(key), str(spec.args.get(f"{key}_side") or "")
            text = end.name if isinstance(end, exp.Literal) else str(end or "CURRENT ROW").upper()
            is_known = text in {"UNBOUNDED", "CURRENT ROW"} or (text.isdecimal() and kind == "ROWS")
            if not is_known:
                raise self.refusal(spec, "has a frame that is not of ROWS BETWEEN numbers: write one")
            ends.append(f"{text} {side}".rstrip())
        if kind not in {"ROWS", "RANGE"}:
            raise self.refusal(spec, f"has a frame of {kind}: write ROWS BETWEEN …")
        return f"{kind} BETWEEN {ends[0]} AND {ends[1]}"


def _keys(select: exp.Select) -> list[exp.Ordered]:
    """Return what the rows are sorted by."""
    order = select.args.get("order")
    return order.expressions if order else []


def _direction(key: exp.Ordered) -> str:
    direction = " DESC" if key.args.get("desc") else ""
    return f"{direction} NULLS {'FIRST' if key.args.get('nulls_first') else 'LAST'}"


def _unnamed(column: exp.Expr) -> exp.Expr:
    return column.this if isinstance(column, exp.Alias) else column
