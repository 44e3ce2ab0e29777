"""The checks of the code itself, run with the tests so that one command runs everything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
        ("lint-imports", "--no-logo"),
        ("bandit", "-q", "-c", "pyproject.toml", "-r", "backend", "desktop", "infra"),
    ],
    ids=lambda command: " ".join(command),
)
def test_check_is_clean(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_runs_the_command_of_the_readme() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    (command,) = [command for command in commands if command.endswith("pytest")]
    assert command in (ROOT / ".ci/run").read_text().splitlines()


def test_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()
