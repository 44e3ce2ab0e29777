"""An analyst who asks over HTTP, and signs.

test ──▶ **Analyst** ──▶ gateway, streaming API
"""

import json
import time
from collections.abc import Generator
from typing import Any, Self

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from desktop.sign_in.profiles import Profile
from tests.iam import keys_of
from tests.limits import HANG_S


class Signature(httpx.Auth):
    """Signs each request with a profile's key."""

    requires_request_body = True

    def __init__(self, profile: Profile) -> None:
        self._key = Credentials(str(keys_of(profile).access_key_id), str(keys_of(profile).secret_access_key))
        self._region = profile.region

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        plain = AWSRequest(request.method, str(request.url), data=request.content)
        SigV4Auth(self._key, "execute-api", self._region).add_auth(plain)
        request.headers.update(dict(plain.headers.items()))
        yield request


class Analyst(httpx.Client):
    """Somebody who has no reports yet."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(auth=Signature(profile), trust_env=False, timeout=HANG_S)
        self.profile = profile

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def generate(self, delay_ms: int, rows: int = 10) -> str:
        """Ask for a report over the HTTP door; return its id."""
        answer = self.post(f"{self.profile.https}/reports", json={"delay": delay_ms, "amountOfRows": rows})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reportId"])

    def report(self, report_id: str) -> dict[str, Any]:
        """Return the report as the HTTP door has it."""
        report: dict[str, Any] = json.loads(self.get(f"{self.profile.https}/reports/{report_id}").content)
        return report

    def until_ended(self, report_id: str) -> dict[str, Any]:
        """Poll until the report has ended: for when nobody is told."""
        while (report := self.report(report_id))["state"] in {"QUEUED", "RUNNING"}:
            time.sleep(0.1)
        return report
