"""What the edge does to requests over HTTP, in front of a service of the test's own."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.faults.faults import Asked, Cut, Faults, Kind, Lost, Refusal, always, times
from tests.faults.gateway import Gateway
from tests.http_wire import Head, answer_bytes, head_bytes, read_body, read_head
from tests.limits import HANG_S
from tests.loop_threads import listening, looping

KEYS = Credentials("AKIDEXAMPLE", "secret")
PATH = "/_aws/execute-api/{}/v1/reports"
AT_ONCE_S = 0.01
LARGE = b"x" * 300_000


@dataclass
class Service:
    """The emulator's place: answers, and keeps what it was asked."""

    heads: list[Head] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answer: bytes = answer_bytes(200, [("Content-Type", "application/json")], b'{"reports":[]}')
    gate: threading.Event | None = None
    """What its answers wait for."""
    answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        self.heads.append(head)
        self.bodies.append(await read_body(head, reader))
        if self.gate:
            await asyncio.to_thread(self.gate.wait, HANG_S)
        writer.write(self.answer)
        await writer.drain()
        self.answered.release()


@dataclass
class Site:
    gateway: Gateway
    service: Service
    client: httpx.Client

    @property
    def faults(self) -> Faults:
        return self.gateway.faults

    def url(self, api: str = "http", tail: str = "") -> str:
        return f"http://{self.gateway.authority}{PATH.format(api)}{tail}"

    def ask(self, method: str = "GET", api: str = "http", tail: str = "", **options: Any) -> httpx.Response:
        return self.client.request(method, self.url(api, tail), **options)

    @property
    def statuses(self) -> list[int | None]:
        return [status for _, status in self.gateway.http.requests]


@contextmanager
def site_of(service: Service) -> Iterator[Site]:
    gateway = Gateway()
    gateway.http.kinds |= {"rest": Kind.REST, "socket": Kind.WEBSOCKET}
    gateway.http.region = "eu-west-1"
    with (
        looping("service") as loop,
        listening(loop, service.serve) as port,
        gateway.running(),
        httpx.Client(trust_env=False, timeout=HANG_S) as client,
    ):
        gateway.emulator = ("127.0.0.1", port)
        yield Site(gateway, service, client)


@pytest.fixture
def site() -> Iterator[Site]:
    with site_of(Service()) as site:
        yield site


def assert_refused(answer: httpx.Response, status: int, message: str) -> None:
    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["apigw-requestid"]


# --- passed on ------------------------------------------------------------------------------------


def test_request_reaches_the_service_as_it_came(site: Site) -> None:
    answer = site.ask("POST", tail="?b=%2F&a=", content=b"{}", headers={"X-Odd": "two  words"})
    assert (answer.status_code, answer.json()) == (200, {"reports": []})
    (head,) = site.service.heads
    assert head.first == ("POST", "/_aws/execute-api/http/v1/reports?b=%2F&a=", "HTTP/1.1")
    assert head.value("host") == site.gateway.authority
    assert b"X-Odd: two  words\r\n" in head.raw
    assert site.service.bodies == [b"{}"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_any_method_is_passed_on_and_noted(site: Site, method: str) -> None:
    answer = site.ask(method)
    assert (answer.status_code, answer.headers["content-length"]) == (200, "14")
    ((asked, status),) = site.gateway.http.requests
    assert (asked.method, asked.path, asked.kind, status) == (method, "/reports", Kind.HTTP, 200)


def test_requests_follow_each_other_on_one_connection(site: Site) -> None:
    stream = [site.ask().extensions["network_stream"].get_extra_info("client_addr") for _ in range(3)]
    assert len(set(stream)) == 1
    assert site.statuses == [200] * 3


def test_body_in_chunks_is_passed_on_whole(site: Site) -> None:
    assert site.ask("POST", content=iter([b"one ", b"two"])).status_code == 200
    assert site.service.bodies == [b"one two"]
    assert site.service.heads[0].length == 7


def test_expectation_is_met_by_the_edge(site: Site) -> None:
    assert site.ask("POST", content=b"{}", headers={"Expect": "100-continue"}).status_code == 200
    assert site.service.heads[0].value("expect") is None


def test_answer_in_chunks_is_buffered_whole(site: Site) -> None:
    site.service.answer = head_bytes(200, [("Transfer-Encoding", "chunked")]) + b"4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n"
    answer = site.ask()
    assert answer.content == b"one two"
    assert answer.headers["content-length"] == "7"
    assert "transfer-encoding" not in answer.headers


@pytest.mark.parametrize("status", [204, 304])
def test_answer_without_a_body_stays_one(site: Site, status: int) -> None:
    site.service.answer = head_bytes(status, [("ETag", '"7"')])
    assert [site.ask().status_code for _ in range(2)] == [status] * 2


def test_answer_names_the_request_in_the_words_of_its_api(site: Site) -> None:
    assert site.ask().headers["apigw-requestid"]
    assert site.ask(api="rest").headers["x-amzn-requestid"]


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "kind", "status", "message"),
    [
        ("http", Kind.HTTP, 503, "Service Unavailable"),
        ("rest", Kind.REST, 504, "Endpoint request timed out"),
    ],
)
def test_slow_service_is_cut_off_and_goes_on(site: Site, api: str, kind: Kind, status: int, message: str) -> None:
    site.faults.limits_s[kind] = AT_ONCE_S
    site.service.gate = threading.Event()
    answer = site.ask(api=api)
    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert not site.service.answered.acquire(blocking=False)
    site.service.gate.set()
    assert site.service.answered.acquire(timeout=HANG_S)


