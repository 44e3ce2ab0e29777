import asyncio
import errno
import hashlib
import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.files.part_file import PartFile
from desktop.files.transfer import (
    LinkExpired,
    NoLink,
    TransferFailed,
    fetch,
)
from tests.desktop.services import (
    CONTENT,
    SECRET,
    Answer,
    cut_after,
    files,
    hang,
    result_of,
    serve_endlessly,
    serve_whole,
    status,
    whole_cut_after,
    without_end,
)
from tests.limits import HANG_S

SIZE = len(CONTENT)
PATIENCE_S = 60.0


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self) -> float:
        return sum(self.waits)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def save(url: str, target: Path, *more_urls: str, **changes: Any) -> list[int]:
    """Fetch, with one link after another; return the progress told."""
    told: list[int] = []
    urls, n = [url, *more_urls], 0
    on_progress = changes.pop("on_progress", told.append)
    time: Time = changes.pop("time", Time())
    given = {"patience_s": changes.pop("patience_s", PATIENCE_S), "clock": time, "sleep": time.sleep}

    async def next_link(is_expired: bool) -> str:  # noqa: FBT001  `NextLink`
        nonlocal n
        n += is_expired
        if n >= len(urls):
            raise NoLink("there is no other link")
        return urls[n]

    asyncio.run(fetch(next_link, target, result_of(CONTENT, **changes), on_progress, **given))
    return told


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_file_is_saved_whole_without_waiting(target: Path) -> None:
    time = Time()
    with files() as server:
        told = save(server.url, target, time=time)
    assert time.waits == []
    assert target.read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == SIZE
    assert names_in(target.parent) == ["a.csv"]


def test_bytes_are_asked_for_as_they_are(target: Path) -> None:
    with files() as server:
        save(server.url, target)
    assert server.encodings == ["identity"]


def test_empty_file_is_saved_without_a_request(target: Path) -> None:
    with files(status(416)) as server:
        save(server.url, target, size_bytes=0, sha256=hashlib.sha256(b"").hexdigest())
    assert target.read_bytes() == b""
    assert server.asked == []


def test_interrupted_download_resumes_where_it_stopped(target: Path) -> None:
    with files(cut_after(1000), cut_after(50_000), cut_after(1)) as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=0-", "bytes=1000-", "bytes=51000-", "bytes=51001-"]


def test_interruptions_with_progress_are_never_too_many(target: Path) -> None:
    with files(*[cut_after(10)] * 100) as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT


def test_server_that_ignores_the_range_starts_the_file_over(target: Path) -> None:
    with files(cut_after(300_000), serve_whole) as server:
        told = save(server.url, target)
    assert target.read_bytes() == CONTENT
    assert told[-1] == SIZE


def test_server_that_starts_over_and_never_gets_further_is_given_up(target: Path) -> None:
    turns: list[Answer] = [whole_cut_after(2000), whole_cut_after(1000)] * 20
    with files(*turns) as server, pytest.raises(TransferFailed, match="interrupted"):
        save(server.url, target)
    assert names_in(target.parent) == []


def test_unreachable_server_is_given_up_after_growing_pauses(target: Path) -> None:
    with files() as server:
        url = server.url
    time = Time()
    with pytest.raises(TransferFailed, match="interrupted, and the service cannot be reached"):
        save(url, target, time=time)
    assert time.waits == [1.0, 2.0, 4.0, 8.0, *[10.0] * 5]
    assert names_in(target.parent) == []


def test_outage_shorter_than_patience_costs_no_byte(target: Path) -> None:
    with files(cut_after(100_000), *[status(503)] * 8) as server:
        save(server.url, target, time=Time())
    assert target.read_bytes() == CONTENT
    assert server.asked[-1] == "bytes=100000-"


def test_fresh_link_goes_on_where_the_old_one_ended(target: Path) -> None:
    with files(cut_after(100_000), status(403)) as server:
        save(f"{server.url}&old", target, f"{server.url}&new")
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=0-", "bytes=100000-", "bytes=100000-"]


