"""The steps that a service answers: clock, sign-in, live messages, HTTPS, each with one thing wrong."""

import threading
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from desktop.doctor.examination import Clocks
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.findings import Found, NotSignedIn, SignInUnreachable
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.wording.examination import Check, Outcome
from tests.desktop.doctor.benches import (
    HOST,
    SOON,
    KnownSigner,
    found,
    steps_of,
    that_failed,
    that_were_skipped,
)
from tests.desktop.doors import Door, Instead, open_door
from tests.desktop.services import FakeService, profile_of, serving
from tests.limits import HANG_S
from tests.networks.modes import Mode
from tests.networks.network import Network


def with_door(profile: Profile, base: str) -> Profile:
    return msgspec.structs.replace(profile, https=base)


# --- clock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "words"), [(10, "fast"), (-10, "slow")])
def test_clock_that_is_off_is_a_warning(minutes: int, words: str) -> None:
    clocks = Clocks(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    with serving(FakeService()) as profile:
        step = found(profile, clocks=clocks)[Check.CLOCK]
    assert step.outcome is Outcome.WARNING
    assert step.sentence.startswith(f"This computer's clock is 10 minutes {words}")
    assert step.figure in {"599 s", "600 s", "601 s"}


# --- sign-in --------------------------------------------------------------------------------------


def test_missing_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with serving(FakeService()) as known:
        profile = msgspec.structs.replace(known, auth=IamAuth())
        steps = found(profile, signer=Signer(profile))
    assert that_failed(steps) == {Check.SIGN_IN}
    assert steps[Check.SIGN_IN].sentence.startswith("No AWS credentials were found.")
    assert that_were_skipped(steps) >= {Check.LIVE, Check.REPORT}


@pytest.mark.parametrize("error", [NotSignedIn("Sign in."), SignInUnreachable("The portal is away.")])
def test_credentials_that_do_not_come(error: Exception) -> None:
    signer = KnownSigner()
    signer.failures.append(error)
    with serving(FakeService()) as profile:
        steps = found(profile, signer=signer)
    assert steps[Check.SIGN_IN].sentence == str(error)


def test_credentials_that_take_too_long() -> None:
    signer = KnownSigner()
    signer.gate = threading.Event()
    with serving(FakeService()) as profile:
        steps = found(profile, signer=signer, limits=replace(SOON, sign_in=0.05))
    signer.gate.set()
    assert that_failed(steps) == {Check.SIGN_IN}


def test_sign_in_is_not_needed_for_a_service_on_this_computer_with_its_own_keys() -> None:
    with serving(FakeService()) as known:
        auth = IamAuth(access_key_id="AKIDEXAMPLE", secret_access_key="wJalrXUtnFEMI")
        profile = msgspec.structs.replace(known, auth=auth)
        step = found(profile, signer=KnownSigner(found=Found("explicit", None)))[Check.SIGN_IN]
    assert (step.outcome, step.text) == (Outcome.PASSED, "not needed on this computer")


def test_credentials_are_said_with_their_end_and_without_their_keys() -> None:
    now = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    signer = KnownSigner(found=Found("sso", now + timedelta(hours=6.5)))
    with serving(FakeService()) as known:
        auth = IamAuth(aws_profile="work", access_key_id="AKIDEXAMPLE", secret_access_key="wJalrXUtnFEMI")
        profile = msgspec.structs.replace(known, auth=auth)
        step = found(profile, signer=signer, clocks=Clocks(now=lambda: now))[Check.SIGN_IN]
    assert step.text == "credentials from the AWS sign-in portal, AWS profile work, until 18:30"


def test_sign_in_that_the_service_refuses_is_the_step_that_failed() -> None:
    with serving(FakeService(status=HTTPStatus.FORBIDDEN)) as profile:
        steps = steps_of(profile)
    of_sign_in = [step.outcome for step in steps if step.check is Check.SIGN_IN]
    assert of_sign_in == [Outcome.WAITING, Outcome.RUNNING, Outcome.PASSED, Outcome.FAILED]
    last = {step.check: step for step in steps}
    assert that_failed(last) == {Check.SIGN_IN}
    assert that_were_skipped(last) >= {Check.LIVE, Check.REPORT}


# --- live messages, HTTPS -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "open_s"),
    [
        (Mode.UPGRADE_PAGE, HANG_S),
        (Mode.UPGRADE_BLOCKED, HANG_S),
        pytest.param(Mode.FRAMES_SWALLOWED, 3.0, marks=pytest.mark.slow),
    ],
)
def test_websocket_that_is_blocked_is_a_warning_where_https_is_open(mode: Mode, open_s: float) -> None:
    with serving(FakeService()) as straight, open_door(Door()) as base:
        port = int(straight.endpoint.rpartition(":")[2].partition("/")[0])
        network = Network(target=("127.0.0.1", port), mode=mode)
        with network.running():
            profile = with_door(profile_of(network.address_of(straight.endpoint)), base)
            steps = found(profile, limits=replace(SOON, open=open_s, report=0.1))
    assert that_failed(steps) == set()
    assert steps[Check.LIVE].outcome is Outcome.WARNING
    assert steps[Check.HTTPS].outcome is Outcome.PASSED
    assert steps[Check.HTTPS].figure.endswith(" ms")
    assert steps[Check.REPORT].outcome is Outcome.WARNING  # nobody works behind this door


