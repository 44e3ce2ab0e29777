from pathlib import Path

import pytest

from tests.desktop.commands import Reportwire


@pytest.fixture
def reportwire(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Reportwire:
    return Reportwire(tmp_path, capsys)
