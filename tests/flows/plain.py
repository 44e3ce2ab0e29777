"""A plain WebSocket client of the protocol."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from desktop.outside.patience import OPEN_S
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer


@asynccontextmanager
async def connected(profile: Profile) -> AsyncIterator[ClientConnection]:
    headers = Signer(profile).sign()
    options: Any = {"additional_headers": headers, "proxy": None, "compression": None, "open_timeout": OPEN_S}
    async with connect(profile.endpoint, **options) as connection:
        yield connection


async def ask(connection: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    await connection.send(json.dumps(message))
    return await hear(connection)


async def hear(connection: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await connection.recv())
    return message


async def follow(connection: ClientConnection) -> list[dict[str, Any]]:
    """Return the snapshots up to the last one, as they come."""
    snapshots: list[dict[str, Any]] = []
    while not snapshots or snapshots[-1]["state"] in {"QUEUED", "RUNNING"}:
        message = await hear(connection)
        assert message["type"] == "report", message
        snapshots.append(message["report"])
    return snapshots


async def generate(connection: ClientConnection, delay: int, rows: int) -> list[dict[str, Any]]:
    """Ask for a report in the seed's words and follow it."""
    request = {"action": "generateReport", "data": {"delay": delay, "amountOfRows": rows}}
    await connection.send(json.dumps(request))
    return await follow(connection)
