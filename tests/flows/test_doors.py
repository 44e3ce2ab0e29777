"""One person on both doors of the real service, another on neither, and nobody without a signature."""

import asyncio
import json
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect

from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from infra.local.backend import LocalBackend
from tests.iam import keys_of
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

ORDER = {"definition": "sample", "parameters": {"delay": 0, "amountOfRows": 3}, "format": "csv"}


class Person:
    """Asks over both doors with the keys of a profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._signer = Signer(profile)

    def http(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        url = f"{self._profile.https}{path}"
        signed = self._signer.sign(method, url, content)
        json_type = {} if body is None else {"Content-Type": "application/json"}
        return httpx.request(
            method, url, content=content, headers={**signed, **json_type, **headers}, timeout=HANG_S, trust_env=False
        )

    def socket(self, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            async with connect(self._profile.endpoint, additional_headers=self._signer.sign(), proxy=None) as line:
                await line.send(json.dumps({"action": action, "data": data, "requestId": "r"}))
                async for frame in line:
                    message: dict[str, Any] = json.loads(frame)
                    if message.get("requestId") == "r":
                        return message
            raise AssertionError("the line closed")

        return asyncio.run(asyncio.wait_for(ask(), HANG_S))


@pytest.fixture
def anna(profile: Profile) -> Person:
    return Person(profile)


@pytest.fixture
def bert(local: LocalBackend, profile: Profile) -> Person:
    key, secret = local.create_analyst(f"bert-{uuid.uuid4()}")
    auth = msgspec.structs.replace(keys_of(profile), access_key_id=key, secret_access_key=secret)
    return Person(msgspec.structs.replace(profile, auth=auth))


def test_report_asked_for_over_https_is_found_on_the_socket_by_its_owner_alone(anna: Person, bert: Person) -> None:
    report_id = str(uuid.uuid4())
    made = anna.http("PUT", f"/reports/{report_id}", ORDER, Prefer="wait=20")
    assert (made.status_code, made.json()["state"]) == (201, "SUCCEEDED")
    watched = anna.socket("watchReports", {"reportIds": [report_id]})
    assert [each["reportId"] for each in watched["reports"]] == [report_id]
    assert report_id in {each["reportId"] for each in anna.socket("listReports", {})["reports"]}
    assert bert.socket("watchReports", {"reportIds": [report_id]})["missing"] == [report_id]
    assert bert.http("GET", f"/reports/{report_id}").status_code == 404


def test_report_asked_for_on_the_socket_is_found_over_https_by_its_owner_alone(anna: Person, bert: Person) -> None:
    report_id = str(uuid.uuid4())
    assert anna.socket("generateReport", {**ORDER, "reportId": report_id})["report"]["state"] == "QUEUED"
    waited = anna.http("GET", f"/reports/{report_id}?until=end", **{"Prefer": "wait=20", "If-None-Match": 'W/"0"'})
    assert waited.json()["state"] == "SUCCEEDED"
    assert report_id in {each["reportId"] for each in anna.http("GET", "/reports?limit=5").json()["reports"]}
    assert bert.http("GET", f"/changes?watch={report_id}.0").json()["missing"] == [report_id]
    assert bert.http("POST", f"/reports/{report_id}/cancel").status_code == 404
    assert bert.http("PUT", f"/reports/{report_id}", ORDER).status_code == 409
    assert bert.http("GET", "/reports").json()["reports"] == []


def test_file_is_what_its_digest_says(anna: Person) -> None:
    report_id = str(uuid.uuid4())
    anna.http("PUT", f"/reports/{report_id}", ORDER, Prefer="wait=20")
    leading = anna.http("GET", f"/reports/{report_id}/file")
    assert leading.status_code == 302
    file = httpx.get(leading.headers["Location"], trust_env=False)
    assert file.status_code == 200
    assert len(file.content) == anna.http("GET", f"/reports/{report_id}").json()["result"]["sizeBytes"]


def test_nobody_gets_in_by_any_door(profile: Profile, anna: Person) -> None:
    key = keys_of(profile).access_key_id
    credential = f"X-Amz-Credential={key}%2F20261129%2Fus-east-1%2Fexecute-api%2Faws4_request"
    plain = profile.endpoint.replace("ws://", "http://")
    for address in (
        f"{profile.https}/reports",
        f"{profile.https}/reports?{credential}",
        plain,
        f"{plain}?{credential}",
    ):
        refused = httpx.get(address, trust_env=False)
        assert refused.status_code == 403, address
    signed_plain = httpx.get(plain, headers=dict(Signer(profile).sign()), trust_env=False)
    assert signed_plain.status_code == 426
    assert anna.http("GET", "/reports/nothing").status_code == 404
    assert anna.http("GET", "/nothing").json() == {"message": "Not Found"}
