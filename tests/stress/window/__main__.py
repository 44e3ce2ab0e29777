"""The window under stress: started and ended again and again, and played with at random.

`python -m tests.stress.window [--starts N] [--minutes M] [--seed S]` ──▶ a process a start ──▶ what was found

A fault is whatever a user must never meet: a signal, an exit status, a word on standard error, be it Qt's warning or a
traceback, a crash log, or a step that does not end. Each has a folder and a HOME of its own and a browser that does
nothing. The seed makes the same choices again; how they meet what the service pushes is up to the machine.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

from tests.stress.window.program import WAYS
from tests.stress.window.service import busy

ROOT = Path(__file__).parents[3]
PLAY_S = 60.0
"""A run that is played with ends after so long, and the next has a seed of its own."""
LIMIT_S = 180.0
"""So much longer than it is meant to take may a process live."""
HARMLESS = ("This plugin does not support", "occurs outside target window")
"""What Qt says of a display without a window manager, and QTest of a place that a resize has just taken away."""
LAST_STEPS = 25
BY_SIGNAL = {0, -signal.SIGTERM, 128 + signal.SIGTERM}
"""The exit statuses after SIGTERM: with a window, before there is any program, and before there is a window."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found, and how to find it again."""

    seed: str
    what: str

    def __str__(self) -> str:
        """Return it for the terminal."""
        return f"--- seed {self.seed}\n{self.what}"


def start(profile: bytes, seed: str, *how: str, limit_s: float = LIMIT_S) -> Fault | None:
    """Run the program once; return what went wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, log = folder / "profile.json", folder / "steps.log"
        path.touch(0o600)
        path.write_bytes(profile)
        command = [sys.executable, "-P", "-m", "tests.stress.window.program", str(path), seed, str(log), *how]
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=_environment(folder),
                capture_output=True,
                text=True,
                check=False,
                timeout=limit_s,
            )
        except subprocess.TimeoutExpired as error:
            return Fault(seed, f"no end after {limit_s:.0f} s\n{error.stderr!r}\n{_tail(log)}")
        said = [line for line in done.stderr.splitlines() if not any(each in line for each in HARMLESS)]
        crashes = [crash.read_text() for crash in folder.rglob("crashes/*.log") if crash.stat().st_size]
        allowed = BY_SIGNAL if "signal" in how else {0}
        if done.returncode in allowed and not said and not crashes:
            return None
        return Fault(seed, "\n".join([f"exit status {done.returncode}", *said, *crashes, _tail(log)]))


def starts(count: int, seed: str) -> Iterator[Fault | None]:
    """Start and end the program, reports arriving; yield what each start found."""
    chosen = random.Random(seed)
    with busy(seed, pushes_s=200.0) as profile:
        for number in range(count):
            way, after_ms = chosen.choice(WAYS), chosen.choice((0, 50, 200, 500, 1000, 2000))
            yield start(msgspec.json.encode(profile), f"{seed}-{number}", "end", way, str(after_ms))


def play(seconds: float, seed: str) -> Iterator[Fault | None]:
    """Play with the program, which is started anew each `PLAY_S`, or as it has quit; yield what each start found."""
    ends_at, number = time.monotonic() + seconds, 0
    with busy(seed) as profile:
        while (left := ends_at - time.monotonic()) > 0:
            each_s = min(PLAY_S, left)
            yield start(msgspec.json.encode(profile), f"{seed}-{number}", "play", str(each_s), limit_s=each_s + LIMIT_S)
            number += 1


def _environment(folder: Path) -> dict[str, str]:
    """Return the variables of a user who owns nothing but this folder."""
    tools = folder / "bin"
    tools.mkdir()
    (tools / "xdg-open").write_text("#!/bin/sh\n")
    (tools / "xdg-open").chmod(0o755)
    (folder / "Downloads").mkdir()
    display = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY", "LD_LIBRARY_PATH") if name in os.environ}
    platform = os.environ.get("QT_QPA_PLATFORM", "xcb" if "DISPLAY" in display else "offscreen")
    # The program is found from the folder of the sources, and -P keeps that off the path of its children.
    return display | {
        "HOME": str(folder),
        "PATH": str(tools),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": platform,
        "XDG_RUNTIME_DIR": str(folder),
        "LANG": "C.UTF-8",
    }


def _tail(log: Path) -> str:
    steps = log.read_text().splitlines() if log.exists() else []
    return "\n".join(["last steps:", *steps[-LAST_STEPS:]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit status is 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.window", description=__doc__)
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", default=str(random.randrange(10**6)))
    args = parser.parse_args(arguments)
    print("seed", args.seed, flush=True)  # noqa: T201
    faults, counted = [], 0
    for fault in chain(starts(args.starts, args.seed), play(args.minutes * 60, args.seed)):
        counted += 1
        if fault:
            faults.append(fault)
            print(fault, flush=True)  # noqa: T201
    print(f"{counted} runs, {len(faults)} with faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
