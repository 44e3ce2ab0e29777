"""How commands end in pipelines, at signals, and at faults of this program."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.commands import program
from desktop.commands.exits import Exit
from desktop.commands.output import lines
from desktop.headless.service import told_when_slow

ROOT = Path(__file__).parents[3]
PRINT = "from desktop.commands import program, catalog; catalog.run = lambda _: print('x' * 70_000) or 0; "
RUN = "import sys; from desktop.__main__ import main; sys.exit(main(['catalog']))"
WITH_PRINTING = f"{PRINT}import functools; program._run = lambda _: catalog.run(None); {RUN}"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}", sys.executable, WITH_PRINTING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_reader_that_goes_away_ends_a_command_without_a_word() -> None:
    done = shell('"$0" -c "$1" | true')
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's /dev/full")
def test_full_disk_is_one_line() -> None:
    done = shell('"$0" -c "$1" > /dev/full')
    assert (done.returncode, done.stderr) == (Exit.FAILED, "reportwire: No space left on device.\n")


@pytest.mark.slow
def test_ctrl_c_while_the_program_loads_prints_nothing() -> None:
    loading = "import desktop.__main__, os, signal; os.kill(os.getpid(), signal.SIGINT)"
    done = subprocess.run([sys.executable, "-c", loading], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-2, "", "")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (KeyboardInterrupt(), Exit.INTERRUPTED, ""),
        (OSError(errno.EACCES, "Permission denied", "/a/b"), Exit.FAILED, "reportwire: Permission denied: /a/b.\n"),
        (OSError(), Exit.FAILED, "reportwire: OSError.\n"),
    ],
)
def test_what_ends_a_command_is_one_line(
    error: BaseException, status: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "_run", raising(error))
    assert main([]) == status
    assert capsys.readouterr().err == words


def test_fault_of_the_program_names_its_place_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "_run", raising(LookupError("a secret")))
    assert main([]) == Exit.FAILED
    said = capsys.readouterr().err
    assert said.startswith("reportwire: This is a fault of reportwire: LookupError in ")
    assert f"{os.path.basename(__file__)}, line " in said  # noqa: PTH119
    assert "secret" not in said


def raising(error: BaseException) -> Callable[[object], int]:
    def fail(_arguments: object) -> int:
        raise error

    return fail


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_what_takes_long_is_said(
    seconds: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    timers: list[Callable[[], None]] = []

    class Timer:
        def __init__(self, _after_s: float, call: Callable[[str], None], words: list[str]) -> None:
            timers.append(lambda: call(*words))

        def start(self) -> None:
            pass

        def cancel(self) -> None:
            timers.clear()

    monkeypatch.setattr(threading, "Timer", Timer)
    with told_when_slow("It takes a while.", lines.say):
        if seconds:
            timers[0]()
    assert timers == []
    assert capsys.readouterr().err == ("It takes a while.\n" if seconds else "")
