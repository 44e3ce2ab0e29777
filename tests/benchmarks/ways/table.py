"""The tables of README.md.

comparison, idle ──▶ **tables** ──▶ Markdown
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from infra.costs import charges
from tests.benchmarks.verdict import percentile
from tests.benchmarks.ways.clients import EVENTS, FALLBACK, LONG, SOCKET, SYNCHRONOUS, TOLD
from tests.benchmarks.ways.comparison import Taken
from tests.benchmarks.ways.counting import Rates, usage_of

FRESH = {
    SYNCHRONOUS: "none",
    LONG: "none",
    TOLD: "1, 2, 5 s",
    FALLBACK: "1, 2, 5 s",
    EVENTS: "1, 2, 5 s",
    SOCKET: "1, 2, 5 s",
}
"""How often a client hears of a report that is made, in its first 30 s, then in its first 5 minutes, then."""

Sets = Mapping[str, Mapping[str, Taken]]
"""What came of each set of reports, by way."""


def behaviour(seed: Sets, mixed: Mapping[str, Taken]) -> Iterator[str]:
    """Yield the lines of how the ways work, a report of the mix each."""
    heads = " | ".join(seed)
    yield f"| way | {heads} | mix | end to link, mean s | p95 s | connections | requests | messages | kB up | kB down |"
    yield f"|---|{'---|' * len(seed)}---|{'---:|' * 7}"
    for way, taken in mixed.items():
        count, counts = len(taken.outcomes), taken.talk.counts
        lags = taken.lags_s
        each = [counts.connections, counts.requests + counts.upgrades, taken.talk.messages]
        sizes = [counts.bytes_up / 1000, counts.bytes_down / 1000]
        yield (
            "| "
            + " | ".join(
                [
                    way,
                    *(_ended(one[way]) for one in seed.values()),
                    f"{len(lags)} of {count}",
                    f"{fmean(lags):.2f}",
                    f"{percentile(lags, 95):.2f}",
                    *(f"{number / count:.1f}" for number in (*each, *sizes)),
                ]
            )
            + " |"
        )


def prices(seed: Sets, mixed: Mapping[str, Taken], rates: Rates) -> Iterator[str]:
    """Yield the lines of what the ways cost."""
    sets = {**seed, "mix": mixed}
    heads = " | ".join(f"$, {name}" for name in sets)
    yield f"| way | hears each | invocations | GB-s | {heads} |"
    yield f"|---|---|{'---:|' * (2 + len(sets))}"
    for way, taken in mixed.items():
        usage, count = usage_of(taken.talk, rates), len(taken.outcomes)
        thousands = (thousand(one[way], rates) for one in sets.values())
        fresh = FRESH.get(way) or way.rpartition(", ")[2]
        counted = f"{usage.invocations / count:.1f} | {usage.gb_s / count:.3f}"
        yield f"| {way} | {fresh} | {counted} | {' | '.join(f'{each:.3f}' for each in thousands)} |"


def thousand(taken: Taken, rates: Rates) -> float:
    """Return the dollars of a thousand such reports."""
    return charges.dollars(usage_of(taken.talk, rates)) * 1000 / len(taken.outcomes)


def shares(taken: Taken, rates: Rates) -> str:
    """Return what the dollars of a way are made of, largest first."""
    items = charges.itemised(usage_of(taken.talk, rates))
    whole = sum(items.values())
    parts = sorted(items.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {part / whole:.0%}" for name, part in parts if part / whole >= 0.01)


def _ended(taken: Taken) -> str:
    return "; ".join(taken.failures) or "link"


def turns(each: Sequence[Mapping[str, Taken]]) -> Iterator[str]:
    """Yield how much the turns differ."""
    for way in each[0]:
        said = (f"{fmean(turn[way].lags_s):.3f} / {percentile(turn[way].lags_s, 95):.3f}" for turn in each)
        yield f"{way}: mean / p95 of each turn {', '.join(said)}"
