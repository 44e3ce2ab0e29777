"""The connection test against services and networks, each with one thing wrong."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.protocol.messages import GenerateReport, Ping, Snapshot
from desktop.doctor.examination import Clocks, examine
from desktop.outside.environment import CERTIFICATE_FILES
from desktop.sign_in.credentials import Found, NotSignedIn, SignInUnreachable
from desktop.sign_in.profiles import Auth, Profile
from desktop.sign_in.sigv4 import Signer
from desktop.wording.examination import Check, Outcome
from tests.desktop.doctor.benches import (
    HOST,
    SOON,
    KnownSigner,
    files_over_tls,
    found,
    outcomes,
    sentences,
    serving_tls,
    steps_of,
    that_failed,
    that_were_skipped,
)
from tests.desktop.doors import Door, Instead, open_door
from tests.desktop.services import CONTENT, FakeService, finished, profile_of, serving, snapshot_of
from tests.limits import HANG_S
from tests.networks.modes import Mode
from tests.networks.network import Network
from tests.qt_loops import Drive

MOMENT = replace(SOON, name=0.1, reach=0.1, open=0.1)
"""Limits for tests of what says nothing."""
PROXY_SECRETS = ("anna", "geheim")


def with_files(url: str) -> FakeService:
    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield finished(str(request.report_id), CONTENT, url)

    return FakeService(course=course)


def with_door(profile: Profile, base: str) -> Profile:
    return msgspec.structs.replace(profile, https=base)


@contextlib.contextmanager
def behind(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have all traffic go through a network as the proxy, and give the proxy's name."""
    with network.running():
        monkeypatch.setenv("HTTPS_PROXY", f"http://{':'.join(PROXY_SECRETS)}@127.0.0.1:{network.port}")
        yield f"127.0.0.1:{network.port}"


# --- all is well ----------------------------------------------------------------------------------


def test_all_steps_wait_then_run_and_pass_over_tls() -> None:
    with files_over_tls() as url, serving_tls(with_files(url)) as profile:
        steps = steps_of(profile)
    assert [step.outcome for step in steps[:8]] == [Outcome.WAITING] * 8
    assert [step.check for step in steps[:8]] == list(Check)
    for begun, ended in zip(steps[8::2], steps[9::2], strict=False):
        if begun.check is not Check.HTTPS:
            assert (begun.check, begun.outcome) == (ended.check, Outcome.RUNNING)
        else:
            break
    last = {step.check: step for step in steps}
    assert outcomes(last) == dict.fromkeys(Check, Outcome.PASSED) | {Check.HTTPS: Outcome.SKIPPED}
    assert last[Check.NAME].sentence == HOST
    assert last[Check.WAY].sentence == "directly, without a proxy"
    assert last[Check.CERTIFICATE].sentence == "valid until 31 Dec 2049, issued by Test authority (Tests of Reportwire)"
    assert last[Check.LIVE].figure.endswith(" ms")
    assert last[Check.HTTPS].sentence == "not offered: the profile has no address for it"
    assert last[Check.REPORT].sentence == "Sample [EU] came, 7 rows"


def test_steps_come_on_qts_loop(drive: Drive) -> None:
    async def test(profile: Profile) -> None:
        steps = {step.check: step async for step in examine(profile, signer=KnownSigner())}
        assert outcomes(steps) == dict.fromkeys(Check, Outcome.PASSED) | {Check.HTTPS: Outcome.SKIPPED}

    with files_over_tls() as url, serving_tls(with_files(url)) as profile:
        drive(test(profile))


def test_this_machine_needs_no_certificate() -> None:
    with serving(FakeService()) as profile:
        steps = found(profile)
    assert steps[Check.CERTIFICATE].sentence == "not needed: 127.0.0.1 is this computer"
    assert steps[Check.NAME].sentence == "127.0.0.1 is an address, not a name"
    assert that_failed(steps) == {Check.REPORT}  # its file is elsewhere


# --- name -----------------------------------------------------------------------------------------


def test_unknown_name_ends_all_but_the_sign_in(names: set[str]) -> None:
    names.clear()
    steps = found(profile_of("wss://reports.example/prod"))
    assert that_failed(steps) == {Check.NAME}
    assert that_were_skipped(steps) == set(Check) - {Check.NAME, Check.SIGN_IN}
    assert HOST in steps[Check.NAME].sentence
    assert steps[Check.REPORT].sentence == 'not tried, as "Name found" failed'


