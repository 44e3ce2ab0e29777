"""The graph of the program, recorded when it is not in the cache.

infra/*.py, backend names ──▶ **recording** ──▶ graph ──▶ apply

Importing pulumi is slow and its state is global, so the recorder runs as a child process.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import msgspec

from infra.bundle import ROOT, content_key
from infra.local.errors import LocalBackendError
from infra.local.recording.graph import BUNDLE, PORT, Graph

STACK = "local"
CONFIG: Mapping[str, str] = {
    "aws:region": "us-east-1",
    "reportwire:endpoint": f"ws://127.0.0.1:{PORT}/_aws/execute-api/{{apiId}}/{{stage}}",
    "reportwire:https": f"http://127.0.0.1:{PORT}/_aws/execute-api/{{apiId}}/v1",
    "reportwire:rest": f"http://127.0.0.1:{PORT}/_aws/execute-api/{{apiId}}/v1",
    "reportwire:protectData": "false",
    "reportwire:bundle": BUNDLE,
    "reportwire:workerBundle": BUNDLE,
    "reportwire:eventsBundle": BUNDLE,
    "reportwire:authorizerBundle": BUNDLE,
}
TOKENS: Mapping[str, str] = {
    "auth": "oidc",
    "discoveryUrl": f"http://127.0.0.1:{PORT}/{{poolId}}/.well-known/openid-configuration",
}
"""Settings of the local stack on which analysts sign in with tokens: the emulator's Cognito is not at its issuer."""
RECORDER = ("__init__.py", "errors.py", "recording/__init__.py", "recording/graph.py", "recording/recorder.py")
PROTOCOL = (
    *("__init__.py", "lifecycle.py", "messages.py", "quotas.py", "resources.py"),
    *("identity/__init__.py", "identity/redirects.py"),
)
COUNTERS = ("__init__.py", "counters.py")
"""All that the program imports of the backend: the routes of both APIs with what they are defined with, addresses to
come back to after sign-in, and metrics."""
REPORTS = ("catalog", "domain", "protocol", "reports", "service")
"""Rooms of the backend that make up the catalog."""
INSTALL_HINT = "pip install 'reportwire[local]'"


def configured(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the configuration of the local stack with some settings changed, by their names in infra/settings.py."""
    return {**CONFIG, **{f"reportwire:{name}": value for name, value in settings.items()}}


def takes_tokens(settings: Mapping[str, str]) -> bool:
    """Return whether analysts sign in with tokens."""
    return settings.get("auth") == TOKENS["auth"]


def completed(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings with those that the local stack needs besides; what is set already stays."""
    return {**(TOKENS if takes_tokens(settings) and "issuer" not in settings else {}), **settings}


def load(cache_dir: Path, config: Mapping[str, str] = CONFIG) -> Graph:
    """Return the graph of the local stack, from the cache where nothing it is made from has changed.

    Raises:
        LocalBackendError: As for `record`.
    """
    path = cache_dir / f"graph-{_content_key(config)}.json"
    with suppress(FileNotFoundError, ValueError):  # none, or one that a power cut left
        return msgspec.json.decode(path.read_bytes(), type=Graph)
    graph = record(config)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir) as scratch:  # of its own: another start may be at it too
        unfinished = Path(scratch) / "graph.json"
        unfinished.write_bytes(msgspec.json.encode(graph))
        unfinished.replace(path)
    return graph


def record(config: Mapping[str, str] = CONFIG, stack: str = STACK) -> Graph:
    """Return what the program declares under `config`. Takes seconds.

    Raises:
        LocalBackendError: pulumi is not installed, or the program failed.
    """
    request = msgspec.json.encode({"config": dict(config), "stack": stack})
    command = [sys.executable, "-P", "-m", "infra.local.recording.recorder"]
    # A stack of the operator's must not show through.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    done = subprocess.run(command, input=request, capture_output=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise LocalBackendError(_reason(done.stderr.decode(errors="replace")))
    return msgspec.json.decode(done.stdout, type=Graph)


def _reason(errors: str) -> str:
    last_line = (errors.strip().splitlines() or ["no reason given"])[-1].strip()
    if last_line.startswith("ModuleNotFoundError") and "pulumi" in last_line:
        return f"the local backend needs pulumi: {INSTALL_HINT}"
    return f"the Pulumi program failed: {last_line}"


def sources(config: Mapping[str, str] = CONFIG) -> set[Path]:
    """Return every file of this project that takes part in a recording; groups of tokens are those in reports."""
    infra, backend = ROOT / "infra", ROOT / "backend"
    recorder = {infra / "local" / name for name in RECORDER}
    protocol = {backend / "protocol" / name for name in PROTOCOL}
    counters = {backend / "domain" / name for name in COUNTERS}
    rooms = ("configuration", "distributed", "instances", "operations", "sign_in")
    parts = [*infra.glob("*.py"), *(file for room in rooms for file in infra.glob(f"{room}/*.py"))]
    named = {*parts, *recorder, backend / "__init__.py", *protocol, *counters}
    if config.get("reportwire:auth") != TOKENS["auth"] and "reportwire:distributedEngine" not in config:
        return named - {infra / "distributed/tables.py"}
    of_reports = (file for room in REPORTS for file in (backend / room).rglob("*") if file.is_file())
    return named | {file for file in of_reports if "__pycache__" not in file.parts}


def _content_key(config: Mapping[str, str]) -> str:
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sources(config)}
    versions = (f"{name} {_version(name)}" for name in ("pulumi", "pulumi-aws"))
    return content_key(files, STACK, *(f"{key}={value}" for key, value in sorted(config.items())), *versions)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "missing"
