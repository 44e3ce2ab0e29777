"""References and what is put in their place."""

from itertools import permutations

import pytest

from infra.local.errors import UnresolvedReference
from infra.local.recording.graph import Resource, in_order, reference, resolve

BUCKET = reference("aws:s3/bucket:Bucket::reports", "arn")
KNOWN = {"aws:s3/bucket:Bucket::reports.arn": "arn:aws:s3:::x"}


def test_references_are_resolved_wherever_they_stand() -> None:
    value = {"a": [f"{BUCKET}/*", 1, None, True], "b": {"c": BUCKET}, "d": f'{{"Resource": "{BUCKET}"}}'}
    assert resolve(value, KNOWN) == {
        "a": ["arn:aws:s3:::x/*", 1, None, True],
        "b": {"c": "arn:aws:s3:::x"},
        "d": '{"Resource": "arn:aws:s3:::x"}',
    }


def test_unknown_reference_is_named() -> None:
    with pytest.raises(UnresolvedReference, match=r"aws:s3/bucket:Bucket::reports\.arn"):
        resolve(BUCKET, {})


def test_other_angle_brackets_stay() -> None:
    assert resolve("a < b > c", {}) == "a < b > c"


def resource(name: str, *dependencies: str) -> Resource:
    return Resource(type="t", name=name, inputs={}, dependencies=tuple(f"t::{each}" for each in dependencies))


def test_order_is_that_of_dependencies_and_else_of_names_however_resources_came() -> None:
    resources = [resource("c"), resource("a", "c"), resource("b"), resource("d", "a", "b")]
    orders = {"".join(each.name for each in in_order(order)) for order in permutations(resources)}
    assert orders == {"bcad"}