@pytest.mark.parametrize("is_slow", [False, True])
def test_name_server_that_does_not_answer_is_another_failure(monkeypatch: pytest.MonkeyPatch, *, is_slow: bool) -> None:
    over = threading.Event()

    def fail(*_: object, **__: object) -> None:
        if is_slow:
            over.wait(HANG_S)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    steps = found(profile_of("wss://reports.example/prod"), limits=MOMENT)
    over.set()
    assert steps[Check.NAME].sentence.startswith("No name server answers for reports.example.")


def test_name_that_only_the_proxy_knows_is_no_failure(names: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    names.clear()
    with serving_tls(FakeService()) as profile, behind(Network(hosts={HOST: "127.0.0.1"}), monkeypatch) as proxy:
        steps = found(profile)
    assert that_failed(steps) == {Check.REPORT}
    assert steps[Check.NAME].sentence == (f"unknown here, and need not be: the proxy {proxy} looks reports.example up")
    assert steps[Check.WAY].sentence == f"through {proxy}, from HTTPS_PROXY"
    assert not any(secret in sentences(steps.values()) for secret in PROXY_SECRETS)


# --- way ------------------------------------------------------------------------------------------


def test_refused_port(closed: int) -> None:
    steps = found(profile_of(f"wss://{HOST}:{closed}/prod"))
    assert that_failed(steps) == {Check.WAY}
    assert steps[Check.WAY].sentence.startswith("The service at reports.example refuses connections. A firewall may")
    assert str(closed) in steps[Check.WAY].sentence


def test_refused_port_of_this_machine_is_a_backend_that_ended(closed: int) -> None:
    steps = found(profile_of(f"ws://127.0.0.1:{closed}/local"))
    assert steps[Check.WAY].sentence == (
        "The service at 127.0.0.1 refuses connections."
        " The local backend may have ended, or been started anew under another address."
    )


def test_silent_port_has_a_way_and_no_certificate(silent: int) -> None:
    steps = found(profile_of(f"wss://{HOST}:{silent}/prod"), limits=MOMENT)
    assert steps[Check.WAY].outcome is Outcome.PASSED
    assert that_failed(steps) == {Check.CERTIFICATE}
    assert steps[Check.CERTIFICATE].sentence.startswith("The service at reports.example does not answer.")


def test_silent_port_of_this_machine_fails_at_the_first_word(silent: int) -> None:
    steps = found(profile_of(f"ws://127.0.0.1:{silent}/local"), limits=MOMENT)
    assert that_failed(steps) == {Check.LIVE}
    assert steps[Check.CLOCK].outcome is Outcome.SKIPPED


@pytest.mark.parametrize("mode", [Mode.CONNECT_FORBIDDEN, Mode.CONNECT_UNAUTHENTICATED])
def test_proxy_that_refuses_is_the_way(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    with behind(Network(mode=mode), monkeypatch) as proxy:
        steps = found(profile_of("wss://reports.example/prod"))
    sentence = steps[Check.WAY].sentence
    assert that_failed(steps) == {Check.WAY}
    assert proxy in sentence
    assert ("407" if mode is Mode.CONNECT_UNAUTHENTICATED else "403") in sentence
    assert "HTTPS_PROXY" in sentence
    assert not any(secret in sentences(steps.values()) for secret in PROXY_SECRETS)


@pytest.mark.parametrize("mode", [Mode.CONNECT_RESET, Mode.CONNECT_UNANSWERED, Mode.CONNECT_BARE_PAGE])
def test_proxy_that_fails_is_named(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    with behind(Network(mode=mode), monkeypatch) as proxy:
        steps = found(profile_of("wss://reports.example/prod"), limits=MOMENT)
    assert that_failed(steps) == {Check.WAY}
    assert proxy in steps[Check.WAY].sentence


def test_proxy_that_is_not_there_is_named(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{closed}")
    steps = found(profile_of("wss://reports.example/prod"))
    assert steps[Check.WAY].sentence == (
        f"The proxy 127.0.0.1:{closed} refuses connections. Its address is from HTTPS_PROXY."
    )


def test_proxy_of_a_wrong_form_is_said_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://anna:geheim@127.0.0.1:1080")
    steps = found(profile_of("wss://reports.example/prod"))
    assert that_failed(steps) == {Check.WAY}
    assert steps[Check.WAY].sentence.startswith("HTTPS_PROXY names a SOCKS proxy")


# --- certificate ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("expired", "The certificate of reports.example ended on 1 Mar 2021."),
        ("other", "The certificate is not that of reports.example."),
        ("inspected", "This computer does not trust Inspecting proxy (Example Company), which issued the certificate"),
    ],
)
def test_certificate_that_is_not_trusted_says_why(certificate: str, words: str) -> None:
    service = FakeService()
    with serving_tls(service, certificate) as profile:
        steps = found(profile)
    assert that_failed(steps) == {Check.CERTIFICATE}
    assert steps[Check.WAY].outcome is Outcome.PASSED
    assert steps[Check.CERTIFICATE].sentence.startswith(words)
    assert service.requests == []


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_file_of_certificates_that_is_none(text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CERTIFICATE_FILES[1], str(tmp_path / "bundle.pem"))
    if text:
        (tmp_path / "bundle.pem").write_text(text)
    with serving_tls(FakeService()) as profile:
        steps = found(profile)
    assert that_failed(steps) == {Check.CERTIFICATE}
    assert steps[Check.CERTIFICATE].sentence.startswith("SSL_CERT_FILE names ")


def test_port_without_tls() -> None:
    with serving(FakeService()) as plain:
        steps = found(profile_of(plain.endpoint.replace("ws://127.0.0.1", f"wss://{HOST}")))
    assert that_failed(steps) == {Check.CERTIFICATE}
    assert "Something else may serve port" in steps[Check.CERTIFICATE].sentence


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
        profile = msgspec.structs.replace(known, auth=Auth(mode="iam"))
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


def test_credentials_are_said_with_their_end_and_without_their_keys() -> None:
    now = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    signer = KnownSigner(found=Found("sso", now + timedelta(hours=6.5)))
    with serving(FakeService()) as known:
        auth = Auth(mode="iam", aws_profile="work", access_key_id="AKIDEXAMPLE", secret_access_key="wJalrXUtnFEMI")
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


# --- stopping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [Check.WAY, Check.LIVE])
def test_stop_ends_at_once_and_leaves_nothing(at: Check, silent: int) -> None:
    async def test(profile: Profile) -> None:
        reached = asyncio.Event()

        async def take() -> None:
            async for step in examine(profile, signer=KnownSigner(), limits=replace(SOON, reach=reach_s)):
                if (step.check, step.outcome) == (at, Outcome.RUNNING):
                    reached.set()

        before = asyncio.all_tasks()
        taking = asyncio.create_task(take())
        await reached.wait()
        await asyncio.sleep(0.01)  # until it waits for the other side
        taking.cancel()
        await asyncio.wait([taking])
        assert taking.cancelled()
        assert asyncio.all_tasks() == before

    reach_s = HANG_S if at is Check.WAY else 0.05
    scheme = f"wss://{HOST}" if at is Check.WAY else "ws://127.0.0.1"
    asyncio.run(asyncio.wait_for(test(profile_of(f"{scheme}:{silent}/prod")), HANG_S))


def test_stop_cancels_the_report() -> None:
    asked = threading.Event()

    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield snapshot_of(str(request.report_id))
        asked.set()

    async def test(profile: Profile) -> None:
        async def take() -> None:
            async for _ in examine(profile, signer=KnownSigner(), limits=SOON):
                pass

        before = asyncio.all_tasks()
        taking = asyncio.create_task(take())
        await asyncio.to_thread(asked.wait)
        taking.cancel()
        await asyncio.wait([taking])
        assert asyncio.all_tasks() == before

    service = FakeService(course=course)
    with serving(service) as profile:
        asyncio.run(asyncio.wait_for(test(profile), HANG_S))
    assert [type(request.data).__name__ for request in service.requests if not isinstance(request.data, Ping)][-1] == (
        "CancelReport"
    )


def test_step_that_breaks_off_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise LookupError("a secret")

    monkeypatch.setattr("desktop.doctor.examination.knock", fail)
    with serving(FakeService()) as profile:
        steps = found(profile)
    assert steps[Check.WAY].sentence == "This step broke off: a fault of this program (LookupError)."
    assert len(steps) == len(Check)
