import ctypes
import sys
from pathlib import Path

import pytest

from desktop.commands.exits import Exit, Stop
from desktop.commands.window import qt_check


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand on Linux with every library and no display."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    lack(monkeypatch)


def lack(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    def load(name: str) -> None:
        if name in missing:
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", load)


@pytest.mark.parametrize("package", ["PySide6", "qasync"])
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_window_without_qt_says_what_to_install(monkeypatch: pytest.MonkeyPatch, platform: str, package: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(qt_check, "find_spec", lambda name: None if name == package else name)
    with pytest.raises(Stop, match=r"^The window needs Qt: pip install 'reportwire\[window\]'\. ") as stop:
        qt_check.check()
    assert stop.value.status is Exit.USAGE


def test_no_display_is_said() -> None:
    with pytest.raises(Stop, match=r"no display.*`reportwire generate` works without") as stop:
        qt_check.check()
    assert stop.value.status is Exit.FAILED


@pytest.mark.parametrize(
    ("name", "value"), [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen")]
)
def test_any_display_will_do(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    qt_check.check()


def test_missing_libraries_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    lack(monkeypatch, "libEGL.so.1", "libxcb-cursor.so.0")
    with pytest.raises(Stop, match=r"apt-get install libegl1 libxcb-cursor0[.]") as stop:
        qt_check.check()
    assert stop.value.status is Exit.FAILED


@pytest.mark.parametrize(("name", "value"), [("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen")])
def test_libraries_of_x_are_needed_only_there(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("DISPLAY", ":0")
    lack(monkeypatch, "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1")
    qt_check.check()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_bring_their_own(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    lack(monkeypatch, "libEGL.so.1")
    qt_check.check()


def test_libraries_may_be_in_the_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    lack(monkeypatch, "libxcb-cursor.so.0", "libxcb-icccm.so.4")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "libxcb-cursor.so.0").touch()
    with pytest.raises(Stop, match=r"apt-get install libxcb-icccm4[.]"):
        qt_check.check()
    (tmp_path / "libxcb-icccm.so.4").touch()
    qt_check.check()
