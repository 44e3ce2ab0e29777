"""What API Gateway is told of a request with a token, and without."""

import logging
from typing import Any

import pytest

from backend.authorizer import authorize
from backend.tokens.key_set import KeysUnavailable
from tests.backend.tokens.issuer import ISSUER, NOW, Issuer, token, verification

ROUTE = "arn:aws:execute-api:eu-west-1:111122223333:api/dev/$connect"


def answer(headers: Any, issuer: Issuer | None = None, **event: Any) -> dict[str, Any]:
    known = frozenset({"finance", "two words", "sales"})
    believing = verification(issuer or Issuer(), groups_claim="groups", groups=known)
    return authorize({"methodArn": ROUTE, "headers": headers} | event, believing)


def effect(said: dict[str, Any]) -> tuple[str, str]:
    (statement,) = said["policyDocument"]["Statement"]
    return statement["Effect"], statement["Resource"]


@pytest.mark.parametrize("header", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_bearer_of_a_true_token_is_let_in_and_named(header: str, scheme: str) -> None:
    said = answer({header: scheme + token(groups=["two words", "finance", "unknown here"])})
    assert effect(said) == ("Allow", ROUTE)
    assert said["principalId"] == f"{ISSUER}|ann"
    groups = '["finance", "two words"]'
    assert said["context"] == {"owner": f"{ISSUER}|ann", "validUntil": str(NOW + 300), "groups": groups}


def test_http_api_names_the_route_otherwise() -> None:
    said = authorize({"routeArn": ROUTE, "headers": {"authorization": f"Bearer {token()}"}}, verification(Issuer()))
    assert effect(said) == ("Allow", ROUTE)


@pytest.mark.parametrize(
    "headers",
    [None, {}, {"Authorization": ""}, {"Authorization": "Basic YTpi"}, {"Authorization": token()}, {"X": token()}],
)
def test_request_without_a_token_is_denied(headers: Any) -> None:
    said = answer(headers)
    assert effect(said) == ("Deny", ROUTE)
    assert (said["principalId"], said["context"]) == ("nobody", {})


def test_false_token_is_denied_and_the_log_has_the_reason_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    false = token(exp=NOW - 1)
    assert effect(answer({"authorization": f"Bearer {false}"})) == ("Deny", ROUTE)
    (record,) = caplog.records
    assert getattr(record, "reason", "") == "it has ended"
    assert false not in str(record.__dict__)


def test_issuer_out_of_reach_is_an_outage_and_no_refusal() -> None:
    issuer = Issuer()
    issuer.is_down = True
    with pytest.raises(KeysUnavailable):
        answer({"authorization": f"Bearer {token()}"}, issuer)
