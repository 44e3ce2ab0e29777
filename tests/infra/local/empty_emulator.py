"""`reportwire local --empty` as a child process, and what it prints, read."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.bundle import ROOT


@dataclass(frozen=True)
class Empty:
    process: subprocess.Popen[str]
    printed: str

    @property
    def variables(self) -> Mapping[str, str]:
        """What is to be exported."""
        lines = re.findall(r"^export (.*)$", self.printed, re.MULTILINE)
        return dict(pair.split("=", 1) for line in lines for pair in line.split())

    @property
    def authority(self) -> str:
        return self.variables["AWS_ENDPOINT_URL"].removeprefix("http://")

    @property
    def key(self) -> tuple[str, str]:
        return self.variables["AWS_ACCESS_KEY_ID"], self.variables["AWS_SECRET_ACCESS_KEY"]

    @property
    def bundles(self) -> Mapping[str, str]:
        return dict(re.findall(r"config set (\w+) (\S+)$", self.printed, re.MULTILINE))


@contextmanager
def empty_emulator(cache: Path, *options: str) -> Iterator[Empty]:
    """Start it at a free port, and end it."""
    with socket.socket() as taken:  # that of Pulumi.emulator.yaml may be another emulator's
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    command = [sys.executable, "-m", "desktop", "local", "--empty", "--port", port, *options]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout
        try:
            lines: list[str] = []
            while not lines or "infra up" not in lines[-1]:
                line = process.stdout.readline()
                assert line, "it ended"
                lines.append(line)
            yield Empty(process, "".join(lines))
        finally:
            process.kill()
