"""The events' function as it ships, behind a REST API that streams: the emulator has none.

analyst ── GET ──▶ StreamingApi ──▶ start.sh ──▶ backend.streaming.bootstrap ──▶ backend.events ──▶ emulator

The code is that of the bundle `lambda-events` with this host's library, unpacked as Lambda unpacks it; environment and
role are those of the declared function.
"""

import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from backend.protocol.resources import EVENTS
from infra import bundle
from infra.local import differences
from infra.local.backend import LocalBackend
from tests.faults.runtime_api import StreamingApi, streaming_api

TASK_ROOT = "/var/task"


def unpacked(where: Path) -> Path:
    """Unpack the bundle, with the modes that it says."""
    files = bundle.backend_files("lambda-events")
    for name in bundle.LIBRARIES["lambda-events"]:
        files |= bundle.library_files(metadata.distribution(name))
    packed, root = where / "bundle.zip", where / "task"
    bundle.write_zip(packed, files)
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(root)
        for entry in archive.infolist():
            (root / entry.filename).chmod(entry.external_attr >> 16)
    return root


@contextmanager
def streaming(local: LocalBackend, root: Path, **variables: str) -> Iterator[StreamingApi]:
    """Serve the events of a local backend by the unpacked bundle, until the context ends."""
    function = local.client("lambda").get_function_configuration(FunctionName=local.outputs["eventsFunction"])
    declared = function["Environment"]["Variables"]
    start = str(root / Path(declared["AWS_LAMBDA_EXEC_WRAPPER"]).relative_to(TASK_ROOT))
    with streaming_api(
        [start, sys.executable, "/var/runtime/bootstrap.py"],
        EVENTS,
        handler=function["Handler"],
        task_root=root,
        environment={
            **declared,
            **differences.OF_ACCESS_KEYS,
            **_role(local, function),
            "AWS_ENDPOINT_URL": local.endpoint_url,
            **variables,
        },
        region=local.region,
    ) as api:
        yield api


def _role(local: LocalBackend, function: dict[str, Any]) -> dict[str, str]:
    """Return the keys of a function's role."""
    assumed = local.client("sts").assume_role(RoleArn=function["Role"], RoleSessionName="events")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
        "AWS_SESSION_TOKEN": assumed["SessionToken"],
    }
