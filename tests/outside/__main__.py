"""The command line and the window in one environment after another that goes wrong: what they say, and after how long.

`python -m tests.outside [--only WORD]` ──▶ environments ──▶ **run** ──▶ a table: input, exit status, seconds, sentence

Each environment has a folder, a HOME and servers of its own, some a mount namespace; nothing outside loopback is asked.
A traceback, a wrong status, sentence or a wait over the limit makes the run fail. Not in CI: what it waits for takes
minutes. The window runs without a screen, until it has said the sentence; then it is told to end.
"""

import argparse
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.outside.patience import LEAVING_S
from tests.outside.environments import ENVIRONMENTS, START_S, Made, Make

COMMAND = "import sys; sys.path[0] = sys.argv.pop(1); from desktop.__main__ import main; sys.exit(main())"
WINDOW = "import sys; sys.path[0] = sys.argv.pop(1); from tests.outside.window import open_window; open_window()"
ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """What a program did."""

    status: int
    seconds: float
    sentence: str
    fault: str


def run_command(make: Make) -> Outcome:
    """Call the command in an environment of its own."""
    with tempfile.TemporaryDirectory() as directory, make(Path(directory)) as made:
        with _started(COMMAND, made.arguments, made, Path(directory)) as process:
            started = time.monotonic()
            try:
                if made.interrupt_after_s is not None:
                    time.sleep(made.interrupt_after_s)
                    process.send_signal(signal.SIGINT)
                    started = time.monotonic()
                out, err = process.communicate(timeout=made.limit_s + START_S)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
        seconds = time.monotonic() - started
        fault = _fault(process.returncode, made.statuses, err) or ("" if made.words in out + err else "wrong words")
        return Outcome(process.returncode, seconds, _last(err) or _last(out), fault)


def run_window(make: Make) -> Outcome | None:
    """Open the window in an environment of its own until it shows what it must, and close it; None if it has none."""
    with tempfile.TemporaryDirectory() as directory, make(Path(directory)) as made:
        if made.shown is None:
            return None
        with _started(WINDOW, made.arguments[1:], made, Path(directory)) as process:
            started = time.monotonic()
            sentence, is_shown = _shown(process, made.shown, made.limit_s + START_S)
            seconds = time.monotonic() - started
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(LEAVING_S + START_S)
            except subprocess.TimeoutExpired:
                process.kill()
            err = process.stderr.read() if process.stderr else ""
        fault = _fault(process.returncode, (0,), err) or ("" if is_shown else "wrong words")
        return Outcome(process.returncode, seconds, sentence, fault)


def _started(program: str, arguments: Sequence[str], made: Made, folder: Path) -> subprocess.Popen[str]:
    names = ("PATH", "LANG", "TMPDIR", "XDG_CACHE_HOME")
    variables = {name: os.environ[name] for name in names if name in os.environ}
    variables |= {"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", "QT_QPA_PLATFORM": "offscreen"}
    called = [sys.executable, "-c", program, str(ROOT), *arguments]
    in_shell = ["bash", "-c", f"exec {made.around}" if made.around == '"$@"' else made.around, "bash", *called]
    return subprocess.Popen(
        in_shell,
        env=variables | made.variables,
        cwd=made.folder or folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _shown(process: subprocess.Popen[str], words: str, limit_s: float) -> tuple[str, bool]:
    """Return the last text of the status bar, and whether it is what is waited for."""
    said: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            said.put(line.strip())

    threading.Thread(target=read, daemon=True).start()
    line, ends_at = "", time.monotonic() + limit_s
    while words not in line or not line:
        try:
            line = said.get(timeout=max(0.0, ends_at - time.monotonic()))
        except queue.Empty:
            return line, False
    return line, True


def _last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _fault(status: int, allowed: Sequence[int], err: str) -> str:
    if "Traceback" in err:
        return "a traceback"
    if status == -signal.SIGKILL:
        return "too long"
    if status not in allowed:
        return f"status {status}"
    return "a secret" if "secret" in err else ""


def main() -> int:
    """Print the table; return 1 if a program did what it must not."""
    parser = argparse.ArgumentParser(prog="python -m tests.outside", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="environments whose name has this in it")
    only = parser.parse_args().only
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored, and so all it starts
    failed = 0
    write = sys.stdout.write
    write("| environment | | status | s | sentence |\n|---|---|---:|---:|---|\n")
    for name, make in ENVIRONMENTS.items():
        outcomes = {"command": run_command(make), "window": run_window(make)} if only in name else {}
        for what, outcome in outcomes.items():
            if outcome is not None:
                failed += bool(outcome.fault)
                fault = f" **{outcome.fault}**" if outcome.fault else ""
                write(f"| {name} | {what} | {outcome.status} | {outcome.seconds:.1f} | {outcome.sentence}{fault} |\n")
                sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
