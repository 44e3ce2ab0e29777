"""Text frames to messages and back, strictly.

frame ──▶ **decode_request** ──▶ use case          message ──▶ **encode** ──▶ frame ──▶ **decode_message** ──▶ session
"""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from backend.protocol import quotas
from backend.protocol.members import InvalidMembers, read_data
from backend.protocol.messages import (
    ACTIONS,
    ErrorCode,
    ErrorInfo,
    Request,
    RequestData,
    ServiceMessage,
)
from backend.protocol.refusals import RefusedRequest, cut, invalid, refused_fields

_ACTION_OF = {data: action for action, data in ACTIONS.items()}
_SEED_FIELDS = frozenset({"delay", "amountOfRows"})
_encoder = msgspec.json.Encoder()
Part = TypeVar("Part")
_message_decoder: msgspec.json.Decoder[ServiceMessage] = msgspec.json.Decoder(ServiceMessage)


class TransportFrame(ValueError):
    """A frame that is no message of this protocol, such as API Gateway's own `{message, connectionId, requestId}`."""


def encode(message: ServiceMessage) -> bytes:
    """Return the frame of a message from the service, UTF-8."""
    return _encoder.encode(message)


def encode_request(request: Request) -> str:
    """Return the frame of a request from the client; what is None stays out."""
    data = msgspec.to_builtins(request.data)
    frame: dict[str, Any] = {"action": _ACTION_OF[type(request.data)]}
    if request.request_id is not None:
        frame["requestId"] = request.request_id
    frame["data"] = {name: value for name, value in data.items() if value is not None}
    return _encoder.encode(frame).decode()


def decode_message(frame: str | bytes) -> ServiceMessage:
    """Read a message from the service; fields it does not know are ignored.

    Raises:
        TransportFrame: The frame is no message of this protocol. Its text is not repeated: it may hold a link.
    """
    try:
        return _message_decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TransportFrame("the frame is not a message of this protocol") from error


def decode_request(frame: str) -> Request:
    """Read a request from a client.

    The seed's `{"action": "generateReport", "data": {"delay": …, "amountOfRows": …}}` means definition `sample`.

    Raises:
        RefusedRequest: `invalidMessage` or `unknownAction`.
    """
    envelope = _envelope(frame)
    request_id = _request_id(envelope.get("requestId"))
    unknown = sorted(envelope.keys() - {"action", "requestId", "data"})
    if unknown:
        raise invalid(f"The message has a field nobody knows: {_quoted(unknown[0])}.", request_id)
    action = envelope.get("action")
    if not isinstance(action, str):
        raise invalid('The message needs an "action", a text.', request_id)
    if action not in ACTIONS:
        raise RefusedRequest(
            ErrorInfo(code=ErrorCode.UNKNOWN_ACTION, message=f"There is no action {_quoted(action)}."), request_id
        )
    return Request(_data(action, envelope.get("data"), request_id), request_id)


def pages(parts: Iterable[Part]) -> tuple[tuple[Part, ...], ...]:
    """Divide parts of a message, in order, into as few pages as a frame allows; at least one, which may be empty."""
    full: list[tuple[Part, ...]] = []
    page: list[Part] = []
    size = 0
    for part in parts:
        more = len(_encoder.encode(part)) + 1
        if page and size + more > quotas.PAGE_SIZE_BYTES:
            full.append(tuple(page))
            page, size = [], 0
        page.append(part)
        size += more
    return (*full, tuple(page))


def _envelope(frame: str) -> dict[str, Any]:
    if len(frame) > quotas.MESSAGE_SIZE_BYTES:
        raise invalid("The message is too large.")
    try:
        envelope = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise invalid("The message is not JSON.") from error
    if not isinstance(envelope, dict):
        raise invalid("The message is not a JSON object.")
    return envelope


def _request_id(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= quotas.REQUEST_ID_LENGTH:
        return value
    found = cut(json.dumps(value), 64)
    raise invalid(f'"requestId" must be a text of at most {quotas.REQUEST_ID_LENGTH} characters, not {found}.')


def _data(action: str, data: object, request_id: str | None) -> RequestData:
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise invalid(f'{action}: "data" must be an object.', request_id)
    try:
        return read_data(ACTIONS[action], in_full(data) if action == "generateReport" else data)
    except InvalidMembers as error:
        raise refused_fields(ErrorCode.INVALID_MESSAGE, action, error.fields, request_id) from error


def in_full(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of `generateReport`; the seed's own form means definition `sample`."""
    given = {name for name, value in data.items() if value is not None}
    return {"definition": "sample", "parameters": data} if given and given <= _SEED_FIELDS else data


def _quoted(text: str) -> str:
    return json.dumps(cut(text, 64), ensure_ascii=False)
