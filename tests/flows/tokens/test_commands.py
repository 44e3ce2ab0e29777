"""The commands of somebody who signs in, each a process, against `reportwire local --auth oidc`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.bundle import ROOT
from infra.local.backend import SignIn
from tests.flows.tokens.with_keyring import VARIABLE
from tests.limits import HANG_S

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the browser is opened by no command of the PATH"),
]

SAID = re.compile(r"reportwire local: sign in as (\S+) with the password (\S+)\n")
BROWSER = """#!{python}
import sys
sys.path.insert(0, {root!r})
from infra.local.backend import SignIn
from tests.flows.tokens.hosted_page import walked
assert "may be closed" in walked(sys.argv[1], SignIn({name!r}, {password!r})).text
"""


@dataclass(frozen=True)
class Started:
    """A local backend, as a command started it, and the folders it may write to."""

    process: "subprocess.Popen[str]" = field(repr=False)
    profile: dict[str, Any]
    person: SignIn
    folders: tuple[Path, ...]


@pytest.fixture(scope="module")
def started(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-P", "-m", "desktop", "local", "--auth", "oidc"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "XDG_DATA_HOME": str(home), "HOME": str(home)}
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:
        try:
            assert process.stdout
            assert process.stderr
            profile = json.loads(process.stdout.readline())
            said = SAID.fullmatch(process.stderr.readline())
            assert said
            yield Started(process, profile, SignIn(said[1], said[2]), (cache, home))
        finally:
            process.kill()


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def reportwire(started: Started, tmp_path: Path) -> Command:
    """Run commands with a keyring and a browser of their own."""
    (tmp_path / "profile.json").write_text(json.dumps(started.profile))
    browser = tmp_path / "bin" / "xdg-open"
    browser.parent.mkdir()
    person = {"name": started.person.name, "password": started.person.password}
    browser.write_text(BROWSER.format(python=sys.executable, root=str(ROOT), **person))
    browser.chmod(0o700)
    paths = f"{browser.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "DISPLAY": ":none", VARIABLE: str(tmp_path / "keyring")}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tests.flows.tokens.with_keyring", *arguments]
        return subprocess.run(
            [*command, "--profile", str(tmp_path / "profile.json")],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )

    return run


def test_from_login_by_a_report_on_either_way_to_logout(reportwire: Command, started: Started, tmp_path: Path) -> None:
    def ok(*arguments: str) -> str:
        done = reportwire(*arguments)
        assert (done.returncode, started.person.password in done.stdout + done.stderr) == (0, False), done.stderr
        return done.stdout

    name = started.person.name
    assert ok("login") == f"Signed in as {name}.\n"
    assert ok("whoami").startswith(f"{name}, signed in at cognito-idp.us-east-1.amazonaws.com, until ")
    output = tmp_path / "report.csv"
    asked = ("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=3", "--output", str(output), "--json")
    report_id = json.loads(ok(*asked, "--transport", "websocket"))["reportId"]
    assert output.read_bytes().count(b"\r\n") == 1 + 3
    assert [each["reportId"] for each in json.loads(ok("reports", "--json", "--transport", "https"))] == [report_id]
    examined = ok("doctor")
    assert name in examined
    assert examined.endswith("All is well.\n")
    assert ok("logout") == "You are signed out.\n"
    assert json.loads((tmp_path / "keyring").read_text()) == {}


def test_backend_says_once_whom_to_sign_in_as_and_keeps_it_nowhere(started: Started) -> None:
    _, rest = started.process.communicate(timeout=HANG_S)
    assert rest == ""
    files = [path for folder in started.folders for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if started.person.password.encode() in path.read_bytes()]
