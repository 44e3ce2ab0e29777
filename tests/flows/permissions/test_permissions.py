"""The emulator enforces the program's own policies: without any one grant, just that step breaks."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from backend.protocol.lifecycle import State
from desktop.sign_in.profiles import Profile
from infra.local.backend import LocalBackend
from tests.flows.conftest import Inspect
from tests.flows.plain import ask, connected, generate
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

ID = "00000000-0000-4000-8000-00000000abcd"


@contextmanager
def without(local: LocalBackend, action: str) -> Iterator[None]:
    """Take one action out of every policy of the functions' roles."""
    iam = local.client("iam")
    policies = [
        (role["RoleName"], name)
        for role in iam.list_roles()["Roles"]
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    ]
    before = {key: iam.get_role_policy(RoleName=key[0], PolicyName=key[1])["PolicyDocument"] for key in policies}
    assert any(action in json.dumps(document) for document in before.values())

    def put(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        for (role, name), document in before.items():
            changed = change(document)
            if changed["Statement"]:
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(changed))
            else:
                iam.delete_role_policy(RoleName=role, PolicyName=name)

    put(lambda document: _without(document, action))
    try:
        yield
    finally:
        put(lambda document: document)


def _without(document: dict[str, Any], action: str) -> dict[str, Any]:
    kept = [{**s, "Action": [a for a in s["Action"] if a != action]} for s in document["Statement"]]
    return {**document, "Statement": [statement for statement in kept if statement["Action"]]}


def ended(profile: Profile) -> dict[str, Any]:
    async def flow() -> dict[str, Any]:
        async with connected(profile) as connection:
            return (await asyncio.wait_for(generate(connection, 0, 10), HANG_S))[-1]

    return asyncio.run(flow())


def test_with_every_grant_the_report_succeeds(profile: Profile) -> None:
    assert ended(profile)["state"] == "SUCCEEDED"


def test_without_invoke_function_no_worker_starts(profile: Profile, local: LocalBackend) -> None:
    with without(local, "lambda:InvokeFunction"):
        snapshot = ended(profile)
    assert snapshot["state"] == "FAILED"
    assert "could not be started" in snapshot["error"]["message"]


def test_without_put_object_no_file_is_stored(profile: Profile, local: LocalBackend, inspect: Inspect) -> None:
    with without(local, "s3:PutObject"):
        snapshot = ended(profile)
    assert (snapshot["state"], snapshot["error"]["code"]) == ("FAILED", "internal")
    assert inspect.files(snapshot["reportId"]) == []


def test_without_update_item_nobody_is_known(profile: Profile, local: LocalBackend) -> None:
    async def flow() -> dict[str, Any]:
        async with connected(profile) as connection:
            return await ask(connection, {"action": "ping"})

    with without(local, "dynamodb:UpdateItem"):
        answer = asyncio.run(flow())
    assert answer["error"]["code"] == "internal"


def test_without_manage_connections_nothing_is_heard(profile: Profile, local: LocalBackend, inspect: Inspect) -> None:
    async def flow() -> None:
        async with connected(profile) as connection:
            data = {"reportId": ID, "definition": "sample", "parameters": {"delay": 0}}
            await connection.send(json.dumps({"action": "generateReport", "data": data}))
            await asyncio.wait_for(asyncio.to_thread(inspect.until_ended, ID), HANG_S)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(connection.recv(), 0.5)

    with without(local, "execute-api:ManageConnections"):
        asyncio.run(flow())
    assert inspect.row(ID).state is State.SUCCEEDED
