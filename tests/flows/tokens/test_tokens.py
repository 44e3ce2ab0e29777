"""Persons who sign in at the emulator's Cognito, at every door of the real service, with its permissions enforced."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from backend.protocol.identity.redirects import REDIRECTS
from infra.local import backend
from infra.local.backend import LocalBackend, SignIn
from infra.local.recording import recorded
from tests.flows.test_doors import ORDER
from tests.flows.tokens.bearer import Person, answered
from tests.flows.tokens.hosted_page import NotSignedIn, Tokens, refreshed, signed_in, signed_out
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

NO_PORT = "http://127.0.0.1:9/description"


@pytest.fixture(scope="module")
def local(cache: Path) -> Iterator[LocalBackend]:
    settings = {"auth": "oidc", "synchronousReports": "true"}
    with backend.running(cache_dir=cache / "reportwire", settings=settings) as local:
        yield local


@pytest.fixture(scope="module")
def tokens(local: LocalBackend) -> Tokens:
    assert local.sign_in
    return signed_in(local.profile["auth"], local.sign_in)


@pytest.fixture
def ann(local: LocalBackend, tokens: Tokens) -> Person:
    return Person(local, tokens.access)


@pytest.fixture(scope="module")
def bert(local: LocalBackend) -> Person:
    return Person(local, signed_in(local.profile["auth"], local.create_person("bert")).access)


def test_report_asked_for_on_the_socket_comes_with_its_link_and_is_found_over_https_by_its_owner_alone(
    ann: Person, bert: Person
) -> None:
    report_id = str(uuid.uuid4())
    with ann.line() as line:
        line.send(json.dumps({"action": "generateReport", "data": {**ORDER, "reportId": report_id}}))
        while (report := json.loads(line.recv(HANG_S))["report"])["state"] != "SUCCEEDED":
            assert report["reportId"] == report_id
    file = httpx.get(report["link"]["url"], timeout=HANG_S, trust_env=False)
    assert (file.status_code, len(file.text.splitlines())) == (200, 1 + 3)
    found = ann.http("GET", f"/reports/{report_id}")
    assert (found.status_code, found.json()["state"]) == (200, "SUCCEEDED")
    assert bert.http("GET", f"/reports/{report_id}").status_code == 404
    assert bert.ask("watchReports", {"reportIds": [report_id]})["missing"] == [report_id]


def test_report_asked_for_over_https_is_found_on_the_socket_by_its_owner_alone(ann: Person, bert: Person) -> None:
    report_id = str(uuid.uuid4())
    made = ann.http("PUT", f"/reports/{report_id}", ORDER, Prefer="wait=20")
    assert (made.status_code, made.json()["state"]) == (201, "SUCCEEDED")
    assert report_id in {each["reportId"] for each in ann.ask("listReports", {})["reports"]}
    assert bert.ask("listReports", {})["reports"] == []


def test_report_of_one_request_is_its_owner_s_too(ann: Person, bert: Person) -> None:
    made = ann.rest()
    assert (made.status_code, made.json()["state"]) == (201, "SUCCEEDED")
    report_id = made.json()["reportId"]
    assert ann.http("GET", f"/reports/{report_id}").status_code == 200
    assert bert.http("GET", f"/reports/{report_id}").status_code == 404


def test_owner_is_issuer_and_subject_and_the_connection_knows_when_the_token_ends(
    local: LocalBackend, ann: Person
) -> None:
    dynamodb = local.client("dynamodb")
    with ann.line() as line:
        line.send(json.dumps({"action": "ping", "requestId": "r"}))
        answered(line)
        rows = dynamodb.scan(TableName=local.outputs["connectionsTable"])["Items"]
        (row,) = [each for each in rows if "connectedAt" in each]
    assert row["owner"]["S"] == local.owner
    assert local.owner.startswith(f"{local.profile['auth']['issuer']}|")
    assert "validUntil" in row


def test_newer_token_of_the_same_person_is_the_same_person(local: LocalBackend, tokens: Tokens, ann: Person) -> None:
    newer = refreshed(local.profile["auth"], tokens)
    before = {each["reportId"] for each in ann.ask("listReports", {})["reports"]}
    assert {each["reportId"] for each in Person(local, newer.access).ask("listReports", {})["reports"]} == before


def test_signing_out_takes_the_refresh_token_back_and_no_other_person_s(local: LocalBackend, tokens: Tokens) -> None:
    auth, person = local.profile["auth"], local.create_person("leaving")
    leaving = signed_in(auth, person)
    assert refreshed(auth, leaving).access
    done = signed_out(auth, leaving.refresh)
    assert (done.status_code, done.content) == (200, b"")
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        refreshed(auth, leaving)
    assert refreshed(auth, tokens).access
    assert signed_in(auth, person).refresh


@pytest.mark.parametrize(
    ("kind", "form", "error"),
    [
        ("access", {}, "unsupported_token_type"),
        ("identity", {}, "unsupported_token_type"),
        ("refresh", {"client_id": "nobody"}, "invalid_client"),
        ("nothing", {}, "invalid_request"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(
    local: LocalBackend, tokens: Tokens, kind: str, form: dict[str, str], error: str
) -> None:
    answer = signed_out(local.profile["auth"], getattr(tokens, kind, ""), **form)
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert refreshed(local.profile["auth"], tokens).access


def test_nobody_gets_in_without_a_token(local: LocalBackend) -> None:
    nobody = Person(local, None)
    assert nobody.refusal() == nobody.http("GET", "/reports").status_code == 401
    assert nobody.rest().status_code == 403


def changed(token: str) -> str:
    """Return a token with another person's subject under the same signature."""
    head, payload, signature = token.split(".")
    return f"{head}.{payload[:-8]}{payload[-8:][::-1]}.{signature}"


