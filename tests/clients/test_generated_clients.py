import shutil
from pathlib import Path

import pytest

from infra.local.backend import LocalBackend
from tests.clients.programs import environment_of, run

CURL = pytest.param("curl", marks=pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["python", CURL])
def test_program_on_a_generated_client_gets_its_report(local: LocalBackend, tmp_path: Path, name: str) -> None:
    assert run(name, tmp_path, environment_of(local.profile)) == "SUCCEEDED 100"
