"""What a load showed, and the table of it.

load ──▶ **Findings** ──▶ README.md
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.verdict import BOUND_S, Verdict, percentile

NAMED = 5
"""So many ids of the lost, the hung, the duplicated and the late are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """All desks connecting at once."""

    kind: str
    desks: int
    back_s: tuple[float, ...]
    """When each was connected, in order; shorter than `desks` if some were not in time."""
    attempts: int
    peak: int
    """Connections opened in the busiest second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All of a run."""

    verdict: Verdict
    faults: Mapping[str, int]
    storms: tuple[Storm, ...]
    own_cpu: float
    """CPU the desks and the proxy used while loading, as a part of one core."""
    emulator_cpu: float
    """The same of the emulator's main process, without functions."""


def table(found: Findings) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    verdict = found.verdict
    yield "| what | result |"
    yield "|---|---|"
    yield f"| faults | {_counts(found.faults)} |"
    yield f"| reports asked | {verdict.asked:,} |"
    yield f"| ended | {_counts(verdict.ended)} |"
    yield f"| claimed more than once; such claims less kills | {verdict.retried}; {verdict.extra_claims} |"
    yield f"| lost, hung, duplicated | {_ids(verdict.lost)}, {_ids(verdict.hung)}, {_ids(verdict.duplicated)} |"
    yield f"| told later than {BOUND_S:.0f} s after the end | {_ids(verdict.late)} |"
    yield f"| end to link, p50 / p95 / p99 / max | {_percentiles(verdict.delays_s)} |"
    yield f"| the same, desk connected at the end | {_percentiles(verdict.calm_delays_s)} |"
    for storm in found.storms:
        yield f"| {storm.kind}: desks back, attempts, peak | {_storm(storm)} |"
    yield f"| CPU of one core: desks and proxy, emulator | {found.own_cpu:.0%}, {found.emulator_cpu:.0%} |"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in sorted(counts))


def _ids(report_ids: Sequence[str]) -> str:
    shown = f" ({', '.join(report_ids[:NAMED])})" if report_ids else ""
    return f"{len(report_ids)}{shown}"


def _percentiles(ordered: Sequence[float]) -> str:
    values = " / ".join(f"{percentile(ordered, percent):.3f}" for percent in (50, 95, 99, 100))
    return f"{values} s ({len(ordered):,} links)"


def _storm(storm: Storm) -> str:
    half, last = percentile(storm.back_s, 50), percentile(storm.back_s, 100)
    back = f"{len(storm.back_s)} of {storm.desks}, half after {half:.1f} s, the last after {last:.1f} s"
    return f"{back}; {storm.attempts} attempts, {storm.peak}/s at most"
