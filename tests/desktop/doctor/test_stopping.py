"""A connection test that is stopped, or whose step breaks off: nothing is left behind."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from backend.protocol.messages import GenerateReport, Ping, Snapshot
from desktop.doctor.examination import examine
from desktop.sign_in.profiles import Profile
from desktop.wording.examination import Check, Outcome
from tests.desktop.doctor.benches import (
    HOST,
    SOON,
    KnownSigner,
    found,
)
from tests.desktop.services import FakeService, profile_of, serving, snapshot_of
from tests.limits import HANG_S


@pytest.mark.parametrize("at", [Check.WAY, Check.LIVE])
def test_stop_ends_at_once_and_leaves_nothing(at: Check, silent: int) -> None:
    async def test(profile: Profile) -> None:
        reached = asyncio.Event()

        async def take() -> None:
            async for step in examine(profile, signer=KnownSigner(), limits=replace(SOON, reach=reach_s)):
                if (step.check, step.outcome) == (at, Outcome.RUNNING):
                    reached.set()

        before = asyncio.all_tasks()
        taking = asyncio.create_task(take())
        await reached.wait()
        await asyncio.sleep(0.01)  # until it waits for the other side
        taking.cancel()
        await asyncio.wait([taking])
        assert taking.cancelled()
        assert asyncio.all_tasks() == before

    reach_s = HANG_S if at is Check.WAY else 0.05
    scheme = f"wss://{HOST}" if at is Check.WAY else "ws://127.0.0.1"
    asyncio.run(asyncio.wait_for(test(profile_of(f"{scheme}:{silent}/prod")), HANG_S))


def test_stop_cancels_the_report() -> None:
    asked = threading.Event()

    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield snapshot_of(str(request.report_id))
        asked.set()

    async def test(profile: Profile) -> None:
        async def take() -> None:
            async for _ in examine(profile, signer=KnownSigner(), limits=SOON):
                pass

        before = asyncio.all_tasks()
        taking = asyncio.create_task(take())
        await asyncio.to_thread(asked.wait)
        taking.cancel()
        await asyncio.wait([taking])
        assert asyncio.all_tasks() == before

    service = FakeService(course=course)
    with serving(service) as profile:
        asyncio.run(asyncio.wait_for(test(profile), HANG_S))
    assert [type(request.data).__name__ for request in service.requests if not isinstance(request.data, Ping)][-1] == (
        "CancelReport"
    )


def test_step_that_breaks_off_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise LookupError("a secret")

    monkeypatch.setattr("desktop.doctor.examination.knock", fail)
    with serving(FakeService()) as profile:
        steps = found(profile)
    assert steps[Check.WAY].sentence == "This step broke off: a fault of this program (LookupError)."
    assert len(steps) == len(Check)
