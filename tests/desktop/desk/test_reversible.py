from collections.abc import Callable
from datetime import timedelta

import pytest

from desktop.desk.reversible import Reversible, Undone
from tests.desktop.conftest import NOW


class Later:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None], Later.Call]] = []

    class Call:
        is_cancelled = False

        def cancel(self) -> None:
            self.is_cancelled = True

    def call(self, seconds: float, function: Callable[[], None]) -> "Later.Call":
        call = Later.Call()
        self.waiting.append((seconds, function, call))
        return call

    def pass_time(self) -> None:
        waiting, self.waiting = self.waiting, []
        for _, function, call in waiting:
            if not call.is_cancelled:
                function()


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def reversible(later: Later, told: list[str]) -> Reversible:
    return Reversible(
        lambda report_id: told.append(f"cancel {report_id}"),
        lambda report_id: told.append(f"forget {report_id}"),
        lambda: None,
        now=lambda: NOW,
        call_later=later.call,
    )


def test_short_work_is_cancelled_at_once_and_long_work_in_five_seconds(
    reversible: Reversible, later: Later, told: list[str]
) -> None:
    reversible.cancel(["short"], ["long"])
    assert (told, reversible.can_undo) == (["cancel short"], True)
    assert reversible.stops_at == {"long": NOW + timedelta(seconds=5)}
    assert [seconds for seconds, _, _ in later.waiting] == [5.0]
    later.pass_time()
    assert (told, reversible.can_undo, reversible.stops_at) == (["cancel short", "cancel long"], False, {})


def test_cancel_that_is_undone_never_goes_out(reversible: Reversible, later: Later, told: list[str]) -> None:
    reversible.cancel([], ["long"])
    assert reversible.undo() == Undone(1, was_removal=False)
    later.pass_time()
    assert (told, reversible.stops_at, reversible.can_undo) == ([], {}, False)


def test_cancel_asked_for_twice_is_one(reversible: Reversible, later: Later, told: list[str]) -> None:
    reversible.cancel([], ["long"])
    reversible.cancel([], ["long"])
    later.pass_time()
    assert told == ["cancel long"]


def test_removal_is_seen_at_once_and_forgotten_in_ten_seconds(
    reversible: Reversible, later: Later, told: list[str]
) -> None:
    reversible.remove(["a", "b"])
    assert (reversible.removed, told) == (frozenset("ab"), [])
    assert [seconds for seconds, _, _ in later.waiting] == [10.0]
    later.pass_time()
    assert (sorted(told), reversible.removed, reversible.can_undo) == (["forget a", "forget b"], frozenset("ab"), False)


def test_undo_goes_back_step_by_step(reversible: Reversible) -> None:
    reversible.remove(["a"])
    reversible.cancel([], ["long"])
    reversible.remove(["b", "c"])
    sentences = [undone.sentence for undone in iter(reversible.undo, None)]
    assert sentences == ["Brought back 2 reports.", "1 report goes on.", "Brought back 1 report."]
    assert (reversible.removed, reversible.stops_at) == (frozenset(), {})


def test_what_is_pending_is_done_when_the_window_closes(reversible: Reversible, later: Later, told: list[str]) -> None:
    reversible.cancel([], ["long"])
    reversible.remove(["a"])
    reversible.settle()
    later.pass_time()
    assert told == ["cancel long", "forget a"]


def test_removals_of_an_earlier_run_hold_and_cannot_be_undone(reversible: Reversible) -> None:
    reversible.restore(["old"])
    assert (reversible.removed, reversible.can_undo, reversible.undo()) == (frozenset({"old"}), False, None)


def test_removed_reports_come_back_also_those_of_an_earlier_run(
    reversible: Reversible, later: Later, told: list[str]
) -> None:
    reversible.restore(["old", "unlisted"])
    reversible.remove(["new"])
    assert reversible.bring_back(["old", "new", "never removed"]).sentence == "Brought back 2 reports."
    later.pass_time()
    assert (reversible.removed, reversible.can_undo, told) == (frozenset({"unlisted"}), False, [])
