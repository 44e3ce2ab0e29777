"""The emulator's port, attacked as another user of the machine and as a web page."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from infra.local import backend
from infra.local.backend import LocalBackend
from infra.local.differences import ACCOUNT_ID
from infra.local.emulator import shared_secret
from tests.infra.local.emulator import attacks
from tests.infra.local.emulator.attacks import Attack, made

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
NO_KEY = "0" * 20


@pytest.fixture
def authority(local: LocalBackend) -> str:
    return local.endpoint_url.removeprefix("http://")


@pytest.fixture
def analyst(local: LocalBackend) -> Credentials:
    auth = local.profile["auth"]
    return Credentials(auth["accessKeyId"], auth["secretAccessKey"])


@pytest.fixture
def keys(local: LocalBackend, analyst: Credentials) -> dict[str, Credentials]:
    functions = {
        name: local.client("lambda").get_function_configuration(FunctionName=local.outputs[name])
        for name in ("routerFunction", "workerFunction", "failuresFunction")
    }
    return {
        "root": Credentials("test", "test"),
        "the account": Credentials(ACCOUNT_ID, "test"),
        "another account": Credentials("123456789012", "test"),
        "unknown": Credentials("AKIA" + NO_KEY, "x"),
        "the analyst's, another secret": Credentials(analyst.access_key, "x"),
        **{name: attacks.computed(each["FunctionArn"], each["Role"]) for name, each in functions.items()},
    }


def state(local: LocalBackend) -> Any:
    """What an attack would have changed."""
    functions = local.client("lambda").list_functions()["Functions"]
    buckets = local.client("s3").list_buckets()["Buckets"]
    users = local.client("iam").list_users()["Users"]
    return sorted(each["FunctionName"] for each in functions), [each["Name"] for each in buckets], len(users)


def assert_refused(authority: str, attempts: Iterable[Attack]) -> int:
    passed, count = [], 0
    for attack in attempts:
        count += 1
        status, body, headers = made(authority, attack)
        is_refused = (status, body) == (403, b"" if attack.method == "HEAD" else b'{"message": "Forbidden"}')
        if not is_refused or "access-control-allow-origin" in headers:
            passed.append((attack, status, body[:100]))
    assert not passed
    return count


def test_nothing_passes_without_a_key_of_this_start(
    local: LocalBackend, authority: str, services: list[str], keys: dict[str, Credentials]
) -> None:
    before = state(local)
    count = assert_refused(authority, attacks.without_a_key(services))
    count += assert_refused(authority, attacks.with_keys(authority, services, keys))
    assert count > 1_000
    assert state(local) == before


def test_nothing_passes_from_a_page_or_under_another_name(authority: str, analyst: Credentials) -> None:
    assert_refused(authority, attacks.as_a_page(authority, analyst))


def test_nothing_passes_that_was_signed_otherwise(authority: str, analyst: Credentials) -> None:
    assert_refused(authority, attacks.tampered(authority, analyst))


def test_nothing_passes_that_is_garbled(authority: str, analyst: Credentials) -> None:
    assert assert_refused(authority, attacks.garbled(authority, analyst, 150)) > 250


def test_what_is_signed_passes(authority: str, analyst: Credentials) -> None:
    for attempt in (attacks.signed(authority, "sts", analyst), attacks.in_query(authority, "s3", analyst)):
        status, body, _ = made(authority, attempt)
        assert (status, body) != (403, b'{"message": "Forbidden"}')


def websocket_headers(profile: dict[str, Any], key: Credentials) -> dict[str, str]:
    request = AWSRequest("GET", profile["endpoint"].replace("ws:", "http:"))
    SigV4Auth(key, "execute-api", profile["region"]).add_auth(request)
    return dict(request.headers.items())


def test_socket_opens_for_who_signs_and_for_nobody_else(
    local: LocalBackend, analyst: Credentials, keys: dict[str, Credentials]
) -> None:
    endpoint = local.profile["endpoint"]
    with connect(
        endpoint, additional_headers=websocket_headers(local.profile, analyst), compression=None, proxy=None
    ) as opened:
        opened.close()
    attempts: list[dict[str, str]] = [websocket_headers(local.profile, key) for key in keys.values()]
    attempts += [{"Authorization": attacks.claimed("execute-api", key.access_key)} for key in keys.values()]
    attempts += [{}, {**websocket_headers(local.profile, analyst), "Origin": "https://evil.example"}]
    for headers in attempts:
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(endpoint, additional_headers=headers, compression=None, proxy=None),
        ):
            pass


def test_ready_proves_who_answers(authority: str, local: LocalBackend) -> None:
    status, body, _ = made(authority, Attack("GET", f"{shared_secret.READY_PATH}?challenge=one"))
    other = made(authority, Attack("GET", f"{shared_secret.READY_PATH}?challenge=two"))[1]
    assert (status, len(json.loads(body)["proof"])) == (200, 64)
    assert body != other
    assert_refused(
        authority,
        (Attack("GET", shared_secret.READY_PATH), Attack("POST", f"{shared_secret.READY_PATH}?challenge=one")),
    )


def around(pid: int, log_path: Path) -> Iterator[str]:
    """What may hold a secret: the processes' own data, and the emulator's files."""
    for name in ("environ", "mem", "fd/0"):
        yield f"/proc/{pid}/{name}"
    yield str(log_path)
    yield str(log_path.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_gets_nothing(
    local: LocalBackend, authority: str, keys: dict[str, Credentials]
) -> None:
    attempts = [*attacks.without_a_key(["s3", "lambda"]), *attacks.with_keys(authority, ["s3", "lambda"], keys)]
    paths = list(around(local.pid, local.log_path))
    plan = {"authority": authority, "attacks": [asdict(each) for each in attempts], "paths": paths}
    command = [sys.executable, "-m", "tests.infra.local.emulator.attacks"]
    done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, check=True, cwd=ROOT)
    told = json.loads(done.stdout)
    assert len(attempts) > 200
    assert {status for status, _ in told["answers"]} == {403}
    assert told["seen"] == []


def test_secret_is_in_no_argument_variable_or_file(cache: Path) -> None:
    with backend.supervised(None, cache / "reportwire") as (local, started):
        process = Path(f"/proc/{local.pid}")
        told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        files = [path for path in local.log_path.parent.rglob("*") if path.is_file()]
        kept = told + b"".join(path.read_bytes() for path in files) + repr(started).encode()
        known = started.secret
        for form in (known, known.hex().encode(), shared_secret.admin_token(known).encode(), shared_secret.salt(known)):
            assert form not in kept


def test_keys_of_roles_are_this_start_s_own() -> None:
    """Fails when MiniStack makes them in another way: `salt_role_credentials` must follow."""
    script = """
