"""What the documents say there is, held against what there is.

OpenAPI: **answer_faults**, **request_faults**. AsyncAPI: **frame_faults**, **message_faults**.
"""

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from backend.web.catalog import FOLDER

Document = dict[str, Any]


@cache
def document(name: str) -> Document:
    found: Document = json.loads((FOLDER / name).read_text())
    return found


def openapi() -> Document:
    return document("openapi.json")


def asyncapi() -> Document:
    return document("asyncapi.json")


@cache
def _validator(document_name: str, schema: str, *, is_strict: bool) -> Draft202012Validator:
    schemas = copy.deepcopy(document(document_name)["components"]["schemas"])
    if is_strict:
        for each in schemas.values():
            if "properties" in each:
                each["additionalProperties"] = False  # clients ignore what they do not know; here all has to be known
    root = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": schemas}}
    return Draft202012Validator(root, validate_formats=True)


def faults_of(document_name: str, schema: str, value: object) -> list[str]:
    """Return what is wrong with a value of the service's."""
    found = _validator(document_name, schema, is_strict=True).iter_errors(value)
    return [f"{schema}: {each.message} at {each.instance_path}" for each in found]


def is_allowed(document_name: str, schema: str, value: object) -> bool:
    """Return whether a value of a client's may be sent."""
    return _validator(document_name, schema, is_strict=False).is_valid(value)


def frame_faults(frame: bytes | str) -> list[str]:
    return faults_of("asyncapi.json", "ServiceMessage", json.loads(frame))


def answer_faults(method: str, resource: str, status: int, headers: Mapping[str, str], text: str) -> list[str]:
    """Return what of an answer of the HTTP door is not in its description."""
    operation = openapi()["paths"][resource].get("get" if method == "HEAD" else method.lower())
    if operation is None:
        return [] if status == 405 and "Allow" in headers else [f"{status} for a method that is not described"]
    answer = operation["responses"].get(str(status))
    if answer is None:
        return [f"{status} is not described"]
    if "$ref" in answer:
        answer = openapi()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return [*_header_faults(answer.get("headers", {}), headers, status), *_body_faults(method, answer, headers, text)]


def _header_faults(described: Document, headers: Mapping[str, str], status: int) -> list[str]:
    missing = {name for name, header in described.items() if header.get("required")} - headers.keys()
    known = {*described, "Content-Type", "Access-Control-Allow-Origin"}
    if status >= 400:
        known |= {"Cache-Control", "Vary"}
    unknown = headers.keys() - known
    wrong = [
        f"{name}: {headers[name]}"
        for name, header in described.items()
        if name in headers and header["schema"]["type"] == "integer" and int(headers[name]) < 1
    ]
    return [f"{name} is missing" for name in missing] + [f"{name} is not described" for name in unknown] + wrong


def _body_faults(method: str, answer: Document, headers: Mapping[str, str], text: str) -> list[str]:
    content = answer.get("content", {})
    if method == "HEAD" or not content:
        return [f"a body: {text[:50]}"] if text else []
    kind = headers.get("Content-Type", "")
    if kind not in content:
        return [f"{kind} is not described"]
    return faults_of("openapi.json", content[kind]["schema"]["$ref"].rpartition("/")[2], json.loads(text))
