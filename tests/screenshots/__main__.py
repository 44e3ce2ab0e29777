"""Pictures of the window in each of its scenes, made without a display.

`python -m tests.screenshots [FOLDER] [--only WORD]` ──▶ scenes ──▶ FOLDER/01-busy-light.png, …

Values alone are shown: nothing is asked, started or kept. The exit status is 1 where a text has no room or a picture is
empty, and the texts are printed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication

from tests.screenshots.composing import colors_in
from tests.screenshots.scenes import SCENES

ROOM = (3840, 2160)
LINE_PX = 16
"""The height of a line in the drawings, for which the size of the text is chosen."""
LEAST_COLORS = 20
FONT = "Inter"


def main() -> int:
    """Make the pictures, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    parser.add_argument("--only", default="", metavar="WORD", help="only those with it in their name")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        _prepare(Path(scratch))
        return _make(asked.folder, asked.only)


def _prepare(scratch: Path) -> None:
    """Set what Qt reads at its start: a screen with room for all, and the time zone of the values."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": ROOM[0], "height": ROOM[1], "logicalDpi": 96, "dpr": 1}
    (scratch / "screens.json").write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={scratch / 'screens.json'}"
    os.environ["TZ"] = "UTC"
    time.tzset()


def _make(folder: Path, word: str) -> int:
    app = QApplication(["reportwire"])
    font = QFont(FONT if FONT in QFontDatabase.families() else app.font().family())
    for quarters in range(60, 28, -1):
        font.setPointSizeF(quarters / 4)
        if QFontMetrics(font).height() <= LINE_PX:
            break
    app.setFont(font)
    folder.mkdir(parents=True, exist_ok=True)
    faults = []
    for scene in SCENES:
        if word not in scene.name:
            continue
        picture, cut = scene.make()
        picture.save(str(folder / f"{scene.name}.png"))
        faults += [f"{scene.name}: {text}" for text in cut]
        if colors_in(picture) < LEAST_COLORS:
            faults.append(f"{scene.name}: empty")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or f"All is in {folder}.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
