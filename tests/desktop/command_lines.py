"""Commands run in this process, as a shell would run them."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from desktop import __main__ as program
from desktop.sign_in.profiles import Profile
from tests.desktop.services import FakeService, serving


@dataclass
class Done:
    status: int
    out: str
    err: str


class Reportwire:
    """Runs commands against a service."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = tmp_path / "profile.json"
        self._capsys = capsys

    def __call__(self, service: FakeService, *arguments: str) -> Done:
        with serving(service) as profile:
            self.write(profile)
            return self.run(*arguments, "--profile", str(self.profile))

    def write(self, profile: Profile) -> None:
        self.profile.touch(0o600)  # it holds keys
        self.profile.write_bytes(msgspec.json.encode(profile))

    def run(self, *arguments: str) -> Done:
        self._capsys.readouterr()
        try:
            status = program.main(arguments)
        except SystemExit as leave:
            assert isinstance(leave.code, int)
            status = leave.code
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(status, captured.out, captured.err)


def complaint(done: Done) -> str:
    """Return the one line that says what went wrong; the other lines tell the progress."""
    lines = [line for line in done.err.splitlines() if line.startswith("reportwire: ")]
    assert len(lines) == 1
    assert done.err.endswith(lines[0] + "\n")
    return lines[0].removeprefix("reportwire: ")
