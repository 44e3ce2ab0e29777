"""The steps a report takes, each as one conditional change of its row. Pure: what to write and when it may be written.

use case ──▶ **Change** ──▶ store (one `UpdateItem`) ──▶ the row after it, or nothing where the condition failed
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.domain.report import RemoteQuery, Report
from backend.domain.unstarted import no_worker_free
from backend.protocol.lifecycle import State, Step, sources, target
from backend.protocol.messages import Failure, FailureCode, Progress, Result

LEASE = timedelta(seconds=60)
"""How long a claim or tick keeps other workers away. Lambda repeats a crashed invocation after a minute.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

_GOING_ON = frozenset({Step.REQUEUE, Step.TICK, Step.HAND_OVER, Step.REQUEST_CANCEL})
LOST_AFTER = timedelta(minutes=2)
"""A report whose lease has lapsed for so long has no worker, and none is coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Values that a row must have; None allows any."""

    state: State
    attempt: int | None = None
    invocation: str | None = None
    lease_before: datetime | None = None
    created_before: datetime | None = None
    unawaited_at: datetime | None = None
    """No worker that the report was handed over to may still come then."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step: allowed if the row meets one of `when`. The store raises `revision` by one and sets the state."""

    step: Step
    when: tuple[Condition, ...]
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `Report` and their new values."""
    adds: Mapping[str, int] = field(default_factory=dict)
    begins: Mapping[str, Any] = field(default_factory=dict)
    """Fields that get a value where they have none, and else keep theirs."""

    def __post_init__(self) -> None:
        illegal = {condition.state for condition in self.when} - sources(self.step)
        if illegal:
            raise ValueError(f"no {self.step} in {sorted(illegal)}")

    @property
    def state(self) -> State:
        """The state after it."""
        return target(self.step)

    @property
    def is_beginning(self) -> bool:
        """Whether the state begins with it; else it goes on."""
        return self.step not in _GOING_ON


def has_made(change: Change, report: Report) -> bool:
    """Return whether a row is what this very change left: its times are those of the change."""
    has_time = any(isinstance(value, datetime) for value in change.sets.values())
    is_same = all(getattr(report, name) == value for name, value in change.sets.items())
    return has_time and is_same and report.state is change.state


def is_met(condition: Condition, report: Report) -> bool:
    """Return whether a row meets a condition, as the store's own expression does."""
    return (
        report.state is condition.state
        and (condition.attempt is None or report.attempt == condition.attempt)
        and (condition.invocation is None or report.invocation == condition.invocation)
        and _is_before(report.lease_until, condition.lease_before)
        and _is_before(report.created_at, condition.created_before)
        and (report.awaited_until is None or _is_before(report.awaited_until, condition.unawaited_at))
    )


def _is_before(value: datetime | None, limit: datetime | None) -> bool:
    return limit is None or (value is not None and value < limit)


def requeue(invocation: str | None, before: str | None = None) -> Change:
    """Note which event is to start a report nobody has begun: another that fails no longer ends it.

    `before` is the event that the row must name; None allows any.
    """
    return Change(Step.REQUEUE, (Condition(state=State.QUEUED, invocation=before),), {"invocation": invocation})


def claim(invocation: str, now: datetime) -> Change:
    """Make the caller the report's only worker, unless another has a live lease.

    The report started when its first worker began, whoever follows that one.
    """
    return Change(
        Step.CLAIM,
        (Condition(state=State.QUEUED), Condition(state=State.RUNNING, lease_before=now)),
        {
            "lease_until": now + LEASE,
            "invocation": invocation,
            "progress": None,
            "awaited_until": None,
        },
        {"attempt": 1},
        {"started_at": now},
    )


def tick(attempt: int, progress: Progress, now: datetime) -> Change:
    """Record progress and renew the lease."""
    return Change(Step.TICK, _held_by(attempt), {"progress": progress, "lease_until": now + LEASE})


def keep_query(attempt: int, progress: Progress, query: RemoteQuery, now: datetime) -> Change:
    """Record a query on a distributed engine with its progress, and renew the lease."""
    return Change(Step.TICK, _held_by(attempt), {"progress": progress, "query": query, "lease_until": now + LEASE})


def hand_over(attempt: int, invocation: str, until: datetime, now: datetime) -> Change:
    """Leave the report to the worker of another event, which may wait for its turn `until` then.

    Any worker may claim it from now on: the one that hands it over may die before it sends the event.
    """
    sets = {"invocation": invocation, "lease_until": now, "awaited_until": until}
    return Change(Step.HAND_OVER, _held_by(attempt), sets)


def finish(attempt: int, result: Result, object_key: str, preview_key: str | None, now: datetime) -> Change:
    """Record the file."""
    made = {"result": result, "object_key": object_key, "preview_key": preview_key}
    return Change(Step.FINISH, _held_by(attempt), {**made, **_ended(now)})


def fail(attempt: int, error: Failure, now: datetime) -> Change:
    """Record why the worker gave up."""
    return Change(Step.FAIL, _held_by(attempt), {"error": error, **_ended(now)})


def confirm_cancel(attempt: int, now: datetime) -> Change:
    """Record that the worker has stopped."""
    return Change(Step.CANCEL, _held_by(attempt), _ended(now))


def cancel_queued(now: datetime) -> Change:
    """Cancel a report nobody has begun."""
    return Change(Step.CANCEL, (Condition(state=State.QUEUED),), {"cancel_requested": True, **_ended(now)})


def request_cancel() -> Change:
    """Ask the worker to stop; its next tick sees it."""
    return Change(Step.REQUEST_CANCEL, (Condition(state=State.RUNNING),), {"cancel_requested": True})


def fail_uninvoked(invocation: str, now: datetime) -> Change:
    """End a report whose only event could not be queued."""
    error = Failure(code=FailureCode.INTERNAL, message="The report could not be started. Try again.")
    condition = Condition(state=State.QUEUED, invocation=invocation)
    return Change(Step.FAIL, (condition,), {"error": error, **_ended(now)})


def fail_abandoned(invocation: str, error: Failure, now: datetime) -> Change:
    """End a report whose invocation has failed for good, unless another is at work on it or waits to be."""
    return Change(
        Step.FAIL,
        (
            Condition(state=State.QUEUED, invocation=invocation),
            Condition(state=State.RUNNING, invocation=invocation),
            Condition(state=State.RUNNING, lease_before=now, unawaited_at=now),
        ),
        {"error": error, **_ended(now)},
    )


def fail_unstarted(event_max_age: timedelta, now: datetime) -> Change:
    """End a report that is queued past the maximum age of its event: no worker will come for it."""
    error = no_worker_free(int(event_max_age.total_seconds()))
    condition = Condition(state=State.QUEUED, created_before=now - event_max_age)
    return Change(Step.FAIL, (condition,), {"error": error, **_ended(now)})


def fail_lost(now: datetime) -> Change:
    """End a report whose lease has lapsed long ago: its worker is gone, and none is awaited."""
    error = Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again.")
    condition = Condition(state=State.RUNNING, lease_before=now - LOST_AFTER, unawaited_at=now)
    return Change(Step.FAIL, (condition,), {"error": error, **_ended(now)})


def _held_by(attempt: int) -> tuple[Condition, ...]:
    return (Condition(state=State.RUNNING, attempt=attempt),)


def _ended(now: datetime) -> Mapping[str, Any]:
    return {"finished_at": now, "lease_until": None}
