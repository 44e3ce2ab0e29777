"""A reconnect storm on paper: every desktop is cut at once, and the service takes only so many connections a second.

policies ──▶ **storm** ──▶ the tables of README.md

Nothing is connected. Desktops that have been refused equally often are alike, so they are counted, not drawn one by
one: in each slot of 10 ms as many attempt as the spreads say on average, and each is accepted with the same chance. An
attempt is answered at once. Run it with `python -m tests.benchmarks.storm`.
"""

import heapq
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.benchmarks.policies import COMPARED, OURS, Policy, Spread, full_jitter

SLOTS_A_SECOND = 100
BACK = 0.99
"""The part of the desktops whose return is timed: the last few say more of chance than of the policy."""
NEGLIGIBLE = 1e-10
"""So few desktops are what rounding leaves, not desktops."""

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CONSTANTS = ((0.5, 5.0), (0.5, 10.0), (0.5, 30.0), (0.5, 60.0), (0.5, 300.0), (5.0, 30.0), (30.0, 30.0))


@dataclass(frozen=True, slots=True)
class Quota:
    """A token bucket: `burst` connections at once, refilled at `rate` a second. What exceeds it is refused."""

    rate: float = 500.0
    burst: float = 500.0


ACCOUNT = Quota()
"""New connections per second, account and region; that the burst is as large is an assumption.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""
STAGE = Quota(100.0, 200.0)
"""What our own stage lets through by default: `throttle_rate` and `throttle_burst` of infra/settings.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a storm went."""

    desktops: int
    back_s: float
    """When 99 % were connected again."""
    refused: float
    """Attempts refused until the last was connected."""
    peak: float
    """Attempts in the busiest second, counted from the cut."""

    @property
    def refused_each(self) -> float:
        """Refused attempts per desktop."""
        return self.refused / self.desktops


Stage = tuple[float, int]
"""Desktops that are alike: their trait and how often they were refused."""


@dataclass(slots=True)
class _Agenda:
    """How many desktops of each stage attempt in the present slot, and how that changes later."""

    slot: int = 0
    attempting: dict[Stage, float] = field(default_factory=dict)
    _changes: dict[int, dict[Stage, float]] = field(default_factory=lambda: defaultdict(dict))
    _slots: list[int] = field(default_factory=list)

    def add(self, stage: Stage, desktops: float, spread: Spread) -> None:
        """Let desktops attempt after a wait; the earliest is the next slot."""
        first = self.slot + 1 + round(spread.low_s * SLOTS_A_SECOND)
        end = max(first + 1, self.slot + 1 + round(spread.high_s * SLOTS_A_SECOND))
        in_each = desktops * spread.share / (end - first)
        self._change(first, stage, in_each)
        self._change(end, stage, -in_each)

    def _change(self, slot: int, stage: Stage, desktops: float) -> None:
        if slot not in self._changes:
            heapq.heappush(self._slots, slot)
        changes = self._changes[slot]
        changes[stage] = changes.get(stage, 0.0) + desktops

    def advance(self) -> int:
        """Go on to the next slot in which anybody attempts; return how many slots that took."""
        before = self.slot
        self.slot = before + 1 if self.attempting else self._slots[0]
        if self._slots[0] == self.slot:
            heapq.heappop(self._slots)
            for stage, change in self._changes.pop(self.slot).items():
                desktops = self.attempting.pop(stage, 0.0) + change
                if desktops > NEGLIGIBLE:
                    self.attempting[stage] = desktops
        return self.slot - before


def simulate(policy: Policy, desktops: int, quota: Quota = ACCOUNT) -> Outcome:
    """Return how a storm of so many desktops goes."""
    agenda = _Agenda(slot=-1)
    for trait in policy.traits:
        _wait(agenda, policy, (trait, 0), desktops / len(policy.traits))
    connected = refused = 0.0
    tokens, back_s = quota.burst, 0.0
    attempts: dict[int, float] = defaultdict(float)
    while connected < desktops - 0.5:
        tokens = min(quota.burst, tokens + agenda.advance() * quota.rate / SLOTS_A_SECOND)
        attempting = sum(agenda.attempting.values())
        accepted = min(tokens, attempting)
        tokens -= accepted
        connected += accepted
        attempts[agenda.slot // SLOTS_A_SECOND] += attempting
        if not back_s and connected >= BACK * desktops:
            back_s = (agenda.slot + 1) / SLOTS_A_SECOND
        if attempting > accepted:
            refused += attempting - accepted
            _refuse(agenda, policy, 1 - accepted / attempting)
    return Outcome(desktops=desktops, back_s=back_s, refused=refused, peak=max(attempts.values()))


def _refuse(agenda: _Agenda, policy: Policy, part: float) -> None:
    """Let that part of those who attempt now wait once more."""
    for (trait, refusals), attempting in agenda.attempting.items():
        is_settled = refusals + 1 >= policy.settled
        stage = (policy.traits[0], policy.settled) if is_settled else (trait, refusals + 1)
        _wait(agenda, policy, stage, attempting * part)


def _wait(agenda: _Agenda, policy: Policy, stage: Stage, desktops: float) -> None:
    for spread in policy.waits(*stage):
        agenda.add(stage, desktops, spread)


def soonest_s(desktops: int, quota: Quota = ACCOUNT) -> float:
    """Return when 99 % are back if the service never idles."""
    return max(0.0, (BACK * desktops - quota.burst) / quota.rate)


def table(policies: Iterable[Policy], sizes: Iterable[int], quota: Quota = ACCOUNT) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| desktops | policy | 99 % back after | refused | refused each | peak attempts/s |"
    yield "|---:|---|---:|---:|---:|---:|"
    chosen = tuple(policies)
    for size in sizes:
        yield f"| {size:,} | *never idle* | *{soonest_s(size, quota):,.0f} s* | | | |"
        for policy in chosen:
            went = simulate(policy, size, quota)
            cells = f"{went.back_s:,.0f} s", f"{went.refused:,.0f}", f"{went.refused_each:.1f}", f"{went.peak:,.0f}"
            yield f"| {size:,} | {policy.name} | {' | '.join(cells)} |"


def _print(title: str, lines: Iterable[str]) -> None:
    sys.stdout.write(f"{title}\n\n")
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write("\n")


def main() -> None:
    """Print every table."""
    _print(f"{ACCOUNT.rate:.0f} new connections a second, {ACCOUNT.burst:.0f} at once", table(COMPARED, SIZES))
    _print("Our form with other constants", table([full_jitter(*each) for each in CONSTANTS], SIZES[1:]))
    title = f"Ours at the stage's own limit: {STAGE.rate:.0f} a second, {STAGE.burst:.0f} at once"
    _print(title, table([OURS], SIZES, STAGE))


if __name__ == "__main__":
    main()
