"""The connection test against services and networks, each with one thing wrong."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.protocol.messages import GenerateReport, Snapshot
from desktop.doctor.examination import examine
from desktop.outside.environment import CERTIFICATE_FILES
from desktop.sign_in.profiles import Profile
from desktop.wording.examination import Check, Outcome
from tests.desktop.doctor.benches import (
    HOST,
    PROXY_SECRETS,
    SOON,
    KnownSigner,
    behind,
    files_over_tls,
    found,
    outcomes,
    sentences,
    serving_tls,
    steps_of,
    that_failed,
    that_were_skipped,
)
from tests.desktop.services import CONTENT, FakeService, finished, profile_of, serving
from tests.limits import HANG_S
from tests.networks.modes import Mode
from tests.networks.network import Network
from tests.qt_loops import Drive

MOMENT = replace(SOON, name=0.1, reach=0.1, open=0.1)
"""Limits for tests of what says nothing."""


def with_files(url: str) -> FakeService:
    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield finished(str(request.report_id), CONTENT, url)

    return FakeService(course=course)


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
    assert steps[Check.REPORT].sentence == 'not tried, as "Host name" failed'


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
