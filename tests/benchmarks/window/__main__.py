"""What the window costs: its start, a click, news by the thousand, memory and idling, beside bare PySide6.

`python -m tests.benchmarks.window` ──▶ a process for each figure ──▶ the table of README.md

Ours and the bare one take turns, so that a machine that is busy with other things is so for both.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from tests.benchmarks.window.own import snapshots
from tests.desktop.services import FakeService, serving

ROOT = Path(__file__).parents[3]
ROUNDS = 5
BYTE_CODE = Path(tempfile.gettempdir()) / f"reportwire-benchmark-{os.getuid()}"
OWN_WINDOW = "from desktop import loading; loading.begin(); import desktop.widgets.main_window"
BARE_WINDOW = (
    "from PySide6.QtWidgets import QApplication, QMainWindow, QTableView\n"
    "app = QApplication([]); window = QMainWindow(); window.setCentralWidget(QTableView()); window.show()\n"
    "app.processEvents()"
)


def figure(who: str, name: str, argument: str) -> Any:
    """Return one figure of `own`, `whole` or `bare`, measured in a process of its own."""
    began = time.time()
    command = [sys.executable, "-m", f"tests.benchmarks.window.{who}", name, argument]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=_environment(home))
    value = json.loads(done.stdout.splitlines()[-1])
    since = {"paint", "enabled"}
    return {key: at - began if key in since else at for key, at in value.items()} if name == "started" else value


def figures(name: str, argument: str, rounds: int = ROUNDS) -> tuple[list[Any], list[Any]]:
    """Return the figures of ours and of the bare one, taken in turns."""
    who = "whole" if name in {"started", "memory", "idle"} else "own"
    taken = [(figure(who, name, argument), figure("bare", name, argument)) for _ in range(rounds)]
    return [ours for ours, _ in taken], [bare for _, bare in taken]


def cpu_s(*arguments: str) -> float:
    """Return the processor's time of a Python with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as home:
        environment = _environment(home)
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(rounds: int) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| what | goal | Reportwire | bare PySide6 |"
    yield "|---|---:|---:|---:|"
    yield from _starts(rounds)
    for count in (8, 500, 5_000):
        ours, bare = (list(chain(*each)) for each in figures("clicked", str(count), 1))
        say = f"click to row painted, {count:,} rows, median; worst"
        yield _line(
            say, "50 ms", f"{_middle(ours):.1f}; {max(ours):.1f} ms", f"{_middle(bare):.1f}; {max(bare):.1f} ms"
        )
    yield from _updates()
    ours, bare = figures("opened", "10000", rounds)
    said = [f"{_middle([a for a, _ in who]):.2f}; {_middle([b for _, b in who]):.2f} s" for who in (ours, bare)]
    yield _line("10,000 rows to their first paint; processor time", "0.3 s", *said)
    with tempfile.TemporaryDirectory() as folder, serving(FakeService(listed=tuple(snapshots(1000)))) as profile:
        ours, bare = figures("memory", _kept(profile, folder), 1)
    yield _line("memory with 1,000 reports", "160 MB", f"{ours[0]:.0f} MB", f"{bare[0]:.0f} MB")
    with tempfile.TemporaryDirectory() as folder, serving(FakeService(listed=tuple(snapshots(8)))) as profile:
        ours, bare = figures("idle", _kept(profile, folder), 1)
    yield _line("idle, of one processor", "0.3 %", f"{ours[0]:.2f} %", f"{bare[0]:.2f} %")
    yield from _loading(rounds)


def _starts(rounds: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, serving(FakeService()) as profile:
        ours, bare = figures("started", _kept(profile, folder), rounds)
    paints, of_bare = [each["paint"] for each in ours], [each["paint"] for each in bare]
    cpu, cpu_of_bare = ([each["paint cpu"] for each in who] for who in (ours, bare))
    own = f"{_middle(paints):.2f}; {_middle(cpu):.2f} s"
    yield _line(
        "start to first paint; processor time", "0.5 s", own, f"{_middle(of_bare):.2f}; {_middle(cpu_of_bare):.2f} s"
    )
    enabled = f"{_middle([each['enabled'] for each in ours]):.2f}; {_middle([each['cpu'] for each in ours]):.2f} s"
    yield _line("start to Generate enabled; processor time", "1.0 s", enabled, "")


def _updates() -> Iterator[str]:
    ours, bare = ({**each[0]} for each in figures("updated", "8", 1))
    for name, goal in (("p50", ""), ("p99", "16 ms"), ("worst", "50 ms")):
        say = f"1,000 news a second on 500 rows, between two turns of the loop, {name}; of that our own processor time"
        yield _line(say, goal, *(f"{each[name]:.1f}; {each[f'cpu {name}']:.1f} ms" for each in (ours, bare)))
    yield _line("the same, of one processor", "", f"{ours['share']:.0f} %", f"{bare['share']:.0f} %")


def _loading(rounds: int) -> Iterator[str]:
    taken = [(cpu_s("-c", OWN_WINDOW), cpu_s("-c", BARE_WINDOW)) for _ in range(rounds)]
    own, bare = _middle([ours for ours, _ in taken]), _middle([bare for _, bare in taken])
    yield _line("processor time of the imports", "1.6 x", f"{own:.2f} s, {own / bare:.1f} x", f"{bare:.2f} s")
    helps = [(_seconds("-m", "desktop", "--help"), _seconds("-c", "pass")) for _ in range(rounds)]
    more = _middle([ours - bare for ours, bare in helps])
    yield _line("`--help`, more than Python alone", "0.25 s", f"{more:.2f} s", "")


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - began


def _middle(values: list[float]) -> float:
    return statistics.median(values)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _kept(profile: Any, folder: str) -> str:
    path = Path(folder) / "profile.json"
    path.touch(0o600)
    path.write_bytes(msgspec.json.encode(profile))
    return str(path)


def _environment(home: str) -> dict[str, str]:
    """Return what a start finds: a home of its own, and the byte code that an earlier start left."""
    own = {"HOME": home, "XDG_STATE_HOME": home, "XDG_RUNTIME_DIR": home, "PYTHONPATH": str(ROOT)}
    kept = {"PYTHONPYCACHEPREFIX": str(BYTE_CODE), "PYTHONDONTWRITEBYTECODE": ""}
    return {"QT_QPA_PLATFORM": "offscreen"} | dict(os.environ) | own | kept


def main(say: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the table and how busy the machine was."""
    for line in table(int(sys.argv[1]) if sys.argv[1:] else ROUNDS):
        say(f"{line}\n")
        sys.stdout.flush()
    say(f"\nLoad average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")


if __name__ == "__main__":
    main()
