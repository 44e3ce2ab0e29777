"""An issuer of somebody else's, by its settings alone: the tests' own, with keys of both kinds."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.local import backend
from infra.local.backend import LocalBackend
from tests.backend.tokens.issuer import CLIENT, EC_KEY, ISSUER, OTHER_KEY, RSA_KEY, public, token
from tests.flows.tokens.bearer import Person, answered

pytestmark = pytest.mark.slow

AUDIENCE = "api://reports"
HOUR_S = 3_600


@contextmanager
def issuing() -> Iterator[str]:
    """Serve what the issuer publishes, and give the address of its description."""
    documents: dict[str, Any] = {"/keys": {"keys": [public(RSA_KEY, "rsa"), public(EC_KEY, "ec")]}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(documents[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        documents["/description"] = {"issuer": ISSUER, "jwks_uri": f"{address}/keys"}
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{address}/description"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def local(cache: Path) -> Iterator[LocalBackend]:
    with issuing() as description:
        settings = {
            "auth": "oidc",
            "issuer": ISSUER,
            "clientId": CLIENT,
            "audience": AUDIENCE,
            "discoveryUrl": description,
            "groupsClaim": "roles",
            "synchronousReports": "true",
        }
        with backend.running(cache_dir=cache / "reportwire", settings=settings) as local:
            yield local


def now() -> int:
    return int(time.time())


def good(**claims: Any) -> dict[str, Any]:
    return {"aud": AUDIENCE, "iat": now(), "exp": now() + HOUR_S, **claims}


SIGNED: dict[str, dict[str, Any]] = {
    "RS256": {"key": RSA_KEY},
    "ES256": {"key": EC_KEY, "algorithm": "ES256", "header": {"kid": "ec"}},
}


@pytest.mark.parametrize("how", SIGNED)
def test_tokens_signed_either_way_let_in_whom_they_name(local: LocalBackend, how: str) -> None:
    ann = Person(local, token(**SIGNED[how], **good(sub=f"ann-{how}")))
    made = ann.rest().json()
    assert [each["reportId"] for each in ann.ask("listReports", {})["reports"]] == [made["reportId"]]
    bert = Person(local, token(**good(sub="bert")))
    assert bert.http("GET", f"/reports/{made['reportId']}").status_code == 404


def test_profile_names_the_issuer_and_nobody_of_its_own(local: LocalBackend) -> None:
    assert local.profile["auth"] | {"discoveryUrl": ""} == {
        "mode": "oidc",
        "issuer": ISSUER,
        "clientId": CLIENT,
        "audience": AUDIENCE,
        "discoveryUrl": "",
    }
    assert (local.sign_in, local.owner) == (None, "")


@pytest.mark.parametrize(
    "worse",
    [
        {"key": OTHER_KEY},
        {"aud": "api://others"},
        {"client_id": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_790_000_000},
        {"nbf": 4_000_000_000},
        {"token_use": "id"},
        {"header": {"kid": "unknown"}},
        {"header": {"kid": "ec"}},
    ],
    ids=lambda worse: "-".join(worse),
)
def test_token_that_is_not_meant_lets_nobody_in(local: LocalBackend, worse: dict[str, Any]) -> None:
    person = Person(local, token(**{**good(), **worse}))
    assert person.refusal() == person.http("GET", "/reports").status_code == person.rest().status_code == 403


def test_connection_hears_of_its_token_s_end_and_is_answered_no_more(local: LocalBackend) -> None:
    Person(local, token(**good())).ask("ping", {})  # so that nothing starts while the token runs out
    with Person(local, token(**good(exp=now() + 4))).line() as line:
        answers: list[dict[str, Any]] = []
        while not answers or "error" not in answers[-1]:
            line.send(json.dumps({"action": "ping", "requestId": "r"}))
            answers.append(answered(line))
            time.sleep(0.2)
    assert answers[0] == {"type": "pong", "requestId": "r"}
    assert answers[-1]["error"]["code"] == "signInEnded"
