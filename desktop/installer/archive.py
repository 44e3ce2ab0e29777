"""One zip of a folder, which keeps what of files a program needs: that it may be run, and links.

desktop.installer ── folder ──▶ **pack** ──▶ zip
"""

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

BEST = 9
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The same for every file, so that the same files make the same zip."""
_UNIX = 3


def pack(folder: Path, target: Path) -> None:
    """Write a zip with the folder in it, links as links."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=BEST) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or path.is_file():
                archive.writestr(_entry(path, path.relative_to(folder.parent)), _content(path))


def _entry(path: Path, name: Path) -> ZipInfo:
    entry = ZipInfo(name.as_posix(), _FIRST_DATE)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _mode(path) << 16
    return entry


def _mode(path: Path) -> int:
    if path.is_symlink():
        return stat.S_IFLNK | 0o777
    return stat.S_IFREG | (0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _content(path: Path) -> bytes:
    return str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
