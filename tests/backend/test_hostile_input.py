"""Whatever a caller sends, it gets one answer that tells nothing, and nothing of anyone else's moves."""

import base64
import contextlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.aws.report_table import ReportTable
from backend.domain import steps
from backend.domain.caller import SignIn
from backend.protocol.codec import decode_message
from backend.protocol.lifecycle import State
from backend.protocol.messages import CatalogMessage, GenerateReport, ReportMessage, ReportsMessage, ServiceMessage
from backend.protocol.quotas import MESSAGE_SIZE_BYTES, REPORT_IDS_PER_WATCH
from backend.router import ACCEPTED, route
from backend.service.ports import Delivery, InvalidCursor
from tests.backend.fakes import ANNA, BERT, START, World

OWN = "00000000-0000-4000-8000-00000000000a"
VICTIMS = tuple(f"00000000-0000-4000-8000-0000000000b{n}" for n in range(3))
DONE, RUNNING, QUEUED = VICTIMS
LEAST = {"delay": 0, "amountOfRows": 1}
LEAST_REQUEST = {"definition": "sample", "parameters": LEAST}
TELLTALE = (
    *("backend.", "msgspec", "Traceback", 'File "', "KeyError", "TypeError", "Error(", "<class", "datetime"),
    "files.example",
)

PLACES = (
    "@",
    "[@]",
    '{"action":@}',
    '{"action":"ping",@:1}',
    '{"action":"ping","requestId":@}',
    '{"action":"ping","requestId":"r","data":@}',
    '{"action":"ping","requestId":"r","requestId":@}',
    '{"action":"describeCatalog","requestId":"r","data":@}',
    '{"action":"generateReport","requestId":"r","data":@}',
    '{"action":"generateReport","requestId":"r","data":{"delay":@,"amountOfRows":1}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","reportId":@}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":@}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","parameters":@}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","parameters":{"delay":@}}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","parameters":{"delay":0,@:1}}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","format":@}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample","formatOptions":@}}',
    '{"action":"generateReport","requestId":"r","data":{"definition":"sample",@:@}}',
    '{"action":"watchReports","requestId":"r","data":{"reportIds":@}}',
    f'{{"action":"watchReports","requestId":"r","data":{{"reportIds":["{DONE}",@]}}}}',
    '{"action":"cancelReport","requestId":"r","data":{"reportId":@}}',
    '{"action":"listReports","requestId":"r","data":{"before":@}}',
    '{"action":"listReports","requestId":"r","data":{"limit":@}}',
)
"""Near-valid messages; @ is where JSON text of one's own goes."""

