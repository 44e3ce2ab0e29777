"""Every way to wait for a report, on the same reports, in one run: see README.md of the benchmarks.

**ways** ──▶ a site with a REST API and streams ──▶ comparison, idle ──▶ table

Run it with `python -m tests.benchmarks.ways`; it takes a quarter of an hour. With
`--quick` it takes three minutes, and its times say little: there are few reports, and functions still start.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from infra import bundle
from tests.benchmarks.verdict import percentile
from tests.benchmarks.ways import clients, idle, pushes, table
from tests.benchmarks.ways.clients import FALLBACK, SOCKET, TOLD, Order, Outcome, Place
from tests.benchmarks.ways.comparison import ROWS, Comparison, Taken, comparing, mix, standing
from tests.benchmarks.ways.counting import Invocation, Rates, typical_s
from tests.faults import site
from tests.faults.rest.streams import streaming, unpacked
from tests.faults.site import Site

SETTINGS = {"serverSentEvents": "true", "synchronousReports": "true", "maxWaiters": "100"}
FUNCTIONS = ("router", "http-router", "synchronous", "events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is done."""

    seed_ms: tuple[int, ...] = (5_000, 40_000)
    rounds: int = 2
    reports: int = 50
    longest_s: float = 60.0
    turns: int = 2
    aging_ms: int = 340_000
    """Of one report beside the others, whose pushes are looked at as it grows old."""
    warm_step: int = 1
    """How many more ways begin at once while functions are still to be started."""


QUICK = Plan(seed_ms=(31_000,), rounds=1, reports=6, longest_s=20.0, turns=1, aging_ms=33_000, warm_step=3)


def memories(there: Site) -> dict[str, int]:
    """Return the memory that the program declares for each function, in MB."""
    outputs = {name: f"{name.title().replace('-', '')}Function" for name in FUNCTIONS}
    names = {name: there.local.outputs[output[0].lower() + output[1:]] for name, output in outputs.items()}
    client = there.local.client("lambda")
    return {
        name: client.get_function_configuration(FunctionName=function)["MemorySize"] for name, function in names.items()
    }


async def run(comparison: Comparison, watch: idle.Watch, old: Place, plan: Plan) -> list[str]:
    """Return the lines of the tables."""
    memory_mb = memories(comparison.site)
    await comparison.warm(plan.warm_step)
    async with idle.desks(watch), asyncio.TaskGroup() as tasks:
        aging = tasks.create_task(clients.websocket(old, Order(plan.aging_ms, ROWS)))
        seeds = {
            _seconds(delay_ms): await _rounds(comparison, Order(delay_ms, ROWS), plan) for delay_ms in plan.seed_ms
        }
        each = [await comparison.take(mix(plan.reports, plan.longest_s, seed=turn + 1)) for turn in range(plan.turns)]
        desks = watch.end(memory_mb["router"])
    mixed = _together(each)
    works = [work for taken in (*seeds.values(), mixed) for way in taken.values() for work in way.talk.invocations]
    rates = Rates(memory_mb=memory_mb, typical_s=typical_s(works))
    return [
        *table.behaviour(seeds, mixed),
        "",
        *table.prices(seeds, mixed, rates),
        "",
        *(f"{way}: {table.shares(mixed[way], rates)}" for way in mixed),
        "",
        *table.turns(each),
        "",
        f"typical: {', '.join(f'{kind} {seconds * 1000:.1f} ms' for kind, seconds in rates.typical_s.items())}",
        f"messages of a WebSocket: {', '.join(_messages(seeds))}",
        *_late(mixed),
        *_cut(comparison),
        _aged(comparison, aging.result()),
        *_idle(desks),
        f"WebSocket that is only held: ${idle.held_alone(rates.gb_s(_message(mixed))):.4f} a month",
    ]


def _messages(seeds: Mapping[str, Mapping[str, Taken]]) -> Iterator[str]:
    for name, taken in seeds.items():
        yield f"{taken[SOCKET].talk.messages / len(taken[SOCKET].outcomes):.1f} for {name}"


def _message(mixed: Mapping[str, Taken]) -> Invocation:
    return next(work for work in mixed[SOCKET].talk.invocations if work.kind == "message")


async def _rounds(comparison: Comparison, order: Order, plan: Plan) -> Mapping[str, Taken]:
    return _together([await comparison.take([order], lanes=1) for _ in range(plan.rounds)])


def _together(each: list[dict[str, Taken]]) -> dict[str, Taken]:
    return {way: sum((turn[way] for turn in each), Taken()) for way in each[0]}


def _seconds(delay_ms: int) -> str:
    return f"{delay_ms // 1000} s"


def _late(mixed: Mapping[str, Taken]) -> Iterator[str]:
    for way in (TOLD, FALLBACK):
        late = sorted(outcome.lag_s - outcome.pace_s for outcome in mixed[way].outcomes)
        yield f"{way}: beyond the told pace, p95 {percentile(late, 95):.3f} s, at most {late[-1]:.3f} s, of {len(late)}"


def _cut(comparison: Comparison) -> Iterator[str]:
    for way, stand in comparison.stands.items():
        answered = [status for asked, status in comparison.site.gateway.http.requests if stand.is_whose(asked)]
        if failed := Counter(status for status in answered if status is None or status >= HTTPStatus.BAD_REQUEST):
            yield f"{way}: answers that were failures: {dict(failed)} of {len(answered)}"


def _aged(comparison: Comparison, outcome: Outcome) -> str:
    assert outcome.report is not None
    return pushes.said(pushes.intervals_s(comparison.posts, outcome.report["reportId"]))


def _idle(desks: Mapping[str, idle.Idle]) -> Iterator[str]:
    for way, desk in desks.items():
        counted = f"{desk.questions} questions, {desk.bytes_out:,} bytes down in {desk.seconds:.0f} s"
        yield f"idle desktop, {way}: {counted}; ${desk.dollars:.4f} a month"
        yield f"  {idle.shares(desk)}"


def main() -> None:
    """Start a site and print the tables."""
    parser = argparse.ArgumentParser(description="Compare the ways to wait for a report.")
    parser.add_argument("--quick", action="store_true", help="few reports, in three minutes")
    plan = QUICK if parser.parse_args().quick else Plan()
    with (
        tempfile.TemporaryDirectory() as made,
        site.running(bundle.default_cache_dir(), variables={"POSTS_ASIDE": "true"}, settings=SETTINGS) as there,
        streaming(there.local, unpacked(Path(made))) as api,
        comparing(there, api) as comparison,
        idle.watching(comparison) as watch,
        standing(there, api, there.analyst()) as old,
    ):
        for line in asyncio.run(run(comparison, watch, old.place, plan)):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
