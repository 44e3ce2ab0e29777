"""Policy documents: where a resource has them, and which statements grant more than they name.

rules ──▶ **faults_of** ──▶ rules. Pure.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.policy_pack.declaration import Declaration

Document = Mapping[str, Any]
ARN_FIELDS = 6
"""`arn:partition:service:region:account:resource`"""


def documents(resource: Declaration) -> Iterator[Document]:
    """Give every policy document among the properties; what is not known yet is left out."""
    for value in resource.properties.values():
        if isinstance(value, str) and '"Statement"' in value:
            yield json.loads(value)


def statements(document: Document) -> list[Mapping[str, Any]]:
    """Return the statements of a document, which may be one by itself."""
    found = document["Statement"]
    return [found] if isinstance(found, Mapping) else list(found)


def several(value: str | Sequence[str]) -> list[str]:
    """Return actions or resources, of which one may stand by itself."""
    return [value] if isinstance(value, str) else list(value)


def faults_of(document: Document) -> Iterator[str]:
    """Give a message for every wildcard that a document allows something by."""
    for statement in statements(document):
        if statement["Effect"] != "Allow":
            continue
        where = statement.get("Sid", "a statement")
        for name in ("NotAction", "NotResource", "NotPrincipal"):
            if name in statement:
                yield f"{where} allows all but some, by {name}"
        if _is_everybody(statement.get("Principal")):
            yield f"{where} allows everybody"
        for action in several(statement.get("Action", ())):
            if "*" in action:
                yield f"{where} allows the actions {action}"
        for arn in several(statement.get("Resource", ())):
            if not names_one(arn):
                yield f"{where} allows the resources {arn}"


def names_one(arn: str) -> bool:
    """Return whether an ARN names one bucket, table, function …; within that anything may be meant.

    The name is the first part of what follows the account, or the second where the first is a type: `table/reports`.
    """
    fields = arn.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS or any("*" in each for each in fields[:-1]):
        return False
    first, *more = re.split("[:/]", fields[-1])
    is_named_at_once = fields[2] in {"s3", "sns", "sqs"}
    return not any("*" in each for each in ([first] if is_named_at_once else [first, *more[:1]]))


def _is_everybody(principal: str | Mapping[str, str | Sequence[str]] | None) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in several(each) for each in principal.values())
    return principal == "*"
