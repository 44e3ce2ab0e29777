"""A resource as the rules see it, whoever describes it: the engine, or a recorded graph.

engine, graph ──▶ **Declaration** ──▶ rules. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final


class _Unknown:
    """A value that exists only once something else is made."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One resource of a stack."""

    key: str
    """The name that `needs` of others have for it: a URN, or a key of the graph."""
    type: str
    """Pulumi's, as in `aws:s3/bucket:Bucket`."""
    name: str
    properties: Mapping[str, Any]
    """By Pulumi's names, in camelCase; any value may be `UNKNOWN`, at any depth."""
    is_protected: bool = False
    """Whether the engine refuses to delete it."""
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The keys of the resources that each property is computed from."""


class Stack:
    """The resources of a stack, to be looked up by key and by type."""

    def __init__(self, resources: Iterable[Declaration]) -> None:
        self._by_key = {resource.key: resource for resource in resources}

    def of_type(self, *types: str) -> list[Declaration]:
        """Return the resources of some types."""
        return [resource for resource in self._by_key.values() if resource.type in types]

    def needed(self, resource: Declaration, name: str, type_: str) -> list[Declaration]:
        """Return the resources of a type that a property is computed from."""
        found = (self._by_key.get(key) for key in resource.needs.get(name, ()))
        return [each for each in found if each and each.type == type_]


def may_be(value: object, *expected: object) -> bool:
    """Return whether a value is one of those expected, or not known yet."""
    return value is UNKNOWN or value in expected


def is_on(value: object) -> bool:
    """Return whether a switch is on, or not known yet."""
    return value is UNKNOWN or value is True


def at(properties: Any, *path: str) -> Any:  # noqa: ANN401  as wide as JSON
    """Return the value at a path, `UNKNOWN` where the way to it is not known, None where there is none."""
    for name in path:
        if properties is UNKNOWN:
            return UNKNOWN
        properties = properties.get(name) if isinstance(properties, Mapping) else None
    return properties
