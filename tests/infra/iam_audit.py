"""Faults of policy documents that AWS would accept or refuse without a word about what was meant.

documents ──▶ **faults_of** ── the IAM reference of policy_sentry ──▶ test_documents

Policy_sentry has the service authorization reference as data and is released each few months. Parliament, which has an
auditor of its own, imports `pkg_resources`, which setuptools no longer has.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from policy_sentry.querying.actions import get_action_data

from infra.policy_pack.documents import several, statements

FORBIDDEN_LEVELS = frozenset({"Permissions management", "Tagging"})
"""Access levels that nothing of this program needs."""
PATHS = frozenset({"ObjectName", "LogStreamName", "ApiSpecificResourcePath"})
"""Parts of ARNs that may have slashes in them."""
ALSO = {"execute-api:Invoke": ["arn:${Partition}:execute-api:${Region}:${Account}:${ApiId}/${Stage}/${RouteKey}"]}
"""Forms that the reference leaves out.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
"""
ELEMENTS = frozenset({"Sid", "Effect", "Action", "Resource", "Condition", "Principal"})


def faults_of(document: Mapping[str, Any], *, is_about_its_owner: bool = False) -> Iterator[str]:
    """Give every fault of a document.

    Args:
        document: A policy.
        is_about_its_owner: It names no resources, as a role's trust policy does.
    """
    if document.get("Version") != "2012-10-17":
        yield "is not of the current version"
    sids = [statement["Sid"] for statement in statements(document) if "Sid" in statement]
    if len(set(sids)) < len(sids):
        yield "has one Sid twice"
    for statement in statements(document):
        where = statement.get("Sid", "a statement")
        yield from (f"{where} has an unknown {name}" for name in statement.keys() - ELEMENTS)
        if not re.fullmatch("[A-Za-z0-9]*", statement.get("Sid", "")):
            yield f"{where} has a Sid that IAM refuses"
        for action in several(statement["Action"]):
            arns = None if is_about_its_owner else several(statement["Resource"])
            yield from (f"{where}: {fault}" for fault in _of_action(action, arns, statement["Effect"]))
        if statement["Effect"] == "Allow" and not is_about_its_owner:
            yield from (f"{where}: no action takes {arn}" for arn in _useless(statement))


def _of_action(action: str, arns: list[str] | None, effect: str) -> Iterator[str]:
    if action.endswith(":*") and effect == "Deny":
        return
    known = _reference(action)
    if not known:
        yield f"there is no action {action}"
        return
    if effect == "Allow" and {each["access_level"] for each in known} & FORBIDDEN_LEVELS:
        yield f"{action} is of a level that nothing needs"
    if arns is not None and not any(_takes(known, arn) for arn in arns):
        yield f"{action} takes none of {', '.join(arns)}"


def _useless(statement: Mapping[str, Any]) -> list[str]:
    known = [each for action in several(statement["Action"]) for each in _reference(action)]
    return [arn for arn in several(statement["Resource"]) if known and not _takes(known, arn)]


def _reference(action: str) -> list[Mapping[str, Any]]:
    service, _, name = action.partition(":")
    found = get_action_data(service, name) if "*" not in name else None  # which it takes for every action there is
    return list(found.get(service, [])) if found else []


def _takes(known: list[Mapping[str, Any]], arn: str) -> bool:
    """Return whether an action is asked for on such a resource; the reference has a form for each type."""
    forms = {each["resource_arn_format"] for each in known}
    also = {form for each in known for form in ALSO.get(each["action"], ())}
    return any(_pattern(form).fullmatch(arn) for form in forms | also)


def _pattern(form: str) -> re.Pattern[str]:
    literals, names = re.split(r"\$\{\w+\}", form), re.findall(r"\$\{(\w+)\}", form)
    values = [".+" if name in PATHS else "[^/]+" for name in names]
    return re.compile("".join(map("".join, zip_longest(map(re.escape, literals), values, fillvalue=""))))
