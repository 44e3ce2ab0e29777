"""A real browser without a screen: opens an address, presses a button, and tells what it shows.

tests ──▶ **chromium** ── Chrome DevTools Protocol ──▶ Chromium

Source: https://chromedevtools.github.io/devtools-protocol/
"""

import contextlib
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
START_S = 30.0


class Page:
    """One page of the browser."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._ids = itertools.count(1)

    def open(self, address: str) -> None:
        self._ask("Page.navigate", url=address)

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression; None while there is none, as between two pages."""
        return self._ask("Runtime.evaluate", expression=script).get("result", {}).get("value")

    def until(self, script: str, limit_s: float = START_S) -> Any:
        """Return the value of an expression as soon as it has one."""
        end = time.monotonic() + limit_s
        while not (value := self.evaluate(script)):
            assert time.monotonic() < end, self.evaluate("document.documentElement.outerHTML")
            time.sleep(0.05)  # nothing tells when a page has become what is waited for
        return value

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        asked = next(self._ids)
        self._line.send(json.dumps({"id": asked, "method": method, "params": params}))
        while True:
            answer: dict[str, Any] = json.loads(self._line.recv(timeout=START_S))
            if answer.get("id") == asked:
                return dict(answer.get("result", {}))


def found() -> str | None:
    """Return the browser of this machine, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """Run a browser for as long as the block lasts; what it keeps is in `folder`."""
    program = found()
    assert program
    options = ["--headless=new", "--remote-debugging-port=0", "--no-sandbox", "--no-first-run", "--disable-gpu"]
    running = subprocess.Popen(
        [program, *options, f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(folder / "DevToolsActivePort"), proxy=None, max_size=None) as line:
            yield Page(line)
    finally:
        running.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(10)
        running.kill()
        running.wait()


def _address(file: Path) -> str:
    """Return where a new page is spoken to, once the browser has said at which port."""
    end = time.monotonic() + START_S
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < end, "the browser does not start"
        time.sleep(0.05)
    port = file.read_text().splitlines()[0]
    with urlopen(Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")) as answer:
        return str(json.load(answer)["webSocketDebuggerUrl"])
