"""The data of a request, read member by member, with our own words for what is wrong.

codec, HTTP door ── members by name ──▶ **read_data** ──▶ `RequestData`
"""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import msgspec
from msgspec.structs import FieldInfo

from backend.protocol.messages import Data
from backend.protocol.parameters import whole

Kind = TypeVar("Kind", bound=Data)
_IDS = frozenset({"report_id", "report_ids"})


class InvalidMembers(ValueError):
    """Some members are not what the request needs; `fields` says for each, by name, what it must be."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields))
        self.fields = dict(fields)


def read_data(kind: type[Kind], members: Mapping[str, Any]) -> Kind:
    """Return the data of a request. A null is as absent, 5.0 as good as 5, and ids are in small letters afterwards.

    Raises:
        InvalidMembers: At least one is unknown, missing or not allowed. All of them are named.
    """
    given = {name: value for name, value in members.items() if value is not None}
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    there_is = ", ".join(known) or "nothing"
    wrong = {name: f"is unknown: there is {there_is}" for name in given if name not in known}
    values = {}
    for name, field in known.items():
        if name not in given:
            if field.required:
                wrong[name] = f"is missing: {_meaning(field.type)}"
            continue
        try:
            values[field.name] = _read(field, given[name])
        except (msgspec.ValidationError, RecursionError):
            wrong[name] = f"must be {_meaning(field.type)}"
    if wrong:
        raise InvalidMembers(wrong)
    return kind(**values)


def _read(field: FieldInfo, value: object) -> object:
    read = msgspec.convert(whole(value), field.type)
    if field.name in _IDS:
        return read.lower() if isinstance(read, str) else tuple(map(str.lower, read))
    return read


def _meaning(kind: object) -> str:
    """Return the description of a type, or of that part of a union which has one."""
    for part in (kind, *get_args(kind)):
        for meta in getattr(part, "__metadata__", ()):
            if meta.description:
                return str(meta.description)
    raise ValueError(f"{kind} has no description")
