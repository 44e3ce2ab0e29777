"""How many examples the machines try: `REPORTWIRE_EXAMPLES`, the same ones every time."""

import os
from collections.abc import Iterable
from itertools import product
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

settings.register_profile(
    "machines",
    max_examples=int(os.environ.get("REPORTWIRE_EXAMPLES", "2000")),
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],  # thirty steps of a whole service are one example
    print_blob=True,
)
MACHINES = settings.get_profile("machines")


def combinations(*choices: Iterable[object]) -> st.SearchStrategy[Any]:
    """Draw one of each, the first being the simplest: as one draw, which is what a machine's time goes into."""
    return st.sampled_from(tuple(product(*choices)))


def often(usual: object, *others: object) -> tuple[Any, ...]:
    """Return choices of which the usual one is drawn three times as often as each other."""
    return (usual,) * 3 + others
