import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from backend.documents.__main__ import written
from backend.protocol.lifecycle import State
from backend.protocol.messages import ACTIONS
from backend.protocol.resources import DOCUMENTS, RESOURCES
from backend.web.catalog import FOLDER
from tests.backend.documents.described import asyncapi, document, openapi

NAMES = ("openapi.json", "asyncapi.json")


def test_documents_are_current() -> None:
    """Otherwise: `python -m backend.documents`."""
    assert {name: (FOLDER / name).read_text() for name in NAMES} == written()


def everything(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, node
    match node:
        case dict():
            for name, inner in node.items():
                yield from everything(inner, f"{path}/{name}")
        case list():
            for number, inner in enumerate(node):
                yield from everything(inner, f"{path}/{number}")


@pytest.mark.parametrize("name", NAMES)
def test_schemas_compile_and_references_lead_somewhere(name: str) -> None:
    schemas = document(name)["components"]["schemas"]
    for each in schemas:
        Draft202012Validator({"$ref": f"#/components/schemas/{each}", "components": {"schemas": schemas}})
    paths = {path for path, _ in everything(document(name))}
    for path, node in everything(document(name)):
        if path.endswith("/$ref"):
            assert node.removeprefix("#") in paths, path
    used = {node for path, node in everything(document(name)) if path.endswith("/$ref")}
    unused = {each for each in schemas if f"#/components/schemas/{each}" not in used}
    assert unused <= {"Request", "ServiceMessage"}


@pytest.mark.parametrize("name", NAMES)
def test_words_are_those_of_the_wire(name: str) -> None:
    for path, node in everything(document(name)):
        if path.endswith(("/description", "/summary")) and isinstance(node, str):
            assert node, path
            assert not re.search(r"(?<!-)\bNone\b|\b[a-z]+_[a-z]+\b|`[A-Z][a-z]+[A-Z]|backend\.", node), (path, node)
        if path.endswith("/pattern"):
            assert r"\Z" not in node, path


def test_every_member_has_a_description() -> None:
    for name in NAMES:
        for kind, schema in document(name)["components"]["schemas"].items():
            for member, prop in schema.get("properties", {}).items():
                is_plain = kind.endswith("Request") or kind == "GatewayMessage"
                assert is_plain or prop.get("description"), f"{kind}.{member}"


def test_every_resource_is_described_with_every_method() -> None:
    described = {path: tuple(method.upper() for method in methods) for path, methods in openapi()["paths"].items()}
    assert {path: tuple(sorted(methods)) for path, methods in described.items()} == {
        path: tuple(sorted(methods)) for path, methods in {**RESOURCES, **DOCUMENTS}.items()
    }


def test_every_action_is_described() -> None:
    assert {*asyncapi()["operations"]} == {*ACTIONS, "pushReport"}


def test_states_are_closed_and_codes_are_open() -> None:
    for name in NAMES:
        schemas = document(name)["components"]["schemas"]
        assert schemas["State"]["enum"] == [*State]
        code = schemas["Failure"]["properties"]["code"]
        assert "enum" not in code
        assert "timedOut" in code["examples"]


def test_what_is_always_sent_is_required() -> None:
    snapshot = openapi()["components"]["schemas"]["Snapshot"]
    assert snapshot["required"] == [*snapshot["properties"]]
    reports = asyncapi()["components"]["schemas"]["ReportsMessage"]
    assert {*reports["properties"]} - {*reports["required"]} == {"requestId", "more"}
    assert openapi()["components"]["schemas"]["ReportOrder"]["required"] == ["definition"]


def test_server_is_where_the_document_came_from() -> None:
    assert [server["url"] for server in openapi()["servers"]] == ["."]
    assert "://" not in json.dumps(openapi()["paths"]).replace("https://files.example/", "")
