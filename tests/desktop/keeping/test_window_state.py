import stat
from pathlib import Path

import pytest
from filelock import FileLock

from desktop.keeping import window_state
from desktop.keeping.window_state import WindowState


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reportwire" / "window.json"


def test_values_come_back_and_others_stay(path: Path) -> None:
    state = WindowState(path)
    state.keep_window({"size": [800, 500], "tab": "details"})
    state.keep_window({"tab": "chart"})
    state.keep_connection("a", {"form": {"folder": "/tmp/Ünïcode – 報告"}})
    state.keep_connection("b", {"removed": ["x"]})
    again = WindowState(path)
    assert again.window() == {"size": [800, 500], "tab": "chart"}
    assert again.connection("a") == {"form": {"folder": "/tmp/Ünïcode – 報告"}}
    assert again.connection("c") == {}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_windows_keep_what_the_other_one_kept(path: Path) -> None:
    one, other = WindowState(path), WindowState(path)
    one.keep_connection("a", {"removed": ["x"]})
    other.keep_connection("b", {"removed": ["y"]})
    again = WindowState(path)
    assert (again.connection("a"), again.connection("b")) == ({"removed": ["x"]}, {"removed": ["y"]})


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b"7"])
def test_file_that_makes_no_sense_is_set_aside(path: Path, text: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(text)
    state = WindowState(path)
    assert state.window() == {}
    assert path.with_suffix(".broken").read_bytes() == text
    state.keep_window({"tab": "chart"})
    assert WindowState(path).window() == {"tab": "chart"}


@pytest.mark.parametrize("text", [b'{"window": 3, "connections": []}', b'{"connections": {"a": 1}}'])
def test_parts_that_make_no_sense_are_left_aside(path: Path, text: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(text)
    state = WindowState(path)
    assert (state.window(), state.connection("a")) == ({}, {})


def test_nothing_is_kept_nowhere() -> None:
    state = WindowState(None)
    state.keep_window({"tab": "chart"})
    assert state.window() == {"tab": "chart"}


def test_place_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    state = WindowState(tmp_path / "file" / "window.json")
    state.keep_window({"tab": "chart"})
    assert state.window() == {"tab": "chart"}


def test_file_that_another_window_writes_is_waited_for_and_done_without(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_state, "BUSY_S", 0.0)
    state = WindowState(path)
    path.parent.mkdir()
    with FileLock(path.with_suffix(".lock")):
        state.keep_window({"tab": "chart"})
    assert (state.window(), path.exists()) == ({"tab": "chart"}, False)
    state.keep_window({"tab": "details"})
    assert WindowState(path).window() == {"tab": "details"}
