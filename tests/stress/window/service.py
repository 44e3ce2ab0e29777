"""A service on loopback that is never quiet: reports come and go, files are there, connections are lost.

**BusyService** ──▶ the window under stress
"""

import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection

from backend.protocol.codec import decode_request, encode
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ErrorInfo,
    GenerateReport,
    Progress,
    ReportMessage,
    Request,
    ServiceMessage,
    Snapshot,
)
from desktop.sign_in.profiles import Profile
from tests.desktop.services import (
    CONTENT,
    SAMPLE,
    FakeService,
    files,
    link_to,
    result_of,
    serving,
    snapshot_of,
)

DAYS = DefinitionInfo(
    id="days",
    title="Worst days & <b>nights</b>",
    description="The days on which flights were late, and by how much. " * 4,
    parameters={
        "type": "object",
        "properties": {
            "start": {"type": "string", "format": "date", "title": "From", "default": "2013-01-01"},
            "end": {"type": "string", "format": "date", "title": "To", "default": "2013-12-31"},
            "origins": {
                "type": "array",
                "items": {"type": "string", "enum": ["EWR", "JFK", "LGA"]},
                "title": "Origins",
            },
            "carrier": {"type": "string", "enum": ["AA", "UA", "DL"], "title": "Carrier"},
            "days": {"type": "integer", "title": "Days", "minimum": 1, "maximum": 366, "default": 10},
            "share": {"type": "number", "title": "Share", "minimum": 0, "maximum": 1},
            "cancelled": {"type": "boolean", "title": "With cancelled", "default": False},
        },
        "required": ["start"],
    },
    formats=("csv", "xlsx", "parquet"),
)
PREVIEW = json.dumps(
    {
        "columns": [
            {"name": "day", "type": "date"},
            {"name": "carrier", "type": "text"},
            {"name": "late", "type": "integer"},
        ],
        "rows": [[f"2013-{month:02}-{day:02}", "AA", month * day] for month in range(1, 13) for day in range(1, 15)],
        "rowCount": 168,
    }
).encode()
EARLIER = 60
"""The reports that are there at the start."""


@dataclass
class BusyService(FakeService):
    """Answers as the others do, and pushes `pushes_s` news a second; cuts a connection now and then."""

    chance: random.Random = field(default_factory=random.Random)
    pushes_s: float = 50.0
    longest_s: float = 5.0
    """A connection lives so long on average; 0 for ever."""
    file_url: str = ""
    preview_url: str = ""
    _known: dict[str, Snapshot] = field(default_factory=dict)

    def answers(self, request: Request) -> Iterator[ServiceMessage]:
        if isinstance(request.data, DescribeCatalog):
            yield CatalogMessage(request_id=str(request.request_id), definitions=(SAMPLE, DAYS))
        else:
            yield from super().answers(request)

    def converse(self, connection: ServerConnection) -> None:
        is_over = threading.Event()
        pushing = threading.Thread(target=self._push, args=(connection, is_over))
        pushing.start()
        with contextlib.suppress(ConnectionClosed):
            for frame in connection:
                request = decode_request(str(frame))
                for message in self.answers(request):
                    connection.send(encode(message).decode())
        is_over.set()
        pushing.join()

    def begin(self, request: GenerateReport) -> Iterator[Snapshot | ErrorInfo]:
        """Queue a report; what becomes of it is pushed."""
        if self.chance.random() < 0.1:
            yield ErrorInfo(code="invalidParameters", message="No.", fields={"parameters.days": "is <i>odd</i>"})
            return
        known = snapshot_of(
            str(request.report_id),
            definition=request.definition,
            parameters=request.parameters,
            format=request.format or "csv",
        )
        known = replace(known, created_at=datetime.now(UTC))
        self._known[known.report_id] = known
        yield known

    def add_earlier(self) -> None:
        """Have some reports of before in the list, the first under way."""
        for number in range(EARLIER):
            known = snapshot_of(f"{number:08x}-0000-4000-8000-000000000000", definition=("sample", "days")[number % 2])
            self._known[known.report_id] = known if number < 5 else self._later(known, State.SUCCEEDED)
        self.listed = tuple(self._known.values())

    def _push(self, connection: ServerConnection, is_over: threading.Event) -> None:
        ends_at = time.monotonic() + self.chance.expovariate(1 / self.longest_s) if self.longest_s else float("inf")
        while not is_over.wait(1 / self.pushes_s):
            with contextlib.suppress(ConnectionClosed):
                if time.monotonic() > ends_at:
                    connection.close()
                if news := self._news():
                    connection.send(encode(ReportMessage(request_id="", report=news)).decode())

    def _news(self) -> Snapshot | None:
        under_way = [known for known in tuple(self._known.values()) if known.state in {State.QUEUED, State.RUNNING}]
        if not under_way:
            return None
        known = self.chance.choice(under_way)
        ends = [State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.CANCELLED]
        state = self.chance.choice(ends) if self.chance.random() < 0.03 else State.RUNNING
        news = self._known[known.report_id] = self._later(known, state)
        return news

    def _later(self, known: Snapshot, state: State) -> Snapshot:
        now = datetime.now(UTC)
        changes: dict[str, Any] = {"revision": known.revision + 1, "state": state, "started_at": known.created_at}
        match state:
            case State.RUNNING:
                total = self.chance.choice([None, 500_000])
                done = known.progress.completed + 1000 if known.progress else 0
                changes["progress"] = Progress(stage="writing", completed=done, total=total, unit="rows")
            case State.SUCCEEDED:
                link = link_to(self.file_url, timedelta(seconds=self.chance.choice([1, 60, 900])))
                changes |= {"finished_at": now, "result": result_of(CONTENT)}
                changes["link"] = replace(link, preview_url=self.preview_url)
            case State.FAILED:
                changes |= {"finished_at": now, "error": ErrorInfo(code="internal", message="<b>Broken</b> " * 20)}
            case _:
                changes["finished_at"] = now
        return replace(known, **changes)


@contextlib.contextmanager
def busy(seed: str, *, pushes_s: float = 50.0) -> Iterator[Profile]:
    """Have such a service, with files and previews, for as long as the block."""
    with (
        files(content=CONTENT) as contents,
        files(content=PREVIEW) as previews,
    ):
        service = BusyService(
            chance=random.Random(seed), file_url=contents.url, preview_url=previews.url, pushes_s=pushes_s
        )
        service.course = service.begin
        service.add_earlier()
        with serving(service) as profile:
            yield profile
