"""What keeps the emulator from starting is said in one line."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import differences
from infra.local.emulator import process
from infra.local.emulator.process import Emulator
from infra.local.errors import LocalBackendError
from infra.local.recording import recorded


@pytest.fixture
def dying(tmp_path: Path) -> Iterator[Emulator]:
    log_path = tmp_path / "log"
    with log_path.open("wb") as log:
        command = [sys.executable, "-c", "print('first'); print('no such thing')"]
        process = subprocess.Popen(command, stdout=log)
    yield Emulator(process=process, port=1, log_path=log_path, secret=b"")
    process.wait()


def test_last_words_of_a_dying_emulator_are_told(dying: Emulator) -> None:
    with pytest.raises(LocalBackendError, match=r"ended while starting: first \| no such thing"):
        dying.wait_until_ready()


def test_missing_emulator_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LocalBackendError, match=r"ministack.*reportwire\[local\]"), process.running(None, {}):
        pass


def test_missing_pulumi_is_named_with_its_extra() -> None:
    reason = recorded._reason("Traceback …\nModuleNotFoundError: No module named 'pulumi'\n")
    assert reason == "the local backend needs pulumi: pip install 'reportwire[local]'"


@pytest.mark.slow
def test_program_that_refuses_its_configuration_is_quoted() -> None:
    with pytest.raises(LocalBackendError, match="throttleRate"):
        recorded.record({**recorded.CONFIG, "reportwire:throttleRate": "0"})


def test_callers_aws_environment_does_not_reach_the_emulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")
    monkeypatch.setenv("AWS_PROFILE", "production")
    known = {**process._kept_environment(), **differences.environment(1, tmp_path)}
    assert not [name for name in known if name.startswith("AWS_")]
    assert known["AUTH"] == "true"
    assert known["BIND_HOST"] == "127.0.0.1"
