"""API Gateway in one process, with the faults it is known for, between the desktop and the service on fakes.

Desk (`session.step`) ── frames ──▶ **Gateway** ── events ──▶ `router.route`          post ──▶ **Gateway** ──▶ Desk

Nothing moves by itself: who holds the gateway says which frame arrives next, twice, late or never.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from backend.protocol import quotas
from backend.protocol.codec import TransportFrame, decode_message, encode_request
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import ErrorMessage, Ping, Request, Snapshot
from backend.router import ACCEPTED, route
from backend.service.ports import Delivery
from desktop.session.connection_status import Connected, Waiting
from desktop.session.events import CancelAsked, ConnectionChanged, Event, Received, TimePassed
from desktop.session.state import Entry, Session
from desktop.session.step import step
from tests.backend.fakes import World

PING_AFTER_S = 240.0


class Phase(Enum):
    OPENING = auto()
    """`$connect` has not returned: what is posted meets 410."""
    OPEN = auto()
    CLOSED = auto()


class Notice(Enum):
    """When the service hears `$disconnect`, which is best effort."""

    NOW = auto()
    LATE = auto()
    NEVER = auto()


@dataclass(eq=False)
class Line:
    """One connection; frames in flight each way, oldest first."""

    connection_id: str
    desk: "Desk"
    phase: Phase = Phase.OPENING
    up: list[str] = field(default_factory=list)
    down: list[bytes] = field(default_factory=list)


class Gateway:
    def __init__(self, world: World, max_active: int) -> None:
        self.world = world
        self.lines: dict[str, Line] = {}
        self.faults: list[Delivery] = []
        """What the next posts are answered with; once they are used up, posts to open lines are delivered."""
        self.unannounced: list[str] = []
        """Closed connections whose `$disconnect` is still to come."""
        self.too_large: list[str] = []
        self.internal_errors: list[str] = []
        world.settings = replace(world.settings, max_active_reports=max_active)
        world.compose(push=self.post)
        self.announcer = world.announcer

    def open(self, desk: "Desk") -> Line:
        """Carry out `$connect`; the client sees the connection only after `accept`."""
        line = Line(f"conn-{len(self.lines)}", desk)
        self.lines[line.connection_id] = line
        assert self._route(line, "CONNECT", identity={"userArn": desk.owner}) == ACCEPTED
        return line

    def accept(self, line: Line) -> None:
        line.phase = Phase.OPEN

    def close(self, line: Line, notice: Notice) -> None:
        """Lose what is on its way down; what was sent up may yet arrive."""
        line.phase = Phase.CLOSED
        line.down.clear()
        if notice is Notice.NOW:
            self._route(line, "DISCONNECT")
        elif notice is Notice.LATE:
            self.unannounced.append(line.connection_id)

    def announce_closed(self) -> None:
        for connection_id in self.unannounced:
            self._route(self.lines[connection_id], "DISCONNECT")
        self.unannounced.clear()

    def send(self, line: Line, frame: str) -> None:
        """Take a frame from the client; a larger one than API Gateway takes closes the connection (1009)."""
        if len(frame.encode()) > quotas.FRAME_SIZE_BYTES:
            self.too_large.append(frame)
            self.close(line, Notice.NOW)
            line.desk.hear_loss("1009")
        else:
            line.up.append(frame)

    def post(self, connection_id: str, frame: bytes) -> Delivery:
        """Be the service's `Push`."""
        line = self.lines[connection_id]
        if line.phase is not Phase.OPEN:
            return Delivery.GONE
        if len(frame) > quotas.MESSAGE_SIZE_BYTES:
            self.too_large.append(frame.decode())
            return Delivery.UNDELIVERED
        fault = self.faults.pop(0) if self.faults else Delivery.DELIVERED
        if fault is Delivery.DELIVERED:
            line.down.append(frame)
        return fault

    def carry_up(self, line: Line, n: int) -> None:
        """Let the n-th frame reach the service. Routes run side by side, so any may be first."""
        self._route(line, "MESSAGE", line.up.pop(n))

    def fail_up(self, line: Line, n: int) -> None:
        """Let the n-th frame meet a fault of API Gateway's own, which answers with a frame of its own."""
        line.up.pop(n)
        if line.phase is Phase.OPEN:
            own = f'{{"message":"Internal server error","connectionId":"{line.connection_id}","requestId":"abc="}}'
            line.down.append(own.encode())

    def carry_down(self, line: Line, n: int, *, is_repeated: bool = False) -> None:
        """Let the n-th post reach the client, and leave it in flight to come again if it is repeated."""
        frame = line.down[n] if is_repeated else line.down.pop(n)
        line.desk.hear(frame)

    def carry_all(self) -> None:
        """Carry everything, answers to answers too."""
        while moved := list(self._moving()):
            for line in moved:
                while line.up:
                    self.carry_up(line, 0)
                while line.down:
                    self.carry_down(line, 0)

    def _moving(self) -> Iterator[Line]:
        return (line for line in self.lines.values() if line.up or line.down)

    def _route(self, line: Line, event_type: str, body: str = "", **context: Any) -> dict[str, int]:
        common = {"eventType": event_type, "connectionId": line.connection_id}
        return route({"requestContext": {**common, **context}, "body": body}, self.world.router)


