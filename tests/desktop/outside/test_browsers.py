"""The system's browser, found and started without Qt."""

import sys
import threading
from pathlib import Path

import pytest

from desktop.outside import browsers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="xdg-open is Linux's")
ADDRESS = "https://issuer.example/authorize?state=a&scope=openid"


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":1")
    return tmp_path / "xdg-open"


def write(opener: Path, script: str) -> None:
    opener.write_text(f"#!/bin/sh\n{script}\n")
    opener.chmod(0o755)


def test_browser_gets_the_address_as_it_is(opener: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(opener, f'printf %s "$1" > {tmp_path}/asked; echo chatter')
    assert browsers.open_in_browser(ADDRESS)
    assert (tmp_path / "asked").read_text() == ADDRESS
    assert capfd.readouterr() == ("", "")


def test_opener_that_fails_has_opened_nothing(opener: Path) -> None:
    write(opener, "exit 3")
    assert not browsers.open_in_browser(ADDRESS)


def test_browser_that_stays_is_open(opener: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(opener, "exec sleep 0.3")
    monkeypatch.setattr(browsers, "STARTED_WITHIN_S", 0.05)
    assert browsers.open_in_browser(ADDRESS)
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join()


def test_without_an_opener_or_a_screen_there_is_no_browser(opener: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(opener.parent))
    assert not browsers.open_in_browser(ADDRESS)
    write(opener, "exit 0")
    assert browsers.open_in_browser(ADDRESS)
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not browsers.open_in_browser(ADDRESS)
