"""What passes the emulator's guard without a signature where analysts sign in with tokens, and what does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from infra.local import backend
from infra.local.backend import LocalBackend
from infra.local.emulator import unsigned
from tests.infra.local.emulator import attacks
from tests.infra.local.emulator.attacks import PATHS, Attack, made
from tests.infra.local.emulator.test_guard import assert_refused

HOST = {"host": "127.0.0.1:1"}
BORNE = {**HOST, "authorization": "Bearer x"}
SOCKET = "/_aws/execute-api/abc123/local"
RESOURCE = "/_aws/execute-api/abc123/v1/reports/0-1/file"
POOL = "/us-east-1_AbC123"
DESCRIPTION = f"{POOL}/.well-known/openid-configuration"


@pytest.mark.parametrize("headers", [HOST, BORNE, {**HOST, "authorization": "bearer x"}])
def test_routes_that_an_authorizer_guards_are_left_to_it(headers: dict[str, str]) -> None:
    assert unsigned.is_for_the_service("websocket", "GET", SOCKET, headers)
    for method in ("GET", "HEAD", "PUT", "POST"):
        assert unsigned.is_for_the_service("http", method, RESOURCE, headers)


@pytest.mark.parametrize(
    ("kind", "method", "path", "headers"),
    [
        ("http", "GET", SOCKET, BORNE),
        ("http", "POST", f"{SOCKET}/@connections/abc", BORNE),
        ("http", "POST", "/_aws/execute-api/abc123/v1/@connections/abc", BORNE),
        ("http", "GET", "/_aws/execute-api/abc123/v1/../local/x", BORNE),
        ("http", "GET", "/_aws/execute-api/abc123/v1/./x", BORNE),
        ("http", "GET", "/_aws/execute-api/abc123/v1//x", BORNE),
        ("http", "GET", "/_aws/execute-api/abc123/v1/a%2fb", BORNE),
        ("http", "GET", "/_aws/execute-api/abc123/v2/reports", BORNE),
        ("http", "DELETE", RESOURCE, BORNE),
        ("http", "OPTIONS", RESOURCE, BORNE),
        ("http", "GET", RESOURCE, {**BORNE, "x-amz-target": "DynamoDB_20120810.ListTables"}),
        ("http", "GET", RESOURCE, {**HOST, "authorization": "AWS4-HMAC-SHA256 Credential=test/x"}),
        ("http", "GET", RESOURCE, {**HOST, "authorization": "Basic x"}),
        ("http", "GET", "/", BORNE),
        ("http", "GET", "/a-bucket/a-key", BORNE),
        ("websocket", "GET", f"{SOCKET}/more", BORNE),
        ("websocket", "GET", "/_aws/other/abc123/local", BORNE),
        ("websocket", "GET", SOCKET, {**BORNE, "x-amz-date": "20261129T000000Z"}),
    ],
)
def test_nothing_else_is(kind: str, method: str, path: str, headers: dict[str, str]) -> None:
    assert not unsigned.is_for_the_service(kind, method, path, headers)


@pytest.mark.parametrize(
    ("method", "path"), [*sorted(unsigned.PAGES), ("GET", DESCRIPTION), ("GET", f"{POOL}/.well-known/jwks.json")]
)
def test_pages_of_the_issuer_are_reached_from_a_browser_s_address_bar_and_from_each_other(
    method: str, path: str
) -> None:
    for origin in ({}, {"origin": "http://127.0.0.1:1"}):
        assert unsigned.is_for_the_issuer("http", method, path, {**HOST, **origin})
    for foreign in ("http://127.0.0.1:2", "https://127.0.0.1:1", "https://evil.example", "null", ""):
        assert not unsigned.is_for_the_issuer("http", method, path, {**HOST, "origin": foreign})
    assert not unsigned.is_for_the_issuer("http", method, path, {**HOST, "x-amz-target": "x"})
    assert not unsigned.is_for_the_issuer("websocket", method, path, HOST)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/login"),
        ("GET", "/oauth2/token"),
        ("POST", "/oauth2/token/"),
        ("PUT", DESCRIPTION),
        ("GET", "/a-bucket/.well-known/jwks.json"),
        ("GET", f"/x{DESCRIPTION}"),
        ("GET", f"{DESCRIPTION}/x"),
    ],
)
def test_no_other_page_is(method: str, path: str) -> None:
    assert not unsigned.is_for_the_issuer("http", method, path, HOST)


@pytest.fixture(scope="module")
def local(cache: Path) -> Iterator[LocalBackend]:
    with backend.running(cache_dir=cache / "reportwire", settings={"auth": "oidc"}) as local:
        yield local


@pytest.fixture
def authority(local: LocalBackend) -> str:
    return local.endpoint_url.removeprefix("http://")


def of_tokens(authority: str) -> Iterator[Attack]:
    """Ask for what is not left to anybody, with a token and without."""
    for headers in ({}, {"Authorization": "Bearer x"}):
        for path in PATHS:
            if ("POST", path) not in unsigned.PAGES:
                yield Attack("POST", path, headers)
        for path in (
            "//login",
            "/login%2f",
            "/%6cogin",
            "/login?X-Amz-Credential=test/x",
            "/oauth2/token?AWSAccessKeyId=x",
        ):
            yield Attack("POST", path, headers)
        yield Attack("POST", "/", {**headers, "X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}, "{}")
        for origin in ("https://evil.example", "null", f"http://{authority}.evil.example"):
            yield Attack("POST", "/login", {**headers, "Origin": origin}, "username=x")


@pytest.mark.slow
def test_only_what_is_left_to_others_passes_without_a_signature(
    local: LocalBackend, authority: str, services: list[str]
) -> None:
    endpoint, https = (local.profile[name].split(authority)[1] for name in ("endpoint", "https"))
    strangers = (each for each in attacks.without_a_key(services) if (each.method, each.path) not in unsigned.PAGES)
    count = assert_refused(authority, strangers)
    count += assert_refused(authority, of_tokens(authority))
    for path in (f"{endpoint}/@connections/x", endpoint, f"{https}/%72eports", f"{https}/../x", https):
        count += assert_refused(authority, [Attack("POST", path, {"Authorization": "Bearer x"})])
        count += assert_refused(authority, [Attack("POST", path)])
    assert count > 200


@pytest.mark.slow
def test_what_is_left_to_others_is_answered_by_them(local: LocalBackend, authority: str) -> None:
    own = {"Origin": f"http://{authority}", "Content-Type": "application/x-www-form-urlencoded"}
    assert made(authority, Attack("POST", "/login", own, "client_id=nobody"))[0] == 400
    https = local.profile["https"].split(authority)[1]
    assert made(authority, Attack("GET", f"{https}/reports"))[:2] == (401, b'{"message":"Unauthorized"}')
    with pytest.raises(InvalidStatus, match="401"), connect(local.profile["endpoint"], proxy=None):
        pass


@pytest.mark.slow
def test_page_of_somebody_else_s_opens_no_socket(local: LocalBackend) -> None:
    headers = {"Authorization": "Bearer x", "Origin": "https://evil.example"}
    with pytest.raises(InvalidStatus, match="403") as refused:
        connect(local.profile["endpoint"], additional_headers=headers, proxy=None).close()
    assert b"Forbidden" in (refused.value.response.body or b"")
