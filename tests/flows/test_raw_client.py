"""Other programs speak the protocol too: a plain `websockets` client that knows nothing of the desktop."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from infra.local.backend import LocalBackend
from tests.flows.plain import ask, connected, follow, generate, hear
from tests.iam import keys_of
from tests.limits import HANG_S

pytestmark = pytest.mark.slow


def run(flow: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(flow, HANG_S))


def test_seed_request_leads_to_a_working_link(profile: Profile) -> None:
    async def flow() -> None:
        async with connected(profile) as connection, httpx.AsyncClient(trust_env=False) as http:
            await connection.send('{"action":"generateReport","data":{"delay":1000,"amountOfRows":10}}')
            snapshots = sorted(await follow(connection), key=lambda snapshot: int(snapshot["revision"]))
            response = await http.get(snapshots[-1]["link"]["url"])
        states = list(dict.fromkeys(snapshot["state"] for snapshot in snapshots))
        assert states == ["QUEUED", "RUNNING", "SUCCEEDED"]
        stages = [snapshot["progress"]["stage"] for snapshot in snapshots if snapshot["progress"]]
        assert list(dict.fromkeys(stages)) == ["waiting", "reading", "computing", "writing", "storing"]
        last = snapshots[-1]
        assert response.text.count("\r\n") == 11
        assert response.text.startswith("Date,Item,Amount\r\n")
        assert response.headers["Content-Disposition"] == f'attachment; filename="{last["result"]["fileName"]}"'
        assert len(response.content) == last["result"]["sizeBytes"]

    run(flow())


def test_altered_link_is_refused(profile: Profile) -> None:
    async def flow() -> None:
        async with connected(profile) as connection, httpx.AsyncClient(trust_env=False) as http:
            last = (await generate(connection, 0, 1))[-1]
            url = last["link"]["url"]
            assert (await http.get(url)).status_code == httpx.codes.OK
            assert (await http.get(url.split("?")[0])).status_code == httpx.codes.FORBIDDEN
            other = url.replace(last["reportId"], "00000000-0000-4000-8000-000000000000")
            assert (await http.get(other)).status_code == httpx.codes.FORBIDDEN

    run(flow())


def test_unknown_action_is_named(profile: Profile) -> None:
    async def flow() -> None:
        async with connected(profile) as connection:
            answer = await ask(connection, {"action": "nonsense", "requestId": "r-1"})
        assert answer["type"] == "error"
        assert answer["requestId"] == "r-1"
        assert answer["error"]["code"] == "unknownAction"
        assert "nonsense" in answer["error"]["message"]

    run(flow())


@pytest.mark.parametrize("frame", ["", "no json", "[]", '{"action":7}', '{"data":{}}', '{"action":"ping","data":1}'])
def test_frame_that_is_no_request_is_refused_and_the_connection_goes_on(profile: Profile, frame: str) -> None:
    async def flow() -> None:
        async with connected(profile) as connection:
            await connection.send(frame)
            assert (await hear(connection))["error"]["code"] in {"invalidMessage", "unknownAction"}
            assert (await ask(connection, {"action": "ping"}))["type"] == "pong"

    run(flow())


@pytest.mark.parametrize(
    "auth",
    [{"secret_access_key": "wrong"}, {"access_key_id": "AKIAAAAAAAAAAAAAAAAA"}],
    ids=["wrong secret", "unknown key"],
)
def test_wrong_signature_is_refused_at_the_handshake(profile: Profile, auth: dict[str, str]) -> None:
    async def flow() -> None:
        with pytest.raises(InvalidStatus) as caught:
            async with connected(replace(profile, auth=replace(keys_of(profile), **auth))):
                pass
        assert caught.value.response.status_code == 403

    run(flow())


def test_unsigned_connection_is_refused(profile: Profile) -> None:
    async def flow() -> None:
        with pytest.raises(InvalidStatus) as caught:
            async with connect(profile.endpoint, proxy=None):
                pass
        assert caught.value.response.status_code == 403

    run(flow())


def test_another_user_sees_the_report_as_missing(profile: Profile, local: LocalBackend) -> None:
    key_id, secret = local.create_analyst("second")
    other = replace(profile, auth=IamAuth(access_key_id=key_id, secret_access_key=secret))

    async def flow() -> None:
        async with connected(profile) as mine, connected(other) as theirs:
            report = await ask(mine, {"action": "generateReport", "data": {"delay": 0, "amountOfRows": 1}})
            report_id = report["report"]["reportId"]
            watch = await ask(theirs, {"action": "watchReports", "data": {"reportIds": [report_id]}})
            assert (watch["reports"], watch["missing"]) == ([], [report_id])
            cancel = await ask(theirs, {"action": "cancelReport", "data": {"reportId": report_id}})
            assert cancel["error"]["code"] == "notFound"
            listed = await ask(theirs, {"action": "listReports"})
            assert listed["reports"] == []
            taken = {"reportId": report_id, "definition": "sample"}
            conflict = await ask(theirs, {"action": "generateReport", "data": taken})
            assert conflict["error"]["code"] == "reportIdConflict"
            await follow(mine)

    run(flow())


def test_catalog_matches_the_contract(profile: Profile) -> None:
    async def flow() -> None:
        async with connected(profile) as connection:
            answer = await ask(connection, {"action": "describeCatalog", "requestId": "c"})
        assert answer["requestId"] == "c"
        (sample,) = [each for each in answer["definitions"] if each["id"] == "sample"]
        assert sample.keys() == {"id", "title", "description", "parameters", "formats", "formatOptions"}
        assert sample["parameters"]["properties"]["delay"]["maximum"] == 840_000
        msgspec.json.encode(sample)

    run(flow())
