"""Submission, execution, abandonment and reading at once, each stopped between any two calls of a port."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Failure, FailureCode, GenerateReport
from backend.protocol.refusals import RefusedRequest
from backend.service import ending
from backend.service.ports import StoreUnavailable
from tests.backend.fakes import ANNA, EVENT_MAX_AGE
from tests.machines.ledger import Kind, Writer
from tests.machines.profiles import MACHINES, combinations, often
from tests.machines.stepped import Event, Machinery
from tests.machines.turns import Crashed, Order, Task

IDS = tuple(f"00000000-0000-4000-8000-{n:012}" for n in range(3))
CALLERS = (ANNA, Caller(ANNA.owner, "conn-gone"))
LIFETIME = timedelta(minutes=15)
EXPECTED = (StoreUnavailable, RefusedRequest, Crashed)
FAILURE = Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again.")

WHO = (0, 1)
WHICH_REPORT = often(0, 1, 2)
STEPS_AT_FIRST = often(0, 1, 2, 4, 8, 12, 16)
SOMETIMES = (*[False] * 2, True)
WHICH = range(8)


class Ended(logging.Handler):
    """Counts the lines that say that a report has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.times[record.__dict__["reportId"]] += 1


class ServiceMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.machinery = Machinery()
        self.clock = self.machinery.world.clock
        self.tasks: list[Task] = []
        self.workers: dict[Task, Event] = {}
        self.ends: dict[Task, object] = {}
        self.abandoned: list[Event] = []
        self.is_lambda_faithful = True
        self.ended = Ended()
        ending.log.addHandler(self.ended)
        ending.log.setLevel(logging.INFO)

    @initialize(start=combinations((True, False), (1, 2), STEPS_AT_FIRST))
    def begin(self, start: tuple[bool, int, int]) -> None:
        self.is_lambda_faithful, submissions, steps = start
        for _ in range(submissions):
            self.submit((0, 0, 8, False))
        self.deliver((0, steps, False))

    # --- what is begun ---

    @rule(how=combinations(WHICH_REPORT, WHO, range(8), SOMETIMES))
    def submit(self, how: tuple[int, int, int, bool]) -> None:
        n, who, steps, fails = how
        request = GenerateReport(report_id=IDS[n], definition="sample", parameters={"fails": fails and n > 0})
        self._call(lambda: self.machinery.submit(CALLERS[who], request), steps)

    @rule(how=combinations(WHICH_REPORT, WHO, range(4)))
    def cancel(self, how: tuple[int, int, int]) -> None:
        n, who, steps = how
        self._call(lambda: self.machinery.cancel(CALLERS[who], IDS[n]), steps)

    @rule(how=combinations(WHICH_REPORT, WHO, range(4)))
    def read(self, how: tuple[int, int, int]) -> None:
        n, who, steps = how
        self._call(lambda: self.machinery.watch(CALLERS[who], (IDS[n],)), steps)

    @precondition(lambda self: self.machinery.events)
    @rule(how=combinations(WHICH, range(20), (False, True)))
    def deliver(self, how: tuple[int, int, bool]) -> None:
        i, steps, is_repeated = how
        events = self.machinery.events
        event = events[i % len(events)] if is_repeated else events.pop(i % len(events))
        if self.clock() - event.created_at <= EVENT_MAX_AGE:
            self._deliver(event, steps)
        elif not is_repeated:
            self.abandoned.append(event)

    @precondition(lambda self: self._live_workers())
    @rule(how=combinations(WHICH, range(1, 20)))
    def overtake(self, how: tuple[int, int]) -> None:
        """Let a worker stand still until its lease has lapsed, and deliver its event again."""
        i, steps = how
        live = self._live_workers()
        event = self.workers[live[i % len(live)]]
        self.wait(61)
        self._deliver(event, steps)

    def _deliver(self, event: Event, steps: int) -> None:
        end = self.clock() + LIFETIME
        task = self._start(
            Writer(Kind.WORKER),
            lambda: self.machinery.execution.execute(
                event.report_id, event.invocation, lambda: (end - self.clock()).total_seconds()
            ),
        )
        self.workers[task] = event
        self.ends[task] = end
        self._go(task, steps)

    @precondition(lambda self: self.machinery.events)
    @rule(i=st.sampled_from(WHICH))
    def give_up(self, i: int) -> None:
        """Hand an event to the on-failure destination, as if throttled for too long."""
        events = self.machinery.events
        self.abandoned.append(events.pop(i % len(events)))

    @precondition(lambda self: self.abandoned)
    @rule(how=combinations(WHICH, range(4), (False, True)))
    def abandon(self, how: tuple[int, int, bool]) -> None:
        i, steps, is_repeated = how
        event = self.abandoned[i % len(self.abandoned)]
        if not is_repeated:
            self.abandoned.remove(event)
        writer = Writer(Kind.ABANDONMENT, event.invocation)
        end = self.machinery.abandonment.end
        self._go(self._start(writer, lambda: end(event.report_id, event.invocation, FAILURE)), steps)

    # --- what happens to it ---

    @precondition(lambda self: self.tasks)
    @rule(how=combinations(WHICH, range(1, 16)))
    def go(self, how: tuple[int, int]) -> None:
        i, steps = how
        self._go(self.tasks[i % len(self.tasks)], steps)

    @precondition(lambda self: self.tasks)
    @rule(how=combinations(WHICH, (Order.FAIL, Order.FAIL_AFTER), range(4)))
    def fail(self, how: tuple[int, Order, int]) -> None:
        i, order, steps = how
        task = self.tasks[i % len(self.tasks)]
        self._resume(task, order)
        self._go(task, steps)

    @precondition(lambda self: self.tasks)
    @rule(i=st.sampled_from(WHICH))
    def crash(self, i: int) -> None:
        self._resume(self.tasks[i % len(self.tasks)], Order.CRASH)

    @rule(seconds=st.sampled_from([1, 59, 61, 130, 600, 1801]))
    def wait(self, seconds: int) -> None:
        self.clock.sleep(seconds)
        for task, end in tuple(self.ends.items()):
            if not task.is_done and self.clock() >= end:  # type: ignore[operator]
                self._resume(task, Order.CRASH)

    # --- what holds ---

    @invariant()
    def every_write_was_right(self) -> None:
        assert not self.machinery.ledger.violations

    def teardown(self) -> None:
        try:
            self._drain()
            self.every_write_was_right()
            for row in self.machinery.world.reports.rows.values():
                assert is_terminal(row.state), f"{row} never ended"
                self._check_file(row)
            assert set(self.ended.times.values()) <= {1}, "a report was counted twice"
            self._check_bucket()
        finally:
            ending.log.removeHandler(self.ended)
            for task in tuple(self.tasks):
                self._resume(task, Order.CRASH)

    def _drain(self) -> None:
        """Let all that is under way end, deliver the events or lose them, and read once, long after."""
        self._finish_tasks()
        while self.is_lambda_faithful and (self.machinery.events or self.abandoned):
            if self.machinery.events:
                self.deliver((0, 0, False))
            else:
                self.abandon((0, 0, False))
            self._finish_tasks()
        self.wait(1801)
        self.machinery.watch(ANNA, IDS)

    def _finish_tasks(self) -> None:
        while self.tasks:
            self._go(self.tasks[0], 100)

    def _check_file(self, row: Report) -> None:
        if row.state is not State.SUCCEEDED:
            assert row.object_key is None
            return
        assert row.object_key is not None
        assert row.object_key.split("/")[1:3] == [row.report_id, str(row.attempt)], "the file is another attempt's"
        data = self.machinery.world.results.objects[row.object_key]
        assert row.result is not None
        assert row.result.sha256 == hashlib.sha256(data).hexdigest(), "the file is not what the row says"

    def _check_bucket(self) -> None:
        rows = self.machinery.world.reports.rows
        for key in self.machinery.world.results.objects:
            _, report_id, attempt, _ = key.split("/")
            assert 1 <= int(attempt) <= rows[report_id].attempt, f"{key} is nobody's"
        keys = [upload.file.key for upload in self.machinery.uploads]
        assert len(keys) == len(set(keys)), "two attempts share a file"
        for upload in self.machinery.uploads:
            is_excused = upload.is_left or (upload.task is not None and upload.task.is_crashed)
            assert not upload.is_open or is_excused, f"{upload} was left open"

    def _live_workers(self) -> list[Task]:
        return [task for task in self.tasks if task in self.workers]

    def _call(self, run: Callable[[], object], steps: int) -> None:
        self._go(self._start(Writer(Kind.CALLER), lambda: (run(), None)[1]), steps)

    def _start(self, writer: Writer, run: Callable[[], None]) -> Task:
        task = self.machinery.task(writer, run)
        self.tasks.append(task)
        return task

    def _go(self, task: Task, steps: int) -> None:
        for _ in range(steps):
            if task.is_done:
                return
            self._resume(task, Order.GO)

    def _resume(self, task: Task, order: Order) -> None:
        if task.is_done:
            return
        task.resume(order)
        if task.is_done:
            self._settle(task)

    def _settle(self, task: Task) -> None:
        """Take an ended task out; Lambda repeats a worker that did not return, once, then gives up on its event."""
        self.tasks.remove(task)
        assert task.error is None or isinstance(task.error, EXPECTED), repr(task.error)
        event = self.workers.get(task)
        if event is None or (task.error is None and not task.is_crashed):
            return
        event.tries_left -= 1
        (self.machinery.events if event.tries_left > 0 else self.abandoned).append(event)


def test_overtaken_worker_confirms_no_cancel() -> None:
    machine = ServiceMachine()
    machine.begin((True, 1, 3))
    (worker,) = machine.tasks
    machine.cancel((0, 0, 8))
    rows = machine.machinery.world.reports.rows
    requested = rows[IDS[0]].revision
    while rows[IDS[0]].revision == requested:
        machine.go((0, 1))
    machine.overtake((0, 3))
    assert rows[IDS[0]].attempt == 2
    while not worker.is_done:
        machine.go((0, 1))
    assert rows[IDS[0]].state is State.RUNNING
    machine.teardown()


TestService = ServiceMachine.TestCase
TestService.settings = MACHINES
pytestmark = pytest.mark.slow
