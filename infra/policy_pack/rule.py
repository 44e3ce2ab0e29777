"""The two kinds of rules, and what they find.

rules ──▶ **ResourceRule**, **StackRule** ──▶ pack, tests. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from infra.policy_pack.declaration import Declaration, Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A resource that breaks a rule."""

    rule: str
    resource: Declaration
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule:
    """A rule that one resource keeps or breaks by itself: the engine asks it before the resource is made."""

    name: str
    description: str
    check: Callable[[Declaration], Iterable[str]]
    """Gives a message for each fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule:
    """A rule on how resources belong together: the engine asks it when all are declared."""

    name: str
    description: str
    check: Callable[[Stack], Iterable[tuple[Declaration, str]]]
    """Gives the resource and a message for each fault."""


Rule = ResourceRule | StackRule


def violations(rules: Iterable[Rule], resources: Iterable[Declaration]) -> Iterator[Violation]:
    """Give every violation of the rules in a stack."""
    declared = list(resources)
    for rule in rules:
        match rule:
            case ResourceRule():
                found = [(resource, message) for resource in declared for message in rule.check(resource)]
            case StackRule():
                found = list(rule.check(Stack(declared)))
        yield from (Violation(rule=rule.name, resource=resource, message=message) for resource, message in found)
