"""MiniStack as a child process.

backend ──▶ **process** ──▶ child ──▶ MiniStack on 127.0.0.1
"""

import contextlib
import hmac
import http.client
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from infra.local import differences
from infra.local.emulator import shared_secret, unsigned
from infra.local.errors import LocalBackendError
from infra.local.recording.recorded import INSTALL_HINT

HOST = "127.0.0.1"
READY_WITHIN_S = 30.0
STOPPED_WITHIN_S = 5.0
PROBE_EVERY_S = 0.05
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
"""Variables that the emulator inherits: no AWS profile, endpoint or credential of the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running MiniStack."""

    process: subprocess.Popen[bytes]
    port: int
    log_path: Path
    secret: bytes = field(repr=False)
    """Shared with the process, and with nobody else."""

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The address of all its services."""
        return f"http://{self.authority}"

    def wait_until_ready(self) -> None:
        """Return once it answers.

        Raises:
            LocalBackendError: It died, or is not ready in time.
        """
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_ready():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PROBE_EVERY_S)
                raise LocalBackendError(f"the emulator ended while starting: {self._last_words()}")
            if time.monotonic() > deadline:
                raise LocalBackendError(f"the emulator is not ready after {READY_WITHIN_S:.0f} s: {self._last_words()}")

    def _is_ready(self) -> bool:
        # Without a proxy: the environment may name one for every http address.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        challenge = secrets.token_hex()
        try:
            with opener.open(f"{self.url}{shared_secret.READY_PATH}?challenge={challenge}", timeout=1) as response:
                answer = json.load(response)["proof"]
        except (OSError, http.client.HTTPException):
            return False
        if not hmac.compare_digest(answer, shared_secret.proof(self.secret, challenge)):
            raise LocalBackendError(f"something else than the emulator answers at {self.authority}")
        return True

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.log_path.read_text(errors="replace").splitlines() if line.strip()]
        return " | ".join(lines[-3:]) or "it said nothing"


@contextmanager
def running(
    port: int | None, variables: Mapping[str, str], *, takes_tokens: bool = False, engine: str = "none"
) -> Iterator[Emulator]:
    """Start MiniStack on `port`, or a free one, and stop it with everything it started. It may not be ready yet.

    `variables` override those it gets anyway. With `takes_tokens` it has Cognito, and asks for no signature where the
    service or Cognito asks for something else. With a distributed engine it has the services of that.

    Raises:
        LocalBackendError: It cannot run here, is not installed, or the port is taken.
    """
    if os.name != "posix":
        raise LocalBackendError("the local backend needs Linux or macOS")
    if importlib.util.find_spec("ministack") is None:
        raise LocalBackendError(f"the local backend needs ministack: {INSTALL_HINT}")
    run_dir = Path(tempfile.mkdtemp(prefix="reportwire-local-"))
    with _listening(port or 0) as taken:
        environment = differences.environment(taken.getsockname()[1], run_dir, takes_tokens=takes_tokens, engine=engine)
        emulator = _start(taken, run_dir, {**environment, **variables}, takes_tokens=takes_tokens)
    try:
        yield emulator
    finally:
        _stop(emulator.process)
        shutil.rmtree(run_dir, ignore_errors=True)


def _start(listening: socket.socket, run_dir: Path, variables: Mapping[str, str], *, takes_tokens: bool) -> Emulator:
    log_path, port, shared = run_dir / "emulator.log", listening.getsockname()[1], shared_secret.new()
    options = [unsigned.ARGUMENT] if takes_tokens else []
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  all of it our own
            [sys.executable, "-P", "-m", "infra.local.emulator.child", str(listening.fileno()), *options],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listening.fileno()],
            env={**_kept_environment(), **variables},
            start_new_session=True,
        )
    if process.stdin is None:
        raise RuntimeError("stdin is a pipe")
    with contextlib.suppress(BrokenPipeError):  # it has ended: `wait_until_ready` says so
        process.stdin.write(shared)
        process.stdin.flush()
    return Emulator(process=process, port=port, log_path=log_path, secret=shared)


def _kept_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the emulator's whole group: functions it started would outlive it otherwise."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter: macOS, when only zombies are left
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin:
        process.stdin.close()
    process.wait(STOPPED_WITHIN_S)


def _listening(port: int) -> socket.socket:
    """Return a socket that listens at `port`, for 0 at a free one: from now on nobody else can."""
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise LocalBackendError(f"port {port} of {HOST} is taken") from error
    return listening
