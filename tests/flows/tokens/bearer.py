"""A person who asks over every door with a token, or with nothing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from infra.local.backend import LocalBackend
from tests.flows.test_doors import ORDER
from tests.limits import HANG_S


class Person:
    """Asks over every door with a token, or with nothing."""

    def __init__(self, local: LocalBackend, token: str | None) -> None:
        self._local = local
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def http(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        url = f"{self._local.profile['https']}{path}"
        sent = {**self._headers, **headers}
        return httpx.request(method, url, json=body, headers=sent, timeout=HANG_S, trust_env=False)

    def rest(self) -> httpx.Response:
        url = f"{self._local.outputs['rest']}/reports/synchronous"
        return httpx.post(url, json=ORDER, headers=self._headers, timeout=HANG_S, trust_env=False)

    @contextmanager
    def line(self) -> Iterator[ClientConnection]:
        address = self._local.profile["endpoint"]
        with connect(address, additional_headers=self._headers, proxy=None, compression=None) as line:
            yield line

    def ask(self, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
        with self.line() as line:
            line.send(json.dumps({"action": action, "data": data, "requestId": "r"}))
            return answered(line)

    def refusal(self) -> int:
        """Return how the upgrade is refused."""
        with pytest.raises(InvalidStatus) as refused, self.line():
            pass
        return refused.value.response.status_code


def answered(line: ClientConnection) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(line.recv(HANG_S))
        if message.get("requestId") == "r":
            return message