def test_file_whose_last_byte_came_is_whole_although_its_end_did_not(target: Path) -> None:
    with files(without_end) as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=0-"]


def test_link_that_comes_late_is_waited_for(target: Path) -> None:
    told = iter([NoLink("not yet"), NoLink("not yet")])

    async def save_later(url: str, time: Time) -> None:
        async def next_link(_is_expired: bool) -> str:  # noqa: FBT001  `NextLink`
            if error := next(told, None):
                raise error
            return url

        await fetch(next_link, target, result_of(CONTENT), lambda _: None, clock=time, sleep=time.sleep)

    with files() as server:
        asyncio.run(save_later(server.url, Time()))
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("code", [429, 500, 503])
def test_passing_trouble_is_waited_out(target: Path, code: int) -> None:
    time = Time()
    with files(status(code), status(code)) as server:
        save(server.url, target, time=time)
    assert target.read_bytes() == CONTENT
    assert time.waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("script", "changes", "reason"),
    [
        ([status(404)], {}, "no longer there"),
        ([status(302)], {}, "status 302"),
        ([status(418)], {}, "status 418"),
        ([status(500)] * 20, {}, "cannot be reached"),
        ([], {"sha256": "0" * 64}, "checksum"),
        ([], {"size_bytes": SIZE + 1}, "shorter"),
        ([serve_whole] * 20, {"size_bytes": SIZE + 1}, "interrupted"),
        ([], {"size_bytes": SIZE - 1}, "longer"),
        ([serve_endlessly], {}, "longer"),
        ([cut_after(1000), status(404)], {}, "no longer there"),
    ],
)
def test_failure_says_why_and_leaves_what_was_there(
    target: Path, script: list[Answer], changes: dict[str, Any], reason: str
) -> None:
    target.write_bytes(b"before")
    with files(*script) as server, pytest.raises(TransferFailed, match=reason) as failure:
        save(server.url, target, **changes)
    assert not isinstance(failure.value, LinkExpired)
    assert SECRET not in str(failure.value)
    assert target.read_bytes() == b"before"
    assert names_in(target.parent) == ["a.csv"]


@pytest.mark.parametrize("code", [400, 403])
def test_refused_link_is_told_apart(target: Path, code: int) -> None:
    with files(cut_after(1000), status(code), status(code)) as server, pytest.raises(LinkExpired) as failure:
        save(server.url, target, server.url)
    assert SECRET not in str(failure.value)
    assert names_in(target.parent) == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://a:b/?{SECRET}",
        f"http://\x00/?{SECRET}",
        f"http://a..b/?{SECRET}",
        f"nonsense?{SECRET}",
        f"http://[::1?{SECRET}",
    ],
)
def test_link_that_is_no_address_fails_without_repeating_it(target: Path, url: str) -> None:
    with pytest.raises(TransferFailed) as failure:
        save(url, target)
    assert SECRET not in str(failure.value)
    assert names_in(target.parent) == []


def test_existing_file_is_replaced_only_by_a_complete_one(target: Path) -> None:
    target.write_bytes(b"before")
    seen = set()

    def look(received: int) -> None:
        seen.add(target.read_bytes())

    with files(cut_after(1000)) as server:
        save(server.url, target, on_progress=look)
    assert seen == {b"before"}
    assert target.read_bytes() == CONTENT


def test_file_is_its_owner_s_alone_and_keeps_the_permissions_of_the_one_before(target: Path) -> None:
    seen: set[int] = set()

    def look(_: int) -> None:
        seen.update(stat.S_IMODE(path.stat().st_mode) for path in target.parent.glob(".*.part"))

    with files() as server:
        save(server.url, target, on_progress=look)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        for mode in (0o640, 0o600, 0o664):
            target.chmod(mode)
            save(server.url, target, on_progress=look)
            assert stat.S_IMODE(target.stat().st_mode) == mode
    assert seen == {0o600}


