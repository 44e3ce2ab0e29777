"""What the start of the program loads: help is asked for far more often than it is read slowly."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

from desktop.commands.arguments import TRANSPORTS
from desktop.sign_in.profiles import Transport

ROOT = Path(__file__).parents[3]
HEAVY = frozenset(
    {"PySide6", "asyncio", "botocore", "duckdb", "httpx", "infra", "msgspec", "rich", "ssl", "websockets"}
)
ASKING = """
import contextlib, io, sys
from desktop.__main__ import main
from desktop.commands.program import COMMANDS
for arguments in [["--help"], ["--version"], ["nonsense"], *([name, "--help"] for name in COMMANDS)]:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as help_text:
        with contextlib.redirect_stderr(io.StringIO()):
            main(arguments)
        raise AssertionError(arguments)
    assert "reportwire" in help_text.getvalue() or arguments == ["nonsense"], arguments
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_of_every_command_the_version_and_wrong_usage_load_nothing_that_takes_a_moment() -> None:
    done = subprocess.run([sys.executable, "-c", ASKING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stdout.split()) == set()


def test_arguments_name_what_the_modules_behind_them_know() -> None:
    assert get_args(Transport) == TRANSPORTS


PAINTING = """
import os, sys
from desktop import start
first_paint = start.first_paint
def tell(window):
    first_paint(window)
    print(*sorted(sys.modules), flush=True)
    os._exit(0)
start.first_paint = tell
from desktop.__main__ import main
main([])
"""


def test_window_is_painted_before_anything_is_loaded_that_talks_to_a_service(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", PAINTING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "desktop.widgets.main_window" in loaded
    behind = {
        "asyncio",
        "boto3",
        "botocore",
        "duckdb",
        "httpx",
        "numpy",
        "pyqtgraph",
        "desktop.program",
        "desktop.sign_in.oidc",
        "desktop.sign_in.signers",
        "keyring",
        "qasync",
        "rich",
        "ssl",
        "websockets",
    }
    assert behind & loaded == set()
