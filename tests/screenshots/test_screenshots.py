"""Each scene of the window can be made, shows something, and cuts no text short without saying so."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.screenshots.scenes import SCENES

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_scene_is_there_whole_and_has_room_for_its_texts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.screenshots", str(tmp_path)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert made.returncode == 0, made.stdout + made.stderr
    assert sorted(file.stem for file in tmp_path.iterdir()) == sorted(scene.name for scene in SCENES)
