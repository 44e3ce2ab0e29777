"""The local backend as a child process, for when no profile is given.

window, CLI ──▶ **LocalBackend** ──▶ `reportwire local` ── its profile, one line of JSON ──▶ client

The child ends when its standard input does, so it never outlives this process.
"""

import subprocess
import sys
import tempfile
from importlib.util import find_spec

from desktop.outside.sentence import Sentence
from desktop.sign_in.profiles import InvalidProfile, Profile, parse

STOP_TIMEOUT_S = 10.0
_PACKAGES = ("boto3", "duckdb", "ministack", "pulumi")
"""Packages of the extra `local`, by the names they are imported by."""


class LocalBackendFailed(Exception):
    """The local backend did not start; the sentence says why."""


class LocalBackendMissing(LocalBackendFailed):
    """There is none in this program, so that starting it again changes nothing."""


def lack() -> str | None:
    """Return why there can be no local backend, as a sentence; None where one can be started."""
    if getattr(sys, "frozen", False):  # so PyInstaller marks a bundle, whose `sys.executable` runs no modules
        return "This program has no local backend inside: --profile FILE names a service."
    if any(find_spec(package) is None for package in _PACKAGES):
        return "No local backend: it needs pip install 'reportwire[local]'. Or --profile FILE names a service."
    return None


class LocalBackend:
    """A child process, started when this is made.

    Making it raises `LocalBackendFailed` where it cannot be started, or `LocalBackendMissing` where it never can.
    """

    def __init__(self, *, stop_timeout_s: float = STOP_TIMEOUT_S) -> None:
        if reason := lack():
            raise LocalBackendMissing(reason)
        self._stop_timeout_s = stop_timeout_s
        try:
            self._complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed in `stop`; a pipe nobody reads would block
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "desktop", "local"],  # -P: the caller's folder may have a `desktop` too
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                text=True,
                start_new_session=True,  # Ctrl-C is for this process, which still has a report to cancel
            )
        except OSError as error:
            raise LocalBackendFailed(Sentence("No local backend: {reason}.", reason=error.strerror or error)) from error

    def ready(self) -> Profile:
        """Wait some seconds until it serves, and return its profile.

        Raises:
            LocalBackendFailed: It ended instead.
        """
        if self._process.stdout is None:
            raise ValueError("the child's output is not piped")
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._complaints.seek(0)
            reasons = self._complaints.read().strip().splitlines() or [Sentence("it ended at once")]
            raise LocalBackendFailed(Sentence("No local backend: {reason}.", reason=_reason(reasons[-1])))
        try:
            return parse(line)
        except InvalidProfile as error:
            raise LocalBackendFailed(Sentence("The local backend gave no profile: {reason}", reason=error)) from error

    def wait(self) -> None:
        """Wait until it ends."""
        self._process.wait()

    def stop(self) -> None:
        """Stop it and all it started."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(self._stop_timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._complaints.close()


def _reason(complaint: str) -> str:
    """Return a line of the child as the end of a sentence."""
    return complaint.removeprefix("reportwire local: ").removeprefix("reportwire: ").rstrip(".")
