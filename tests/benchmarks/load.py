"""Many desktops on the local emulator while connections are cut, workers killed and desktops restarted.

**load** ──▶ desks ──▶ proxy ──▶ emulator          **load** ── faults ──▶ proxy, workers, desks

Everything runs on one machine, so times are upper bounds; the counts are what matters. The choices are seeded, what the
machine makes of them is not. Run it with `python -m tests.benchmarks.load --minutes 20 --clients 300 --reports 60`.
"""

import argparse
import asyncio
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import msgspec
from msgspec.structs import replace

from backend.aws.report_items import decode_report
from backend.domain.report import PREVIEW_NAME, Report
from backend.protocol.lifecycle import is_terminal
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from infra.local import backend
from infra.local.backend import LocalBackend
from tests.benchmarks import findings
from tests.benchmarks.desks import Desk
from tests.benchmarks.faults import CuttingProxy, busiest_second, cpu_s, cutting, kill_worker
from tests.benchmarks.findings import Findings, Storm
from tests.benchmarks.verdict import judge

OPEN_EACH = 5
"""The service refuses an analyst's sixth report under way."""
DESKS_EACH = 2
"""An analyst has the window open on two machines."""
CONNECTED_WITHIN_S = 180.0
DRAINED_WITHIN_S = 420.0
"""The last killed worker's report: 60 s to the retry, as long to the end of the lease, then the report itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much, for how long, and how often what goes wrong, in seconds between."""

    minutes: float = 20.0
    clients: int = 300
    reports: int = 60
    seed: int = 1
    longest_report_ms: int = 60_000
    cut_every_s: float = 2.0
    cancel_every_s: float = 6.0
    restart_every_s: float = 10.0
    kill_every_s: float = 20.0
    storm_every_s: float = 240.0
    kills_until: float = 1.0
    """The part of the time in which workers are killed: their reports take two minutes more."""


@dataclass(slots=True)
class Run:
    """A load under way."""

    local: LocalBackend
    load: Load
    proxy: CuttingProxy
    desks: Sequence[Desk]
    random: Random
    began_at: float = field(default_factory=time.monotonic)
    faults: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    kills: list[datetime] = field(default_factory=list)
    storms: list[Storm] = field(default_factory=list)

    @property
    def passed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began_at

    async def gather(self) -> None:
        """Start every desk at once: the first storm."""
        for desk in self.desks:
            desk.start()
        await self._until_back("start", self.began_at)

    async def keep_asking(self) -> None:
        """Keep as many reports under way as wanted."""
        while True:
            for _ in range(self.load.reports - sum(len(desk.open_ids) for desk in self.desks)):
                self._ask()
            await asyncio.sleep(0.1)

    def _ask(self) -> None:
        under_way: dict[int, int] = defaultdict(int)
        for desk in self.desks:
            under_way[desk.analyst] += len(desk.open_ids)
        desk = self.random.choice([desk for desk in self.desks if under_way[desk.analyst] < OPEN_EACH])
        report_id = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        desk.ask(report_id, self.random.randrange(self.load.longest_report_ms), self.random.randrange(20_000))

    async def keep_failing(self) -> None:
        """Let things go wrong, one after another; during a storm nothing else."""
        load = self.load
        next_storm_s = self.passed_s + min(load.storm_every_s, load.minutes * 60) / 2
        kinds = {"cut": load.cut_every_s, "cancel": load.cancel_every_s, "restart": load.restart_every_s}
        kinds["kill"] = load.kill_every_s
        rates = [1 / every_s for every_s in kinds.values()]
        while True:
            await asyncio.sleep(self.random.expovariate(sum(rates)))
            if self.passed_s >= next_storm_s:
                next_storm_s += load.storm_every_s
                await self._storm()
            else:
                await self._fail(self.random.choices(tuple(kinds), rates)[0])

    async def _fail(self, kind: str) -> None:
        desk = self.random.choice(self.desks)
        match kind:
            case "cut":
                self.proxy.cut_one(self.random)
            case "restart":
                await desk.restart()
            case "cancel":
                open_ids = [(desk, report_id) for desk in self.desks for report_id in desk.open_ids]
                if not open_ids:
                    return
                desk, report_id = self.random.choice(open_ids)
                desk.cancel(report_id)
            case _:
                is_late = self.passed_s > self.load.kills_until * self.load.minutes * 60
                if is_late or not kill_worker(self.local, self.random):
                    return
                self.kills.append(datetime.now(UTC))
        self.faults[kind] += 1

    async def _storm(self) -> None:
        began_at = time.monotonic()
        self.proxy.cut_all()
        self.faults["storm"] += 1
        await self._until_back("storm", began_at)

    async def _until_back(self, kind: str, began_at: float) -> None:
        """Wait until every desk has connected since then; one may have lost that connection again."""
        back: dict[int, float] = {}
        try:
            while len(back) < len(self.desks) and time.monotonic() - began_at < CONNECTED_WITHIN_S:
                for n, desk in enumerate(self.desks):
                    if desk.connected_at is not None and desk.connected_at > began_at:
                        back.setdefault(n, desk.connected_at - began_at)
                await asyncio.sleep(0.02)
        finally:  # also when the load ends in the middle of it
            self.storms.append(self._recorded(kind, began_at, back))

    def _recorded(self, kind: str, began_at: float, back: dict[int, float]) -> Storm:
        opened = self.proxy.opened_since(began_at)
        return Storm(
            kind=kind,
            desks=len(self.desks),
            back_s=tuple(sorted(back.values())),
            attempts=len(opened),
            peak=busiest_second(opened),
        )

    async def drain(self) -> None:
        """Wait until every desk knows how its reports ended."""
        deadline = time.monotonic() + DRAINED_WITHIN_S
        while any(desk.open_ids for desk in self.desks) and _is_before(deadline):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def run(local: LocalBackend, load: Load) -> Findings:
    """Put the load on the backend and return what was found."""
    random = Random(load.seed)
    async with cutting(local.profile["endpoint"]) as (endpoint, proxy):
        profile = replace(msgspec.convert(local.profile, Profile), endpoint=endpoint)
        running = Run(local, load, proxy, _desks(local, profile, load.clients), random)
        own_s, emulator_s = time.process_time(), cpu_s(local.pid)
        try:
            await running.gather()
            await _for(load.minutes * 60, running)
            own_s, emulator_s = time.process_time() - own_s, cpu_s(local.pid) - emulator_s
            loaded_s = running.passed_s
            await running.drain()
        finally:
            await asyncio.gather(*(desk.stop() for desk in running.desks))
    asked = [each for desk in running.desks for each in desk.asked.values()]
    rows, files = await asyncio.to_thread(_look_behind, local, [each.report_id for each in asked])
    return Findings(
        verdict=judge(asked, rows, files, running.kills),
        faults=dict(running.faults),
        storms=tuple(running.storms),
        own_cpu=own_s / loaded_s,
        emulator_cpu=emulator_s / loaded_s,
    )


