"""A key of the operator's for what is kept."""

import json
from typing import Any

import pytest

from infra.local.recording import recorded
from infra.local.recording.graph import Graph
from tests.infra.conftest import EVERYTHING, of_type

KEY = "arn:aws:kms:us-east-1:000000000000:key/1a2b"
BUCKET_ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return recorded.record(EVERYTHING | {"reportwire:kmsKeyArn": KEY})


def uses_of_the_key(graph: Graph) -> dict[str, dict[str, Any]]:
    found = {}
    for name, policy in of_type(graph, "iam/rolePolicy:RolePolicy").items():
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            if any(action.startswith("kms:") for action in statement["Action"]):
                found[name] = statement
    return found


def test_every_table_and_bucket_is_encrypted_with_it(graph: Graph) -> None:
    for table in of_type(graph, "dynamodb/table:Table").values():
        assert table.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    for part in of_type(graph, BUCKET_ENCRYPTION).values():
        (rule,) = part.inputs["rules"]
        assert rule == {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
            "bucketKeyEnabled": True,
        }


def test_every_function_may_read_with_it_and_only_the_worker_writes_files(graph: Graph) -> None:
    uses = uses_of_the_key(graph)
    assert {name: use["Action"] for name, use in uses.items()} == {
        **{name: ["kms:Decrypt"] for name in ("router", "http-router", "failures", "events", "synchronous")},
        "worker": ["kms:Decrypt", "kms:GenerateDataKey"],
    }
    for use in uses.values():
        assert use["Resource"] == [KEY]
        services = use["Condition"]["StringEquals"]["kms:ViaService"]
        assert services == ["dynamodb.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"]


def test_without_one_aws_s_own_keys_encrypt(plain_graph: Graph) -> None:
    assert not uses_of_the_key(plain_graph)
    for table in of_type(plain_graph, "dynamodb/table:Table").values():
        assert "serverSideEncryption" not in table.inputs
    for part in of_type(plain_graph, BUCKET_ENCRYPTION).values():
        (rule,) = part.inputs["rules"]
        assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
