"""The test run itself: it ends whatever a test does, and says which test it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.limits import HANG_S

pytestmark = pytest.mark.slow

CONFIGURATION = Path(__file__).parents[1] / "pyproject.toml"
OPTIONS = ("-o", "faulthandler_timeout=2")
PLANTED = {
    "abort": "import os\n\ndef test_planted():\n    os.abort()\n",
    "endless wait": "import threading\n\ndef test_planted():\n    threading.Event().wait()\n",
    "endless wait in a fixture": (
        "import threading\nimport pytest\n\n@pytest.fixture\ndef fault():\n    yield\n    threading.Event().wait()\n\n"
        "def test_planted(fault):\n    pass\n"
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_run_ends_and_names_the_test(fault: str, tmp_path: Path) -> None:
    (tmp_path / "test_fault.py").write_text(PLANTED[fault] + "\n\ndef test_not_reached():\n    pass\n")
    (tmp_path / "test_other.py").write_text("def test_good():\n    pass\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", *map(str, (CONFIGURATION, "--rootdir", tmp_path, tmp_path)), *OPTIONS],
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
        env=environment,
    )
    assert done.returncode == 1
    assert "crashed while running 'test_fault.py::test_planted'" in done.stdout
    assert f'{tmp_path}/test_fault.py", line' in done.stderr  # in the stacks of all threads