def test_links_that_somebody_laid_are_not_followed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the name of the part file known, another user could lay a link to any file of the analyst's."""
    precious = target.with_name("precious")
    precious.write_bytes(b"mine")
    known = b"known by all"
    monkeypatch.setattr(os, "urandom", lambda _: known)
    target.with_name(f".{known.hex()}.part").symlink_to(precious)
    with files() as server, pytest.raises(TransferFailed, match="File exists"):
        save(server.url, target)
    assert precious.read_bytes() == b"mine"


def test_two_downloads_to_one_place_do_not_mix(target: Path) -> None:
    """Each has a file of its own: the last one to end is what stands there, whole."""

    async def both(url: str) -> None:
        async def next_link(_is_expired: bool) -> str:  # noqa: FBT001  `NextLink`
            return url

        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(fetch(next_link, target, result_of(CONTENT), lambda _: None))

    with files() as server:
        asyncio.run(both(server.url))
    assert target.read_bytes() == CONTENT
    assert names_in(target.parent) == ["a.csv"]


def test_file_that_somebody_puts_in_its_place_is_noticed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = PartFile.sha256

    def swap(part: PartFile) -> str:
        digest = checked(part)
        (path,) = target.parent.glob(".*.part")
        path.unlink()
        path.write_bytes(b"another")
        return digest

    monkeypatch.setattr(PartFile, "sha256", swap)
    with files() as server, pytest.raises(TransferFailed, match="somebody else is changing the files there"):
        save(server.url, target)
    assert not target.exists()


def test_cancel_ends_the_transfer_and_leaves_nothing(target: Path) -> None:
    async def cancelled(url: str) -> None:
        begun = asyncio.Event()

        async def next_link(_is_expired: bool) -> str:  # noqa: FBT001  `NextLink`
            return url

        saving = asyncio.create_task(fetch(next_link, target, result_of(CONTENT), lambda _: begun.set()))
        await begun.wait()
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving

    with files(cut_after(1000), hang) as server:
        asyncio.run(asyncio.wait_for(cancelled(server.url), HANG_S))
    assert names_in(target.parent) == []


def test_complete_file_that_cannot_be_put_in_place_stays_under_a_name_that_is_told(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_part: PartFile) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(PartFile, "put_in_place", busy)
    with files() as server, pytest.raises(TransferFailed) as failure:
        save(server.url, target)
    (kept,) = target.parent.iterdir()
    assert str(failure.value) == (
        f"The file cannot be saved as {target}: Device or resource busy. It is complete, and stays as {kept}."
    )
    assert kept.read_bytes() == CONTENT
    assert kept.suffix == ".csv"


def test_target_of_a_link_is_what_is_replaced(target: Path) -> None:
    real = target.with_name("real.csv")
    real.write_bytes(b"before")
    real.chmod(0o640)
    target.symlink_to("real.csv")
    with files() as server:
        save(server.url, target)
    assert target.readlink() == Path("real.csv")
    assert real.read_bytes() == CONTENT
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_full_disk_says_so_and_leaves_nothing(target: Path) -> None:
    with (
        files() as server,
        size_limit(SIZE // 2),
        pytest.raises(TransferFailed, match="File too large"),
    ):
        save(server.url, target)
    assert names_in(target.parent) == []


@contextmanager
def size_limit(size_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size_bytes`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("place", [lambda tmp: tmp / "missing" / "a.csv", lambda tmp: tmp / ("a" * 300)])
def test_place_that_takes_no_file_fails_without_a_request(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with files() as server, pytest.raises(TransferFailed, match=r"no folder|cannot be saved"):
        save(server.url, place(tmp_path))
    assert server.asked == []


def test_target_that_became_a_folder_is_left_alone(target: Path) -> None:
    target.mkdir()
    with files() as server, pytest.raises(TransferFailed, match="is a folder"):
        save(server.url, target)
    assert names_in(target.parent) == ["a.csv"]


def test_signature_is_not_logged(target: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with files(cut_after(1000), status(500)) as server:
        save(server.url, target)
    assert SECRET not in caplog.text


def test_file_on_this_machine_is_fetched_past_any_proxy(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with files() as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT
