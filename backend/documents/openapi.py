"""The HTTP door as an OpenAPI document.

operations, schemas, exchanges ──▶ **openapi** ──▶ `backend/web/documents/openapi.json`

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from backend.documents import examples
from backend.documents.exchanges import HttpExchange
from backend.documents.http_answers import ANSWERED
from backend.documents.http_refusals import REFUSED
from backend.documents.operations import OPERATIONS, TAGS, Answer, Operation
from backend.documents.schemas import Schema, nullable, parameters_of, reference, schemas_of
from backend.protocol.bodies import CatalogPage, ChangedReports, GatewayMessage, ProblemDetails, ReportsPage
from backend.protocol.messages import Nothing, ReportOrder
from backend.reports.sample import DEFINITION

Document = dict[str, Any]
JSON, PROBLEM = "application/json", "application/problem+json"

DESCRIPTION = """\
Reports that take seconds or a quarter of an hour: ask for one, look again or wait, and follow its link.

Every request is signed: AWS Signature Version 4 for the service `execute-api`, in headers or in the query, where
`X-Amz-…` parameters are no others; or bears a token where the stack has an issuer. HEAD is wherever GET is. Other
methods are answered 405 with `Allow`. Unknown members and query parameters are refused; null is as absent, UUIDs may
have capitals, and 5.0 is an integer. Clients ignore members that they do not know."""

PARAMETERS: Mapping[str, Document] = {
    "reportId": {
        "in": "path",
        "required": True,
        "description": "A UUID.",
        "schema": {"type": "string", "format": "uuid"},
        "example": examples.ID,
    },
    "definition": {
        "in": "path",
        "required": True,
        "description": "The id of a report in the catalog.",
        "schema": {"type": "string"},
        "example": "sample",
    },
    "Prefer": {
        "in": "header",
        "description": "`wait=N` holds the answer back for up to N seconds, at most 25. Other preferences are ignored.",
        "schema": {"type": "string"},
        "example": "wait=20",
    },
    "If-None-Match": {
        "in": "header",
        "description": "The ETag of what the client has. If that is still so, the answer is 304.",
        "schema": {"type": "string"},
        "example": 'W/"2"',
    },
}
EXAMPLES = {"limit": 10, "state": "SUCCEEDED", "watch": examples.WATCH, "until": "end"}
"""Of parameters of queries."""

HEADERS: Mapping[str, tuple[str, Schema]] = {
    "ETag": ("Changes with the answer: of a report its revision, and the end of its link.", {"type": "string"}),
    "Retry-After": ("Seconds until asking again pays.", {"type": "integer", "format": "int32", "minimum": 1}),
    "Preference-Applied": (
        "How long the answer could have been held back: `wait=0` where too many wait.",
        {"type": "string"},
    ),
    "Location": ("Where it is.", {"type": "string"}),
    "Link": ('The following page: `<…>; rel="next"`.', {"type": "string"}),
    "Repr-Digest": ("The SHA-256 of the file, as in RFC 9530: `sha-256=:…:`.", {"type": "string"}),
    "Cache-Control": ("Whether and for how long the answer may be kept.", {"type": "string"}),
    "Vary": ("Headers of the request that the answer depends on.", {"type": "string"}),
}
ALWAYS = ("Cache-Control", "Vary")
FOR_EVERYBODY: Mapping[int, str] = {
    429: "Too many requests, or too many reports under way.",
    500: "A fault of the service.",
    503: "The service is not there, or cannot reach its data.",
}
"""Statuses of every operation, which both the service and API Gateway answer."""
OF_THE_GATEWAY: Mapping[int, str] = {
    401: "The token is not right.",
    403: "The request is not signed, not rightly signed, or not allowed: the same answer for all of these.",
    404: "There is no such address.",
    504: "The answer took longer than 30 seconds.",
}
"""Statuses that API Gateway answers on its own, `{"message"}`."""
BOTH = {404, 413, *FOR_EVERYBODY}
RESPONSES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NoAddress",
    413: "TooLarge",
    415: "NotJson",
    422: "Unprocessable",
    429: "TooMany",
    500: "Failed",
    503: "Unavailable",
    504: "TooLate",
}
"""Names of answers that are alike everywhere."""


def document() -> Document:
    """Return the document."""
    paths: dict[str, Document] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.resource, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reportwire",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": ".", "description": "The address that this document came from, without its last part."}],
        "security": [{"sigv4": []}, {"bearer": []}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": _responses(),
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature Version 4, service `execute-api`; or the same in the query.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "Where the stack has an issuer."},
            },
        },
    }


def order() -> dict[str, Schema]:
    """Return the schemas of what a report is asked for with, but for its id."""
    return {
        "Order": {"description": "What is to be made.", "oneOf": [reference("ReportOrder"), reference("SampleOrder")]},
        "SampleOrder": {
            "description": "Short for the report `sample` with these parameters. At least one of them is needed.",
            "type": "object",
            "minProperties": 1,
            "properties": {name: _of_sample(prop) for name, prop in DEFINITION.parameters["properties"].items()},
            "additionalProperties": False,
        },
    }


def _of_sample(prop: Mapping[str, Any]) -> Schema:
    limits = {name: prop[name] for name in ("type", "minimum", "maximum")}
    words = f"{prop['description']} {prop['title']}; {prop['default']} unless said."
    return {"description": words, **nullable({**limits, "format": "int32"})}


def _schemas() -> dict[str, Schema]:
    kinds = (ReportOrder, Nothing, ReportsPage, ChangedReports, CatalogPage, ProblemDetails, GatewayMessage)
    document = {"description": "The document.", "type": "object", "additionalProperties": True}
    return dict(sorted({**schemas_of(kinds), **order(), "Document": document}.items()))


def _operation(operation: Operation) -> Document:
    found: Document = {"operationId": operation.id, "tags": [operation.tag], "summary": operation.summary}
    if operation.description:
        found["description"] = operation.description
    if not operation.is_signed:
        found["security"] = []
    if parameters := [*_parameters(operation)]:
        found["parameters"] = parameters
    if operation.body:
        is_required = operation.body != Nothing.__name__
        content = {"schema": reference(operation.body), **_requests(operation)}
        found["requestBody"] = {"required": is_required, "content": {JSON: content}}
    found["responses"] = {str(status): answer for status, answer in sorted(_answers(operation).items())}
    return found


def _parameters(operation: Operation) -> Iterable[Document]:
    in_path = [part[1:-1] for part in operation.resource.split("/") if part.startswith("{")]
    for name in (*in_path, *operation.headers):
        yield {"name": name, **PARAMETERS[name]}
    for name, (schema, is_required) in parameters_of(operation.query).items():
        words = schema.pop("description")
        example = {"example": EXAMPLES[name]} if name in EXAMPLES else {}
        yield {"name": name, "in": "query", "required": is_required, "description": words, "schema": schema, **example}


def _requests(operation: Operation) -> Document:
    sent = {
        each.name: {"value": each.body} for each in ANSWERED if each.operation == operation.id and each.body is not None
    }
    return {"examples": sent} if sent else {}


def _answers(operation: Operation) -> dict[int, Document]:
    """Return every answer of an operation by status; those that are alike everywhere are referred to."""
    said = {status: _carried_out(operation, status, answer) for status, answer in operation.answers.items()}
    alike = {**FOR_EVERYBODY, **OF_THE_GATEWAY, **operation.refusals}
    if not operation.is_signed:
        alike = {status: words for status, words in alike.items() if status not in {401, 403}}
    refused = {
        status: _refusal(status, words, [each for each in REFUSED if each.operation == operation.id])
        if status in operation.refusals and (status not in RESPONSES or status in OF_THE_GATEWAY)
        else {"$ref": f"#/components/responses/{RESPONSES[status]}"}
        for status, words in alike.items()
    }
    return {**said, **refused}


def _carried_out(operation: Operation, status: int, answer: Answer) -> Document:
    found: Document = {"description": answer.words, "headers": _headers((*answer.headers, *ALWAYS))}
    if answer.body:
        shown = {
            each.name: {"value": each.answer}
            for each in ANSWERED
            if (each.operation, each.status) == (operation.id, status)
        }
        found["content"] = {JSON: {"schema": reference(answer.body), **({"examples": shown} if shown else {})}}
    return found


def _responses() -> dict[str, Document]:
    words = {**FOR_EVERYBODY, **OF_THE_GATEWAY} | {
        status: words
        for operation in OPERATIONS
        for status, words in operation.refusals.items()
        if status in RESPONSES and status not in OF_THE_GATEWAY
    }
    words[400] = "The query, the path or the body is not understood."
    return {name: _refusal(status, words[status], REFUSED) for status, name in RESPONSES.items()}


def _refusal(status: int, words: str, exchanges: Iterable[HttpExchange]) -> Document:
    """Return an answer of the service's own, of API Gateway's, or of either."""
    content: Document = {}
    shown = {each.name: {"value": each.answer} for each in exchanges if each.status == status}
    is_ours = status not in OF_THE_GATEWAY or words != OF_THE_GATEWAY[status]
    if is_ours:
        content[PROBLEM] = {"schema": reference(ProblemDetails.__name__), **({"examples": shown} if shown else {})}
    if not is_ours or status in BOTH:
        message = {"message": HTTPStatus(status).phrase}
        content[JSON] = {"schema": reference(GatewayMessage.__name__), "example": message}
    headers = ("Retry-After?",) if status in {409, 429, 503} else ()
    return {"description": words, **({"headers": _headers(headers)} if headers else {}), "content": content}


def _headers(names: Iterable[str]) -> Document:
    found = {}
    for name in names:
        words, schema = HEADERS[name.rstrip("?")]
        is_always_there = {} if name.endswith("?") else {"required": True}
        found[name.rstrip("?")] = {"description": words, **is_always_there, "schema": schema}
    return found
