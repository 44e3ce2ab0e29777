import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from backend import synchronous
from backend.domain.caller import Caller
from backend.http_router import respond
from backend.protocol.refusals import LONGEST_NAME
from backend.protocol.resources import DOCUMENTS, RESOURCES, allowed
from backend.service.ports import StoreUnavailable
from backend.web.catalog import FOLDER
from tests.backend.fakes import ANNA, World
from tests.backend.web.asking import REMAINING_S, Http, event, rest_event

ID = "00000000-0000-4000-8000-000000000001"
ORDER = {"definition": "sample", "parameters": {"delay": 0, "amountOfRows": 3}}


def test_every_method_of_every_resource_is_answered(world: World) -> None:
    pairs = {(method, resource) for resource, methods in RESOURCES.items() for method in methods}
    assert world.http.handles.keys() == pairs


@pytest.mark.parametrize("resource", [*RESOURCES, *DOCUMENTS])
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "PUT", "POST", "BREW"])
def test_other_methods_are_refused_with_what_there_is(http: Http, resource: str, method: str) -> None:
    path = resource.replace("{reportId}", ID).replace("{definition}", "sample")
    if method in allowed(resource):
        return
    answer = http(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, ", ".join(allowed(resource)))


def test_error_is_a_problem_document(http: Http) -> None:
    answer = http("PUT", f"/reports/{ID}", {**ORDER, "parameters": {"delay": -1}, "formatOptions": {"x": 1}})
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.document == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": answer.document["detail"],
        "code": "invalidParameters",
        "fields": {
            "parameters.delay": "must be a whole number from 0 to 840,000",
            "formatOptions.x": "is unknown: there is delimiter, bom",
        },
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("PUT", "/reports/nothing", ORDER, {"reportId": "must be a UUID"}),
        ("PUT", f"/reports/{ID}", {"parameters": []}, {"definition", "parameters"}),
        ("PUT", f"/reports/{ID}", {**ORDER, "reportId": ID}, {"reportId"}),
        ("PUT", f"/reports/{ID}?x=1", ORDER, {"x": "is unknown: there is nothing"}),
        ("POST", f"/reports/{ID}/cancel", {"soon": True}, {"soon"}),
        ("GET", "/reports?limit=0", None, {"limit": "must be a whole number from 1 to 50"}),
        ("GET", "/reports?limit=51", None, {"limit"}),
        ("GET", "/reports?limit=1e1", None, {"limit"}),
        ("GET", "/reports?limit=2&limit=2", None, {"limit": "is given twice"}),
        ("GET", "/reports?state=DONE", None, {"state": "must be one of QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED"}),
        ("GET", "/reports?before=nothing", None, {"before": 'must be the "next" of an earlier answer'}),
        ("GET", f"/reports/{ID}?until=start", None, {"until": "must be end"}),
        ("GET", f"/reports/{ID}?wait=5", None, {"wait": "is unknown: there is until"}),
        ("GET", f"/reports/{ID}/file?x", None, {"x"}),
        ("GET", "/catalog?after=nothing", None, {"after"}),
        ("GET", "/catalog/sample?x=", None, {"x"}),
        ("GET", "/changes", None, {"watch"}),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    world: World, http: Http, *, method: str, path: str, body: object, fields: Any
) -> None:
    answer = http(method, path, body)
    assert (answer.status, answer.document["code"]) == (400, "invalidMessage")
    found = answer.document["fields"]
    assert (found if isinstance(fields, dict) else set(found)) == fields
    assert not world.reports.rows


@pytest.mark.parametrize("body", ["", "nonsense", "[]", "null", "7", '{"definition":', "\x00", "[" * 20_000])
def test_body_that_is_no_object_is_refused(world: World, http: Http, body: str) -> None:
    answer = http("PUT", f"/reports/{ID}", body)
    assert (answer.status, answer.document["code"]) == (400, "invalidMessage")
    assert not world.reports.rows


def test_body_is_json_and_says_so(http: Http) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "", "application/json-patch"):
        assert http("PUT", f"/reports/{ID}", ORDER, headers={"Content-Type": content_type}).status == 415
    accepted = http("PUT", f"/reports/{ID}", ORDER, headers={"Content-Type": "Application/JSON; charset=utf-8"})
    assert accepted.status == 201


def test_body_has_a_limit(http: Http) -> None:
    assert http("PUT", f"/reports/{ID}", {**ORDER, "format": "x" * 33_000}).status == 413


def test_body_may_come_in_base64(world: World) -> None:
    asked = event("PUT", f"/reports/{ID}", ORDER)
    asked |= {"body": base64.b64encode(asked["body"].encode()).decode(), "isBase64Encoded": True}
    assert respond(asked, world.http, REMAINING_S)["statusCode"] == 201


def test_signature_in_the_query_is_no_parameter(http: Http) -> None:
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b&x-amz-security-token=c"
    assert http("GET", f"/reports?limit=5&{query}").status == 200


