"""Lines of the access logs, as API Gateway fills them, which leaves `-` where there is no value."""

import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.messages import ACTIONS
from infra.local.recording.graph import Graph
from tests.infra.conftest import of_type

VARIABLE = re.compile(r"\$context\.([a-zA-Z.]+)")
WORDS = string.ascii_letters + string.digits
NAMES = st.text(WORDS + "_+=,.@-", min_size=1, max_size=64)
"""Of IAM users, roles and sessions. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
TOKENS = st.text(WORDS + "!#$%&'*+-.^_`|~", min_size=1, max_size=20)
"""Source: RFC 9110, 5.6.2"""
STATUSES = st.integers(100, 599).map(str)
VALUES = {
    "requestId": st.text(WORDS + "+/=-_", min_size=1, max_size=40),
    "connectionId": st.text(WORDS + "+/=-_", min_size=1, max_size=40),
    "routeKey": st.sampled_from(["$connect", *ACTIONS, "ANY /reports/{reportId}"]),
    "eventType": st.sampled_from(["CONNECT", "MESSAGE", "DISCONNECT"]),
    "httpMethod": TOKENS,
    "resourcePath": st.just("/reports/{reportId}/events"),
    "status": STATUSES,
    "identity.userArn": st.tuples(NAMES, NAMES).map(lambda each: f"arn:aws:sts::1:assumed-role/{each[0]}/{each[1]}"),
    "identity.sourceIp": st.ip_addresses().map(str),
    "error.responseType": st.sampled_from(["ACCESS_DENIED", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED"]),
    "integration.integrationStatus": STATUSES,
    "integration.status": STATUSES,
}
"""The values that a variable can have, whatever a caller sends; what may hold any text has no place in a line."""


@pytest.fixture(scope="module")
def lines(graph: Graph) -> list[str]:
    """Return the formats of the WebSocket API, the HTTP API and the REST API."""
    stages = [*of_type(graph, "apigatewayv2/stage:Stage").values(), *of_type(graph, "apigateway/stage:Stage").values()]
    found = [stage.inputs["accessLogSettings"]["format"] for stage in stages]
    assert len(found) == 3
    return found


def test_variables_are_those_that_hold_no_quote(lines: list[str]) -> None:
    for line in lines:
        assert set(VARIABLE.findall(line)) <= VALUES.keys()
        assert {"userArn", "sourceIp", "error", "integrationStatus"} <= json.loads(line).keys()


@given(st.data())
def test_line_is_json_whatever_was_asked(lines: list[str], data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(lines))
    drawn = {name: data.draw(st.just("-") | VALUES[name], name) for name in VARIABLE.findall(line)}
    filled = VARIABLE.sub(lambda found: drawn[found[1]], line)
    assert list(json.loads(filled).values()) == [drawn[name] for name in VARIABLE.findall(line)]
    assert "\n" not in line
