import threading
from datetime import UTC, datetime, timedelta

import msgspec

from backend.domain.report import Report, snapshot
from backend.protocol.codec import encode
from backend.protocol.lifecycle import State
from backend.protocol.messages import Link, ReportMessage, ReportsMessage, Result
from backend.protocol.quotas import FRAME_SIZE_BYTES, PARAMETERS_SIZE_BYTES, REPORT_IDS_PER_WATCH, SCHEMA_SIZE_BYTES
from backend.service.announcing import at_once, post
from backend.service.ports import Delivery
from tests.limits import HANG_S


def test_slow_connections_do_not_wait_for_each_other() -> None:
    """Each post is answered only when all are on their way."""
    names = [f"c{n}" for n in range(20)]
    all_there = threading.Barrier(len(names), timeout=HANG_S)

    def push(connection_id: str, _frame: bytes) -> Delivery:
        all_there.wait()
        return Delivery.GONE if connection_id == "c7" else Delivery.DELIVERED

    delivered = post(push, lambda _: None, names, b"", each=at_once)
    assert delivered == {name: Delivery.GONE if name == "c7" else Delivery.DELIVERED for name in names}


def test_only_those_not_reached_are_tried_again_after_each_delay() -> None:
    tried: list[str] = []
    waits: list[float] = []

    def push(connection_id: str, _frame: bytes) -> Delivery:
        tried.append(connection_id)
        return Delivery.UNDELIVERED if connection_id == "b" and len(waits) < 2 else Delivery.DELIVERED

    assert post(push, waits.append, ["b", "a"], b"", (1.0, 2.0, 3.0)) == dict.fromkeys("ab", Delivery.DELIVERED)
    assert (tried, waits) == (["a", "b", "b", "b"], [1.0, 2.0])


def test_frame_that_would_cost_the_connection_is_not_posted() -> None:
    posted: list[bytes] = []

    def push(_connection_id: str, frame: bytes) -> Delivery:
        posted.append(frame)
        return Delivery.DELIVERED

    whole, larger = b"x" * FRAME_SIZE_BYTES, b"x" * (FRAME_SIZE_BYTES + 1)
    assert post(push, lambda _: None, ["a"], larger, (1.0,)) == {"a": Delivery.UNDELIVERED}
    assert post(push, lambda _: None, ["a"], whole) == {"a": Delivery.DELIVERED}
    assert posted == [whole]


LONG_TOKEN_S_URL = "https://files.example/x?X-Amz-Security-Token=" + "t" * 2_000
"""A role's session token has about 1,000 characters; its length is not fixed."""


def test_the_largest_report_fits_a_frame_alone() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    parameters = {"given": "", "defaults": "x" * SCHEMA_SIZE_BYTES}
    parameters["given"] = "x" * (PARAMETERS_SIZE_BYTES - len(msgspec.json.encode({"given": ""})))
    report = Report(
        report_id="00000000-0000-4000-8000-000000000001",
        owner="anna",
        definition="d" * 64,
        parameters=parameters,
        format="parquet",
        format_options={"delimiter": "semicolon", "bom": True},
        created_at=now,
        expires_at=now + timedelta(days=30),
        state=State.SUCCEEDED,
        revision=10**9,
        started_at=now,
        finished_at=now,
        result=Result(file_name="f" * 100, size_bytes=10**12, row_count=10**12, sha256="0" * 64, expires_at=now),
    )
    link = Link(url=LONG_TOKEN_S_URL, preview_url=LONG_TOKEN_S_URL, expires_at=now)
    shown = snapshot(report, link, now)
    missing = (report.report_id,) * (REPORT_IDS_PER_WATCH - 1)
    for message in (
        ReportMessage(report=shown, request_id="\x00" * 64),
        ReportsMessage(reports=(shown,), missing=missing, request_id="\x00" * 64),
    ):
        assert len(encode(message)) <= FRAME_SIZE_BYTES
