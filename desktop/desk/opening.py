"""Opens saved files, their folders and links in the system's programs.

app ── path, address ──▶ **opening** ──▶ system; what went wrong ──▶ status bar
"""

from pathlib import Path

from desktop.browser import open_address
from desktop.wording.language import tr


async def open_file(path: Path) -> str:
    """Open a file in the program for its kind; return a sentence if none took it, else an empty text."""
    if await open_address(_address(path)):
        return ""
    return tr("No program is set for this kind of file. It is in {folder}.", folder=path.parent)


async def show_folder(path: Path) -> str:
    """Show the folder of a file; return a sentence if no program took it, else an empty text."""
    if await open_address(_address(path.parent)):
        return ""
    return tr("No file manager answers. The file is in {folder}.", folder=path.parent)


def _address(path: Path) -> str:
    return path.absolute().as_uri()