def test_websocket_that_is_blocked_is_a_failure_without_https() -> None:
    with serving(FakeService()) as straight:
        port = int(straight.endpoint.rpartition(":")[2].partition("/")[0])
        network = Network(target=("127.0.0.1", port), mode=Mode.UPGRADE_PAGE)
        with network.running():
            steps = found(profile_of(network.address_of(straight.endpoint)))
    assert that_failed(steps) == {Check.LIVE}
    assert steps[Check.LIVE].sentence.endswith(
        "This service names no address for HTTPS, which would be the way around."
    )
    assert steps[Check.REPORT].sentence == 'not tried, as "Live messages" failed'


def test_door_that_does_not_open_is_a_warning_beside_a_websocket(closed: int) -> None:
    with serving(FakeService()) as profile:
        steps = found(with_door(profile, f"http://127.0.0.1:{closed}/v1"))
    assert steps[Check.HTTPS].outcome is Outcome.WARNING
    assert steps[Check.LIVE].outcome is Outcome.PASSED


def test_door_is_tried_where_only_the_other_host_is_away(closed: int) -> None:
    with open_door(Door()) as base:
        profile = with_door(profile_of(f"wss://{HOST}:{closed}/prod"), base)
        steps = found(profile, limits=replace(SOON, report=0.1))
    assert that_failed(steps) == {Check.WAY}
    assert steps[Check.HTTPS].outcome is Outcome.PASSED
    assert steps[Check.REPORT].outcome is Outcome.WARNING


def test_way_that_the_profile_does_not_use_is_skipped() -> None:
    with serving(FakeService()) as known, open_door(Door()) as base:
        profile = with_door(known, base)
        by_socket = found(msgspec.structs.replace(profile, transport="websocket"))
        by_https = found(msgspec.structs.replace(profile, transport="https"), limits=replace(SOON, report=0.1))
    assert by_socket[Check.HTTPS].sentence == "not used: the profile asks for live messages only"
    assert by_https[Check.LIVE].sentence == "not used: the profile asks for HTTPS only"
    assert by_https[Check.HTTPS].outcome is Outcome.PASSED


def test_sign_in_that_the_door_refuses() -> None:
    door = Door(instead=lambda *_: Instead(403, b'{"message":"Forbidden"}', {"Content-Type": "application/json"}))
    with open_door(door) as base:
        profile = msgspec.structs.replace(profile_of("ws://127.0.0.1:1/local"), https=base, transport="https")
        steps = found(profile)
    assert that_failed(steps) == {Check.SIGN_IN}
