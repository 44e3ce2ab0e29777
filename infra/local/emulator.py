"""MiniStack as a child process.

backend ──▶ **emulator** ──▶ guarded ──▶ MiniStack on 127.0.0.1
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local import differences
from infra.local.errors import LocalBackendError
from infra.local.recording import INSTALL_HINT

HOST = "127.0.0.1"
READY_WITHIN_S = 30.0
STOPPED_WITHIN_S = 5.0
PROBE_EVERY_S = 0.05
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
"""All the emulator inherits: no AWS profile, endpoint or credential of the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A running MiniStack."""

    process: subprocess.Popen[bytes]
    port: int
    log_path: Path

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Where every service of it answers."""
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
        try:
            with opener.open(f"{self.url}/_ministack/ready", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.log_path.read_text(errors="replace").splitlines() if line.strip()]
        return " | ".join(lines[-3:]) or "it said nothing"


@contextmanager
def running(port: int | None, variables: Mapping[str, str]) -> Iterator[Emulator]:
    """Start MiniStack on `port`, or a free one, and stop it with everything it started. It may not be ready yet.

    `variables` come over those it gets anyway.

    Raises:
        LocalBackendError: It cannot run here, is not installed, or the port is taken.
    """
    if os.name != "posix":
        raise LocalBackendError("the local backend needs Linux or macOS")
    if importlib.util.find_spec("ministack") is None:
        raise LocalBackendError(f"the local backend needs ministack: {INSTALL_HINT}")
    chosen = _free_port(port or 0)
    run_dir = Path(tempfile.mkdtemp(prefix="reportwire-local-"))
    emulator = _start(chosen, run_dir, variables)
    try:
        yield emulator
    finally:
        _stop(emulator.process)
        shutil.rmtree(run_dir, ignore_errors=True)


def _start(port: int, run_dir: Path, variables: Mapping[str, str]) -> Emulator:
    log_path = run_dir / "emulator.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.guarded"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**_kept_environment(), **differences.environment(port, run_dir), **variables},
            start_new_session=True,
        )
    return Emulator(process=process, port=port, log_path=log_path)


def _kept_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the emulator's whole group: functions it started would outlive it otherwise."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter: macOS, when only zombies are left
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin:
        process.stdin.close()
    process.wait(STOPPED_WITHIN_S)


def _free_port(port: int) -> int:
    """Return `port` when nobody listens on it; for 0 any such port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LocalBackendError(f"port {port} of {HOST} is taken") from error
        return int(probe.getsockname()[1])
