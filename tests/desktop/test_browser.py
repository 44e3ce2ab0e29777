import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest

from desktop import browser
from desktop.browser import OPENER, open_address
from tests.desktop.services import SECRET

URL = f"https://files.example/a?{SECRET}"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's way to open an address")


def opener(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Put a program in the place of the system's."""
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    (folder / OPENER).write_text(f"#!/bin/sh\n{program}\n")
    (folder / OPENER).chmod(0o755)


def test_browser_gets_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opener(tmp_path, monkeypatch, f'printf %s "$1" > "{tmp_path}/got"')
    assert asyncio.run(open_address(URL))
    assert (tmp_path / "got").read_text() == URL


def test_browser_that_is_not_there_is_told_and_the_address_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    opener(tmp_path, monkeypatch, 'echo "no method available for opening $1" >&2; echo "$1"; exit 3')
    assert not asyncio.run(open_address(URL))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert not asyncio.run(open_address(URL))
    assert SECRET not in "".join(capfd.readouterr())


def test_browser_that_stays_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "closed")
    opener(tmp_path, monkeypatch, f'read -r _ < "{tmp_path}/closed"')
    monkeypatch.setattr(browser, "STARTED_WITHIN_S", 0.05)
    assert asyncio.run(open_address(URL))
    (browsing,) = [thread for thread in threading.enumerate() if thread.name == "browser"]
    (tmp_path / "closed").write_text("\n")
    browsing.join()