def test_limits_are_those_of_api_gateway() -> None:
    assert Faults().limits_s == {Kind.HTTP: 30, Kind.REST: 29}
    assert Faults().payload_bytes == 10_485_760


def test_body_over_the_limit_is_refused_and_the_connection_stays(site: Site) -> None:
    site.faults.payload_bytes = len(LARGE)
    assert site.ask("POST", content=LARGE).status_code == 200
    assert_refused(site.ask("POST", content=LARGE + b"x"), 413, "Request Entity Too Large")
    assert site.ask().status_code == 200
    assert len(site.service.heads) == 2


def test_answer_over_the_limit_is_a_fault_of_the_service(site: Site) -> None:
    site.faults.payload_bytes = 100
    site.service.answer = answer_bytes(200, [], b"x" * 101)
    assert_refused(site.ask(), 500, "Internal Server Error")


@pytest.mark.parametrize("broken", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"nonsense\r\n\r\n"])
def test_service_that_answers_nothing_of_use_is_a_fault(site: Site, broken: bytes) -> None:
    site.service.answer = broken
    assert_refused(site.ask(), 500, "Internal Server Error")
    assert site.ask(api="rest").status_code == 502


# --- signatures -----------------------------------------------------------------------------------


def in_headers(url: str, region: str, service: str) -> tuple[str, dict[str, str]]:
    request = AWSRequest(method="GET", url=url)
    SigV4Auth(KEYS, service, region).add_auth(request)
    return url, dict(request.headers.items())


def in_query(url: str, region: str, service: str) -> tuple[str, dict[str, str]]:
    request = AWSRequest(method="GET", url=url)
    SigV4QueryAuth(KEYS, service, region, expires=240).add_auth(request)
    return str(request.url), {}


Sign = Callable[[str, str, str], tuple[str, dict[str, str]]]
SIGNS = pytest.mark.parametrize("sign", [in_headers, in_query])
FLAWS = pytest.mark.parametrize(
    ("region", "service", "age"),
    [
        ("eu-west-1", "execute-api", timedelta(minutes=6)),
        ("us-east-2", "execute-api", timedelta()),
        ("eu-west-1", "s3", timedelta()),
    ],
    ids=["old", "region", "service"],
)


@SIGNS
def test_signed_request_reaches_the_service(site: Site, sign: Sign) -> None:
    url, headers = sign(site.url(), "eu-west-1", "execute-api")
    assert site.client.get(url, headers=headers).status_code == 200
    assert site.service.heads[0].value("authorization") == headers.get("Authorization")


