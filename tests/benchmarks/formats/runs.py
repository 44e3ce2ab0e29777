"""One writer, one size, one process: what it takes.

formats ── writer, rows ──▶ **measure** ──▶ python or node in its own environment ──▶ `Run`
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.formats.writers import OURS, Writer
from tests.benchmarks.peers.environment import Environment

FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one writer took for one file."""

    rows: int
    seconds: float
    size_bytes: int
    peak_mb: float

    @property
    def rows_s(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    @property
    def mb_s(self) -> float:
        """MB (10⁶ bytes) of the file a second."""
        return self.size_bytes / self.seconds / 1e6


def measure(writer: Writer, source: Path, rows: int, environment: Environment | None) -> Run:
    """Let a writer write the source, which has so many rows, in a process of its own.

    Without an environment the writer runs in the project's own.
    """
    target = source.with_name(f"written.{writer.format}") if writer.is_to_disk else None
    command = _node(writer, rows) if writer.module.endswith(".cjs") else _python(writer, source, target, environment)
    modules = {"NODE_PATH": str(environment.node_modules)} if environment else {}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=FOLDER.parents[1], env=os.environ | modules)
    if target:
        target.unlink()
    told: dict[str, Any] = json.loads(done.stdout)
    if told["rows"] != rows or not told["size_bytes"]:
        raise RuntimeError(f"{writer.name} wrote {told['rows']} of {rows} rows, {told['size_bytes']} bytes")
    return Run(**told)


def _node(writer: Writer, rows: int) -> list[str]:
    return ["node", str(FOLDER / writer.module), str(rows)]


def _python(writer: Writer, source: Path, target: Path | None, environment: Environment | None) -> list[str]:
    python = sys.executable if writer.name == OURS or environment is None else str(environment.python)
    module = f"tests.benchmarks.{writer.module}"
    return [python, "-m", "tests.benchmarks.peers.run", module, writer.format, str(source), str(target or "-")]
