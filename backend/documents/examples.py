"""One report's life, as it is asked for and as it is told of.

protocol ── values ──▶ **examples** ──▶ exchanges
"""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode, Link, Progress, Result, Snapshot
from backend.reports.sample import DEFINITION

ID = "6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
END = START + timedelta(seconds=40)
LINK_END = END + timedelta(minutes=15)

SAMPLE_ORDER = {"delay": 40_000, "amountOfRows": 500}
ORDER = {
    "definition": "sample",
    "parameters": SAMPLE_ORDER,
    "format": "csv",
    "formatOptions": {"delimiter": "semicolon"},
}

QUEUED = Snapshot(
    report_id=ID,
    revision=0,
    state=State.QUEUED,
    definition="sample",
    parameters=SAMPLE_ORDER,
    format="csv",
    format_options={"delimiter": ";", "bom": False},
    created_at=START,
    retry_after=1,
)
RUNNING = replace(
    QUEUED,
    revision=2,
    state=State.RUNNING,
    started_at=START,
    progress=Progress(stage="waiting", completed=12_000, total=40_000, unit="ms"),
)
CANCELLING = replace(RUNNING, revision=3, cancel_requested=True)
CANCELLED = replace(
    QUEUED, revision=1, state=State.CANCELLED, finished_at=START, cancel_requested=True, retry_after=None
)
FAILED = replace(
    RUNNING,
    revision=3,
    state=State.FAILED,
    finished_at=END,
    progress=None,
    retry_after=None,
    error=Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again."),
)
LINK_URL = "https://files.example/sample-20261102-090000.csv?X-Amz-Signature=0f1e"
LISTED = replace(
    QUEUED,
    revision=46,
    state=State.SUCCEEDED,
    started_at=START,
    finished_at=END,
    retry_after=None,
    result=Result(
        file_name="sample-20261102-090000.csv",
        size_bytes=13_407,
        row_count=500,
        sha256="654ec93eee877824ea9d98d78bed18d307a5335ebd9ce2102bb0c24e7197e196",
        expires_at=END + timedelta(days=7),
    ),
)
"""As lists over HTTPS have it: without a link."""
SUCCEEDED = replace(
    LISTED,
    link=Link(url=LINK_URL, preview_url="https://files.example/preview.json?X-Amz-Signature=1e2d", expires_at=LINK_END),
)
DIGEST = "sha-256=:ZU7JPu6HeCTqnZjXi+0Y0welM169nOIQK7DCTnGX4ZY=:"
WATCH = f"{ID}.2~{UNKNOWN_ID}.0"
SAMPLE = DEFINITION.info(date(2026, 11, 2))
