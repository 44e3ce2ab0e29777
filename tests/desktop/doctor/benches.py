"""Services under names of the test's own, with TLS, and the connection test run against them."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.server import serve

from desktop.doctor.examination import Limits, examine
from desktop.sign_in.findings import Found
from desktop.sign_in.profiles import Profile
from desktop.wording.examination import Check, Outcome, Step
from tests.desktop.peers import FakeSigner
from tests.desktop.services import CONTENT, FakeService, FileServer, profile_of
from tests.limits import HANG_S
from tests.networks.network import Network

CERTIFICATES = Path(__file__).parent / "certificates"
"""Made once, for `reports.example` and others: `authority` issued all but `inspected`."""
AUTHORITY = CERTIFICATES / "authority.pem"
HOST = "reports.example"
PROXY_SECRETS = ("anna", "geheim")
SOON = Limits(name=HANG_S, reach=HANG_S, sign_in=HANG_S, open=HANG_S, report=HANG_S, file=1.0, close=0.05)
"""Limits for tests of what answers."""


@dataclass
class KnownSigner(FakeSigner):
    """Signs with credentials that say where they are from."""

    found: Found = field(default_factory=lambda: Found("explicit"))

    def __post_init__(self) -> None:
        super().__init__()

    def describe(self) -> Found:
        self.sign()
        return self.found


def steps_of(profile: Profile, **known: Any) -> list[Step]:
    """Run the connection test to its end, and return all that it says."""

    async def test() -> list[Step]:
        before = asyncio.all_tasks()
        settings: dict[str, Any] = {"signer": KnownSigner(), "limits": SOON} | known
        steps = [step async for step in examine(profile, **settings)]
        assert asyncio.all_tasks() == before
        return steps

    return asyncio.run(asyncio.wait_for(test(), HANG_S))


def found(profile: Profile, **known: Any) -> dict[Check, Step]:
    """Return how each step ended."""
    return {step.check: step for step in steps_of(profile, **known)}


def outcomes(steps: dict[Check, Step]) -> dict[Check, Outcome]:
    return {check: step.outcome for check, step in steps.items()}


def that_failed(steps: dict[Check, Step]) -> set[Check]:
    return {check for check, step in steps.items() if step.outcome is Outcome.FAILED}


def that_were_skipped(steps: dict[Check, Step]) -> set[Check]:
    return {check for check, step in steps.items() if step.outcome is Outcome.SKIPPED}


def context_of(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    return context


@contextlib.contextmanager
def serving_tls(service: FakeService, certificate: str = "trusted") -> Iterator[Profile]:
    """Serve as `HOST`, with a certificate."""
    with serve(
        service.converse,
        "127.0.0.1",
        0,
        ssl=context_of(certificate),
        process_request=service.refuse,
        close_timeout=0.1,
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield profile_of(f"wss://{HOST}:{server.socket.getsockname()[1]}/local")
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def files_over_tls() -> Iterator[str]:
    """Serve `CONTENT` to anybody; give the address."""
    with FileServer(CONTENT, ()) as server:
        server.socket = context_of("trusted").wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"https://files.example:{server.server_port}/a.csv"
        finally:
            server.shutdown()
            thread.join()


def sentences(steps: Iterable[Step]) -> str:
    return "\n".join(step.text for step in steps)


@contextlib.contextmanager
def behind(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have all traffic go through a network as the proxy, and give the proxy's name."""
    with network.running():
        monkeypatch.setenv("HTTPS_PROXY", f"http://{':'.join(PROXY_SECRETS)}@127.0.0.1:{network.port}")
        yield f"127.0.0.1:{network.port}"