@SIGNS
@FLAWS
def test_flawed_signature_is_refused(site: Site, sign: Sign, region: str, service: str, age: timedelta) -> None:
    url, headers = sign(site.url(), region, service)
    site.gateway.http.clock = lambda: datetime.now(UTC) + age
    assert_refused(site.client.get(url, headers=headers), 403, "Forbidden")
    assert site.service.heads == []


@SIGNS
@FLAWS
def test_handshake_with_a_flawed_signature_is_refused(
    site: Site, sign: Sign, region: str, service: str, age: timedelta
) -> None:
    url, headers = sign(site.url("socket"), region, service)
    site.gateway.http.clock = lambda: datetime.now(UTC) + age
    with pytest.raises(InvalidStatus) as caught:
        connect(url.replace("http", "ws", 1), additional_headers=headers, proxy=None, legacy=True)
    response = caught.value.response
    assert (response.status_code, json.loads(response.body)) == (403, {"message": "Forbidden"})
    assert response.headers["x-amzn-RequestId"]
    assert site.service.heads == []


def test_plain_request_to_an_api_of_sockets_is_refused(site: Site) -> None:
    answer = site.ask(api="socket")
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    assert site.service.heads == []


# --- faults ---------------------------------------------------------------------------------------


def test_busy_edge_may_say_for_how_long(site: Site) -> None:
    site.faults.http_judges += [times(1, Refusal(429, {"Retry-After": "2"})), times(1, Refusal(429))]
    late, soon, last = site.ask(), site.ask(), site.ask()
    assert_refused(late, 429, "Too Many Requests")
    assert late.headers["retry-after"] == "2"
    assert_refused(soon, 429, "Too Many Requests")
    assert "retry-after" not in soon.headers
    assert last.status_code == 200
    assert len(site.service.heads) == 1


def test_edge_is_unavailable_once_or_always(site: Site) -> None:
    site.faults.http_judges += [times(1, Refusal(503)), always(Refusal(503), method="POST", path="/rep")]
    assert_refused(site.ask(), 503, "Service Unavailable")
    assert site.ask().status_code == 200
    assert [site.ask("POST").status_code for _ in range(3)] == [503] * 3
    site.gateway.reset()
    assert site.ask("POST").status_code == 200


def test_judge_sees_what_was_asked(site: Site) -> None:
    seen: list[Asked] = []
    site.faults.http_judges.append(lambda asked: seen.append(asked))
    site.ask("POST", tail="/7?after=3", content=b"{}")
    assert (seen[0].path, seen[0].query, seen[0].body) == ("/reports/7", "after=3", b"{}")
    assert seen[0].headers["content-length"] == "2"


def test_answer_is_cut_after_so_many_bytes_of_its_body(site: Site) -> None:
    site.service.answer = answer_bytes(200, [], LARGE)
    site.faults.http_judges.append(times(1, Cut(70_000)))
    got: list[bytes] = []
    with site.client.stream("GET", site.url()) as answer:
        assert answer.headers["content-length"] == str(len(LARGE))
        with pytest.raises(httpx.RemoteProtocolError):
            got.extend(answer.iter_raw())
    assert b"".join(got) == LARGE[:70_000]
    assert site.ask().content == LARGE
    assert site.statuses == [None, 200]


def test_answer_is_cut_before_its_first_byte_though_the_service_acted(site: Site) -> None:
    site.faults.http_judges.append(times(1, Cut()))
    with pytest.raises(httpx.RemoteProtocolError):
        site.ask("POST", content=b"{}")
    assert site.service.bodies == [b"{}"]


@pytest.mark.parametrize("fate", Lost)
def test_answer_never_comes(site: Site, fate: Lost) -> None:
    site.faults.http_judges.append(always(fate, path="/reports/lost"))
    with pytest.raises(httpx.ReadTimeout):
        site.ask(tail="/lost", timeout=0.2)
    if fate is Lost.ANSWER:
        assert site.service.answered.acquire(timeout=HANG_S)
    assert len(site.service.heads) == (fate is Lost.ANSWER)
    assert site.ask().status_code == 200
