import heapq
from random import Random

import pytest

from desktop.transport.backoff import delay_s
from tests.benchmarks.policies import COMPARED, OURS, Policy, full_jitter
from tests.benchmarks.storm import ACCOUNT, BACK, STAGE, Outcome, Quota, simulate, soonest_s

SMALL = 5_000


def draw_s(policy: Policy, trait: float, refusals: int, random: Random) -> float:
    """Draw a wait; ours with the function the client draws it with."""
    if policy is OURS:
        return delay_s(refusals, random.uniform)
    spreads = policy.waits(trait, refusals)
    (spread,) = random.choices(spreads, [spread.share for spread in spreads])
    return random.uniform(spread.low_s, spread.high_s)


def replay(policy: Policy, desktops: int, quota: Quota, random: Random) -> Outcome:
    """Play the storm desktop by desktop, drawing each wait."""
    traits = [random.choice(policy.traits) for _ in range(desktops)]
    due = [(draw_s(policy, trait, 0, random), random.random(), trait, 0) for trait in traits]
    heapq.heapify(due)
    tokens, at, back_s, refused, connected = quota.burst, 0.0, 0.0, 0, 0
    seconds: dict[int, int] = {}
    while due:
        before, (at, _, trait, refusals) = at, heapq.heappop(due)
        tokens = min(quota.burst, tokens + (at - before) * quota.rate)
        seconds[int(at)] = seconds.get(int(at), 0) + 1
        if tokens < 1:
            refused += 1
            after = at + draw_s(policy, trait, refusals + 1, random)
            heapq.heappush(due, (after, random.random(), trait, refusals + 1))
            continue
        tokens, connected = tokens - 1, connected + 1
        if not back_s and connected >= BACK * desktops:
            back_s = at
    return Outcome(desktops=desktops, back_s=back_s, refused=refused, peak=max(seconds.values()))


@pytest.mark.parametrize("quota", [ACCOUNT, STAGE], ids=["account", "stage"])
@pytest.mark.parametrize("policy", COMPARED, ids=lambda policy: policy.name)
def test_counting_agrees_with_drawing_each_desktop(policy: Policy, quota: Quota) -> None:
    counted, drawn = simulate(policy, SMALL, quota), replay(policy, SMALL, quota, Random(1))
    assert counted.back_s == pytest.approx(drawn.back_s, rel=0.1)
    assert counted.refused == pytest.approx(drawn.refused, rel=0.03)
    assert counted.peak == pytest.approx(drawn.peak, rel=0.05)


@pytest.mark.parametrize("policy", COMPARED, ids=lambda policy: policy.name)
def test_everybody_returns_and_nobody_sooner_than_the_quota_allows(policy: Policy) -> None:
    went = simulate(policy, SMALL)
    assert went.back_s >= soonest_s(SMALL)
    assert went.peak < 2 * SMALL


def test_within_the_burst_nobody_is_refused() -> None:
    assert simulate(OURS, 500).refused == 0


def test_ours_is_the_form_with_its_constants() -> None:
    assert simulate(OURS, SMALL).refused == pytest.approx(simulate(full_jitter(0.5, 30.0), SMALL).refused)


def test_larger_cap_spares_the_service_and_costs_the_last_desktops_time() -> None:
    short, long = (simulate(full_jitter(0.5, cap_s), 50_000) for cap_s in (5.0, 300.0))
    assert short.refused > 2 * long.refused
    assert short.back_s < long.back_s
