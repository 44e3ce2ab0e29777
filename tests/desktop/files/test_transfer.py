import os
import resource
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.files.part_file import PartFile
from desktop.files.transfer import (
    ATTEMPTS_WITHOUT_PROGRESS,
    LinkExpired,
    TransferFailed,
    TransferStopped,
    check_target,
    fetch,
)
from tests.desktop.services import (
    CONTENT,
    SECRET,
    Answer,
    cut_after,
    files,
    result_of,
    serve_endlessly,
    serve_whole,
    status,
    whole_cut_after,
)

SIZE = len(CONTENT)


def nothing(_: float) -> None:
    pass


def never(_: float) -> None:
    raise AssertionError("there is nothing to wait for")


def save(url: str, target: Path, **changes: Any) -> list[int]:
    """Fetch; return the progress told."""
    told: list[int] = []
    pause = changes.pop("pause", nothing)
    fetch(url, target, result_of(CONTENT, **changes), told.append, pause)
    return told


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_file_is_saved_whole_without_waiting(target: Path) -> None:
    with files() as server:
        told = save(server.url, target, pause=never)
    assert target.read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == SIZE
    assert names_in(target.parent) == ["a.csv"]


def test_bytes_are_asked_for_as_they_are(target: Path) -> None:
    with files() as server:
        save(server.url, target)
    assert server.encodings == ["identity"]


def test_empty_file_is_saved_without_a_request(target: Path) -> None:
    empty = result_of(b"")
    with files(status(416)) as server:
        fetch(server.url, target, empty, never, never)
    assert target.read_bytes() == b""
    assert server.asked == []


def test_interrupted_download_resumes_where_it_stopped(target: Path) -> None:
    with files(cut_after(1000), cut_after(50_000), cut_after(1)) as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=0-", "bytes=1000-", "bytes=51000-", "bytes=51001-"]


def test_interruptions_with_progress_are_never_too_many(target: Path) -> None:
    with files(*[cut_after(10)] * (ATTEMPTS_WITHOUT_PROGRESS * 3)) as server:
        save(server.url, target)
    assert target.read_bytes() == CONTENT


def test_server_that_ignores_the_range_starts_the_file_over(target: Path) -> None:
    with files(cut_after(300_000), serve_whole) as server:
        told = save(server.url, target)
    assert target.read_bytes() == CONTENT
    assert told[-1] == SIZE


def test_server_that_starts_over_and_never_gets_further_is_given_up(target: Path) -> None:
    turns: list[Answer] = [whole_cut_after(2000), whole_cut_after(1000)] * 10
    with files(*turns) as server, pytest.raises(TransferFailed, match="interrupted"):
        save(server.url, target)
    assert len(server.asked) == 1 + ATTEMPTS_WITHOUT_PROGRESS
    assert names_in(target.parent) == []


def test_unreachable_server_is_given_up_after_growing_pauses(target: Path) -> None:
    with files() as server:
        url = server.url
    waits: list[float] = []
    with pytest.raises(TransferFailed, match="cannot be reached"):
        save(url, target, pause=waits.append)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert names_in(target.parent) == []


@pytest.mark.parametrize("code", [429, 500, 503])
def test_passing_trouble_is_waited_out(target: Path, code: int) -> None:
    waits: list[float] = []
    with files(status(code), status(code)) as server:
        save(server.url, target, pause=waits.append)
    assert target.read_bytes() == CONTENT
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("script", "changes", "reason"),
    [
        ([status(404)], {}, "no longer there"),
        ([status(302)], {}, "status 302"),
        ([status(418)], {}, "status 418"),
        ([status(500)] * ATTEMPTS_WITHOUT_PROGRESS, {}, "cannot be reached"),
        ([], {"sha256": "0" * 64}, "checksum"),
        ([], {"size_bytes": SIZE + 1}, "shorter"),
        ([serve_whole] * (1 + ATTEMPTS_WITHOUT_PROGRESS), {"size_bytes": SIZE + 1}, "interrupted"),
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
    with files(cut_after(1000), status(code)) as server, pytest.raises(LinkExpired) as failure:
        save(server.url, target)
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
        fetch(server.url, target, result_of(CONTENT), look, nothing)
    assert seen == {b"before"}
    assert target.read_bytes() == CONTENT


def test_file_is_its_owner_s_alone_and_keeps_the_permissions_of_the_one_before(target: Path) -> None:
    seen: set[int] = set()

    def look(_: int) -> None:
        seen.update(stat.S_IMODE(path.stat().st_mode) for path in target.parent.glob(".*.part"))

    with files() as server:
        fetch(server.url, target, result_of(CONTENT), look, nothing)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        for mode in (0o640, 0o600, 0o444):
            target.chmod(mode)
            fetch(server.url, target, result_of(CONTENT), look, nothing)
            assert stat.S_IMODE(target.stat().st_mode) == mode
    assert seen == {0o600}


def test_links_that_somebody_laid_are_not_followed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the name of the part file known, another user could lay a link to any file of the analyst's."""
    precious = target.with_name("precious")
    precious.write_bytes(b"mine")
    monkeypatch.setattr(secrets, "token_hex", lambda _: "known")
    target.with_name(".known.part").symlink_to(precious)
    with files() as server, pytest.raises(TransferFailed, match="File exists"):
        save(server.url, target)
    assert precious.read_bytes() == b"mine"


def test_two_downloads_to_one_place_do_not_mix(target: Path) -> None:
    """Each has a file of its own: the last one to end is what stands there, whole."""
    names: set[str] = set()

    def save_another(_: int) -> None:
        if not names:
            names.update(names_in(target.parent))
            with files() as server:
                save(server.url, target)

    with files() as server:
        fetch(server.url, target, result_of(CONTENT), save_another, nothing)
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


def test_stop_ends_the_transfer_and_leaves_nothing(target: Path) -> None:
    def stop(received: int) -> None:
        assert received < SIZE
        raise TransferStopped

    with files() as server, pytest.raises(TransferStopped):
        fetch(server.url, target, result_of(CONTENT), stop, never)
    assert len(server.asked) == 1
    assert names_in(target.parent) == []


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
    with files() as server, pytest.raises(TransferFailed, match="cannot be saved"):
        save(server.url, place(tmp_path))
    assert server.asked == []


def test_target_that_became_a_folder_is_left_alone(target: Path) -> None:
    target.mkdir()
    with files() as server, pytest.raises(TransferFailed, match="cannot be saved"):
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
        save(server.url, target, pause=never)
    assert target.read_bytes() == CONTENT


def test_target_is_checked_before_anything_is_asked(tmp_path: Path) -> None:
    check_target(tmp_path / "new.csv")
    (tmp_path / "old.csv").touch()
    check_target(tmp_path / "old.csv")
    os.mkfifo(tmp_path / "pipe")
    for target, reason in [
        (tmp_path / "missing" / "a.csv", "no folder"),
        (tmp_path, "is a folder"),
        (tmp_path / "old.csv" / "a.csv", "no folder"),
        (tmp_path / "pipe", "is not a file"),
        (tmp_path / ("a" * 300), "File name too long"),
    ]:
        with pytest.raises(TransferFailed, match=reason):
            check_target(target)


def test_folder_that_is_not_writable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(TransferFailed, match=f"{tmp_path} is not writable"):
        check_target(tmp_path / "a.csv")
