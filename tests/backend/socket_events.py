"""Events of the WebSocket API as the router gets them, and the answers that it posts."""

import json
from typing import Any

from backend.protocol.messages import (
    ServiceMessage,
)
from backend.router import ACCEPTED, route
from tests.backend.fakes import ANNA, BERT, World

ID = "00000000-0000-4000-8000-000000000001"


def event(route_key: str, connection_id: str, body: str = "", **context: Any) -> dict[str, Any]:
    event_type = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}.get(route_key, "MESSAGE")
    common = {"routeKey": route_key, "eventType": event_type, "connectionId": connection_id}
    return {"requestContext": {**common, **context}, "body": body}


def connect_both(world: World) -> None:
    for caller in (ANNA, BERT):
        route(event("$connect", caller.connection_id, identity={"userArn": caller.owner}), world.router)


def ask(world: World, message: object, connection_id: str = ANNA.connection_id) -> ServiceMessage:
    body = message if isinstance(message, str) else json.dumps(message)
    before = len(world.push.to(connection_id))
    assert route(event("$default", connection_id, body), world.router) == ACCEPTED
    (answer,) = world.push.to(connection_id)[before:]
    return answer


def generate(world: World, report_id: str = ID, connection_id: str = ANNA.connection_id) -> ServiceMessage:
    data = {"reportId": report_id, "definition": "sample", "parameters": {"delay": 0, "amountOfRows": 1}}
    return ask(world, {"action": "generateReport", "data": data}, connection_id)
