"""Workers as the desktop sees them: they claim, tick and end, one step when told. The real one has its own machine.

`Invoke` ── report id ──▶ **Workers** ──▶ store (one step) ──▶ announce
"""

from datetime import timedelta

from backend.domain import steps
from backend.domain.report import Report, file_name, object_key
from backend.domain.steps import Change
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Failure, FailureCode, Progress, Result
from tests.backend.fakes import FILE_TTL
from tests.machines.gateway import Gateway

TICK_AT_LEAST_S = 30.0
FAILURE = Failure(code=FailureCode.DEFINITION_ERROR, message="There is no such month.")


class Workers:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.world = gateway.world
        self.running: dict[str, int] = {}
        """Reports at work and the attempt each is."""
        self.claims: dict[str, int] = {}

    @property
    def events(self) -> list[tuple[str, str]]:
        """Reports and invocations still to be delivered, oldest first."""
        return self.world.invoke.events

    def begin(self, n: int) -> None:
        """Deliver the n-th event."""
        report_id, invocation = self.events.pop(n)
        claimed = self._change(report_id, steps.claim(invocation, self.world.clock()))
        if claimed is not None:
            self.claims[report_id] = self.claims.get(report_id, 0) + 1
            self.running[report_id] = claimed.attempt

    def progress(self, report_id: str) -> None:
        """Tick, and stop where the row says so."""
        attempt = self.running[report_id]
        progress = Progress(stage="writing", completed=1, total=None, unit="rows")
        ticked = self._change(report_id, steps.tick(attempt, progress, self.world.clock()))
        if ticked is None:
            del self.running[report_id]
        elif ticked.cancel_requested:
            self._end(report_id, steps.confirm_cancel(attempt, self.world.clock()))

    def finish(self, report_id: str) -> None:
        row = self.world.reports.rows[report_id]
        now = self.world.clock()
        expires_at = now + FILE_TTL
        result = Result(file_name=file_name(row), size_bytes=1, row_count=1, sha256="", expires_at=expires_at)
        self._end(report_id, steps.finish(self.running[report_id], result, object_key(row), None, now))

    def fail(self, report_id: str) -> None:
        self._end(report_id, steps.fail(self.running[report_id], FAILURE, self.world.clock()))

    def lapse(self) -> None:
        """Kill every worker, and let Lambda give up on every event."""
        self.running.clear()
        self.events.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass in which those at work renew their leases."""
        while seconds > 0:
            part = min(seconds, TICK_AT_LEAST_S)
            self.world.clock.now += timedelta(seconds=part)
            seconds -= part
            for report_id in tuple(self.running):
                self.progress(report_id)

    def drain(self) -> None:
        """Deliver every event and end all work."""
        while self.events:
            self.begin(0)
        for report_id in tuple(self.running):
            self.progress(report_id)
        for report_id in tuple(self.running):
            self.finish(report_id)

    def _end(self, report_id: str, change: Change) -> None:
        self._change(report_id, change)
        del self.running[report_id]

    def _change(self, report_id: str, change: Change) -> Report | None:
        before = self.world.reports.rows[report_id]
        after = self.world.reports.change(report_id, change)
        assert after is None or not is_terminal(before.state), "an ended row changed"
        if after is not None:
            self.gateway.announcer.announce(after)
        return after
