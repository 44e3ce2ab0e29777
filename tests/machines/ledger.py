"""What every write to a row and every file must be, whoever writes; said here a second time, not read from `steps`.

store, upload, push (stepped) ── before, change, after ──▶ **Ledger** ──▶ violations
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from msgspec.structs import replace

from backend.domain.report import Report, snapshot
from backend.protocol.codec import decode_message
from backend.protocol.lifecycle import State, Step
from backend.protocol.messages import FailureCode, ReportMessage
from tests.backend.fakes import EVENT_MAX_AGE

TERMINAL = {State.SUCCEEDED, State.FAILED, State.CANCELLED}
LOST_AFTER = timedelta(minutes=2)


class Kind(Enum):
    """Who is at work."""

    WORKER = auto()
    ABANDONMENT = auto()
    CALLER = auto()
    """A route: it submits, cancels or reads."""


@dataclass
class Writer:
    """One task, as far as its writes go."""

    kind: Kind
    invocation: str = ""
    attempt: int | None = None
    """That of its claim, once it has one."""


@dataclass
class Ledger:
    violations: list[str] = field(default_factory=list)
    rows: dict[tuple[str, int], Report] = field(default_factory=dict)
    """Every row there ever was, by report id and revision."""
    finishes: dict[str, int] = field(default_factory=dict)

    def put(self, row: Report) -> None:
        self.rows[row.report_id, row.revision] = row

    def changed(self, writer: Writer, step: Step, before: Report, after: Report, now: datetime) -> None:
        """Judge one write that was accepted."""
        self._expect("an ended row changed", before.state not in TERMINAL)
        self._expect("the revision did not grow", after.revision == before.revision + 1)
        self.put(after)
        match writer.kind:
            case Kind.WORKER:
                self._judge_worker(writer, step, before, after, now)
            case Kind.ABANDONMENT:
                is_own = before.invocation == writer.invocation
                is_free = is_own or (before.state is State.RUNNING and _lapsed(before, now) > timedelta())
                self._expect("another invocation's report was ended", step is Step.FAIL and is_free)
            case Kind.CALLER:
                self._judge_caller(step, before, after, now)

    def pushed(self, frame: bytes) -> None:
        """Compare a pushed snapshot with the row it is of."""
        message = decode_message(frame)
        assert isinstance(message, ReportMessage)
        seen = message.report
        row = self.rows.get((seen.report_id, seen.revision))
        said = row and replace(snapshot(row, seen.link, row.created_at), retry_after=seen.retry_after)
        self._expect("a row was announced that never was", said == seen)

    def _judge_worker(self, writer: Writer, step: Step, before: Report, after: Report, now: datetime) -> None:
        if step is Step.CLAIM:
            is_free = before.state is State.QUEUED or _lapsed(before, now) > timedelta()
            self._expect("a live worker's report was claimed", is_free)
            self._expect("a claim is no new attempt", after.attempt == before.attempt + 1)
            writer.attempt = after.attempt
            return
        self._expect(f"{step} of a worker that is not the last", before.attempt == writer.attempt)
        self._expect(f"{step} of a report nobody runs", before.state is State.RUNNING)
        if step is Step.FINISH:
            self.finishes[after.report_id] = self.finishes.get(after.report_id, 0) + 1
            self._expect("two attempts finished", self.finishes[after.report_id] == 1)
        if step is Step.CANCEL:
            self._expect("a report was cancelled that nobody cancelled", before.cancel_requested)

    def _judge_caller(self, step: Step, before: Report, after: Report, now: datetime) -> None:
        is_uninvoked = before.state is State.QUEUED and after.error is not None and after.error.code == "internal"
        if step is Step.FAIL and not is_uninvoked:
            is_overdue = before.state is State.QUEUED and now - before.created_at > EVENT_MAX_AGE
            self._expect(
                "a report was ended for which a worker may come", is_overdue or _lapsed(before, now) > LOST_AFTER
            )
            self._expect("a lost report has another reason", after.error is not None)
            code = FailureCode.NO_WORKER_FREE if before.state is State.QUEUED else FailureCode.WORKER_LOST
            self._expect("a lost report has another code", after.error.code == code)  # type: ignore[union-attr]
        self._expect(f"{step} by a caller", step in {Step.REQUEUE, Step.FAIL, Step.CANCEL, Step.REQUEST_CANCEL})
        self._expect("a running report was cancelled under its worker", step is not Step.CANCEL or before.attempt == 0)

    def _expect(self, violation: str, is_right: bool) -> None:  # noqa: FBT001  a sentence and its truth
        if not is_right:
            self.violations.append(violation)


def _lapsed(row: Report, now: datetime) -> timedelta:
    """Return for how long the lease has lapsed; negative while it lives, and for a report without one."""
    return now - row.lease_until if row.lease_until is not None else timedelta(days=-1)
