"""The declared resources as data, in an order in which they can be made.

recorder ──▶ **graph** (JSON) ──▶ apply. Pure.

A value that only exists once something else is made stands as a reference, `<type::name.attribute>`. References are
plain text, so they survive being joined, formatted and put into JSON, and the graph depends on no port and no id.
"""

import re
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import Any

import msgspec

from infra.local.errors import UnresolvedReference

PORT = "<local::emulator.port>"
"""Where clients connect on 127.0.0.1."""
BUNDLE = "<local::bundle.path>"
REFERENCE = re.compile(r"<([\w:/-]+::[\w-]+\.\w+)>")

Inputs = dict[str, Any]
Attributes = Mapping[str, str]
Outputs = dict[str, Any]
"""Outputs of a stack: text, or an object like the profile."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource as declared. `inputs` are those of Pulumi, in camelCase."""

    type: str
    name: str
    inputs: Inputs
    dependencies: tuple[str, ...] = ()
    """Keys of the resources it was declared to need, by its options or by its inputs."""
    protect: bool = False

    @property
    def key(self) -> str:
        """Its name in references and dependencies."""
        return resource_key(self.type, self.name)


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """Every resource, each after those it depends on, and the stack's outputs."""

    resources: tuple[Resource, ...]
    outputs: Outputs


def in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Return resources each after those it depends on, and else by their keys: the order they came in is chance."""
    by_key = {resource.key: resource for resource in resources}
    order = TopologicalSorter({key: by_key[key].dependencies for key in sorted(by_key)})
    order.prepare()
    found: list[Resource] = []
    while order.is_active():
        ready = sorted(order.get_ready())
        found += [by_key[key] for key in ready]
        order.done(*ready)
    return tuple(found)


def resource_key(type_: str, name: str) -> str:
    """Return what identifies a resource in its graph."""
    return f"{type_}::{name}"


def reference(key: str, attribute: str) -> str:
    """Return the text that stands for an attribute of a resource that is not made yet."""
    return f"<{key}.{attribute}>"


def resolve(value: Any, known: Attributes) -> Any:  # noqa: ANN401  as wide as JSON
    """Return `value` with every reference replaced by what is `known`.

    Raises:
        UnresolvedReference: Something refers to what is not known.
    """

    def known_text(found: re.Match[str]) -> str:
        try:
            return known[found[1]]
        except KeyError:
            raise UnresolvedReference(f"nothing local gives {found[1]}") from None

    match value:
        case str():
            return REFERENCE.sub(known_text, value)
        case dict():
            return {key: resolve(item, known) for key, item in value.items()}
        case list():
            return [resolve(item, known) for item in value]
        case _:
            return value
