"""The functions' code as one zip, the same bytes for the same sources.

backend/ + msgspec ──▶ **bundle** ──▶ zip ──▶ functions (for Lambda), emulator (for this host)

boto3 is left out: Lambda's Python runtime and the emulator's interpreter bring it.
Source: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = "msgspec"
PYTHON_VERSION = "3.13"
ARCHITECTURE: Literal["arm64", "x86_64"] = "arm64"
"""What the functions are declared to run on, in Lambda's words; the library is compiled code and must match."""
WHEEL_PLATFORMS = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest a zip can say. Fixed, or the same sources would give other bytes tomorrow."""
READABLE_FILE = 0o100644 << 16

Target = Literal["lambda", "host"]
Files = Mapping[str, bytes]
"""Contents by name. Read once, so that key and zip are of the same bytes while somebody edits."""


class BundleNotBuilt(RuntimeError):
    """The bundle could not be built; the message says why."""


def default_cache_dir() -> Path:
    """Return the directory for what can be made again at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reportwire"


def build(target: Target, cache_dir: Path | None = None) -> Path:
    """Return the zip for `target`, made unless the cache holds one of the same content.

    Raises:
        BundleNotBuilt: uv is missing or could not fetch the library.
    """
    sources = package_files(ROOT / "backend")
    path = (cache_dir or default_cache_dir()) / cache_name(target, sources)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        library = _fetch(Path(scratch)) if target == "lambda" else _installed_library()
        unfinished = Path(scratch) / "bundle.zip"
        write_zip(unfinished, {**sources, **package_files(library)})
        unfinished.replace(path)
    return path


def cache_name(target: Target, sources: Files) -> str:
    """Return the name of the zip, which tells of everything it is made from."""
    return f"bundle-{target}-{content_key(sources, *_library(target))}.zip"


def package_files(package: Path) -> dict[str, bytes]:
    """Read every file of a package, but for what Python made from them."""
    return {
        file.relative_to(package.parent).as_posix(): file.read_bytes()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyi"
    }


def content_key(files: Files, *more: str) -> str:
    """Return a short hash of names, contents and `more`."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()[:16]


def write_zip(path: Path, files: Files) -> None:
    """Write `files` to a zip whose bytes depend on their names and contents only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, OLDEST_DATE)
            entry.external_attr = READABLE_FILE
            entry.create_system = 3  # Unix, on every system
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def locked_requirement(name: str) -> str:
    """Return the lines of requirements.lock that pin `name` and its hashes."""
    lock = (ROOT / "requirements.lock").read_text()
    found = re.search(rf"^{name}==.*\\\n(?: +--hash=.*\n)+", lock, re.MULTILINE)
    if found is None:
        raise BundleNotBuilt(f"requirements.lock does not pin {name} with hashes")
    return found.group()


def _library(target: Target) -> tuple[str, ...]:
    """Return the library's version and the platform it is compiled for."""
    if target == "lambda":
        return locked_requirement(LIBRARY), *_lambda_platform()
    return f"{LIBRARY}=={metadata.version(LIBRARY)}", str(sys.implementation.cache_tag), sysconfig.get_platform()


def _lambda_platform() -> tuple[str, ...]:
    """Return Lambda's platform as options of uv."""
    return ("--python-platform", WHEEL_PLATFORMS[ARCHITECTURE], "--python-version", PYTHON_VERSION)


def _fetch(scratch: Path) -> Path:
    """Install the library for Lambda's platform under `scratch` and return its package."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv is None:
        raise BundleNotBuilt("building the bundle for Lambda needs uv")
    wanted, target = scratch / "requirements.txt", scratch / "library"
    wanted.write_text(locked_requirement(LIBRARY))
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    options = [*_lambda_platform(), "--target", str(target), "--requirements", str(wanted)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603  our own
    if done.returncode:
        raise BundleNotBuilt(f"uv could not fetch {LIBRARY}: {done.stderr.strip()}")
    return target / LIBRARY


def _installed_library() -> Path:
    return Path(str(metadata.distribution(LIBRARY).locate_file(LIBRARY)))
