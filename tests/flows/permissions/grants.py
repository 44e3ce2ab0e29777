"""Every permission of every role, as the recorded policies have it.

recorded graph ──▶ **granted** ──▶ permission_table, test_grants
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.recording.graph import Graph, Resource
from tests.infra.conftest import of_type

REFERENCE = re.compile(r"<aws:\w+/(\w+):\w+::([\w-]+)\.\w+>")


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource, as a role's policy has it."""

    role: str
    action: str
    resource: str
    """In words: `table reports/index/active`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy has a grant: the statement, and which of its resources."""

    sid: str
    position: int


def granted(graph: Graph) -> Mapping[Grant, Place]:
    """Return the grants of all roles."""
    return {
        Grant(_role(policy), action, _words(resource)): Place(statement["Sid"], position)
        for policy in of_type(graph, "iam/rolePolicy:RolePolicy").values()
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in statement["Action"]
        for position, resource in enumerate(statement["Resource"])
    }


def _role(policy: Resource) -> str:
    """Return the role that has a policy; some have more than one."""
    found = REFERENCE.fullmatch(policy.inputs["role"])
    assert found, policy.inputs["role"]
    return found[2]


def _words(resource: str) -> str:
    """Return a resource in words; an alias is its function, and Glue's catalog is one in an account."""
    if resource.startswith("arn:aws:glue:") and resource.endswith(":catalog"):
        return "catalog"
    return REFERENCE.sub(lambda found: f"{found[1].replace('alias', 'function')} {found[2]}", resource)


def without(document: Mapping[str, Any], action: str, place: Place) -> dict[str, Any]:
    """Return a policy that lacks one action on one resource, and nothing else."""
    kept: list[dict[str, Any]] = []
    for statement in document["Statement"]:
        if statement["Sid"] != place.sid:
            kept.append(statement)
            continue
        others = [each for each in statement["Action"] if each != action]
        elsewhere = [each for position, each in enumerate(statement["Resource"]) if position != place.position]
        kept += [{**statement, "Action": others}] if others else []
        kept += (
            [{**statement, "Sid": f"{place.sid}Rest", "Action": [action], "Resource": elsewhere}] if elsewhere else []
        )
    return {**document, "Statement": kept}
