"""The bundle as analysts have it: built, started, asked for a report, and ended.

It takes some minutes, so only `REPORTWIRE_TEST_BUNDLE=1 pytest tests/desktop/installer` runs it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest

from desktop.sign_in.profiles import Profile
from tests.desktop.headless.test_notebook import with_file
from tests.desktop.services import CONTENT, FakeService, files, serving

ROOT = Path(__file__).parents[3]
BUILD_S, SEEN_S, END_S = 390, 60, 30
MIB = 1024 * 1024
PROGRAMS = ("Xvfb", "xdotool")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle of Linux"),
    pytest.mark.skipif("REPORTWIRE_TEST_BUNDLE" not in os.environ, reason="minutes: REPORTWIRE_TEST_BUNDLE=1 runs it"),
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: apt-get install xvfb xdotool"),
]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A program that was built, and what it is started in: a home of its own."""

    folder: Path
    archive: Path
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        own = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        return own | more

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "reportwire"), *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    pytest.importorskip("PyInstaller", reason="needs the extra `bundle`")
    output = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-P", "-m", "desktop.installer", "--output", str(output)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=BUILD_S)
    (archive,) = output.glob("*.zip")
    return output / "reportwire", archive


@pytest.fixture
def bundle(built: tuple[Path, Path], tmp_path: Path) -> Bundle:
    home = tmp_path / "home"
    (home / ".config/reportwire").mkdir(parents=True)
    (home / "Downloads").mkdir()
    return Bundle(*built, home)


@pytest.fixture
def display() -> Iterator[str]:
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *screen], pass_fds=[writing], stderr=subprocess.DEVNULL
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def window(bundle: Bundle, display: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start the window; give it once it is seen."""
    program = [str(bundle.folder / "reportwire"), *arguments]
    with subprocess.Popen(program, env=bundle.environment(DISPLAY=display), stderr=subprocess.PIPE) as process:
        try:
            xdotool(display, "search", "--sync", "--onlyvisible", "--name", "Reportwire")
            yield process
        finally:
            process.kill()


def xdotool(display: str, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=os.environ | {"DISPLAY": display}, check=True, timeout=SEEN_S)


def press(display: str, key: str) -> None:
    xdotool(display, "search", "--onlyvisible", "--name", "Reportwire", "windowfocus", "--sync", "key", key)


def until(seconds: float, is_so: Callable[[], object]) -> bool:
    """Wait until something is so, which nobody tells us: it happens in another program."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.2)
    return bool(is_so())


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Ask for the end as a system does that shuts down; return the exit status and what was complained of."""
    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=END_S)
    return process.returncode, complaints


@contextlib.contextmanager
def profile_file(service: FakeService, path: Path) -> Iterator[Path]:
    with serving(service) as profile:
        yield written(profile, path)


def written(profile: Profile, path: Path) -> Path:
    path.touch(0o600)
    path.write_bytes(msgspec.json.encode(profile))
    return path


def test_zip_is_small_and_holds_only_what_is_used(bundle: Bundle) -> None:
    assert bundle.archive.stat().st_size < 120 * MIB
    with ZipFile(bundle.archive) as archive:
        names = archive.namelist()
    assert {f"reportwire/{name}" for name in ("reportwire", "install.sh", "reportwire.desktop", "LICENSE")} <= {*names}
    for package in ("duckdb", "pandas", "pulumi", "boto3", "infra", "tkinter"):
        assert not [name for name in names if name.startswith(f"reportwire/_internal/{package}/")]


def test_command_line_makes_a_report(bundle: Bundle, tmp_path: Path) -> None:
    with files() as server, profile_file(with_file(server.url), tmp_path / "profile.json") as profile:
        done = bundle.run("generate", "sample", "--profile", str(profile), "--output", str(tmp_path / "a.csv"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


@pytest.mark.parametrize("arguments", [("catalog",), ("check", "a.sql"), ("local",), ("data", "list")])
def test_what_needs_a_local_backend_says_that_there_is_none(bundle: Bundle, arguments: tuple[str, ...]) -> None:
    done = bundle.run(*arguments)
    assert done.returncode in {2, 3}
    assert done.stderr.startswith("reportwire: This program ")


def test_window_saves_a_report_and_ends_when_asked(bundle: Bundle, display: str, tmp_path: Path) -> None:
    settings = {"savesWhenReady": True, "folder": str(bundle.home / "Downloads")}
    (bundle.home / ".config/reportwire/settings.json").write_bytes(msgspec.json.encode(settings))
    with (
        files() as server,
        profile_file(service := with_file(server.url), tmp_path / "profile.json") as profile,
        window(bundle, display, "--profile", str(profile)) as process,
    ):
        assert until(SEEN_S, lambda: service.requests)
        press(display, "ctrl+Return")
        assert until(SEEN_S, lambda: any(bundle.home.glob("Downloads/*.csv")))
        assert ended(process) == (0, b"")
    (saved,) = bundle.home.glob("Downloads/*")
    assert saved.read_bytes() == CONTENT


def test_window_without_a_profile_stays_and_ends_when_asked(bundle: Bundle, display: str) -> None:
    with window(bundle, display) as process:
        assert not until(5, lambda: process.poll() is not None)
        assert ended(process) == (0, b"")


def test_installed_entry_starts_the_program_from_the_menu(bundle: Bundle) -> None:
    subprocess.run(["sh", bundle.folder / "install.sh"], env=bundle.environment(), check=True)
    entry = (bundle.home / ".local/share/applications/reportwire.desktop").read_text()
    assert f'Exec="{bundle.folder}/reportwire"\n' in entry
    assert (bundle.home / ".local/share/icons/hicolor/scalable/apps/reportwire.svg").is_file()
    command = [str(bundle.home / ".local/bin/reportwire"), "--version"]
    assert subprocess.run(command, env=bundle.environment(), check=True, capture_output=True).stdout.startswith(
        b"reportwire "
    )
