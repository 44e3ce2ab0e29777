"""A call that the caller leaves: by Ctrl-C, or by an error of its own."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.protocol.messages import (
    CancelReport,
    GenerateReport,
    ReportMessage,
    Request,
    ServiceMessage,
    Snapshot,
)
from desktop.notebook import (
    get,
)
from desktop.sign_in.profiles import Profile
from tests.desktop.headless.test_notebook import with_file
from tests.desktop.services import (
    CONTENT,
    FakeService,
    Files,
    files,
    finished,
    running,
    serving,
)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise `KeyboardInterrupt` at Ctrl-C, as Python does and ipykernel while a cell runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def cancelled_by(service: FakeService) -> list[str]:
    return [request.data.report_id for request in service.requests if isinstance(request.data, CancelReport)]


@interruptible()
def test_ctrl_c_cancels_the_report() -> None:
    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    service = FakeService(interrupted)
    with serving(service) as profile, pytest.raises(KeyboardInterrupt):
        get("sample", profile=profile)
    assert cancelled_by(service) == [service.submitted[0].report_id]


@interruptible()
def test_ctrl_c_inside_a_running_loop_cancels_the_report() -> None:
    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    async def cell(profile: Profile) -> None:
        with interruptible():
            get("sample", profile=profile)

    service = FakeService(interrupted)
    with serving(service) as profile, pytest.raises(KeyboardInterrupt):
        asyncio.run(cell(profile))
    assert cancelled_by(service) == [service.submitted[0].report_id]


class Deaf(FakeService):
    """Answers no cancel, and presses Ctrl-C instead."""

    def answers(self, request: Request) -> Iterator[ServiceMessage]:
        if isinstance(request.data, CancelReport):
            press_ctrl_c()
        else:
            yield from super().answers(request)


@interruptible()
def test_second_ctrl_c_does_not_wait_for_the_cancellation() -> None:
    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    with serving(Deaf(interrupted)) as profile, pytest.raises(KeyboardInterrupt):
        get("sample", profile=profile)


@interruptible()
def test_ctrl_c_during_the_download_leaves_no_file(tmp_path: Path) -> None:
    def interrupted(answer: Files, _start: int) -> None:
        answer.begin(206, len(CONTENT))
        answer.wfile.write(CONTENT[:1000])
        press_ctrl_c()
        answer.connection.recv(1)

    with (
        files(interrupted) as server,
        serving(with_file(server.url)) as profile,
        pytest.raises(KeyboardInterrupt),
    ):
        get("sample", profile=profile, output=tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


@interruptible()
def test_report_that_is_ready_before_the_cancel_is_not_downloaded(tmp_path: Path) -> None:
    class Quick(FakeService):
        def answers(self, request: Request) -> Iterator[ServiceMessage]:
            if isinstance(request.data, CancelReport):
                report = finished(request.data.report_id, CONTENT, server.url)
                yield ReportMessage(request_id=str(request.request_id), report=report)
            else:
                yield from super().answers(request)

    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    with files() as server, serving(Quick(interrupted)) as profile, pytest.raises(KeyboardInterrupt):
        get("sample", profile=profile, output=tmp_path / "a.parquet")
    assert (server.asked, list(tmp_path.iterdir())) == ([], [])


def test_error_of_progress_cancels_the_report_and_is_raised() -> None:
    def slow(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))

    def fail(_: Snapshot) -> None:
        raise LookupError("of the caller")

    service = FakeService(slow)
    with serving(service) as profile, pytest.raises(LookupError, match="of the caller"):
        get("sample", profile=profile, progress=fail)
    assert cancelled_by(service) == [service.submitted[0].report_id]


def test_no_thread_is_left() -> None:
    with files() as server, serving(with_file(server.url)) as profile:
        get("sample", profile=profile)
    assert not [thread for thread in threading.enumerate() if thread.name == "report"]
