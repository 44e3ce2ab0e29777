"""A report's size does not show in the worker's memory."""

import asyncio
from pathlib import Path

import pytest

from desktop.profiles import Profile
from infra.local.backend import LocalBackend
from tests.flows.plain import connected, generate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads peak memory from Linux's /proc"),
]

LIMIT_MB = 300
NOISE_MB = 25


def peak_mb(local: LocalBackend) -> float:
    """Return the highest resident memory of any worker process so far."""
    peaks = [
        int(line.split()[1]) / 1024
        for process in Path("/proc").glob("[0-9]*")
        if _is_worker(process, local)
        for line in (process / "status").read_text().splitlines()
        if line.startswith("VmHWM:")
    ]
    return max(peaks)


def _is_worker(process: Path, local: LocalBackend) -> bool:
    try:
        command = (process / "cmdline").read_text()
        leader = (process / "stat").read_text().rsplit(")", 1)[1].split()[2]
    except OSError:
        return False
    return int(leader) == local.pid and local.outputs["workerFunction"] in command


def make(profile: Profile, rows: int) -> int:
    async def flow() -> int:
        async with connected(profile) as connection:
            last = (await asyncio.wait_for(generate(connection, 0, rows), 240))[-1]
        assert last["state"] == "SUCCEEDED", last["error"]
        return int(last["result"]["rowCount"])

    return asyncio.run(flow())


def test_ten_million_rows_take_no_more_memory_than_one(profile: Profile, local: LocalBackend) -> None:
    assert make(profile, 1_000_000) == 1_000_000
    after_one = peak_mb(local)
    assert make(profile, 10_000_000) == 10_000_000
    after_ten = peak_mb(local)
    assert after_ten < LIMIT_MB
    assert after_ten - after_one < NOISE_MB
