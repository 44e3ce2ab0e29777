"""The pack as the Pulumi engine starts it: `pulumi up --policy-pack policy_pack`.

engine ──▶ **this program** ──▶ rules ──▶ engine: what is not allowed stops the update
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from infra.policy_pack.declaration import UNKNOWN, Declaration, Stack
from infra.policy_pack.rule import ResourceRule, Rule, StackRule
from infra.policy_pack.rules import RULES


def _policy(rule: Rule) -> Policy:
    match rule:
        case ResourceRule():
            return _of_resource(rule)
        case StackRule():
            return _of_stack(rule)


def _of_resource(rule: ResourceRule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for message in rule.check(_declaration(args)):
            report(f"{args.name} {message}.", None)

    return ResourceValidationPolicy(name=rule.name, description=rule.description, validate=validate)


def _of_stack(rule: StackRule) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for resource, message in rule.check(Stack(map(_declaration, args.resources))):
            report(f"{resource.name} {message}.", resource.key)

    return StackValidationPolicy(name=rule.name, description=rule.description, validate=validate)


def _declaration(resource: ResourceValidationArgs | PolicyResource) -> Declaration:
    needs = resource.property_dependencies if isinstance(resource, PolicyResource) else {}
    return Declaration(
        key=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        properties=_plain(resource.props),
        is_protected=resource.opts.protect,
        needs={name: frozenset(each.urn for each in needed) for name, needed in needs.items()},
    )


def _plain(value: Any) -> Any:  # noqa: ANN401  as wide as JSON
    """Return properties in which what is not known yet is `UNKNOWN`, where the engine's raise an exception."""
    match value:
        case Mapping():
            return {name: _known(value, name) for name in value}
        case str():
            return value
        case Sequence():
            return [_known(value, index) for index in range(len(value))]
        case _:
            return value


def _known(values: Any, place: str | int) -> Any:  # noqa: ANN401  as wide as JSON
    try:
        return _plain(values[place])
    except UnknownValueError:
        return UNKNOWN


PolicyPack("reportwire", [_policy(rule) for rule in RULES], enforcement_level=EnforcementLevel.MANDATORY)