CURSORS = tuple(
    json.dumps(cursor)
    for cursor in (
        f"2026-11-02T09:00:00+00:00 {DONE}",
        f"9999-12-31T23:59:59+00:00 {DONE}",
        base64.urlsafe_b64encode(f"9999-12-31T23:59:59+00:00 {DONE}".encode()).decode(),
        base64.urlsafe_b64encode(b" ").decode(),
        f"{BERT.owner} {DONE}",
    )
)
NASTY = (
    *("1e400", "-1e400", "1" + "0" * 400, "-" + "9" * 400, "0.1e-400", "-0", "-0.0", "1.0", "1.5", "01", "+1", ".5"),
    *("0x1",),
    *("NaN", "Infinity", "-Infinity", "nan", "null", "true", "false", "True", "None", "undefined", ""),
    *("18446744073709551616", "9223372036854775808", "-1", "840001", "10000001", "1e3", "2e0", '"1"', '"१२"', "१२"),
    *('"٣"',),
    *("[]", "{}", "[[]]", "[{}]", "[null]", '{"":0}', '{"a":1,"a":2}', '{"delay":true}', '{"delay":0,"delay":1}'),
    *("[" * 100_000, "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900, '{"a":' * 50_000),
    *('""', '" "', r'"\u0000"', '"\x00"', '"\x07"', '"\n"', r'"\ud800"', '"\ud800"', r'"\udc00\ud800"', '"\ufeff"'),
    *("\ufeff1",),
    *('"../../etc/passwd"', r'"..\\..\\x"', '"/"', '"%2e%2e%2f"', '"a\u202eb"', '"😀"', r'"\ud83d\ude00"'),
    *('"' + "é" * 64 + '"',),
    *(json.dumps("x" * length) for length in (16, 17, 64, 65, 128, 129, 4095, 4097, 2**15, 2**17, 2**20)),
    *(json.dumps("x" * 130_000), '"' + "😀" * 100_000 + '"', '"' + r"\u0001" * 21_000 + '"'),
    *(json.dumps(report_id) for report_id in (*VICTIMS, OWN)),
    *(json.dumps(DONE + tail) for tail in ("\n", "\x00", "/", " ", "é")),
    *(
        json.dumps(DONE.upper().replace("B", "A")),
        json.dumps("\u0660" + DONE[1:]),
        json.dumps(f" {DONE}"),
        json.dumps([*VICTIMS]),
    ),
    *('"$connect"', '"$disconnect"', '"$default"', '"__class__"', '"__proto__"', '"constructor"', '"sample\\u0000"'),
    *('"SAMPLE"',),
    *('"delay"', '"amountOfRows"', '{"$gt":""}', '"\' OR 1=1 --"', '"{0.__class__}"', '"%s%n"', '"${jndi:ldap://x}"'),
    *CURSORS,
)
WHOLE = (
    *("", " ", "\ufeff", "\x00", "{", "}", "null", '"', "\ud800", "{}{}", '{"action":"ping"}x'),
    *('\ufeff{"action":"ping"}',),
    '{"action":"ping","action":"cancelReport"}',
    "{'action':'ping'}",
    '{"action":"ping",}',
    '{"action":"ping","data":{}}' + " " * MESSAGE_SIZE_BYTES,
    *(
        json.dumps({"action": "watchReports", "data": {"reportIds": ids}})
        for ids in ([OWN] * 50, [OWN] * 51, [DONE] * 50, [f"{n:08}{OWN[8:]}" for n in range(51)], [OWN, *VICTIMS] * 12)
    ),
    *(json.dumps({"action": action, "data": {"reportId": i}}) for action in ("cancelReport", "ping") for i in VICTIMS),
    *(json.dumps({"action": "generateReport", "data": {"reportId": i, "definition": "sample"}}) for i in VICTIMS),
    *(json.dumps({"action": "generateReport", "data": {**LEAST_REQUEST, "reportId": i}}) for i in VICTIMS),
)
HAND_PICKED = (*WHOLE, *(place.replace("@", value) for value in NASTY for place in PLACES if len(value) < 2**18))


class Hostility:
    """The service with a victim's reports in it, and a caller who sends what it likes."""

    def __init__(self) -> None:
        self.world = World()
        self.frames: list[bytes] = []
        self.router = replace(self.world.router, push=self.post)
        for caller in (ANNA, BERT):
            self.world.connections.put(caller.connection_id, SignIn(caller.owner), self.world.clock())
        for report_id in VICTIMS:
            self.world.submit(BERT, _asked(report_id))
        self.world.execute(DONE)
        self.world.reports.change(RUNNING, steps.claim("invocation-2", self.world.clock()))
        self.world.submit(ANNA, _asked(OWN))
        self.victims = {report_id: self.world.reports.rows[report_id] for report_id in VICTIMS}
        self.secrets = (BERT.owner, BERT.connection_id, *TELLTALE, *self.world.results.objects, *VICTIMS)

    def post(self, connection_id: str, frame: bytes) -> Delivery:
        assert connection_id == ANNA.connection_id, "another was told"
        self.frames.append(frame)
        return Delivery.DELIVERED

    def send(self, body: str) -> None:
        """Send one message and judge all that comes of it."""
        self.frames.clear()
        before = set(self.world.reports.rows)
        context = {"eventType": "MESSAGE", "connectionId": ANNA.connection_id}
        assert route({"requestContext": context, "body": body}, self.router) == ACCEPTED
        (frame,) = self.frames
        assert len(frame) <= MESSAGE_SIZE_BYTES
        assert len(body) <= MESSAGE_SIZE_BYTES or b"is too large" in frame
        self._judge_secrecy(frame.decode(), body)
        answer = decode_message(frame)
        is_unread = b"is not JSON" in frame or b"is too large" in frame
        assert is_unread or '"requestId":"r","data"' not in body or answer.request_id == "r"
        self._judge_rows(answer, before)

    def _judge_secrecy(self, text: str, body: str) -> None:
        for secret in self.secrets:
            assert secret not in text or secret in body, f"{secret} was told"

    def _judge_rows(self, answer: ServiceMessage, before: set[str]) -> None:
        rows = self.world.reports.rows
        for report_id, row in self.victims.items():
            assert rows[report_id] is row, "the victim's report was touched"
        for report_id in rows.keys() - before:
            assert isinstance(answer, ReportMessage), "a report was made in passing"
            assert answer.report.report_id == report_id
            self._judge_made(report_id)
            del rows[report_id]
        if isinstance(answer, ReportsMessage):
            assert {report.report_id for report in answer.reports} <= {OWN}
            assert len(answer.reports) + len(answer.missing) <= REPORT_IDS_PER_WATCH
        if isinstance(answer, ReportMessage):
            assert answer.report.report_id not in VICTIMS
        if isinstance(answer, CatalogMessage):
            ids = [definition.id for definition in answer.definitions]
            assert ids == list(self.world.catalog)[len(self.world.catalog) - len(ids) :]

    def _judge_made(self, report_id: str) -> None:
        row = self.world.reports.rows[report_id]
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", report_id, re.ASCII)
        assert (row.owner, row.definition, row.format, row.state) == (ANNA.owner, "sample", "csv", State.QUEUED)
        delay, amount = row.parameters["delay"], row.parameters["amountOfRows"]
        assert type(delay) is type(amount) is int
        assert 0 <= delay <= 840_000
        assert 0 <= amount <= 10_000_000
        assert row.parameters.keys() == LEAST.keys()


def _in_base64(cursor: str | bytes) -> str:
    return base64.urlsafe_b64encode(cursor.encode() if isinstance(cursor, str) else cursor).decode()


def _asked(report_id: str) -> GenerateReport:
    return GenerateReport(report_id=report_id, definition="sample", parameters=LEAST)


@pytest.mark.slow
def test_hand_picked_messages_get_one_answer_and_nothing_else(faults: list[str]) -> None:
    hostility = Hostility()
    assert len(HAND_PICKED) > 1000
    for body in HAND_PICKED:
        hostility.send(body)
        assert not faults, body[:300]


class Table:
    """Answers a query as a table without rows."""

    def query(self, **request: Any) -> dict[str, Any]:
        self.start = request["ExclusiveStartKey"]
        return {"Items": []}


@given(
    st.one_of(st.text(max_size=40), st.text(" ab", max_size=4).map(_in_base64), st.binary(max_size=40).map(_in_base64))
)
def test_cursor_of_ones_own_making_is_refused_or_begins_among_ones_own(cursor: str) -> None:
    table = Table()
    with contextlib.suppress(InvalidCursor):
        ReportTable(table, "reports").page(ANNA.owner, cursor, 1, START)  # type: ignore[arg-type]
        assert table.start["owner"] == {"S": ANNA.owner}
        assert all(value["S"] for value in table.start.values()), "DynamoDB takes no empty key"


near_ids = st.from_regex(r"\A[0-9a-fA-F]{7,9}(-[0-9a-f]{4}){3}-[0-9a-f]{11,13}\n?\Z")
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), near_ids, st.sampled_from(VICTIMS)
)
names = st.one_of(
    st.text(max_size=10), st.sampled_from(["definition", "parameters", "delay", "amountOfRows", "reportId", "format"])
)
values = st.recursive(
    scalars, lambda some: st.lists(some, max_size=3) | st.dictionaries(names, some, max_size=3), max_leaves=6
)
texts = st.one_of(
    st.builds(lambda value, is_ascii: json.dumps(value, ensure_ascii=is_ascii), values, st.booleans()),
    st.text(max_size=60),
    st.text('{}[]",:\\u0123456789.eE+-tfn ', max_size=40),
)


@pytest.mark.slow
@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture
    ],  # it only collects: nothing of one example meets the next
)
@given(some=st.lists(texts, min_size=20, max_size=20))
def test_a_hundred_thousand_made_messages_get_one_answer_and_nothing_else(faults: list[str], some: list[str]) -> None:
    hostility = Hostility()
    for text in some:
        for place in PLACES:
            hostility.send(place.replace("@", text))
    assert not faults
