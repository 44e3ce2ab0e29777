"""What an operator may set of how analysts sign in."""

import pytest

from infra.configuration.addresses import Addresses
from infra.configuration.sign_in import SignIn
from infra.settings import InvalidConfig, Settings

OWN = {"issuer": "https://login.example.com/tenant", "clientId": "desktop"}
POOL = "https://cognito.example/{poolId}/.well-known/openid-configuration"
OF_TOKENS = {
    **OWN,
    "audience": "api://reports",
    "discoveryUrl": "https://login.example.com/description",
    "groupsClaim": "roles",
}


def read(stage: str = "dev", **config: str) -> Settings:
    return Settings.read({"protectData": "false", **config}, region="eu-west-1", stage=stage)


def refusal(stage: str = "dev", **config: str) -> str:
    with pytest.raises(InvalidConfig) as refused:
        read(stage, **config)
    return str(refused.value)


def test_analysts_sign_with_aws_credentials_by_default() -> None:
    assert (read().auth, read().has_own_pool) == ("iam", False)


@pytest.mark.parametrize("auth", ["cognito", "IAM", "oidc\n", ""])
def test_there_are_two_ways_to_sign_in(auth: str) -> None:
    assert refusal(auth=auth) == "auth must be one of iam, oidc."


@pytest.mark.parametrize("name", OF_TOKENS)
def test_what_is_of_tokens_is_refused_without_them(name: str) -> None:
    assert refusal(**{name: OF_TOKENS[name]}) == f"{name} is for auth: oidc."


def test_every_setting_of_sign_in_is_looked_at() -> None:
    assert {"auth", *OF_TOKENS} == set(SignIn.__struct_encode_fields__) - set(Addresses.__struct_encode_fields__)


def test_issuer_may_be_anybody_s_with_all_there_is_to_say_of_it() -> None:
    settings = read(auth="oidc", **OF_TOKENS)
    assert not settings.has_own_pool
    assert (settings.issuer, settings.client_id, settings.audience) == (*OWN.values(), "api://reports")


def test_stack_makes_its_own_pool_where_no_issuer_is_named() -> None:
    assert read(auth="oidc").has_own_pool
    assert read(auth="oidc", discoveryUrl=POOL).has_own_pool


@pytest.mark.parametrize("name", OWN)
def test_issuer_and_client_go_together(name: str) -> None:
    assert refusal(auth="oidc", **{name: OWN[name]}).startswith("issuer and clientId go together")


@pytest.mark.parametrize("name", ["audience", "groupsClaim", "discoveryUrl"])
def test_own_pool_has_its_own_audience_groups_and_place(name: str) -> None:
    assert refusal(auth="oidc", **{name: OF_TOKENS[name]}).startswith(f"{name} is for an issuer of yours")


def test_pool_is_not_named_where_there_is_none() -> None:
    assert refusal(auth="oidc", **OWN, discoveryUrl=POOL).startswith("discoveryUrl names the stack's own pool")


@pytest.mark.parametrize("stage", ["aws", "my-aws-stack", "amazon1", "acognito"])
def test_name_of_the_stack_must_do_for_the_address_of_cognito_s_page(stage: str) -> None:
    assert "Cognito allows it in no address" in refusal(stage, auth="oidc")
    read(stage)
    read(stage, auth="oidc", **OWN)


def test_authorizer_s_room_is_for_tokens() -> None:
    assert refusal(authorizerReservedConcurrency="5") == "authorizerReservedConcurrency is for auth: oidc."
    assert read(auth="oidc", authorizerReservedConcurrency="5").authorizer_reserved_concurrency == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "http://login.example.com"),
        ("issuer", "https://login.example.com?tenant=1"),
        ("issuer", "https://login.example.com/a#b"),
        ("issuer", "https://login.example.com/a|b"),
        ("issuer", "https://user@login.example.com"),
        ("issuer", "https://login.example.com/ "),
        ("issuer", "https://"),
        ("issuer", "login.example.com"),
        ("clientId", ""),
        ("clientId", "two words"),
        ("audience", "two words"),
        ("groupsClaim", ""),
        ("discoveryUrl", "http://login.example.com/description"),
        ("discoveryUrl", "http://127.0.0.1@login.example.com/description"),
        ("discoveryUrl", "http://localhost.example.com/description"),
        ("discoveryUrl", "https://login.example.com"),
        ("discoveryUrl", "file:///etc/passwd"),
    ],
)
def test_value_that_cannot_be_is_refused_by_its_key(name: str, value: str) -> None:
    assert refusal(auth="oidc", **{**OWN, name: value}).startswith(f"{name} must be ")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/6f1c0f5e-0000-4000-8000-000000000000/v2.0",
        "https://company.okta.com/oauth2/default",
        "https://keycloak.example.com:8443/realms/people",
        "https://company.eu.auth0.com/",
    ],
)
def test_issuers_of_every_kind_are_taken_to_the_letter(issuer: str) -> None:
    assert read(auth="oidc", issuer=issuer, clientId="desktop").issuer == issuer
