"""IAM policies: named actions on named resources, never on all of them.

storage, functions, API ──▶ **policies** ──▶ each function's role, the analysts' policy, the buckets
"""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi import Input, Output

Statement = dict[str, Any]


def allow(sid: str, actions: Sequence[str], *resources: Input[str]) -> Statement:
    """Return a statement that allows `actions` on `resources`."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def allow_key(key_arn: str, actions: Sequence[str], region: str, dns_suffix: str) -> Statement:
    """Return a statement that allows `actions` with a key, to tables and buckets on the role's behalf alone.

    Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    services = [f"{service}.{region}.{dns_suffix}" for service in ("dynamodb", "s3")]
    return {**allow("UseKey", actions, key_arn), "Condition": {"StringEquals": {"kms:ViaService": services}}}


def document(*statements: Statement) -> Output[str]:
    """Return the policy document of `statements`."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str) -> Output[str]:
    """Return the trust policy that lets `service` take on a role."""
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def tls_only(bucket_arn: Input[str]) -> Statement:
    """Return the bucket statement that refuses every request over plain http."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, Output.concat(bucket_arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
