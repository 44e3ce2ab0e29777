"""Programs on generated clients: made in a folder, and run."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend.web.catalog import FOLDER

OPENAPI = str(FOLDER / "openapi.json")
HERE = Path(__file__).parent
BIN = Path(sys.executable).parent

PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "python": (
        (
            f"{BIN}/openapi-python-client generate --path {OPENAPI} --config making.yml"
            " --meta none --output-path reportwire_client"
        ),
        f"{sys.executable} program.py report.csv",
    ),
    "curl": ("sh program.sh report.csv",),
    "typescript": (
        "npm install --silent --no-audit --no-fund --no-package-lock",
        f"npx openapi-typescript {OPENAPI} --output reportwire.d.ts",
        "npx tsc",
        "node program.js report.csv",
    ),
    "go": (
        "mkdir client",
        f"go tool oapi-codegen -generate types,client -package client -o client/client.go {OPENAPI}",
        "go vet ./...",
        "go run . report.csv",
    ),
}
"""Commands by language: the last one asks for a report of 100 rows, and writes it."""


def environment_of(profile: Mapping[str, Any]) -> dict[str, str]:
    """Return what programs need to know of a service."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "REPORTWIRE_HTTPS": profile["https"],
        "AWS_REGION": profile["region"],
        "AWS_ACCESS_KEY_ID": profile["auth"]["accessKeyId"],
        "AWS_SECRET_ACCESS_KEY": profile["auth"]["secretAccessKey"],
    }


def run(name: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Make a client and run its program in a folder; return what it prints.

    Raises:
        subprocess.CalledProcessError: A command failed.
    """
    place = folder / name
    shutil.copytree(HERE / name, place)
    for command in PROGRAMS[name]:
        done = subprocess.run(
            shlex.split(command), cwd=place, env=environment, capture_output=True, text=True, check=True
        )
    if len((place / "report.csv").read_text().splitlines()) != 101:
        raise AssertionError("not the report that was asked for")
    return done.stdout.strip()