async def _for(seconds: float, running: Run) -> None:
    """Ask and fail for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            tasks.create_task(running.keep_asking())
            tasks.create_task(running.keep_failing())


def _desks(local: LocalBackend, profile: Profile, clients: int) -> list[Desk]:
    name = uuid.uuid4().hex[:8]
    keys = [local.create_analyst(f"{name}-{n}") for n in range(-(-clients // DESKS_EACH))]
    auths = [IamAuth(access_key_id=key_id, secret_access_key=secret) for key_id, secret in keys]
    return [Desk(replace(profile, auth=auths[n // DESKS_EACH]), n // DESKS_EACH) for n in range(clients)]


def _look_behind(local: LocalBackend, report_ids: Sequence[str]) -> tuple[dict[str, Report], dict[str, list[str]]]:
    """Return rows and keys of files by report, as the administrator sees them; give the orphans time to end."""
    deadline = time.monotonic() + DRAINED_WITHIN_S
    rows = _rows(local, report_ids)
    while (going := [row.report_id for row in rows.values() if not is_terminal(row.state)]) and _is_before(deadline):
        time.sleep(1.0)
        rows |= _rows(local, going)
    files: dict[str, list[str]] = defaultdict(list)
    for page in local.client("s3").get_paginator("list_objects_v2").paginate(Bucket=local.outputs["reportsBucket"]):
        for item in page.get("Contents", ()):
            if not item["Key"].endswith(f"/{PREVIEW_NAME}"):
                files[item["Key"].split("/")[1]].append(item["Key"])
    return rows, files


def _is_before(deadline: float) -> bool:
    return time.monotonic() < deadline


def _rows(local: LocalBackend, report_ids: Sequence[str]) -> dict[str, Report]:
    table, dynamodb = local.outputs["reportsTable"], local.client("dynamodb")
    gets = [
        dynamodb.get_item(TableName=table, Key={"reportId": {"S": each}}, ConsistentRead=True) for each in report_ids
    ]
    return {row.report_id: row for row in (decode_report(got["Item"]) for got in gets if "Item" in got)}


def main() -> None:
    """Start a backend, load it, and print the table."""
    parser = argparse.ArgumentParser(description="Load the local backend while things go wrong.")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--reports", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = Load(**vars(parser.parse_args()))
    with backend.running() as local:
        found = asyncio.run(run(local, chosen))
    sys.stdout.write("\n".join(findings.table(found)) + "\n")


if __name__ == "__main__":
    main()
