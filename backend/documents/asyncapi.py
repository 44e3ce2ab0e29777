"""The WebSocket as an AsyncAPI document.

actions, schemas, exchanges ──▶ **asyncapi** ──▶ `backend/web/documents/asyncapi.json`

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any, get_args

from backend.documents.exchanges import built
from backend.documents.openapi import order
from backend.documents.schemas import Schema, nullable, reference, schemas_of
from backend.documents.socket_exchanges import OF_THE_GATEWAY, PUSHED, SOCKET
from backend.protocol.messages import ACTIONS, GenerateReport, ServiceMessage
from backend.protocol.quotas import REQUEST_ID_LENGTH

Document = dict[str, Any]
ANSWERS = {each.__name__: each for each in get_args(ServiceMessage)}
ANSWERED_BY = {
    "generateReport": "ReportMessage",
    "watchReports": "ReportsMessage",
    "cancelReport": "ReportMessage",
    "listReports": "ReportsMessage",
    "describeCatalog": "CatalogMessage",
    "ping": "PongMessage",
}
DESCRIPTION = """\
Reports that take seconds or a quarter of an hour: ask for one, hear how far it is, and follow its link.

The handshake is signed: AWS Signature Version 4 for the service `execute-api`, in headers or in the query. Where the
stack has an issuer, it bears an access token instead, in a header alone. Frames are
JSON texts of at most 32 KiB. Each request is answered by its kind of message, or by `error`, with its `requestId`. Of
one report the highest `revision` is the truth, and a push may overtake an answer. Null is as absent, UUIDs may have
capitals, and 5.0 is an integer. Clients ignore members that they do not know."""


def document() -> Document:
    """Return the document."""
    names = [*map(_request_name, ACTIONS), *ANSWERS, "GatewayMessage"]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Reportwire", "version": "1", "description": DESCRIPTION, "license": {"name": "MIT"}},
        "defaultContentType": "application/json",
        "servers": {
            "stack": {
                "host": "{apiId}.execute-api.{region}.amazonaws.com",
                "pathname": "/{stage}",
                "protocol": "wss",
                "description": "The profile's `endpoint`.",
                "variables": {name: {"description": f"The stack's {name}."} for name in ("apiId", "region", "stage")},
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("sigv4", "bearer")],
            }
        },
        "channels": {
            "socket": {
                "address": "/",
                "description": "One WebSocket. Nothing is sent on it unasked before the first request.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {**{action: _asked(action) for action in ACTIONS}, "pushReport": _pushed()},
        "components": {
            "messages": {
                **{_request_name(action): _request_message(action) for action in ACTIONS},
                **{name: _answer_message(name) for name in ANSWERS},
                "GatewayMessage": {
                    "summary": "A frame of API Gateway's own, about a request that the service did not get or end",
                    "payload": reference("GatewayMessage"),
                    "examples": [{"payload": OF_THE_GATEWAY}],
                },
            },
            "schemas": _schemas(),
            "securitySchemes": {
                "sigv4": {
                    "type": "httpApiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature Version 4, service `execute-api`; or the same in the query.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "Where the stack has an issuer."},
            },
        },
    }


def _request_name(action: str) -> str:
    return f"{action[0].upper()}{action[1:]}Request"


def _schemas() -> dict[str, Schema]:
    requests = {_request_name(action): _request(action) for action in ACTIONS}
    unions = {
        "Request": {"description": "Any request.", "oneOf": [*map(reference, requests)]},
        "ServiceMessage": {"description": "Any message of the service's.", "oneOf": [*map(reference, ANSWERS)]},
    }
    ordered = {
        "GenerateReportData": {
            "description": "What is to be made.",
            "oneOf": [reference(GenerateReport.__name__), reference("SampleOrder")],
        },
        "SampleOrder": order()["SampleOrder"],
        "GatewayMessage": {
            "description": "Not of this protocol: it has no `type`.",
            "type": "object",
            "properties": {name: {"type": "string"} for name in OF_THE_GATEWAY},
            "required": ["message"],
        },
    }
    kinds = schemas_of((*ACTIONS.values(), *ANSWERS.values()))
    return dict(sorted({**kinds, **requests, **ordered, **unions}.items()))


def _request(action: str) -> Schema:
    """Return the schema of a request, which the value of `action` tells from the others."""
    data = "GenerateReportData" if action == "generateReport" else ACTIONS[action].__name__
    needs_data = data == "GenerateReportData" or "required" in schemas_of([ACTIONS[action]])[data]
    words = f"Comes back on the answer. At most {REQUEST_ID_LENGTH} characters."
    return {
        "type": "object",
        "properties": {
            "action": {"type": "string", "const": action},
            "requestId": {"description": words, **nullable({"type": "string", "maxLength": REQUEST_ID_LENGTH})},
            "data": reference(data) if needs_data else nullable(reference(data)),
        },
        "required": ["action", "data"] if needs_data else ["action"],
        "additionalProperties": False,
    }


def _asked(action: str) -> Document:
    on_socket = "#/channels/socket/messages/"
    answers = (ANSWERED_BY[action], "ErrorMessage")
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/socket"},
        "summary": _words(ACTIONS[action]),
        "messages": [{"$ref": on_socket + _request_name(action)}],
        "reply": {
            "channel": {"$ref": "#/channels/socket"},
            "messages": [{"$ref": on_socket + name} for name in answers],
        },
    }


def _pushed() -> Document:
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/socket"},
        "summary": "Each change of a report that this connection asked for or watches.",
        "messages": [{"$ref": "#/channels/socket/messages/ReportMessage"}],
    }


def _request_message(action: str) -> Document:
    shown = [{"name": each.name, "payload": each.request} for each in SOCKET if each.action == action]
    return {
        "name": action,
        "summary": _words(ACTIONS[action]),
        "payload": reference(_request_name(action)),
        "examples": shown,
    }


def _answer_message(name: str) -> Document:
    kind = ANSWERS[name]
    pushed = [{"name": "push", "payload": built(PUSHED)}] if isinstance(PUSHED, kind) else []
    shown = [{"name": each.name, "payload": built(each.answer)} for each in SOCKET if isinstance(each.answer, kind)]
    tag = kind.__struct_config__.tag
    return {"name": tag, "summary": _words(kind), "payload": reference(name), "examples": [*shown, *pushed]}


def _words(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n\n")[0]
