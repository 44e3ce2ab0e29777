"""The local backend as a child process, for when no profile is given.

window, CLI ──▶ **LocalBackend** ──▶ `reportwire local` ── its profile, one line of JSON ──▶ client

The child ends when its standard input does, so it never outlives this process.
"""

import subprocess
import sys
from dataclasses import dataclass
from typing import Self

from desktop.profiles import InvalidProfile, Profile, parse

STOP_TIMEOUT_S = 10.0


class LocalBackendFailed(Exception):
    """The local backend did not start; the sentence says why."""


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """A running child."""

    process: subprocess.Popen[str]
    profile: Profile

    @classmethod
    def start(cls) -> Self:
        """Start the child and wait until it is ready; some seconds.

        Raises:
            LocalBackendFailed: It ended instead.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "desktop", "local"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for this process, which still has a report to cancel
        )
        try:
            return cls(process, _read_profile(process))
        except BaseException:
            _stop(process)
            raise

    def stop(self) -> None:
        """Stop the child and all it started."""
        _stop(self.process)


def _read_profile(process: subprocess.Popen[str]) -> Profile:
    if process.stdout is None or process.stderr is None:
        raise ValueError("the child's output is not piped")
    line = process.stdout.readline()
    if not line:
        reasons = process.stderr.read().strip().splitlines()
        raise LocalBackendFailed(reasons[-1] if reasons else "The local backend ended at once.")
    try:
        return parse(line)
    except InvalidProfile as error:
        raise LocalBackendFailed(f"The local backend gave no profile: {error}") from error


def _stop(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
