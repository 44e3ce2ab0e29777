"""`python -m desktop.installer`: makes the zip for analysts, on the system that it is for.

sources ──▶ icon ──▶ PyInstaller, by reportwire.spec ──▶ one folder ──▶ archive ──▶ dist/reportwire-….zip
"""

import argparse
import platform
import shutil
import sys
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from desktop.installer.archive import pack
from desktop.installer.icon import write_icon

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "reportwire"
ICON_SUFFIXES = {"linux": (".svg", ".png"), "win32": (".ico",), "darwin": (".icns",)}
MIB = 1024 * 1024


def main() -> int:
    """Build the bundle, zip it, and print where it is."""
    parser = argparse.ArgumentParser(prog="python -m desktop.installer", description="Make the zip for analysts.")
    parser.add_argument("--output", type=Path, default=Path("dist"), metavar="FOLDER", help="where to; else dist")
    output: Path = parser.parse_args().output
    if find_spec("PyInstaller") is None:
        sys.stderr.write("This needs PyInstaller: pip install 'reportwire[bundle]'.\n")
        return 2
    archive = build(output.resolve())
    sys.stdout.write(f"{archive}  {archive.stat().st_size / MIB:.0f} MiB\n")
    return 0


def build(output: Path) -> Path:
    """Make `reportwire/` and its zip in a folder, in place of those of before, and return the zip."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        icons = Path(work, NAME)
        icons.mkdir()
        for suffix in ICON_SUFFIXES.get(sys.platform, ()):
            write_icon((icons / NAME).with_suffix(suffix))
        _run_pyinstaller(output, Path(work))
        folder = output / (f"{NAME.title()}.app" if sys.platform == "darwin" else NAME)
        if sys.platform == "linux":
            _add_entries(folder, icons)
    if folder.name == NAME:
        shutil.copy(ROOT / "LICENSE", folder)
    archive = output / f"{NAME}-{metadata.version(NAME)}-{platform.system().lower()}-{platform.machine().lower()}.zip"
    pack(folder, archive)
    return archive


def _run_pyinstaller(output: Path, work: Path) -> None:
    from PyInstaller.__main__ import run  # noqa: PLC0415  of the extra `bundle`

    options = ["--noconfirm", "--log-level=WARN", f"--distpath={output}", f"--workpath={work}"]
    run([*options, str(HERE / f"{NAME}.spec")])


def _add_entries(folder: Path, icons: Path) -> None:
    """Add what a Linux desktop shows of the program, and what puts it there."""
    for path in (*(HERE / "linux").iterdir(), *icons.glob(f"{NAME}.[ps][nv]g")):
        shutil.copy(path, folder)
    (folder / "install.sh").chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
