import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from backend.protocol.messages import Link, ReportMessage, ReportsMessage, Snapshot, WatchReports
from desktop.files.download import Download, DownloadState
from desktop.files.downloads import AT_ONCE, LINK_MARGIN, Downloads
from desktop.files.transfer import TransferFailed
from desktop.outside.patience import LINK_S
from desktop.session.events import Received, RemoveAsked, Requests, ServiceEnded, Submitted
from desktop.session.step import FILE_LOST
from desktop.session.store import Store
from tests.desktop.services import (
    CONTENT,
    SECRET,
    Answer,
    Files,
    FileServer,
    cut_after,
    files,
    finished,
    hang,
    link_to,
    serve_rest,
    status,
)
from tests.desktop.session.test_step import ASKED, ID, QUEUED, connected
from tests.limits import HANG_S
from tests.qt_loops import driving

SIZE = len(CONTENT)


@dataclass
class Known:
    """A store that knows one finished report, whose links are renewed by `renew`."""

    snapshot: Snapshot
    renew: Callable[[], Link | None] = lambda: None
    is_missing: bool = False
    asked: int = 0
    shown: list[Download] = field(default_factory=list)
    link_timeout_s: float = LINK_S
    patience_s: float = 0.0

    def __post_init__(self) -> None:
        self.store = Store()
        self.store.connect(self.answer)
        self.store.dispatch(connected())
        self.store.dispatch(Received(ReportMessage(report=self.snapshot), 0))
        self.downloads = Downloads(
            self.store, self.show, patience_s=self.patience_s, link_timeout_s=self.link_timeout_s
        )

    def answer(self, requests: Requests) -> None:
        if not any(isinstance(request.data, WatchReports) for request in requests):
            return
        self.asked += 1
        found = () if self.is_missing else (replace(self.snapshot, link=self.renew()),)
        missing = (ID,) if self.is_missing else ()
        answer = Received(ReportsMessage(request_id="watch", reports=found, missing=missing), 0)
        asyncio.get_running_loop().call_soon(self.store.dispatch, answer)

    def show(self, shown: Mapping[str, Download]) -> None:
        self.shown.append(shown[ID])


def run(test: Coroutine[Any, Any, Download]) -> Download:
    return asyncio.run(asyncio.wait_for(test, HANG_S))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_finished_report_is_saved(path: Path) -> None:
    with files() as server:
        known = Known(finished(ID, CONTENT, server.url))
        download = run(known.downloads.save(ID, path))
    assert download == Download(ID, path, SIZE, SIZE, DownloadState.SAVED)
    assert known.downloads.all == {ID: download}
    assert path.read_bytes() == CONTENT
    assert known.asked == 0


def test_progress_goes_from_nothing_to_the_whole_file(path: Path) -> None:
    with files() as server:
        known = Known(finished(ID, CONTENT, server.url))
        run(known.downloads.save(ID, path))
    received = [download.received_bytes for download in known.shown]
    assert received == sorted(received)
    assert (received[0], received[-1]) == (0, SIZE)
    assert {download.total_bytes for download in known.shown} == {SIZE}
    assert [download.state for download in known.shown[:-1]] == [DownloadState.ACTIVE] * (len(received) - 1)


def test_link_about_to_expire_is_renewed_first(path: Path) -> None:
    with files() as server:
        old = finished(ID, CONTENT, "http://127.0.0.1:1/old")
        known = Known(
            replace(old, link=link_to("http://127.0.0.1:1/old", LINK_MARGIN / 2)), lambda: link_to(server.url)
        )
        assert run(known.downloads.save(ID, path)).state is DownloadState.SAVED
    assert known.asked == 1


def test_refused_link_is_renewed_once(path: Path) -> None:
    with files(status(403), serve_rest) as server:
        known = Known(finished(ID, CONTENT, server.url), lambda: link_to(server.url, timedelta(hours=1)))
        assert run(known.downloads.save(ID, path)).state is DownloadState.SAVED
    assert known.asked == 1
    assert path.read_bytes() == CONTENT


def test_fresh_link_that_is_refused_too_fails(path: Path) -> None:
    with files(status(403), status(403)) as server:
        known = Known(finished(ID, CONTENT, server.url), lambda: link_to(server.url, timedelta(hours=1)))
        download = run(known.downloads.save(ID, path))
    assert (download.state, download.error) == (DownloadState.FAILED, "The link has expired.")
    assert known.asked == 1
    assert not path.exists()


