"""The lines of the README that ask for reports do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.backend import LocalBackend
from tests.backend.documents.test_readmes import SPEAK, blocks
from tests.clients.programs import environment_of


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_lines_of_curl_get_a_report(local: LocalBackend, tmp_path: Path) -> None:
    (lines,) = blocks(SPEAK, "sh")
    done = subprocess.run(
        ["sh", "-euc", lines],
        cwd=tmp_path,
        env=environment_of(local.profile),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"state":"SUCCEEDED"' in done.stdout
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 501


@pytest.mark.slow
def test_lines_of_python_get_a_report(local: LocalBackend, tmp_path: Path) -> None:
    (lines,) = blocks(SPEAK, "python")
    environment = {**environment_of(local.profile), "REPORTWIRE_ENDPOINT": local.profile["endpoint"]}
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] in {"QUEUED None", "RUNNING None"}, "the worker may speak before the answer"
    assert done.stdout.splitlines()[-1].startswith("http")
