"""Requests that schemathesis makes from the description: no fault, and no answer that is not described."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from backend.documents.operations import OPERATIONS
from tests.backend.documents.situations import world_in
from tests.backend.fakes import World
from tests.backend.web.serving import SIGNED, Serving

EXAMPLES = 60
"""For each operation, besides all values at the edges of what its parameters may be."""


class OneWorld:
    """A service with one report, which is as it was before with each request."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._rows: dict[str, Any] = {}

    def __call__(self) -> World:
        if self._world is None:
            self._world = world_in("succeeded")
            self._rows = dict(self._world.reports.rows)
        self._world.reports.rows = dict(self._rows)
        self._world.counter.counts = {}
        return self._world


description = schemathesis.openapi.from_wsgi("/openapi.json", Serving(OneWorld()))


def answers_are_described(operation_id: str) -> Any:
    @pytest.mark.slow
    @description.include(operation_id=operation_id).parametrize()
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def test(case: "schemathesis.Case[Any]") -> None:
        # What the description allows may still name no report, or be no cursor.
        case.call_and_validate(headers=SIGNED, excluded_checks=[positive_data_acceptance])

    return test


for operation in OPERATIONS:
    # One function each: schemathesis gives all operations of one function the same id, and xdist runs an id once.
    globals()[f"test_answers_to_made_requests_are_described_{operation.id}"] = answers_are_described(operation.id)
