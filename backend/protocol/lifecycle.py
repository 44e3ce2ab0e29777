"""The states of a report and the steps between them, as one table both sides read.

    QUEUED ──claim──▶ RUNNING ──finish──▶ SUCCEEDED
       │                │ ├─────fail────▶ FAILED
       └────cancel──▶ CANCELLED ◀─cancel─┘

A claim of a RUNNING report takes it over from a worker whose lease has lapsed, or that has handed it over because its
own time is ending. Terminal states never change.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """The state of a report."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Step(StrEnum):
    """A change of a report. Each leads to one state, from whatever state."""

    REQUEUE = "requeue"
    CLAIM = "claim"
    TICK = "tick"
    HAND_OVER = "handOver"
    REQUEST_CANCEL = "requestCancel"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


TRANSITIONS: Mapping[State, Mapping[Step, State]] = {
    State.QUEUED: {
        Step.REQUEUE: State.QUEUED,
        Step.CLAIM: State.RUNNING,
        Step.FAIL: State.FAILED,
        Step.CANCEL: State.CANCELLED,
    },
    State.RUNNING: {
        Step.CLAIM: State.RUNNING,
        Step.TICK: State.RUNNING,
        Step.HAND_OVER: State.RUNNING,
        Step.REQUEST_CANCEL: State.RUNNING,
        Step.FINISH: State.SUCCEEDED,
        Step.FAIL: State.FAILED,
        Step.CANCEL: State.CANCELLED,
    },
    State.SUCCEEDED: {},
    State.FAILED: {},
    State.CANCELLED: {},
}

TERMINAL = frozenset(state for state, steps in TRANSITIONS.items() if not steps)


def is_terminal(state: State) -> bool:
    """Return whether a report in `state` has ended."""
    return state in TERMINAL


def sources(step: Step) -> frozenset[State]:
    """Return the states in which `step` may be taken."""
    return frozenset(state for state, steps in TRANSITIONS.items() if step in steps)


def target(step: Step) -> State:
    """Return the state `step` leads to."""
    (state,) = {steps[step] for steps in TRANSITIONS.values() if step in steps}
    return state
