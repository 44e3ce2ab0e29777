"""Rules on buckets, tables and users.

declarations ──▶ **DATA** ──▶ rules. Pure.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from infra.policy_pack.declaration import UNKNOWN, Declaration, Stack, at, is_on, may_be
from infra.policy_pack.documents import several, statements
from infra.policy_pack.rule import ResourceRule, Rule, StackRule

BUCKET = "aws:s3/bucket:Bucket"
TABLE = "aws:dynamodb/table:Table"
POOL = "aws:cognito/userPool:UserPool"
SHORT_LIVED_TABLES = frozenset({"connections"})
"""Tables that nobody would restore: their rows live for an hour."""


def _each_bucket_has(type_: str, is_right: Callable[[Declaration], bool], message: str) -> Callable[[Stack], Any]:
    """Return the check that every bucket has a part of a type, and that the part is right."""

    def check(stack: Stack) -> Iterator[tuple[Declaration, str]]:
        parts = stack.of_type(type_)
        yield from ((part, message) for part in parts if not is_right(part))
        having = {bucket.key for part in parts for bucket in stack.needed(part, "bucket", BUCKET)}
        yield from ((bucket, message) for bucket in stack.of_type(BUCKET) if bucket.key not in having)

    return check


def _is_closed(block: Declaration) -> bool:
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    return all(is_on(block.properties.get(name)) for name in names)


def _refuses_plain_http(policy: Declaration) -> bool:
    document = policy.properties.get("policy")
    if document is UNKNOWN:
        return True
    return any(
        statement["Effect"] == "Deny"
        and at(statement, "Condition", "Bool", "aws:SecureTransport") in ("false", False)
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and "s3:*" in several(statement.get("Action", ()))
        and any(arn.endswith("/*") for arn in several(statement.get("Resource", ())))
        and any(not arn.endswith("/*") for arn in several(statement.get("Resource", ())))
        for statement in statements(json.loads(document or '{"Statement": []}'))
    )


def _encrypts(configuration: Declaration) -> bool:
    rules = configuration.properties.get("rules")
    return rules is UNKNOWN or any(
        at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm") is not None for rule in rules or ()
    )


def _cleans_up(configuration: Declaration) -> bool:
    rules = configuration.properties.get("rules")
    return rules is UNKNOWN or any(
        may_be(at(rule, "status"), "Enabled")
        and at(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation") is not None
        for rule in rules or ()
    )


def _is_kept(resource: Declaration) -> Iterable[str]:
    if not resource.is_protected:
        return
    properties = resource.properties
    if resource.type == BUCKET and properties.get("forceDestroy") is True:
        yield "is protected, and would be emptied to be deleted"
    is_deletable = (resource.type == TABLE and not is_on(properties.get("deletionProtectionEnabled"))) or (
        resource.type == POOL and not may_be(properties.get("deletionProtection"), "ACTIVE")
    )
    if is_deletable:
        yield "is protected from Pulumi, and not from whoever deletes it elsewhere"
    is_lost = resource.type == TABLE and not is_on(at(properties, "pointInTimeRecovery", "enabled"))
    if is_lost and resource.name not in SHORT_LIVED_TABLES:
        yield "is protected and cannot be restored: set reportwire:pointInTimeRecovery"


DATA: tuple[Rule, ...] = (
    StackRule(
        name="buckets-are-private",
        description="Every bucket blocks public access, in all four ways.",
        check=_each_bucket_has(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", _is_closed, "could be made public"
        ),
    ),
    StackRule(
        name="buckets-refuse-plain-http",
        description="The policy of every bucket denies requests without TLS, to itself and to its objects.",
        check=_each_bucket_has(
            "aws:s3/bucketPolicy:BucketPolicy", _refuses_plain_http, "takes requests over plain http"
        ),
    ),
    StackRule(
        name="buckets-are-encrypted",
        description="Every bucket says how it encrypts.",
        check=_each_bucket_has(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            _encrypts,
            "does not say how it encrypts",
        ),
    ),
    StackRule(
        name="buckets-clean-up",
        description="Every bucket forgets uploads that were never finished.",
        check=_each_bucket_has(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            _cleans_up,
            "keeps uploads that were never finished",
        ),
    ),
    ResourceRule(
        name="protected-data-is-kept",
        description="Protected tables can be restored and protected data and users are not deleted elsewhere.",
        check=_is_kept,
    ),
)
