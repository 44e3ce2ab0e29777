"""Every policy document of the program, beside AWS's own reference of actions and resources."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.recording.graph import Graph
from tests.infra.deployed import deployed
from tests.infra.iam_audit import faults_of

REPORTS = "arn:aws:dynamodb:eu-west-1:111122223333:table/reports"
BUCKET = "arn:aws:s3:::reports"


def documents(graph: Graph) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give every input that is a policy document: whose, under which name, and the document."""
    for resource in deployed(graph):
        for name, value in resource.inputs.items():
            if isinstance(value, str) and '"Statement"' in value:
                yield resource.key, name, json.loads(value)


def audited(graph: Graph) -> list[tuple[str, str]]:
    return [
        (key, fault)
        for key, name, document in documents(graph)
        for fault in faults_of(document, is_about_its_owner=name == "assumeRolePolicy")
    ]


@pytest.mark.parametrize("name", ["graph", "plain_graph", "token_graph", "athena_graph", "trino_graph"])
def test_no_document_has_a_fault(request: pytest.FixtureRequest, name: str) -> None:
    assert audited(request.getfixturevalue(name)) == []


def test_every_role_policy_and_bucket_policy_is_looked_at(graph: Graph) -> None:
    having = {"iam/role:Role", "iam/rolePolicy:RolePolicy", "iam/policy:Policy", "s3/bucketPolicy:BucketPolicy"}
    expected = {each.key for each in graph.resources if each.type.removeprefix("aws:") in having}
    assert expected <= {key for key, _, _ in documents(graph)}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ({"Action": ["dynamodb:GetItems"], "Resource": [REPORTS]}, "there is no action dynamodb:GetItems"),
        ({"Action": ["dynamodbb:GetItem"], "Resource": [REPORTS]}, "there is no action dynamodbb:GetItem"),
        ({"Action": ["s3:ListBucket"], "Resource": [f"{BUCKET}/*"]}, f"s3:ListBucket takes none of {BUCKET}/*"),
        ({"Action": ["s3:GetObject"], "Resource": [BUCKET]}, f"s3:GetObject takes none of {BUCKET}"),
        ({"Action": ["s3:GetObject"], "Resource": [f"{BUCKET}/*", REPORTS]}, f"no action takes {REPORTS}"),
        ({"Action": ["s3:PutBucketPolicy"], "Resource": [BUCKET]}, "s3:PutBucketPolicy is of a level"),
        ({"Action": ["dynamodb:TagResource"], "Resource": [REPORTS]}, "dynamodb:TagResource is of a level"),
        ({"Action": ["s3:*"], "Resource": [BUCKET]}, "there is no action s3:*"),
        ({"Action": ["dynamodb:GetItem"], "Resource": [REPORTS], "Sid": "no-hyphens"}, "a Sid that IAM refuses"),
        ({"Action": ["dynamodb:GetItem"], "Resource": [REPORTS], "Resources": []}, "an unknown Resources"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_planted_fault_is_found(statement: dict[str, Any], fault: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    assert [found for found in faults_of(document) if fault in found]


def test_old_version_and_a_name_given_twice_are_found() -> None:
    one = {"Sid": "A", "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [REPORTS]}
    assert list(faults_of({"Version": "2008-10-17", "Statement": [one, one]})) == [
        "is not of the current version",
        "has one Sid twice",
    ]
