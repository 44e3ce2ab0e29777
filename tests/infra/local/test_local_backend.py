"""The emulator with the program applied: started, limited, stopped."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from infra import bundle
from infra.local import backend
from infra.local.applying.apply import apply
from infra.local.backend import LocalBackend
from infra.local.datasets import flights
from infra.local.emulator import process
from infra.local.errors import LocalBackendError
from infra.local.recording.graph import Graph
from infra.local.under_way import UNDER_WAY

pytestmark = pytest.mark.slow

SERVE = "import sys; from infra.local.serve import serve; sys.exit(serve(None))"
WITHIN_S = 30
REPORT_ID = "7d8f3c1e-0b5a-4c57-9d0e-2f1a6b3c4d5e"
BOUNDLESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def signed(profile: dict[str, Any], access_key_id: str, secret: str) -> str:
    request = AWSRequest("GET", profile["endpoint"])
    SigV4QueryAuth(Credentials(access_key_id, secret), "execute-api", profile["region"], expires=60).add_auth(request)
    return str(request.url)


@contextmanager
def serving(cache: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-c", SERVE]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def port_of(profile: dict[str, Any]) -> int:
    return int(profile["endpoint"].split("/")[2].split(":")[1])


def wait_until_gone(port: int, watched: socket.socket) -> None:
    """Return once the emulator has closed the connection, which it does only by ending."""
    watched.settimeout(WITHIN_S)
    with suppress(ConnectionResetError):
        assert watched.recv(1) == b""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_analyst_connects_and_is_answered(local: LocalBackend) -> None:
    auth = local.profile["auth"]
    url = signed(local.profile, auth["accessKeyId"], auth["secretAccessKey"])
    with connect(url, compression=None, proxy=None) as connection:
        connection.send('{"action": "ping", "requestId": "1"}')
        assert json.loads(connection.recv(WITHIN_S)) == {"type": "pong", "requestId": "1"}


def test_wrong_secret_is_refused(local: LocalBackend) -> None:
    url = signed(local.profile, local.profile["auth"]["accessKeyId"], "wrong")
    with pytest.raises(InvalidStatus, match="403"), connect(url, compression=None, proxy=None):
        pass


def test_analyst_may_do_nothing_but_connect(local: LocalBackend) -> None:
    access_key_id, secret = local.create_analyst("another")
    session: Any = boto3.Session(access_key_id, secret, region_name=local.region)
    with closing(session.client("s3", endpoint_url=local.endpoint_url)) as s3, pytest.raises(ClientError) as refused:
        s3.list_objects_v2(Bucket=local.outputs["reportsBucket"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_what_was_declared_was_applied(local: LocalBackend) -> None:
    functions = local.client("lambda")
    worker = functions.get_function_configuration(FunctionName=local.outputs["workerFunction"])
    assert worker["Environment"]["Variables"]["REPORTS_BUCKET"] == local.outputs["reportsBucket"]
    assert worker["Environment"]["Variables"]["DATASETS_BUCKET"] == local.outputs["datasetsBucket"]
    assert (worker["MemorySize"], worker["EphemeralStorage"]) == (1_769, {"Size": 4_096})
    events = functions.get_function_event_invoke_config(FunctionName=local.outputs["workerFunction"])
    assert events["DestinationConfig"]["OnFailure"]["Destination"].endswith(
        f":{local.outputs['failuresFunction']}:live"
    )
    alias = functions.get_alias(FunctionName=local.outputs["workerFunction"], Name="live")
    router = functions.get_function_configuration(FunctionName=local.outputs["routerFunction"])
    assert router["Environment"]["Variables"]["WORKER_FUNCTION"] == alias["AliasArn"]
    assert events["MaximumRetryAttempts"] == 1
    tables = local.client("dynamodb")
    ttl = tables.describe_time_to_live(TableName=local.outputs["connectionsTable"])
    assert ttl["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    buckets = local.client("s3")
    rules = buckets.get_bucket_lifecycle_configuration(Bucket=local.outputs["reportsBucket"])["Rules"]
    assert rules[0]["Expiration"] == {"Days": 7}


def test_everything_optional_is_applied_too(graph: Graph, local: LocalBackend, cache: Path) -> None:
    with process.running(None, {}) as started, backend.admin_clients(started, local.region) as admin:
        started.wait_until_ready()
        bundles = ("local::bundle.path", "local::worker-bundle.path", "local::events-bundle.path")
        code = dict.fromkeys(bundles, str(bundle.build("host", cache)))
        known = {"local::emulator.port": started.authority.rpartition(":")[2], **code}
        admin("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(BOUNDLESS))
        worker = apply(graph, admin, known)["workerFunction"]
        assert admin("lambda").get_function_concurrency(FunctionName=worker)["ReservedConcurrentExecutions"] == 7
        (api,) = admin("apigateway").get_rest_apis()["items"]
        (stage,) = admin("apigateway").get_stages(restApiId=api["id"])["item"]
        assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 42


def test_sample_data_is_there(local: LocalBackend) -> None:
    listed = local.client("s3").list_objects_v2(Bucket=local.outputs["datasetsBucket"])["Contents"]
    assert {each["Key"] for each in listed} == {f"{name}/{name}.parquet" for name in flights.TABLES}


def test_ones_own_data_is_offered_and_hides_a_sample(cache: Path, tmp_path: Path) -> None:
    for name in ("trips", "flights"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part.parquet").write_bytes(name.encode())
    with backend.running(cache_dir=cache / "reportwire", own_data=tmp_path) as local:
        s3, bucket = local.client("s3"), local.outputs["datasetsBucket"]
        keys = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
        assert keys == {
            *(f"{name}/{name}.parquet" for name in flights.TABLES.keys() - {"flights"}),
            "trips/part.parquet",
            "flights/part.parquet",
        }
        assert s3.get_object(Bucket=bucket, Key="trips/part.parquet")["Body"].read() == b"trips"


def test_file_that_cannot_be_read_is_named(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "trips" / "a.parquet").mkdir(parents=True)
    with (
        pytest.raises(LocalBackendError, match=r"trips/a\.parquet.*directory"),
        backend.running(cache_dir=cache / "reportwire", own_data=tmp_path),
    ):
        pass


def test_clients_and_functions_are_told_what_stands_in_front(cache: Path) -> None:
    with backend.running(cache_dir=cache / "reportwire", authority="127.0.0.1:9", variables={"AUTH": "false"}) as local:
        assert local.profile["endpoint"].startswith("ws://127.0.0.1:9/")
        for name in ("routerFunction", "workerFunction", "failuresFunction"):
            function = local.client("lambda").get_function_configuration(FunctionName=local.outputs[name])
            assert function["Environment"]["Variables"]["MANAGEMENT_ENDPOINT"].startswith("http://127.0.0.1:9/")
        assert not local.endpoint_url.endswith(":9")
        assert b"AUTH=false" in Path(f"/proc/{local.pid}/environ").read_bytes().split(b"\0")


def test_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalBackendError, match=rf"port {port} .*taken"), backend.running(port, tmp_path):
            pass


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, None], ids=["SIGTERM", "SIGINT", "end of stdin"])
def test_serve_stops_everything(how: signal.Signals | None, cache: Path) -> None:
    with serving(cache) as (process, profile), socket.create_connection(("127.0.0.1", port_of(profile))) as watched:
        assert process.stdin
        if how:
            process.send_signal(how)
        else:
            process.stdin.close()
        assert process.wait(WITHIN_S) == 0
        wait_until_gone(port_of(profile), watched)


def test_emulator_ends_when_its_parent_is_killed(cache: Path) -> None:
    with serving(cache) as (process, profile), socket.create_connection(("127.0.0.1", port_of(profile))) as watched:
        auth = profile["auth"]
        with connect(signed(profile, auth["accessKeyId"], auth["secretAccessKey"]), compression=None, proxy=None):
            pass
        group = [os.pidfd_open(pid) for pid in group_of_the_child(process.pid)]
        assert len(group) >= 2, "the emulator and the router's process"
        process.kill()
        for descriptor in group:
            assert select.select([descriptor], [], [], WITHIN_S)[0]
            os.close(descriptor)
        wait_until_gone(port_of(profile), watched)


def group_of_the_child(parent: int) -> list[int]:
    """Return the processes of the group that the only child of `parent` leads."""
    processes = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        after_name = path.read_text().rpartition(")")[2].split()
        processes[int(path.parent.name)] = (int(after_name[1]), int(after_name[2]))
    (leader,) = [pid for pid, (its_parent, _) in processes.items() if its_parent == parent]
    return [pid for pid, (_, group) in processes.items() if group == leader]


def test_emulator_that_dies_is_reported(cache: Path) -> None:
    with serving(cache) as (process, _):
        (leader, *_) = group_of_the_child(process.pid)
        os.kill(leader, signal.SIGKILL)
        assert process.wait(WITHIN_S) == 1
        assert process.stderr
        assert process.stderr.read() == "reportwire local: the emulator ended by itself\n"


def test_report_of_a_backend_that_was_killed_has_failed_at_the_next_start(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with serving(cache) as (process, profile):
        data = {"reportId": REPORT_ID, "definition": "sample", "parameters": {"delay": 60_000, "amountOfRows": 1}}
        answer = asked(profile, {"action": "generateReport", "data": data})
        assert answer["type"] == "report", answer
        until(lambda: list(tmp_path.rglob(UNDER_WAY)))
        process.kill()
        process.wait(WITHIN_S)
    with serving(cache) as (_, profile):
        (report,) = asked(profile, {"action": "listReports", "data": {}})["reports"]
    assert (report["reportId"], report["state"]) == (REPORT_ID, "FAILED")
    assert report["error"] == {"code": "workerLost", "message": "Lost when the local service ended."}


def asked(profile: dict[str, Any], request: dict[str, Any]) -> Any:
    auth = profile["auth"]
    url = signed(profile, auth["accessKeyId"], auth["secretAccessKey"])
    with connect(url, compression=None, proxy=None) as connection:
        connection.send(json.dumps(request))
        return json.loads(connection.recv(WITHIN_S))


def until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)