@pytest.mark.parametrize("is_local", [True, False])
def test_request_of_nobody_is_refused_whatever_key_it_names(world: World, *, is_local: bool) -> None:
    world.http_settings = replace(world.http_settings, access_key_is_identity=is_local)
    world.compose()
    credential = "AKIA1/20261102/eu-west-1/execute-api/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=1"}
    for asked in (
        event("GET", f"/reports?X-Amz-Credential={credential}", caller=None),
        event("GET", "/reports", caller=None, headers=headers),
        event("GET", "/reports", caller=Caller("")),
    ):
        asked["requestContext"]["eventType"] = "MESSAGE"
        asked["requestContext"].get("authorizer", {}).get("iam", {}).pop("accessKey", None)
        answer = respond(asked, world.http, REMAINING_S)
        assert (answer["statusCode"], answer["body"]) == (403, '{"message":"Forbidden"}')


def test_session_without_a_name_is_refused_with_the_reason(world: World) -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/analyst/botocore-session-1795609372"
    asked = event("PUT", f"/reports/{ID}", ORDER, caller=Caller(arn))
    rest = rest_event("POST", "/reports/synchronous", ORDER, caller=Caller(arn))
    for answer in (respond(asked, world.http, REMAINING_S), synchronous.respond(rest, world.synchronous, REMAINING_S)):
        assert answer["statusCode"] == 403
        assert "role_session_name" in json.loads(answer["body"])["message"]
    assert not world.reports.rows


def test_log_says_who_asked_for_a_report(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    http("PUT", f"/reports/{ID}?X-Amz-Signature=5ec7e7", ORDER)
    (line,) = [vars(record) for record in caplog.records if record.message == "report queued"]
    assert (line["owner"], line["connectionId"], line["reportId"]) == (ANNA.owner, "", ID)
    assert "5ec7e7" not in str([vars(record) for record in caplog.records])


def test_owner_is_the_same_on_the_emulator_where_a_socket_knows_the_key_alone(world: World) -> None:
    world.http_settings = replace(world.http_settings, access_key_is_identity=True)
    world.compose()
    respond(event("PUT", f"/reports/{ID}", ORDER), world.http, REMAINING_S)
    assert world.reports.rows[ID].owner == "AKIA1"


def test_too_many_requests_are_told_when_to_come_again(world: World, http: Http) -> None:
    world.http_settings = replace(world.http_settings, messages_per_second=1)
    world.compose()
    answers = [http("GET", "/reports") for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert (answers[-1].document["code"], answers[-1].headers["Retry-After"]) == ("tooManyRequests", "10")


def test_too_many_reports_are_refused_with_a_time(http: Http) -> None:
    for _ in range(5):
        assert http("POST", "/reports", ORDER).status == 201
    answer = http("POST", "/reports", ORDER)
    assert (answer.status, answer.document["code"]) == (429, "tooManyReports")
    assert int(answer.headers["Retry-After"]) >= 1


def test_store_that_does_not_answer_is_503(world: World, http: Http) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("arn:secret")

    world.reports.get = fail  # type: ignore[method-assign, assignment]
    answer = http("GET", f"/reports/{ID}")
    assert (answer.status, answer.document["code"]) == (503, "internal")
    assert int(answer.headers["Retry-After"]) >= 1
    assert "secret" not in answer.text


def test_fault_is_500_and_keeps_its_words(world: World, http: Http) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    world.reports.get = fail  # type: ignore[method-assign, assignment]
    answer = http("GET", f"/reports/{ID}")
    assert (answer.status, answer.document["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_catalog_may_be_kept_until_it_changes(world: World, http: Http) -> None:
    answer = http("GET", "/catalog")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    tag = answer.headers["ETag"]
    assert tag.startswith('"')
    assert http("GET", "/catalog", headers={"If-None-Match": tag}).status == 304
    one = http("GET", "/catalog/sample")
    assert one.document in answer.document["definitions"]
    assert one.headers["ETag"] != tag
    assert one.document["formatOptions"]["csv"]["properties"].keys() == {"delimiter", "bom"}


def test_unknown_definition_is_not_found_and_not_repeated_whole(http: Http) -> None:
    answer = http("GET", f"/catalog/{'x' * 5000}")
    assert (answer.status, answer.document["code"]) == (404, "notFound")
    assert len(answer.document["detail"]) < LONGEST_NAME + 50


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_documents_are_for_everybody_and_may_be_kept(http: Http, name: str) -> None:
    answer = http("GET", f"/{name}", caller=None)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.text == (FOLDER / name).read_text()
    known = http("GET", f"/{name}", caller=None, headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status, known.text) == (304, "")
    assert http("GET", f"/{name}?x=1", caller=None).status == 400


def test_body_with_half_a_character_is_no_json(http: Http) -> None:
    answer = http("PUT", f"/reports/{ID}", '{"definition": "\ud800"}')
    assert (answer.status, answer.document["code"]) == (400, "invalidMessage")
