"""A whole service behind the gateway, and a look behind it.

test ──▶ **Site** ──▶ gateway, emulator, rows, files, processes
"""

import asyncio
import hashlib
import itertools
import json
import os
import re
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec.structs import replace

from backend.aws.report_items import decode_report
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Snapshot
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from infra.local import backend
from infra.local.backend import LocalBackend
from tests.faults.edge.http_edge import api_of
from tests.faults.faults import Kind, Post
from tests.faults.gateway import Gateway
from tests.limits import HANG_S

RETRY_AFTER_S = 10
"""When a failed invocation is repeated: AWS waits a minute."""


@dataclass
class Site:
    local: LocalBackend
    gateway: Gateway
    _names: Iterator[int] = field(default_factory=itertools.count)

    def analyst(self) -> Profile:
        """Return the profile of someone who has no reports yet."""
        key_id, secret = self.local.create_analyst(f"analyst-{next(self._names)}")
        auth = IamAuth(access_key_id=key_id, secret_access_key=secret)
        return replace(msgspec.convert(self.local.profile, Profile), auth=auth)

    # --- rows and files ---------------------------------------------------------------------------

    def row(self, report_id: str) -> Report:
        found = self.local.client("dynamodb").get_item(
            TableName=self.local.outputs["reportsTable"], Key={"reportId": {"S": report_id}}, ConsistentRead=True
        )
        return decode_report(found["Item"])

    async def until_row(self, report_id: str, pick: Callable[[Report], bool]) -> Report:
        """Poll until the row is as wanted: for when nobody is told."""
        while not pick(row := await asyncio.to_thread(self.row, report_id)):  # noqa: ASYNC110  a row has no event
            await asyncio.sleep(0.1)
        return row

    async def until_row_ended(self, report_id: str) -> Report:
        return await self.until_row(report_id, lambda row: is_terminal(row.state))

    def files(self, report_id: str) -> list[str]:
        listed = self.local.client("s3").list_objects_v2(Bucket=self.bucket)
        return [item["Key"] for item in listed.get("Contents", ()) if f"/{report_id}/" in item["Key"]]

    def uploads(self, report_id: str) -> list[str]:
        """Return the keys of uploads that were neither completed nor aborted."""
        listed = self.local.client("s3").list_multipart_uploads(Bucket=self.bucket)
        return [item["Key"] for item in listed.get("Uploads", ()) if f"/{report_id}/" in item["Key"]]

    async def until_upload(self, report_id: str) -> None:
        """Poll until a part of the file is in the bucket."""
        while not await asyncio.to_thread(self.uploads, report_id):  # noqa: ASYNC110  a bucket has no event
            await asyncio.sleep(0.1)

    @property
    def bucket(self) -> str:
        return str(self.local.outputs["reportsBucket"])

    def assert_made(self, snapshot: Snapshot, *, attempt: int = 1) -> None:
        """Check that the client has the link, that it leads to the file, and that the file was made once."""
        assert snapshot.state is State.SUCCEEDED, snapshot.error
        assert snapshot.link is not None
        assert snapshot.result is not None
        content = httpx.get(snapshot.link.url, trust_env=False).raise_for_status().content
        assert hashlib.sha256(content).hexdigest() == snapshot.result.sha256
        row = self.row(snapshot.report_id)
        assert row.attempt == attempt
        assert row.lease_until is None
        assert sorted(self.files(snapshot.report_id)) == sorted([str(row.object_key), str(row.preview_key)])
        assert f"/{attempt}/" in str(row.object_key)

    # --- functions --------------------------------------------------------------------------------

    @property
    def worker(self) -> str:
        return str(self.local.outputs["workerFunction"])

    def configure_worker(self, **changes: Any) -> None:
        """Change the function; the processes it has at the time are ended."""
        self.local.client("lambda").update_function_configuration(FunctionName=self.worker, **changes)

    @contextmanager
    def variables(self, **changes: str) -> Iterator[None]:
        """Change what the worker finds in its environment."""
        before = self.local.client("lambda").get_function_configuration(FunctionName=self.worker)["Environment"]
        self.configure_worker(Environment={"Variables": before["Variables"] | changes})
        try:
            yield
        finally:
            self.configure_worker(Environment=before)

    @contextmanager
    def reserved(self, concurrency: int) -> Iterator[None]:
        """Let so many workers run at once."""
        client = self.local.client("lambda")
        client.put_function_concurrency(FunctionName=self.worker, ReservedConcurrentExecutions=concurrency)
        try:
            yield
        finally:
            client.delete_function_concurrency(FunctionName=self.worker)

    @contextmanager
    def untold(self) -> Iterator[None]:
        """Have failed events neither repeated nor handed to the on-failure destination."""
        client = self.local.client("lambda")
        before = client.get_function_event_invoke_config(FunctionName=self.worker)
        client.put_function_event_invoke_config(FunctionName=self.worker, MaximumRetryAttempts=0)
        try:
            yield
        finally:
            kept = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
            config = {name: before[name] for name in kept}
            client.put_function_event_invoke_config(FunctionName=self.worker, **config)

    def deliver_again(self, report_id: str) -> None:
        """Deliver the report's event once more, as Lambda may."""
        event = {"reportId": report_id, "invocationId": self.row(report_id).invocation}
        client = self.local.client("lambda")
        client.invoke(FunctionName=self.worker, InvocationType="Event", Payload=json.dumps(event))

    def poster_of(self, post: Post) -> int:
        """Return the process that waits for the answer to a post."""
        pattern = rf": 0100007F:{post.port:04X} 0100007F:{self.gateway.port:04X} 01 (?:\S+ +){{5}}(\d+)"
        found = re.search(pattern, Path("/proc/net/tcp").read_text())
        assert found is not None
        link = f"socket:[{found[1]}]"
        (pid,) = {int(fd.parts[2]) for fd in _descriptors() if _target(fd) == link}
        assert os.getpgid(pid) == self.local.pid
        return pid

    def signal_poster(self, post: Post, number: signal.Signals) -> int:
        pid = self.poster_of(post)
        os.kill(pid, number)
        return pid


def _descriptors() -> Iterator[Path]:
    return Path("/proc").glob("[0-9]*/fd/*")


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


@contextmanager
def running(
    cache_dir: Path, variables: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Site]:
    """Run the local backend, with these settings of its stack, behind a gateway."""
    gateway = Gateway()
    stopped_by_posts = {"POSTS_ASIDE": "false"}
    retried = {"LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(RETRY_AFTER_S)}
    environment = {**retried, **stopped_by_posts, **(variables or {})}
    with (
        gateway.running(),
        backend.running(
            cache_dir=cache_dir, authority=gateway.authority, variables=environment, settings=settings
        ) as local,
    ):
        url = urlsplit(local.endpoint_url)
        gateway.emulator = (str(url.hostname), int(url.port or 0))
        gateway.http.region = local.region
        gateway.http.kinds[api_of(str(local.profile["endpoint"]))] = Kind.WEBSOCKET
        if "rest" in local.outputs:
            gateway.http.kinds[api_of(str(local.outputs["rest"]))] = Kind.REST
        yield Site(local, gateway)


def drive(flow: Coroutine[Any, Any, None]) -> None:
    """Run a test's flow, with a limit that only a hang reaches."""
    asyncio.run(asyncio.wait_for(flow, HANG_S))
