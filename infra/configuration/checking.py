"""Values of a stack's configuration against the fields that they are for, and what is wrong with them.

Pulumi.<stack>.yaml ── engine ──▶ **checking** ──▶ settings. Pure; imports nothing of this project.
"""

import difflib
import json
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import inspect

PROJECT = "reportwire"
VARIABLE = "PULUMI_CONFIG"
"""The environment variable in which the engine passes all configuration: a JSON object of texts, secrets included.

Source: https://github.com/pulumi/pulumi/blob/master/sdk/python/lib/pulumi/runtime/config.py
"""


def of_project(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the configuration of this project by its keys, without the namespace."""
    configured: dict[str, str] = json.loads(variables.get(VARIABLE) or "{}")
    prefix = f"{PROJECT}:"
    return {key.removeprefix(prefix): value for key, value in configured.items() if key.startswith(prefix)}


def faults(fields: Mapping[str, msgspec.structs.FieldInfo], values: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each key that no field has, and for each value that its field does not allow.

    None quotes the value, which the operator may have made a secret.
    """
    for key, value in sorted(values.items()):
        if key not in fields:
            yield f"There is no setting {key}.{_guess(key, fields)}"
        elif not _is_allowed(value, fields[key]):
            yield f"{key} must be {_allowed(fields[key])}."


def _guess(key: str, known: Mapping[str, object]) -> str:
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(key.lower(), names, n=1)
    return f" Is {names[near[0]]} meant?" if near else ""


def _is_allowed(value: str, field: msgspec.structs.FieldInfo) -> bool:
    try:
        msgspec.convert(value, field.type, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def _allowed(field: msgspec.structs.FieldInfo) -> str:
    """Return what a field allows, as the end of a sentence."""
    kind = inspect.type_info(field.type)
    if isinstance(kind, inspect.UnionType):
        (kind,) = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    match kind:
        case inspect.Metadata(extra_json_schema={"description": str(described)}):
            return described
        case inspect.IntType(ge=int(least), le=int(most)):
            return f"a whole number from {least:,} to {most:,}"
        case inspect.IntType(ge=int(least), le=None):
            return f"a whole number, {least:,} or more"
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
        case inspect.BoolType():
            return "true or false"
        case _:
            return "a text"