class Desk:
    """One run of the desktop app, as far as it talks: a session, and what its client does for it."""

    def __init__(self, gateway: Gateway, owner: str) -> None:
        self.gateway = gateway
        self.owner = owner
        self.session = Session()
        self.line: Line | None = None
        self.now_s = 0.0
        self.sent_at_s = 0.0
        self.clicked: set[str] = set()

    def dial(self) -> None:
        self.line = self.gateway.open(self)

    def accept(self) -> None:
        assert self.line is not None
        self.gateway.accept(self.line)
        self.sent_at_s = self.now_s
        self.dispatch(ConnectionChanged(Connected(), self.now_s))

    def drop(self, notice: Notice) -> None:
        assert self.line is not None
        self.gateway.close(self.line, notice)
        self.hear_loss("lost")

    def hear_loss(self, reason: str) -> None:
        self.line = None
        self.dispatch(ConnectionChanged(Waiting(self.now_s + 1, reason), self.now_s))

    def hear(self, frame: bytes) -> None:
        try:
            message = decode_message(frame)
        except TransportFrame:
            return
        if isinstance(message, ErrorMessage) and message.error.code == "internal":
            self.gateway.internal_errors.append(message.error.message)
        self.dispatch(Received(message, self.now_s))

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.dispatch(TimePassed(self.now_s))
        if self.is_open and self.now_s - self.sent_at_s >= PING_AFTER_S:
            self._send(Request(Ping(), "ping"))

    @property
    def is_open(self) -> bool:
        return self.line is not None and self.line.phase is Phase.OPEN

    def dispatch(self, event: Event) -> None:
        before = self.session
        self.session, requests = step(before, event)
        for request in requests:
            self._send(request)
        for report_id, entry in self.session.entries.items():
            known = before.entries.get(report_id)
            if known is not entry:
                _check_progress(known.snapshot if known else None, entry.snapshot)
        gone = before.entries.keys() - self.session.entries.keys()
        assert all(_is_unheard_of(before.entries[report_id]) for report_id in gone), "a report was forgotten"
        assert not gone or isinstance(event, CancelAsked), "a report was forgotten"

    def _send(self, request: Request) -> None:
        assert self.line is not None, f"{request} was sent while not connected"
        assert self.line.phase is Phase.OPEN, f"{request} was sent while not connected"
        self.sent_at_s = self.now_s
        self.gateway.send(self.line, encode_request(request))


def _is_unheard_of(entry: Entry) -> bool:
    return entry.snapshot is None and not entry.is_sent


def _check_progress(known: Snapshot | None, heard: Snapshot | None) -> None:
    assert heard is None or heard.link is None or heard.report_id in heard.link.url, "the link is another report's"
    if known is None:
        return
    assert heard is not None, "a known report became unknown"
    assert heard.revision >= known.revision, "an older revision came on screen"
    if is_terminal(known.state):
        assert _without_link(heard) == _without_link(known), "an ended report changed on screen"


def _without_link(snapshot: Snapshot) -> tuple[object, ...]:
    return tuple(getattr(snapshot, name) for name in snapshot.__struct_fields__ if name != "link")
