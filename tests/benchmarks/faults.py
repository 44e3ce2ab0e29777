"""What goes wrong under load: connections are cut, workers are killed.

desks ──▶ **CuttingProxy** ──▶ emulator          **kill_worker** ── SIGKILL ──▶ a worker process of the emulator
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from infra.local.backend import LocalBackend
from tests.flows.proxy import Proxy


@dataclass
class CuttingProxy(Proxy):
    """Remembers when connections came, and cuts one or all of them without a close frame."""

    opened_at: list[float] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened_at.append(time.monotonic())
        try:
            await super().serve(reader, writer)
        except OSError:
            writer.transport.abort()

    def cut_one(self, random: Random) -> None:
        """Cut a connection; its other half follows."""
        if self._writers:
            random.choice(sorted(self._writers, key=id)).transport.abort()

    def opened_since(self, began_at: float) -> list[float]:
        """Return when the connections since then came, in seconds after it."""
        return [opened_at - began_at for opened_at in self.opened_at if opened_at >= began_at]


@asynccontextmanager
async def cutting(endpoint: str) -> AsyncIterator[tuple[str, CuttingProxy]]:
    """Give the endpoint through a proxy, and the proxy."""
    url = urlsplit(endpoint)
    proxy = CuttingProxy(str(url.hostname), url.port or 80)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    try:
        yield url._replace(netloc=f"127.0.0.1:{port}").geturl(), proxy
    finally:
        server.close()
        proxy.cut_all()
        await server.wait_closed()


def busiest_second(times_s: list[float]) -> int:
    """Return how many of the times fall into the fullest second, counted from zero."""
    return max(Counter(int(time_s) for time_s in times_s).values(), default=0)


def kill_worker(local: LocalBackend, random: Random) -> bool:
    """Kill one of the emulator's worker processes, at work, idle or starting; tell whether there was one."""
    pids = worker_pids(local)
    if not pids:
        return False
    with suppress(ProcessLookupError):
        os.kill(random.choice(pids), signal.SIGKILL)
        return True
    return False


def worker_pids(local: LocalBackend) -> list[int]:
    """Return the worker processes: in the emulator's process group, with the worker's name on the command line."""
    return sorted(int(process.name) for process in Path("/proc").glob("[0-9]*") if _is_worker(process, local))


def _is_worker(process: Path, local: LocalBackend) -> bool:
    try:
        command = (process / "cmdline").read_text()
        group = (process / "stat").read_text().rsplit(")", 1)[1].split()[2]
    except OSError:
        return False
    return int(group) == local.pid and local.outputs["workerFunction"] in command


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
