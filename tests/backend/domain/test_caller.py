"""Who owns what is asked for: the same person on every day, and nobody else."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.caller import NoIdentity, UnfitIdentity, lasting, owner_of, valid_until

ACCOUNT = "111122223333"
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc")
NAMES = st.text(string.ascii_letters + string.digits + "_+=,.@-", min_size=2, max_size=32)
SUFFIXES = st.text("0123456789abcdef", min_size=16, max_size=16)


def role(name: str, session: str, partition: str = "aws") -> str:
    return f"arn:{partition}:sts::{ACCOUNT}:assumed-role/{name}/{session}"


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("user", ["ann", "team/data/ann", "a+b=c,d.e@f-g_h"])
def test_user_is_the_owner_as_it_is(partition: str, user: str) -> None:
    arn = f"arn:{partition}:iam::{ACCOUNT}:user/{user}"
    assert lasting(arn) == arn


@given(NAMES, SUFFIXES, SUFFIXES, NAMES, st.sampled_from(PARTITIONS))
def test_new_assignment_of_a_permission_set_is_the_same_owner(
    name: str, before: str, after: str, session: str, partition: str
) -> None:
    owners = {lasting(role(f"AWSReservedSSO_{name}_{each}", session, partition)) for each in (before, after)}
    assert owners == {role(f"AWSReservedSSO_{name}", session, partition)}


def test_identity_center_names_sessions_itself_so_any_name_will_do() -> None:
    for session in ("1790000000123", "botocore-session-1", "default_session"):
        assert lasting(role("AWSReservedSSO_Analyst_0123456789abcdef", session)).endswith(f"/{session}")


@given(NAMES, NAMES)
def test_two_sessions_of_a_role_are_two_owners(one: str, other: str) -> None:
    owners = set()
    for session in (one, other):
        try:
            owners.add(lasting(role("analyst", session)))
        except UnfitIdentity:
            owners.add(session)
    assert len(owners) == len({one, other})


@pytest.mark.parametrize("name", ["AWSReservedSSO_Analyst", "AWSReservedSSO_Analyst_0123", "AWSReservedSSO_"])
def test_role_that_would_be_taken_for_a_permission_set_is_nobody(name: str) -> None:
    with pytest.raises(UnfitIdentity, match="none that Identity Center has made"):
        lasting(role(name, "ann"))


def test_session_that_a_program_named_is_nobody() -> None:
    with pytest.raises(UnfitIdentity, match=r"called botocore-session-1795609372, .* role_session_name"):
        lasting(role("analyst", "botocore-session-1795609372"))


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:federated-user/ann",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/analyst",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/analyst/ann/bert",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/analyst/",
        f"arn:aws:iam::{ACCOUNT}:role/analyst",
        f"arn:aws:iam::{ACCOUNT}:user/",
        f"arn:aws:iam::{ACCOUNT}:user",
        "arn:aws:iam::1234:user/ann",
        f"arn:other:iam::{ACCOUNT}:user/ann",
        f"arn:aws:iam::{ACCOUNT}:user/ann\n",
        f" arn:aws:iam::{ACCOUNT}:user/ann",
        "arn:x",
        "ann",
    ],
)
def test_what_else_there_is_is_nobody(arn: str) -> None:
    with pytest.raises(UnfitIdentity, match=r"\.$") as refused:
        lasting(arn)
    assert refused.value.arn == arn


@given(st.text(max_size=60) | st.from_regex(r"arn:aws:(iam|sts)::\d{12}:[a-z-]+/.*", fullmatch=True))
def test_any_text_is_an_owner_that_stays_one_or_is_refused(arn: str) -> None:
    try:
        owner = lasting(arn)
    except UnfitIdentity:
        return
    assert owner.isprintable()
    if "AWSReservedSSO_" not in owner:
        assert owner == arn


USER = f"arn:aws:iam::{ACCOUNT}:user/ann"


@pytest.mark.parametrize(
    ("context", "owner"),
    [
        ({"identity": {"userArn": USER}}, USER),
        ({"authorizer": {"iam": {"userArn": USER}}}, USER),
        (
            {"authorizer": {"principalId": "https://id.example|7"}, "identity": {"userArn": USER}},
            "https://id.example|7",
        ),
        ({"authorizer": {"principalId": "AROAEXAMPLE:ann"}, "identity": {"userArn": USER}}, USER),
        ({"authorizer": {"lambda": {"owner": "https://id.example|7", "validUntil": "9"}}}, "https://id.example|7"),
    ],
)
def test_owner_is_the_same_on_every_door(context: dict[str, Any], owner: str) -> None:
    assert owner_of({"requestContext": context}) == owner


@pytest.mark.parametrize(
    ("authorizer", "until"),
    [
        (
            {"principalId": "https://id.example|7", "validUntil": "1790000000"},
            datetime.fromtimestamp(1_790_000_000, UTC),
        ),
        ({"lambda": {"owner": "https://id.example|7", "validUntil": "9"}}, datetime.fromtimestamp(9, UTC)),
        ({"principalId": "AROAEXAMPLE:ann", "validUntil": "9"}, None),
        ({"iam": {"userArn": USER}}, None),
        (None, None),
    ],
)
def test_end_of_a_token_is_known(authorizer: dict[str, Any] | None, until: datetime | None) -> None:
    assert valid_until({"requestContext": {"authorizer": authorizer}}) == until


@pytest.mark.parametrize("until", [{}, {"validUntil": ""}, {"validUntil": "soon"}, {"validUntil": "1e99"}])
def test_token_whose_end_nobody_told_is_nobody_s(until: dict[str, str]) -> None:
    with pytest.raises(NoIdentity):
        valid_until({"requestContext": {"authorizer": {"principalId": "https://id.example|7", **until}}})


@pytest.mark.parametrize("principal", ["ann", "AROAEXAMPLE:ann", "https://id.example", "|7", "https://id.example|", ""])
def test_principal_without_issuer_and_subject_is_nobody(principal: str) -> None:
    with pytest.raises(NoIdentity):
        owner_of({"requestContext": {"authorizer": {"principalId": principal}}})


def test_names_of_fields_are_told_and_no_values() -> None:
    identity = {"sourceIp": "192.0.2.1", "caller": "AIDAEXAMPLE", "userArn": None}
    with pytest.raises(NoIdentity) as nobody:
        owner_of({"requestContext": {"identity": identity}})
    assert nobody.value.fields == ("caller", "sourceIp", "userArn")
    assert str(nobody.value) == ""
