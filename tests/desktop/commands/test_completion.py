"""Shells complete commands, their arguments, choices and files: asked of bash itself, on the script that is printed."""

import subprocess
from pathlib import Path

import pytest

from desktop.commands.completion import SHELLS
from desktop.commands.exits import Exit
from desktop.commands.program import COMMANDS
from tests.desktop.command_lines import Reportwire

ASK = """
source "$0"
COMP_WORDS=(reportwire "$@")
COMP_CWORD=$#
_shtab_reportwire reportwire "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_script_of_each_shell_names_the_commands(reportwire: Reportwire, shell: str) -> None:
    done = reportwire.run("completion", shell)
    assert (done.status, done.err) == (Exit.DONE, "")
    assert all(name in done.out for name in COMMANDS)


def test_other_shell_ends_with_2(reportwire: Reportwire) -> None:
    assert reportwire.run("completion", "ksh").status == Exit.USAGE


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["cat"], ["catalog"]),
        (["data", ""], ["add", "list", "remove"]),
        (["reports", "--transport", "w"], ["websocket"]),
        (["generate", "sample", "--output", "rep"], ["report.csv"]),
        (["catalog", "--profile", "rep"], ["report.csv"]),
    ],
)
def test_bash_completes(reportwire: Reportwire, tmp_path: Path, words: list[str], completed: list[str]) -> None:
    (tmp_path / "report.csv").touch()
    script = tmp_path / "completion"
    script.write_text(reportwire.run("completion", "bash").out)
    done = subprocess.run(
        ["bash", "-c", ASK, str(script), *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == completed, done.stderr
