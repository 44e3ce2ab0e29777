import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.engine.duck.spilling import PREFIX, spill_directory


def left_by(process: object, parent: Path) -> Path:
    path = parent / f"{PREFIX}{process}-abc"
    path.mkdir()
    (path / "block.tmp").write_bytes(b"x")
    return path


@pytest.fixture
def dead() -> int:
    """Return the id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_directory_is_new_and_removed_with_all_in_it(tmp_path: Path) -> None:
    with spill_directory(tmp_path) as path:
        assert path.parent == tmp_path
        (path / "deep").mkdir()
        (path / "deep" / "block.tmp").write_bytes(b"x")
    assert not list(tmp_path.iterdir())


def test_directory_is_removed_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), spill_directory(tmp_path):
        _ = 1 / 0
    assert not list(tmp_path.iterdir())


def test_what_dead_processes_left_is_removed(tmp_path: Path, dead: int) -> None:
    left = [left_by(process, tmp_path) for process in (dead, "nonsense", "", 2**22 + 1)]
    with spill_directory(tmp_path):
        assert not any(path.exists() for path in left)


def test_what_living_processes_use_stays(tmp_path: Path) -> None:
    used = left_by(os.getppid(), tmp_path)
    with spill_directory(tmp_path):
        assert (used / "block.tmp").exists()


def test_what_a_process_of_the_same_id_left_is_removed(tmp_path: Path) -> None:
    left = left_by(os.getpid(), tmp_path)
    with spill_directory(tmp_path):
        assert not left.exists()


def test_two_queries_of_one_process_leave_each_other_alone(tmp_path: Path) -> None:
    with spill_directory(tmp_path) as first:
        with spill_directory(tmp_path) as second:
            assert first.exists()
            assert second.exists()
        assert first.exists()
    assert not list(tmp_path.iterdir())


def test_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "reportwire-spill").mkdir()
    (tmp_path / "other").write_bytes(b"x")
    with spill_directory(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"reportwire-spill", "other"}


def test_nobody_is_asked_where_that_would_be_a_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("Ctrl-C"))
    used = left_by(os.getppid(), tmp_path)
    with spill_directory(tmp_path):
        assert used.exists()