@pytest.mark.parametrize("kind", ["garbage", "identity", "refresh", "changed", "long"])
def test_what_is_no_access_token_lets_nobody_in(local: LocalBackend, tokens: Tokens, kind: str) -> None:
    shown = {
        "garbage": "garbage",
        "identity": tokens.identity,
        "refresh": tokens.refresh,
        "changed": changed(tokens.access),
        "long": tokens.access + "a" * 9_000,
    }
    person = Person(local, shown[kind])
    assert person.refusal() == person.http("GET", "/reports").status_code == person.rest().status_code == 403


def test_wrong_password_gets_no_code(local: LocalBackend) -> None:
    assert local.sign_in
    with pytest.raises(NotSignedIn):
        signed_in(local.profile["auth"], SignIn(local.sign_in.name, "wrong"))


def forged(token: str) -> str:
    """Return a token with the same head and claims, signed with nothing."""
    return f"{token.rpartition('.')[0]}.{'A' * 342}"


def test_nobody_gets_tokens_by_another_way_than_the_page_with_the_password(local: LocalBackend, tokens: Tokens) -> None:
    """The emulator's Cognito has codes that it never sends, and reads what it is shown: none of it helps a stranger."""
    assert local.sign_in
    client = {"client_id": local.profile["auth"]["clientId"], "redirect_uri": REDIRECTS[0]}
    person = {**client, "username": local.sign_in.name}
    attempts = [
        ("/login", {**person, "auth_flow": "USER_AUTH"}),
        ("/login", {**person, "ua_token": "x", "challenge": "EMAIL_OTP", "code": "123456"}),
        (
            "/login",
            {**person, "np_token": "x", "new_password": "Aa1-aaaaaaaaaaaa", "confirm_password": "Aa1-aaaaaaaaaaaa"},
        ),
        ("/oauth2/token", {**client, "grant_type": "client_credentials"}),
        ("/oauth2/token", {**client, "grant_type": "password", "username": local.sign_in.name}),
        ("/oauth2/token", {**client, "grant_type": "authorization_code", "code": "x"}),
        ("/oauth2/token", {**client, "grant_type": "refresh_token", "refresh_token": forged(tokens.refresh)}),
        ("/oauth2/token", {**client, "grant_type": "refresh_token", "refresh_token": tokens.access}),
    ]
    for path, form in attempts:
        answer = httpx.post(f"{local.endpoint_url}{path}", data=form, timeout=HANG_S, trust_env=False)
        assert answer.status_code == 400, (path, form)
        assert "access_token" not in answer.text


def test_documents_are_everybody_s(local: LocalBackend) -> None:
    assert Person(local, None).http("GET", "/openapi.json").status_code == 200


@contextmanager
def keys_out_of_reach(local: LocalBackend) -> Iterator[None]:
    """Have the authorizer look for the issuer's keys where nobody answers."""
    functions, name = local.client("lambda"), local.outputs["authorizerFunction"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    elsewhere = {"Variables": {**before, "DISCOVERY_URL": NO_PORT}}
    functions.update_function_configuration(FunctionName=name, Environment=elsewhere)
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def test_keys_out_of_reach_are_the_service_s_fault_and_not_the_caller_s(local: LocalBackend, ann: Person) -> None:
    with keys_out_of_reach(local):
        assert ann.refusal() == ann.http("GET", "/reports").status_code == ann.rest().status_code == 500
    assert ann.http("GET", "/reports").status_code == 200


def test_profile_has_no_secret(local: LocalBackend) -> None:
    assert local.profile["auth"].keys() == {"mode", "issuer", "clientId", "discoveryUrl"}
    assert local.sign_in
    assert local.sign_in.password not in json.dumps(local.profile)
    assert local.sign_in.password not in repr(local.sign_in)


def test_stack_of_the_default_starts_without_any_of_it() -> None:
    assert recorded.completed({}) == {}
    assert not recorded.takes_tokens({"auth": "iam"})
    assert recorded.completed({"auth": "oidc", "issuer": "x"}) == {"auth": "oidc", "issuer": "x"}
