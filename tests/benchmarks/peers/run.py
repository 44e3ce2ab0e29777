"""One measurement in a process of its own.

formats ──▶ `python -m tests.benchmarks.peers.run MODULE FUNCTION SOURCE TARGET` ──▶ one line of JSON

The clock starts when everything is imported. Peak memory is the process's own since its start, what it maps included.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.formats.sink import HashingSink


def main(module: str, function: str, source: str, target: str) -> None:
    """Let a function write the source to the sink, or to the file `target` where that is not `-`."""
    write = getattr(importlib.import_module(module), function)
    sink = HashingSink()
    began = time.perf_counter()
    rows = write(Path(source), sink if target == "-" else Path(target))
    seconds = time.perf_counter() - began
    size_bytes = sink.size_bytes if target == "-" else Path(target).stat().st_size
    told = {"rows": rows, "seconds": seconds, "size_bytes": size_bytes, "peak_mb": peak_mb()}
    sys.stdout.write(json.dumps(told) + "\n")


def peak_mb() -> float:
    """Return the most memory this process ever held, in MB (10⁶ bytes).

    `ru_maxrss` would not do: it begins with what the parent held.
    Source: proc_pid_status(5), VmHWM
    """
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
