import asyncio
import threading
from pathlib import Path

import pytest

from desktop.desk.errands import Errands
from desktop.files.download import DownloadState
from desktop.files.downloads import Downloads
from desktop.session.store import Store


@pytest.fixture
def downloads(tmp_path: Path) -> Downloads:
    found = Downloads(Store(), lambda _all: None)
    for name in ("kept", "gone", "behind a file"):
        found.recall(name, tmp_path / name)
    found.recall("behind a file", tmp_path / "kept" / "x")
    found.recall("far away", Path("/far/away"))
    (tmp_path / "kept").touch()
    return found


def states(downloads: Downloads) -> dict[str, DownloadState]:
    return {name: each.state for name, each in downloads.all.items()}


def test_files_that_are_gone_are_noticed_and_those_of_a_disk_that_fails_are_not(
    downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def fail_far_away(path: Path) -> object:
        if str(path).startswith("/far"):
            raise OSError(5, "Input/output error")
        return stat(path)

    monkeypatch.setattr(Path, "stat", fail_far_away)

    async def flow() -> None:
        errands = Errands(downloads, print, print)
        errands.look_for_files()
        await asyncio.gather(*errands.tasks)

    asyncio.run(flow())
    saved, missing = DownloadState.SAVED, DownloadState.MISSING
    assert states(downloads) == {"kept": saved, "gone": missing, "behind a file": missing, "far away": saved}


def test_disk_that_does_not_answer_holds_up_nothing_and_is_asked_once(
    downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    asked: list[Path] = []

    def wait(path: Path) -> None:
        asked.append(path)
        answered.wait()

    monkeypatch.setattr(Path, "stat", wait)

    async def flow() -> None:
        errands = Errands(downloads, print, print)
        errands.look_for_files()
        await asyncio.sleep(0)
        errands.look_for_files()
        answered.set()
        await asyncio.gather(*errands.tasks)

    asyncio.run(flow())
    assert sorted(asked) == sorted(each.path for each in downloads.all.values())


def test_file_that_is_there_is_opened_and_one_that_is_gone_said_to_be(downloads: Downloads) -> None:
    said: list[str] = []

    async def opening() -> str:
        return "opened"

    async def flow() -> None:
        errands = Errands(downloads, said.append, print)
        for name in ("kept", "gone"):
            errands.open(name, downloads.all[name].path, opening())
        await asyncio.gather(*errands.tasks)

    asyncio.run(flow())
    assert sorted(said) == ["Moved or deleted", "opened"]
    assert states(downloads)["gone"] is DownloadState.MISSING