def test_report_the_service_no_longer_has_fails_without_a_wait(path: Path) -> None:
    snapshot = replace(finished(ID, CONTENT, "http://127.0.0.1:1/"), link=None)
    known = Known(snapshot, is_missing=True)
    download = run(known.downloads.save(ID, path))
    assert (download.state, download.error) == (DownloadState.FAILED, "The service no longer has this report.")


def test_link_that_never_comes_fails(path: Path) -> None:
    known = Known(replace(finished(ID, CONTENT, "http://127.0.0.1:1/"), link=None), link_timeout_s=0.0)
    download = run(known.downloads.save(ID, path))
    assert (download.state, download.error) == (DownloadState.FAILED, "The service gave no link to the file.")


def test_renewed_link_is_not_the_refused_one(path: Path) -> None:
    with files(status(403)) as server:
        snapshot = finished(ID, CONTENT, server.url)
        known = Known(snapshot, lambda: snapshot.link, link_timeout_s=0.05)
        download = run(known.downloads.save(ID, path))
    assert download.error == "The service gave no link to the file."
    assert len(server.asked) == 1


def test_failure_keeps_what_was_received_and_hides_the_signature(path: Path) -> None:
    damaged = bytes(SIZE)
    with files(content=damaged) as server:
        known = Known(finished(ID, CONTENT, server.url))
        download = run(known.downloads.save(ID, path))
    assert download.state is DownloadState.FAILED
    assert "checksum" in str(download.error)
    assert SECRET not in str(download.error)
    assert list(path.parent.iterdir()) == []


def test_folder_is_checked_before_the_link_is_renewed(tmp_path: Path) -> None:
    known = Known(replace(finished(ID, CONTENT, "http://127.0.0.1:1/"), link=None))
    download = run(known.downloads.save(ID, tmp_path / "missing" / "a.csv"))
    assert download.state is DownloadState.FAILED
    assert download.error == f"There is no folder {tmp_path / 'missing'}."
    assert known.asked == 0


def test_failed_download_can_be_tried_again(path: Path) -> None:
    with files(status(404)) as server:
        known = Known(finished(ID, CONTENT, server.url))

        async def twice() -> Download:
            assert (await known.downloads.save(ID, path)).state is DownloadState.FAILED
            return await known.downloads.save(ID, path)

        download = run(twice())
    assert (download.state, download.error) == (DownloadState.SAVED, None)


def test_report_without_a_file_is_no_download(path: Path) -> None:
    store = Store()
    store.dispatch(Submitted(ASKED, 0))
    with pytest.raises(ValueError, match="no file"):
        run(Downloads(store, lambda _: None).save(ID, path))
    store.dispatch(Received(ReportMessage(report=QUEUED), 0))
    with pytest.raises(ValueError, match="no file"):
        run(Downloads(store, lambda _: None).save(ID, path))


def test_download_of_a_file_that_is_lost_ends_at_once(path: Path) -> None:
    """The file was on this machine, and went with its service."""

    async def test(server: FileServer) -> Download:
        known = Known(finished(ID, CONTENT, server.url), patience_s=HANG_S)
        saving = asyncio.create_task(known.downloads.save(ID, path))
        while not any(shown.received_bytes for shown in known.shown):  # noqa: ASYNC110  the server is of another thread
            await asyncio.sleep(0.01)
        known.store.dispatch(ServiceEnded())
        return await saving

    with files(cut_after(1000), *[status(503)] * 9) as server:
        download = run(test(server))
    assert (download.state, download.error) == (DownloadState.FAILED, FILE_LOST)
    assert not path.exists()


def test_report_that_is_removed_while_its_download_waits_ends_it(path: Path) -> None:
    async def test() -> Download:
        with files() as server:
            known = Known(replace(finished(ID, CONTENT, server.url), link=None))
            saving = asyncio.create_task(known.downloads.save(ID, path))
            await asyncio.sleep(0)
            known.store.dispatch(ServiceEnded())
            known.store.dispatch(RemoveAsked(ID))
            return await saving

    assert run(test()).state is DownloadState.FAILED

    async def removed() -> None:
        known = Known(finished(ID, CONTENT, "https://files.example/a"))
        known.store.dispatch(ServiceEnded())
        known.store.dispatch(RemoveAsked(ID))
        with pytest.raises(TransferFailed, match="removed from the list"):
            await known.downloads.fresh_link(ID)

    asyncio.run(removed())


