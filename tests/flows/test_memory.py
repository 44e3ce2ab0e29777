"""A report's size does not show in the worker's memory."""

import asyncio
import json
from pathlib import Path

import pytest

from desktop.sign_in.profiles import Profile
from infra.local.backend import LocalBackend
from tests.flows.plain import connected, follow
from tests.limits import HANG_S

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads peak memory from Linux's /proc"),
]

LIMIT_MB = 350
NOISE_MB = 60
ROWS = 10_000_000
FEWER = {"parquet": 6_000_000, "csv": 5_000_000, "xlsx": 8_000_000}
"""By format. The rows are gathered first, and fewer would not fill the memory."""


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


def make(profile: Profile, rows: int, file_format: str) -> int:
    parameters = {"delay": 0, "amountOfRows": rows}
    data = {"definition": "sample", "parameters": parameters, "format": file_format}

    async def flow() -> int:
        async with connected(profile) as connection:
            await connection.send(json.dumps({"action": "generateReport", "data": data}))
            last = (await asyncio.wait_for(follow(connection), HANG_S))[-1]
        assert last["state"] == "SUCCEEDED", last["error"]
        return int(last["result"]["rowCount"])

    return asyncio.run(flow())


@pytest.mark.parametrize("file_format", FEWER)
def test_more_rows_take_no_more_memory(file_format: str, profile: Profile, local: LocalBackend) -> None:
    assert make(profile, FEWER[file_format], file_format) == FEWER[file_format]
    after_fewer = peak_mb(local)
    assert make(profile, ROWS, file_format) == ROWS
    after_all = peak_mb(local)
    assert after_all < LIMIT_MB
    assert after_all - after_fewer < NOISE_MB
