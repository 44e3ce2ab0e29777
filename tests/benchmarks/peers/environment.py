"""The other writers' own environment, apart from the project's: a venv and a folder of Node's modules.

tests/benchmarks/requirements.lock ──▶ **environment** ──▶ formats, which runs the peers in it

Made once, in the cache directory. The lock is made by
`printf '%s\\n' duckdb jetxl openpyxl pandas polars pyarrow rustpy-xlsxwriter xlsxwriter | uv pip compile --universal
--generate-hashes --no-header --no-annotate --python-version 3.11 -o tests/benchmarks/requirements.lock -`.
"""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.bundle import default_cache_dir

LOCK = Path(__file__).parents[1] / "requirements.lock"
EXCELJS = "exceljs@4.4.0"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the peers are installed."""

    python: Path
    node_modules: Path


def installed() -> Environment:
    """Return the environment of this interpreter and these versions, made unless it is there."""
    content = LOCK.read_bytes() + EXCELJS.encode() + sys.version.encode()
    place = default_cache_dir() / "benchmarks" / hashlib.sha256(content).hexdigest()[:16]
    environment = Environment(place / "venv" / "bin" / "python", place / "node_modules")
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        _install(place, environment)
        (place / "complete").touch()
    return environment


def _install(place: Path, environment: Environment) -> None:
    pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(sys.executable, "-m", "venv", str(place / "venv"))
    _run(*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))
    _run("npm", "install", "--prefix", str(place), "--ignore-scripts", "--no-audit", "--no-fund", "--silent", EXCELJS)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)