import json
from ministack import app
from ministack.core import lambda_runtime
from infra.local.emulator.inside import salt_role_credentials
app.AUTH = True
arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
config = {"FunctionArn": arn, "FunctionName": "f", "Role": "arn:aws:iam::000000000000:role/r"}
made = [lambda_runtime.execution_credentials(config)]
for salt in (b"one", b"two", b"two"):
    salt_role_credentials(salt)
    made.append(lambda_runtime.execution_credentials(config))
print(json.dumps(made))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    upstream, first, second, again = json.loads(done.stdout.splitlines()[-1])
    computed = attacks.computed("arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:iam::000000000000:role/r")
    assert upstream == {
        "AWS_ACCESS_KEY_ID": computed.access_key,
        "AWS_SECRET_ACCESS_KEY": computed.secret_key,
        "AWS_SESSION_TOKEN": computed.token,
    }
    assert second == again
    for name in upstream:
        assert len({upstream[name], first[name], second[name]}) == 3


def test_port_is_held_from_the_moment_it_is_chosen(local: LocalBackend, authority: str) -> None:
    host, _, port = authority.partition(":")
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        with closing(socket.socket()) as other:
            other.setsockopt(socket.SOL_SOCKET, option, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind((host, int(port)))


def test_analyst_s_key_opens_no_other_service(local: LocalBackend, analyst: Credentials) -> None:
    session: Any = boto3.Session(analyst.access_key, analyst.secret_key, region_name=local.region)
    for name in ("lambda", "dynamodb", "iam", "s3", "logs"):
        with closing(session.client(name, endpoint_url=local.endpoint_url)) as client:
            call = {
                "lambda": "list_functions",
                "dynamodb": "list_tables",
                "iam": "list_users",
                "s3": "list_buckets",
                "logs": "describe_log_groups",
            }[name]
            with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
                getattr(client, call)()
