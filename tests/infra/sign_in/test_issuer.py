"""Whose tokens count, as recorded."""

import importlib
import re
from dataclasses import fields

import pytest

from backend.protocol.identity.redirects import REDIRECTS
from backend.wiring.settings import AuthorizerSettings
from infra.local.recording import recorded
from infra.local.recording.graph import Graph, Resource
from infra.sign_in.issuer import page_prefix
from tests.infra.conftest import WITH_TOKENS, of_type

POOL = "aws:cognito/userPool:UserPool::analysts"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient::desktop"
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/<{POOL}.id>"
DISCOVERY = f"http://127.0.0.1:<local::emulator.port>/<{POOL}.id>/.well-known/openid-configuration"
SOMEBODY_S = {
    "auth": "oidc",
    "issuer": "https://login.example.com/tenant",
    "clientId": "desktop",
    "audience": "api://reports",
    "discoveryUrl": "https://login.example.com/description",
}


@pytest.fixture(scope="module")
def pool(token_graph: Graph) -> Resource:
    (pool,) = of_type(token_graph, "cognito/userPool:UserPool").values()
    return pool


@pytest.fixture(scope="module")
def client(token_graph: Graph) -> Resource:
    (client,) = of_type(token_graph, "cognito/userPoolClient:UserPoolClient").values()
    return client


def variables(graph: Graph) -> dict[str, str]:
    found: dict[str, str] = of_type(graph, "lambda/function:Function")["authorizer"].inputs["environment"]["variables"]
    return found


def test_only_administrators_make_users_whose_passwords_are_strong(pool: Resource) -> None:
    assert pool.inputs["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": True}
    policy = pool.inputs["passwordPolicy"]
    assert policy["minimumLength"] == 12
    assert all(value is True for name, value in policy.items() if name.startswith("require"))
    assert len(policy) == 6
    assert pool.inputs["usernameConfiguration"] == {"caseSensitive": False}, "Ann is ann"


def test_client_keeps_no_secret_and_comes_back_to_this_machine(client: Resource) -> None:
    assert client.inputs["generateSecret"] is False
    assert client.inputs["allowedOauthFlows"] == ["code"]
    assert client.inputs["callbackUrls"] == list(REDIRECTS)
    assert client.inputs["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"], "no password but on the page"
    assert (client.inputs["enableTokenRevocation"], client.inputs["preventUserExistenceErrors"]) == (True, "ENABLED")


def test_tokens_last_as_long_as_is_written_down(client: Resource) -> None:
    units = client.inputs["tokenValidityUnits"]
    assert (client.inputs["accessTokenValidity"], units["accessToken"]) == (60, "minutes")
    assert (client.inputs["refreshTokenValidity"], units["refreshToken"]) == (30, "days")


def test_page_has_an_address_that_shows_its_stack_and_is_nobody_else_s(token_graph: Graph) -> None:
    (domain,) = of_type(token_graph, "cognito/userPoolDomain:UserPoolDomain").values()
    assert re.fullmatch(r"reportwire-local-[0-9a-f]{10}", domain.inputs["domain"])
    assert POOL in domain.dependencies


def test_address_of_the_page_is_one_that_cognito_takes_for_the_longest_name() -> None:
    prefixes = {page_prefix("s" * 32, pool_id) for pool_id in ("eu-west-1_AbCdEfGhI", "eu-west-1_abcdefghi")}
    assert len(prefixes) == 2, "pools whose ids differ in case"
    assert all(re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])", prefix) for prefix in prefixes)


def test_authorizer_reads_who_the_issuer_is(token_graph: Graph) -> None:
    found = variables(token_graph)
    assert found == {
        "METRICS_NAMESPACE": "Reportwire/local",
        "ISSUER": ISSUER,
        "CLIENT_ID": f"<{CLIENT}.id>",
        "DISCOVERY_URL": DISCOVERY,
        "GROUPS_CLAIM": "cognito:groups",
        "REPORT_GROUPS": "[]",
    }
    assert set(AuthorizerSettings.variables()) <= set(found)
    assert {name.lower() for name in found} <= {field.name for field in fields(AuthorizerSettings)}


def test_authorizer_is_a_function_like_others_with_a_bundle_of_its_own(token_graph: Graph) -> None:
    function = of_type(token_graph, "lambda/function:Function")["authorizer"]
    module, _, name = function.inputs["handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))
    assert function.inputs["code"] == WITH_TOKENS["reportwire:authorizerBundle"]
    assert function.inputs["reservedConcurrentExecutions"] == 5
    assert function.inputs["loggingConfig"]["logGroup"] == "<aws:cloudwatch/logGroup:LogGroup::authorizer.name>"
    assert of_type(token_graph, "lambda/alias:Alias")["authorizer"].inputs["name"] == "live"
    assert token_graph.outputs["authorizerFunction"] == "<aws:lambda/function:Function::authorizer.name>"


def test_profile_tells_the_desktop_where_to_sign_in_and_has_no_secret(token_graph: Graph) -> None:
    assert token_graph.outputs["profile"]["auth"] == {
        "mode": "oidc",
        "issuer": ISSUER,
        "clientId": f"<{CLIENT}.id>",
        "discoveryUrl": DISCOVERY,
    }
    assert token_graph.outputs["userPoolId"] == f"<{POOL}.id>"


def test_nothing_in_aws_knows_analysts_who_sign_in_with_tokens(token_graph: Graph) -> None:
    assert not of_type(token_graph, "iam/group:Group")
    assert not of_type(token_graph, "iam/policy:Policy")
    assert not {"connectPolicyArn", "analystsGroup"} & token_graph.outputs.keys()


def test_users_and_the_client_that_profiles_name_are_protected(token_graph: Graph, pool: Resource) -> None:
    protected = {each.key for each in token_graph.resources if each.protect}
    assert {POOL, CLIENT} <= protected
    assert pool.inputs["deletionProtection"] == "ACTIVE"
    unprotected = recorded.record(recorded.configured({"auth": "oidc"}))
    assert not [each.key for each in unprotected.resources if each.protect]
    (deletable,) = of_type(unprotected, "cognito/userPool:UserPool").values()
    assert deletable.inputs["deletionProtection"] == "INACTIVE"
    assert "discoveryUrl" not in unprotected.outputs["profile"]["auth"], "AWS's pools are at their issuer"
    assert "DISCOVERY_URL" not in variables(unprotected)


def test_issuer_of_somebody_s_needs_nothing_of_cognito() -> None:
    graph = recorded.record(recorded.configured(SOMEBODY_S))
    assert not [each.key for each in graph.resources if each.type.startswith("aws:cognito/")]
    assert graph.outputs["profile"]["auth"] == {
        "mode": "oidc",
        **{name: SOMEBODY_S[name] for name in ("issuer", "clientId", "audience", "discoveryUrl")},
    }
    assert "userPoolId" not in graph.outputs
    assert variables(graph) == {
        "METRICS_NAMESPACE": "Reportwire/local",
        "ISSUER": SOMEBODY_S["issuer"],
        "CLIENT_ID": "desktop",
        "AUDIENCE": "api://reports",
        "DISCOVERY_URL": SOMEBODY_S["discoveryUrl"],
        "GROUPS_CLAIM": "groups",
        "REPORT_GROUPS": "[]",
    }


def test_nothing_of_it_is_there_where_analysts_sign_with_aws_credentials(graph: Graph) -> None:
    kinds = {each.type for each in graph.resources}
    assert not [kind for kind in kinds if "cognito" in kind or "uthorizer" in kind]
    assert "authorizer" not in of_type(graph, "lambda/function:Function")
