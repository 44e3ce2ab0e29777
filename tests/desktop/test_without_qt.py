"""The command line and the notebook where there is no Qt."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.desktop.headless.test_notebook import with_file
from tests.desktop.services import (
    CONTENT,
    files,
    serving,
)

ROOT = Path(__file__).parents[2]
WITHOUT_QT = "import sys; sys.modules |= dict.fromkeys(('PySide6', 'shiboken6', 'qasync'))\n"
"""To import any of these raises `ModuleNotFoundError` from then on."""
PROGRAM = f"{WITHOUT_QT}from desktop.__main__ import main\nsys.exit(main(sys.argv[1:]))"


def without_qt(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["catalog"], ["reports"], ["generate", "sample"], ["generate", "sample", "--output"]]
)
def test_command_line_works_without_qt(tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "profile.json"
    if arguments[-1] == "--output":
        arguments = [*arguments, str(tmp_path / "a.csv")]
    with files() as server, serving(with_file(server.url)) as profile:
        path.touch(0o600)
        path.write_bytes(msgspec.json.encode(profile))
        done = without_qt(PROGRAM, *arguments, "--profile", str(path))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_notebook_works_without_qt(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    with files() as server, serving(with_file(server.url)) as profile:
        path.touch(0o600)
        path.write_bytes(msgspec.json.encode(profile))
        call = "from desktop.notebook import get\nprint(len(get('sample', profile=sys.argv[1]).read()))"
        done = without_qt(WITHOUT_QT + call, str(path))
    assert (done.stdout, done.stderr) == (f"{len(CONTENT)}\n", "")


@pytest.mark.slow
def test_help_is_there_without_qt_and_the_window_says_what_to_install() -> None:
    assert without_qt(PROGRAM, "--help").stdout.startswith("usage: reportwire")
    done = without_qt(PROGRAM)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("reportwire: The window needs Qt: pip install 'reportwire[window]'.")
    assert done.stderr.count("\n") == 1
