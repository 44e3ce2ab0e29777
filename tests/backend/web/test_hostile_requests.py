"""Whatever a caller asks over HTTPS, the answer is described and tells nothing, and nobody else's report moves."""

from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.backend.fakes import ANNA
from tests.backend.test_hostile_input import DONE, NASTY, VICTIMS, Hostility
from tests.backend.web.asking import Answered, http_of

OWN = "00000000-0000-4000-8000-00000000000a"
PLACES = (
    ("GET", "/reports?@", ""),
    ("GET", "/reports?limit=@", ""),
    ("GET", "/reports?before=@&state=@", ""),
    ("GET", "/changes?watch=@", ""),
    ("GET", f"/changes?watch={OWN}.0~@.0", ""),
    ("GET", f"/changes?watch={DONE}.@", ""),
    ("GET", "/catalog?after=@", ""),
    ("GET", f"/reports/{OWN}?until=@", ""),
    ("GET", "/reports/@", ""),
    ("GET", "/reports/@/file", ""),
    ("GET", "/catalog/@", ""),
    ("POST", "/reports/@/cancel", ""),
    ("PUT", "/reports/@", '{"delay":0}'),
    ("POST", f"/reports/{DONE}/cancel", "@"),
    ("PUT", f"/reports/{DONE}", "@"),
    ("PUT", f"/reports/{OWN}", '{"delay":@}'),
    ("POST", "/reports", '{"definition":@}'),
    ("POST", "/reports", '{"definition":"sample","parameters":@,"format":"csv"}'),
    ("POST", "/reports", '{"definition":"sample","parameters":{"delay":0,@:1}}'),
    ("POST", "/reports", '{"definition":"sample","format":@}'),
    ("POST", "/reports", '{"definition":"sample","formatOptions":@}'),
    ("POST", "/reports", '{"definition":"sample",@:@}'),
)
"""Near-valid requests; @ is where a text of one's own goes."""
HEADERS = ("If-None-Match", "Prefer", "Content-Type", "Last-Event-ID", "X-Amz-Security-Token")


class HostileRequests(Hostility):
    """The same service, and a caller who asks over HTTPS."""

    def __init__(self) -> None:
        super().__init__()
        self.http = http_of(self.world)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> None:
        before = dict(self.world.reports.rows)
        answer: Answered = self.http(method, path, body or None, headers=headers)
        assert answer.status < 500, (method, path[:200], body[:200])
        for secret in self.secrets:
            assert secret not in answer.text or secret in body or secret in unquote(path), f"{secret} was told"
        self._judge_made(answer, before)

    def _judge_made(self, answer: Answered, before: dict[str, Any]) -> None:  # type: ignore[override]
        rows = self.world.reports.rows
        for report_id, row in self.victims.items():
            assert rows[report_id] is row, "the victim's report was touched"
        made = rows.keys() - before.keys()
        assert not made or answer.status == 201, "a report was made in passing"
        assert all(rows[report_id].owner == ANNA.owner for report_id in made)
        self.world.reports.rows = before


@pytest.mark.slow
def test_hand_picked_requests_get_a_described_answer_and_nothing_else(faults: list[str]) -> None:
    hostile = HostileRequests()
    for value in NASTY:
        if len(value) > 2**15:
            continue
        for method, path, body in PLACES:
            text = quote(value.strip('"').encode(errors="surrogatepass"), safe="")
            for place in {path.replace("@", text), path.replace("@", quote(value.encode(errors="surrogatepass")))}:
                if place.count("/") == path.count("/"):
                    hostile.ask(method, place, body.replace("@", value))
            assert not faults, (method, path, body, value[:100])


@pytest.mark.slow
@pytest.mark.parametrize("name", HEADERS)
def test_hand_picked_headers_get_a_described_answer_and_nothing_else(name: str, faults: list[str]) -> None:
    hostile = HostileRequests()
    for value in NASTY:
        for method, path, body in (
            ("GET", f"/reports/{OWN}", ""),
            ("GET", "/catalog", ""),
            ("GET", f"/changes?watch={OWN}.0", ""),
            ("PUT", f"/reports/{OWN}", '{"delay":0,"amountOfRows":1}'),
        ):
            hostile.ask(method, path, body, **{name: value})
            assert not faults, (name, value[:100])


@pytest.mark.parametrize("report_id", VICTIMS)
def test_reports_of_others_are_as_unknown_ones(report_id: str) -> None:
    hostile = HostileRequests()
    unknown = "99999999-0000-4000-8000-000000000000"
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/cancel")):
        one, other = (hostile.http(method, f"/reports/{each}{path}") for each in (report_id, unknown))
        assert (one.status, one.text) == (other.status, other.text) == (404, other.text)
    answer = hostile.http("GET", f"/changes?watch={report_id}.0~{unknown}.0")
    assert answer.document["missing"] == [report_id, unknown]
