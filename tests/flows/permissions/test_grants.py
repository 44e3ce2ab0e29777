"""The emulator enforces the program's own policies: without any one grant just its step breaks, and all come back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec
import pytest

from desktop.sign_in.profiles import Profile
from infra.local import backend
from infra.local.recording import recorded
from tests.faults.rest.conftest import SETTINGS
from tests.faults.rest.streams import streaming, unpacked
from tests.flows.permissions.grants import Grant, granted, without
from tests.flows.permissions.stand import Stand, standing
from tests.flows.permissions.steps import STEPS, Step
from tests.infra.conftest import EVERYTHING

pytestmark = pytest.mark.slow

SILENCE_S = 1.5
GRAPH = cache(lambda: recorded.record(EVERYTHING))


@pytest.fixture(scope="module")
def stand(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    root = unpacked(tmp_path_factory.mktemp("events"))
    with (
        backend.running(cache_dir=cache / "reportwire", settings=SETTINGS) as local,
        streaming(local, root) as events,
        standing(local, msgspec.convert(local.profile, Profile), events.url) as stand,
    ):
        yield stand


@pytest.fixture(scope="module")
def proven() -> dict[Step, bool]:
    """What steps do while every grant is there, once each."""
    return {}


@contextmanager
def lacking(stand: Stand, grant: Grant) -> Iterator[None]:
    """Take one action on one resource out of a role."""
    iam, role = stand.local.client("iam"), f"reportwire-{grant.role}"
    there = iam.get_role_policy(RoleName=role, PolicyName=grant.role)["PolicyDocument"]
    less = without(there, grant.action, granted(GRAPH())[grant])
    iam.put_role_policy(RoleName=role, PolicyName=grant.role, PolicyDocument=json.dumps(less))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=grant.role, PolicyDocument=json.dumps(there))


@contextmanager
def silent(stand: Stand) -> Iterator[None]:
    """Have nobody wait for long: what comes has been seen to come."""
    patience_s, stand.patience_s = stand.patience_s, SILENCE_S
    try:
        yield
    finally:
        stand.patience_s = patience_s


@pytest.mark.parametrize("grant", STEPS, ids=lambda grant: f"{grant.role} {grant.action} {grant.resource}")
def test_step_works_and_does_not_without_its_grant(stand: Stand, proven: dict[Step, bool], grant: Grant) -> None:
    step = STEPS[grant]
    if step not in proven:
        proven[step] = step.succeeds(stand)
    assert proven[step], step.says
    with lacking(stand, grant), silent(stand):
        assert not step.succeeds(stand), step.says