def test_downloads_wait_for_each_other_and_links_for_none(tmp_path: Path) -> None:
    async def test() -> None:
        with files(*[hang] * AT_ONCE) as server:
            known = Known(finished(ID, CONTENT, server.url))
            saving = [asyncio.create_task(known.downloads.save(ID, tmp_path / f"{n}")) for n in range(AT_ONCE + 3)]
            while len(server.asked) < AT_ONCE:  # noqa: ASYNC110  the server is of another thread
                await asyncio.sleep(0.01)
            assert await known.downloads.fresh_link(ID) == known.snapshot.link
            assert len(server.asked) == AT_ONCE
            for task in saving:
                task.cancel()
            await asyncio.gather(*saving, return_exceptions=True)

    asyncio.run(asyncio.wait_for(test(), HANG_S))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_paused", [False, True])
def test_download_that_is_given_up_leaves_nothing_and_can_be_begun_again(path: Path, *, is_paused: bool) -> None:
    async def test() -> Download:
        with files(hang, *[serve_rest] * 3) as server:
            known = Known(finished(ID, CONTENT, server.url))
            saving = asyncio.create_task(known.downloads.save(ID, path))
            while not server.asked:  # noqa: ASYNC110  the server is of another thread
                await asyncio.sleep(0.01)
            if is_paused:
                known.downloads.pause(ID)
            known.downloads.stop(ID)
            stopped = await saving
            assert (stopped.state, list(path.parent.iterdir())) == (DownloadState.STOPPED, [])
            known.downloads.stop(ID)
            return await known.downloads.save(ID, path)

    assert run(test()).state is DownloadState.SAVED
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(("fault", "end"), [(hang, DownloadState.STOPPED), (status(404), DownloadState.FAILED)])
def test_save_that_ends_badly_leaves_the_earlier_file_known(path: Path, fault: Answer, end: DownloadState) -> None:
    async def test() -> Download:
        with files(serve_rest, *[fault] * 3) as server:
            known = Known(finished(ID, CONTENT, server.url))
            await known.downloads.save(ID, path)
            saving = asyncio.create_task(known.downloads.save(ID, path.with_name("b.csv")))
            while len(server.asked) < 2:  # noqa: ASYNC110  the server is of another thread
                await asyncio.sleep(0.01)
            if end is DownloadState.STOPPED:
                known.downloads.stop(ID)
            ended = await saving
            known.downloads.lose(ID)
            assert known.downloads.all[ID].saved_path is None
            return ended

    ended = run(test())
    assert (ended.state, ended.saved_path, ended.is_saved) == (end, path, True)


def test_end_of_all_is_no_download_given_up(path: Path) -> None:
    async def test() -> None:
        with files(hang) as server:
            known = Known(finished(ID, CONTENT, server.url))
            saving = asyncio.create_task(known.downloads.save(ID, path))
            await asyncio.sleep(0)
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving

    asyncio.run(asyncio.wait_for(test(), HANG_S))
    assert list(path.parent.iterdir()) == []


def begin_and_hang(server: Files, start: int) -> None:
    """Send some of the file, and no more until the other side goes away."""
    server.begin(206, SIZE - start)
    server.wfile.write(server.server.content[start : start + SIZE // 2])
    server.wfile.flush()
    server.connection.recv(1)


@pytest.mark.parametrize("is_paused", [False, True])
def test_end_of_the_window_leaves_nothing_of_a_download_that_python_cannot_end(
    qapp: QApplication, path: Path, monkeypatch: pytest.MonkeyPatch, *, is_paused: bool
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: heard.append(told))
        known = Known(finished(ID, CONTENT, server.url))
        saving = asyncio.create_task(known.downloads.save(ID, path))
        while ID not in known.downloads._gates:  # noqa: ASYNC110  no event says so
            await asyncio.sleep(0)
        gate = known.downloads._gates[ID]
        if is_paused:
            known.downloads.pause(ID)
        async with asyncio.timeout(HANG_S):
            while not (gate._waiters if is_paused else known.downloads.all[ID].received_bytes):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)

    gc.collect()
    gc.disable()  # what is left over is found after the loop
    try:
        with files(begin_and_hang) as server, driving(qapp) as drive:
            drive(test())
    finally:
        gc.enable()
        gc.collect()
    assert heard == []


def test_fresh_link_is_given_at_once_if_it_lasts() -> None:
    known = Known(finished(ID, CONTENT, "http://127.0.0.1:1/"))
    link = asyncio.run(known.downloads.fresh_link(ID))
    assert link == known.snapshot.link
    assert known.asked == 0


def test_file_of_an_earlier_run_is_known_to_be_one_until_it_is_saved_again(path: Path) -> None:
    with files() as server:
        known = Known(finished(ID, CONTENT, server.url))
        known.downloads.recall(ID, path)
        assert (known.downloads.all[ID].is_of_earlier_run, known.downloads.all[ID].saved_path) == (True, path)
        assert not run(known.downloads.save(ID, path)).is_of_earlier_run
