from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import steps
from backend.domain.report import RemoteQuery, Report
from backend.domain.steps import Change, Condition
from backend.protocol.lifecycle import TERMINAL, TRANSITIONS, State, Step, is_terminal, sources, target
from backend.protocol.messages import Failure, Progress, Result
from tests.backend.fakes import FakeReportStore

NOW = datetime(2026, 11, 2, tzinfo=UTC)
FAILURE = Failure(code="internal", message="")
RESULT = Result(file_name="f", size_bytes=0, row_count=0, sha256="", expires_at=NOW)
QUERY = RemoteQuery(engine="trino", token="t", since=NOW, handle="h")
PROGRESS = Progress(stage="s", completed=0, total=None, unit="rows")


def test_terminal_states_are_the_ends() -> None:
    assert {State.SUCCEEDED, State.FAILED, State.CANCELLED} == TERMINAL
    assert all(not TRANSITIONS[state] for state in TERMINAL)


def test_every_step_leads_somewhere() -> None:
    for step in Step:
        assert sources(step)
        assert isinstance(target(step), State)


def test_change_in_an_illegal_state_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no finish in"):
        Change(Step.FINISH, (Condition(state=State.QUEUED),))


CHANGES: list[Callable[[int, datetime], Change]] = [
    lambda _, now: steps.claim("i", now),
    lambda attempt, now: steps.tick(attempt, PROGRESS, now),
    lambda attempt, now: steps.keep_query(attempt, PROGRESS, QUERY, now),
    lambda attempt, now: steps.hand_over(attempt, "j", now + timedelta(seconds=100), now),
    lambda attempt, now: steps.finish(attempt, RESULT, "k", None, now),
    lambda attempt, now: steps.fail(attempt, FAILURE, now),
    steps.confirm_cancel,
    lambda _, now: steps.cancel_queued(now),
    lambda _attempt, _now: steps.request_cancel(),
    lambda _attempt, _now: steps.requeue("j"),
    lambda _, now: steps.fail_uninvoked("i", now),
    lambda _, now: steps.fail_abandoned("i", FAILURE, now),
    lambda _, now: steps.fail_unstarted(timedelta(minutes=30), now),
    lambda _, now: steps.fail_lost(now),
]


@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 3), st.integers(0, 200)), max_size=30))
def test_any_order_of_steps_keeps_rows_legal(history: list[tuple[Callable[[int, datetime], Change], int, int]]) -> None:
    store = FakeReportStore()
    row = Report(
        report_id="r",
        owner="o",
        definition="d",
        parameters={},
        format="csv",
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    store.rows["r"] = row
    now = NOW
    for make, attempt, seconds in history:
        now += timedelta(seconds=seconds)
        change = make(attempt, now)
        after = store.change("r", change)
        if after is None:
            assert store.rows["r"] == row
            continue
        assert TRANSITIONS[row.state][change.step] is after.state
        assert not is_terminal(row.state)
        assert after.revision == row.revision + 1
        assert after.attempt - row.attempt == (change.step is Step.CLAIM)
        assert is_terminal(after.state) == (after.finished_at is not None)
        row = after
