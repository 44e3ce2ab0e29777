"""What in a SELECT may say something else when rows come in another order, with the way to write it instead.

checking ── `Syntax` ──▶ **suspects** ──▶ `Suspect`
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

from backend.authoring.syntax import Node, Syntax

KEEPING = frozenset({"array_agg", "group_concat", "list", "listagg", "string_agg"})
MADE_OF_LISTS = frozenset({"json_group_array", "json_group_object", "variant_group_array"})
"""Macros over such functions, which take no order."""
CHOOSING = frozenset(
    {"any_value", "arbitrary", "first", "last", "mode", "max_by", "min_by", "argmax", "argmin"}
    | {f"arg_{end}{nulls}" for end in ("max", "min") for nulls in ("", "_null", "_nulls_last")}
)
ESTIMATING = frozenset({"approx_quantile", "approx_top_k", "lttb", "reservoir_quantile"})
ADDING = frozenset({"avg", "mean", "sum"})
"""Exact over decimals and integers."""
ROUNDING = frozenset(
    {"entropy", "favg", "fsum", "geomean", "geometric_mean", "kahan_sum", "product", "sumkahan"}
    | {"corr", "covar_pop", "covar_samp", "kurtosis", "kurtosis_pop", "sem", "skewness", "wavg", "weighted_avg"}
    | {"regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy"}
    | {"stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance"}
)
"""Over doubles, which are rounded at each step."""
RANKING = frozenset({"cume_dist", "dense_rank", "percent_rank", "rank", "rank_dense"})
"""Functions over a window that give rows that tie the same."""
TAKING = frozenset({"first_value", "lag", "last_value", "lead", "nth_value", "ntile", "row_number"})
"""Functions over a window that give rows that tie something else."""


class Rank(IntEnum):
    """How likely a suspect is the reason, likeliest first."""

    NO_ORDER = auto()
    TIES = auto()
    """It has an order, in which rows may tie."""
    ROUNDING = auto()
    """All it may change is the last digit of a double."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A part of a SELECT."""

    line: int
    rank: Rank
    advice: str
    column: str | None
    """The column of the result that it is in, as far as it says so itself."""


def suspects(syntax: Syntax) -> list[Suspect]:
    """Return the suspects in the order of the text."""
    columns = {
        id(node): expression["alias"]
        for expression in syntax.root.get("select_list", ())
        if expression.get("alias")
        for node in syntax.nodes(expression)
    }
    return [
        Suspect(syntax.line(place), rank, advice, columns.get(id(node)))
        for node in syntax.nodes()
        for place, rank, advice in _advice(node, str(node.get("function_name", "")).lower())
    ]


def _advice(node: Node, name: str) -> Iterator[tuple[Node, Rank, str]]:
    match node:
        case {"type": "LIMIT_MODIFIER"}:
            advice = "LIMIT takes any of the rows that tie: put ORDER BY before it, with all that tells rows apart"
            yield node["limit"] or node["offset"], Rank.TIES, advice
        case {"type": "DISTINCT_MODIFIER", "distinct_on_targets": [first, *_]}:
            advice = "DISTINCT ON takes any of rows that are alike: add ORDER BY, with all that tells them apart"
            yield first, Rank.TIES, advice
        case {"class": "WINDOW", "orders": orders}:
            if (orders and name not in RANKING) or name in TAKING:
                advice = "takes rows that tie as they come: put all that tells rows apart into OVER (ORDER BY …)"
                yield node, Rank.TIES if orders else Rank.NO_ORDER, f"{name} {advice}"
            elif found := _advice_on_aggregate(name):
                yield node, *found
        case {"type": "JOIN", "ref_type": "ASOF"}:
            yield node, Rank.TIES, "ASOF JOIN takes any of the rows that tie: join on what tells them apart, too"
        case {"class": "FUNCTION", "order_bys": {"orders": []}}:
            if found := _advice_on_aggregate(name):
                yield node, *found
        case {"class": "FUNCTION", "order_bys": {"orders": [_, *_]}} if name in KEEPING | CHOOSING:
            advice = f"{name} takes values that tie as they come: put all that tells rows apart into its ORDER BY"
            yield node, Rank.TIES, advice
        case _:
            pass


def _advice_on_aggregate(name: str) -> tuple[Rank, str] | None:
    return next(((rank, advice.format(name)) for names, rank, advice in _ON_AGGREGATES if name in names), None)


_ON_AGGREGATES = (
    (KEEPING, Rank.NO_ORDER, "{0} takes values as they come: write {0}(… ORDER BY …)"),
    (MADE_OF_LISTS, Rank.NO_ORDER, "{0} takes values as they come: make it of list(… ORDER BY …)"),
    (
        CHOOSING,
        Rank.NO_ORDER,
        "{0} takes any of several values: write {0}(… ORDER BY …), with what tells rows apart",
    ),
    (ESTIMATING, Rank.NO_ORDER, "{0} is an estimate: use an exact function, or write {0}(… ORDER BY …)"),
    (ADDING, Rank.ROUNDING, "{0} of doubles rounds at each step: write {0}(…::DECIMAL(18, 2)), or more places"),
    (ROUNDING, Rank.ROUNDING, "{0} rounds at each step: write {0}(…)::DECIMAL(12, 4), or fewer places"),
)
