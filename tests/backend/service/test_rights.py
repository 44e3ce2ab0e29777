"""Reports that are for some groups: on every door, for whoever is in none of these, there is no such report."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.caller import SignIn
from backend.http_router import respond
from backend.protocol.messages import CatalogMessage, ErrorCode, ErrorMessage, ReportMessage
from backend.reports.sample import DEFINITION
from backend.router import ACCEPTED, route
from backend.synchronous import respond as respond_at_once
from backend.wiring import use_cases
from tests.backend.fakes import ROUTER_SETTINGS, World
from tests.backend.socket_events import ID, ask, event
from tests.backend.web.asking import REMAINING_S, rest_event
from tests.backend.web.asking import event as http_event

OPEN = replace(DEFINITION, id="open")
FOR_FINANCE = replace(DEFINITION, id="for-finance", groups=frozenset({"finance", "board members"}))
ROLE = "arn:aws:sts::111122223333:assumed-role"
ORDER = {"parameters": {"delay": 0, "amountOfRows": 1}}


def by_token(*groups: str) -> dict[str, str]:
    told = {"owner": "https://id.example|7", "validUntil": "1893456000", "groups": json.dumps(groups)}
    return {"principalId": told["owner"], **told}


WHO: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    name: ({"authorizer": told}, {"authorizer": {"lambda": told}})
    for name, told in {
        "in the group": by_token("sales", "finance"),
        "in a group of two words": by_token("board members"),
        "in no group": by_token(),
        "in another": by_token("sales", "Finance", "finance "),
        "without groups told": {"owner": "https://id.example|7", "validUntil": "1893456000"},
    }.items()
} | {
    name: ({"identity": {"userArn": arn}}, {"authorizer": {"iam": {"userArn": arn}}})
    for name, arn in {
        "in the role": f"{ROLE}/finance/ann",
        "in another role": f"{ROLE}/sales/finance",
        "in a permission set of the name": f"{ROLE}/AWSReservedSSO_finance_0123456789abcdef/ann",
        "a user of the name": "arn:aws:iam::111122223333:user/finance",
        "a user below a path": "arn:aws:iam::111122223333:user/assumed-role/finance/ann",
    }.items()
}
LET_IN = frozenset({"in the group", "in a group of two words", "in the role"})
EVERYBODY = pytest.mark.parametrize("who", WHO)


@pytest.fixture
def world() -> World:
    return World({"for-finance": FOR_FINANCE, "open": OPEN})


def connected(world: World, who: str) -> str:
    on_socket, _ = WHO[who]
    assert route(event("$connect", "conn-x", **on_socket), world.router) == ACCEPTED
    return "conn-x"


def over_https(world: World, who: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    asked = http_event(method, path, body)
    asked["requestContext"] |= WHO[who][1]
    answer = respond(asked, world.http, REMAINING_S)
    return answer["statusCode"], json.loads(answer["body"])


@EVERYBODY
def test_catalog_has_what_one_may_ask_for(world: World, who: str) -> None:
    expected = ["for-finance", "open"] if who in LET_IN else ["open"]
    page = ask(world, {"action": "describeCatalog"}, connected(world, who))
    assert isinstance(page, CatalogMessage)
    assert [each.id for each in page.definitions] == expected
    status, document = over_https(world, who, "GET", "/catalog")
    assert (status, [each["id"] for each in document["definitions"]]) == (200, expected)


@EVERYBODY
def test_another_s_report_is_as_absent_as_one_that_never_was(world: World, who: str) -> None:
    connection_id = connected(world, who)
    told = {}
    for name in ("for-finance", "never-was"):
        data = {"reportId": ID, "definition": name, **ORDER}
        answer = ask(world, {"action": "generateReport", "data": data}, connection_id)
        page = ask(world, {"action": "describeCatalog", "data": {"after": name}}, connection_id)
        told[name] = [
            answer.error if isinstance(answer, ErrorMessage) else type(answer),
            page.error if isinstance(page, ErrorMessage) else type(page),
            over_https(world, who, "PUT", f"/reports/{ID}", {"definition": name, **ORDER}),
            over_https(world, who, "GET", f"/catalog/{name}"),
            over_https(world, who, "GET", f"/catalog?after={name}"),
        ]
    is_same = json.dumps(told["for-finance"], default=str) == json.dumps(told["never-was"], default=str).replace(
        "never-was", "for-finance"
    )
    assert is_same == (who not in LET_IN)
    assert bool(world.reports.rows) == (who in LET_IN)


@EVERYBODY
def test_report_in_one_request_is_for_the_same_people(world: World, who: str) -> None:
    on_socket, _ = WHO[who]
    asked = rest_event("POST", "/reports/synchronous", {"definition": "for-finance", **ORDER})
    asked["requestContext"] |= on_socket
    world.clock.sleep(0)
    answer = respond_at_once(asked, world.synchronous, 1.0)
    assert (json.loads(answer["body"]).get("code") == ErrorCode.UNKNOWN_DEFINITION) == (who not in LET_IN)


def test_report_that_was_asked_for_stays_one_s_own(world: World) -> None:
    """Who has left the group has what was made, and asks for no more."""
    connection_id = connected(world, "in the group")
    data = {"reportId": ID, "definition": "for-finance", **ORDER}
    assert isinstance(ask(world, {"action": "generateReport", "data": data}, connection_id), ReportMessage)
    world.execute(ID)
    connected(world, "in no group")
    refused = ask(world, {"action": "generateReport", "data": data}, connection_id)
    assert isinstance(refused, ErrorMessage)
    assert refused.error.code == ErrorCode.UNKNOWN_DEFINITION
    assert over_https(world, "in no group", "GET", f"/reports/{ID}")[1]["state"] == "SUCCEEDED"


def test_connection_row_has_the_groups(world: World) -> None:
    connection_id = connected(world, "in a group of two words")
    sign_in = world.connections.renew(connection_id, world.clock())
    assert isinstance(sign_in, SignIn)
    assert sign_in.groups == {"board members"}


def test_local_backend_of_access_keys_has_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "load", lambda _: {"for-finance": FOR_FINANCE})
    local = replace(ROUTER_SETTINGS, access_key_is_identity=True)
    assert use_cases.catalog(local)["for-finance"].groups == frozenset()
    assert use_cases.catalog(ROUTER_SETTINGS)["for-finance"].groups == FOR_FINANCE.groups
