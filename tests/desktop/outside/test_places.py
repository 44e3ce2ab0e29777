"""Places for a file: links, devices, mounts, names and permissions, each proved before anything is asked."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.outside import places
from desktop.outside.places import UnusablePlace, proved


def refused(target: Path) -> str:
    with pytest.raises(UnusablePlace) as told:
        proved(target)
    return str(told.value)


def test_new_and_old_files_are_places_and_nothing_is_left(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_bytes(b"before")
    assert proved(tmp_path / "new.csv") == tmp_path / "new.csv"
    assert proved(old) == old
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_bytes() == b"before"


def test_link_stands_for_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "chain").symlink_to("link")
    (tmp_path / "link").symlink_to("folder/file.csv")
    assert proved(tmp_path / "chain") == tmp_path / "folder" / "file.csv"
    (tmp_path / "folder" / "file.csv").touch()
    assert proved(tmp_path / "chain") == tmp_path / "folder" / "file.csv"


def test_what_is_no_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.csv").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("missing/file.csv")
    (tmp_path / "to pipe").symlink_to("pipe")
    (tmp_path / "to folder").symlink_to(".")
    for target, reason in [
        (tmp_path / "missing" / "a.csv", f"There is no folder {tmp_path / 'missing'}."),
        (tmp_path, "is a folder."),
        (tmp_path / "to folder", "is a folder."),
        (tmp_path / "old.csv" / "a.csv", f"There is no folder {tmp_path / 'old.csv'}."),
        (tmp_path / "pipe", "is not a file."),
        (tmp_path / "to pipe", "is not a file."),
        (tmp_path / "nowhere", f"There is no folder {tmp_path / 'missing'}."),
        (tmp_path / "loop", "Too many levels of symbolic links."),
        (tmp_path / ("a" * 256), "File name too long."),
        (tmp_path / ("ä" * 128), "File name too long."),
    ]:
        assert refused(target).endswith(reason), target


def test_longest_name_is_a_place(tmp_path: Path) -> None:
    assert proved(tmp_path / ("a" * 255)) == tmp_path / ("a" * 255)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux's /proc")
def test_link_into_proc_is_what_it_leads_to_or_refused(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    (tmp_path / "pipe").symlink_to(f"/proc/self/fd/{writing}")
    assert "is not a file" in refused(tmp_path / "pipe")
    with (tmp_path / "gone").open("wb") as file:
        (tmp_path / "to gone").symlink_to(f"/proc/self/fd/{file.fileno()}")
        assert proved(tmp_path / "to gone") == tmp_path / "gone"
        (tmp_path / "gone").unlink()
        assert "is not a file" in refused(tmp_path / "to gone")
    os.close(reading)
    os.close(writing)


def test_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.touch(mode=0o444)
    assert refused(target) == f"{target} is read-only."
    assert stat.S_IMODE(target.stat().st_mode) == 0o444


def test_folder_that_is_not_writable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    assert refused(tmp_path / "a.csv") == f"The folder {tmp_path} is not writable."


def test_file_that_is_mounted_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a b.csv"
    target.touch()
    mounts = tmp_path / "mountinfo"
    escaped = str(target).replace(" ", r"\040")
    mounts.write_text(f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:1 /x {escaped} rw - ext4 /dev/sda1 rw\nodd\n")
    monkeypatch.setattr(places, "_MOUNTS", mounts)
    assert refused(target) == f"{target} is mounted there, and cannot be replaced."


@pytest.mark.slow
def test_file_that_is_really_mounted_is_not_replaced(tmp_path: Path) -> None:
    target, other = tmp_path / "target", tmp_path / "other"
    target.touch()
    other.touch()
    program = f"from desktop.outside.places import proved; from pathlib import Path; proved(Path({str(target)!r}))"
    mounting = f'mount --bind "{other}" "{target}" && exec "$0" -c "$1"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mounting]
    if subprocess.run([*command[:3], "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespaces here")
    done = subprocess.run(
        [*command, sys.executable, program],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert f"{target} is mounted there, and cannot be replaced." in done.stderr
