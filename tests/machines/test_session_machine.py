"""The desktop's session against the whole service, through an API Gateway that does everything it may do."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import GenerateReport
from backend.service.ports import Delivery
from desktop.outside.patience import ANSWER_S, SILENCE_S
from desktop.session.events import CancelAsked, RefreshAsked, Submitted
from desktop.session.state import Entry
from tests.backend.fakes import ANNA, BERT, EVENT_MAX_AGE, World
from tests.machines.gateway import Desk, Gateway, Line, Notice
from tests.machines.profiles import MACHINES, combinations, often
from tests.machines.workers import Workers

CLICKS = 8
MAX_ACTIVE = 2  # so that refusals are met, and met again where the report was taken after all
QUIET_ROUNDS = 4

DESK = often(0, 1, 2)
SOMETIMES, RARELY = (*[False] * 2, True), (*[False] * 3, True)
WHICH = range(8)
WAIT_S = (1.0, ANSWER_S + 1, SILENCE_S + 1)
THROTTLED = (Delivery.UNDELIVERED,)
FAULTS = ((Delivery.GONE,), THROTTLED, THROTTLED * 6, (*THROTTLED, Delivery.GONE))


class SessionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.gateway = Gateway(self.world, MAX_ACTIVE)
        self.workers = Workers(self.gateway)
        self.desks = [Desk(self.gateway, owner) for owner in (ANNA.owner, ANNA.owner, BERT.owner)]
        self.clicks: list[str] = []
        self.is_quiet_at_once = False

    @initialize(how=combinations((False, True), range(4), (False, True)))
    def start(self, how: tuple[bool, int, bool]) -> None:
        """Begin with a connection, some clicks, and perhaps the first of them at work."""
        self.is_quiet_at_once, clicks, is_begun = how
        self.desks[0].dial()
        self.desks[0].accept()
        for _ in range(clicks):
            self.click((0, False))
        if is_begun and clicks:
            self.gateway.carry_all()
            self.begin(0)

    # --- the analyst ---

    @precondition(lambda self: len(self.clicks) < CLICKS)
    @rule(how=combinations(DESK, RARELY))
    def click(self, how: tuple[int, bool]) -> None:
        n, is_refused = how
        report_id = f"00000000-0000-4000-8000-{len(self.clicks):012}"
        self.clicks.append(report_id)
        self.desks[n].clicked.add(report_id)
        self.world.invoke.is_refusing = is_refused
        request = GenerateReport(report_id=report_id, definition="sample", parameters={"delay": 0})
        self.desks[n].dispatch(Submitted(request, self.desks[n].now_s))

    @precondition(lambda self: self.clicks)
    @rule(how=combinations(DESK, WHICH))
    def cancel(self, how: tuple[int, int]) -> None:
        n, i = how
        self.desks[n].dispatch(CancelAsked(self.clicks[i % len(self.clicks)]))

    @precondition(lambda self: self.clicks)
    @rule(how=combinations(DESK, WHICH))
    def refresh(self, how: tuple[int, int]) -> None:
        n, i = how
        self.desks[n].dispatch(RefreshAsked(self.clicks[i % len(self.clicks)]))

    @rule(how=combinations(DESK, Notice))
    def restart(self, how: tuple[int, Notice]) -> None:
        n, notice = how
        if self.desks[n].line:
            self.desks[n].drop(notice)
        self.desks[n] = Desk(self.gateway, self.desks[n].owner)

    # --- the connection ---

    @rule(n=st.sampled_from(DESK))
    def connect(self, n: int) -> None:
        if self.desks[n].line is None:
            self.desks[n].dial()
        elif not self.desks[n].is_open:
            self.desks[n].accept()

    @rule(how=combinations(DESK, Notice))
    def drop(self, how: tuple[int, Notice]) -> None:
        n, notice = how
        if self.desks[n].line:
            self.desks[n].drop(notice)

    @precondition(lambda self: self.gateway.unannounced)
    @rule()
    def disconnect_late(self) -> None:
        self.gateway.announce_closed()

    # --- frames in flight ---

    @rule()
    def carry_all(self) -> None:
        self.gateway.carry_all()

    @precondition(lambda self: self._lines_up())
    @rule(how=combinations(WHICH, WHICH, SOMETIMES))
    def carry_up(self, how: tuple[int, int, bool]) -> None:
        n, i, is_failed = how
        lines = self._lines_up()
        line = lines[n % len(lines)]
        (self.gateway.fail_up if is_failed else self.gateway.carry_up)(line, i % len(line.up))

    @precondition(lambda self: self._lines_down())
    @rule(how=combinations(WHICH, WHICH, (False, True)))
    def carry_down(self, how: tuple[int, int, bool]) -> None:
        n, i, is_repeated = how
        lines = self._lines_down()
        line = lines[n % len(lines)]
        self.gateway.carry_down(line, i % len(line.down), is_repeated=is_repeated)

    @precondition(lambda self: self._lines_down())
    @rule(how=combinations(WHICH, WHICH))
    def lose_down(self, how: tuple[int, int]) -> None:
        n, i = how
        lines = self._lines_down()
        line = lines[n % len(lines)]
        line.down.pop(i % len(line.down))

    @rule(faults=st.sampled_from(FAULTS))
    def fail_posts(self, faults: tuple[Delivery, ...]) -> None:
        self.gateway.faults = list(faults)

    # --- workers and time ---

    @precondition(lambda self: self.workers.events)
    @rule(i=st.sampled_from(WHICH))
    def begin(self, i: int) -> None:
        self.workers.begin(i % len(self.workers.events))

    @precondition(lambda self: self.workers.running)
    @rule(how=combinations(WHICH, ("progress", "finish", "fail")))
    def work(self, how: tuple[int, str]) -> None:
        i, what = how
        running = tuple(self.workers.running)
        getattr(self.workers, what)(running[i % len(running)])

    @rule(how=combinations(WAIT_S, WAIT_S))
    def wait(self, how: tuple[float, float]) -> None:
        desk_s, service_s = how
        for desk in self.desks:
            desk.wait(desk_s)
        self.workers.wait(service_s)

    @rule()
    def pass_night(self) -> None:
        """Let every connection idle out and Lambda give up on all it had."""
        for desk in self.desks:
            if desk.line:
                desk.drop(Notice.NOW)
        self.workers.lapse()
        self.world.clock.now += EVENT_MAX_AGE + timedelta(minutes=1)

    # --- what holds ---

    @invariant()
    def nothing_is_lost_or_too_much(self) -> None:
        assert not self.gateway.too_large
        assert not self.gateway.internal_errors
        rows = self.world.reports.rows
        assert rows.keys() <= set(self.clicks)
        for desk in self.desks:
            for report_id in desk.session.entries.keys() - desk.clicked:
                assert rows[report_id].owner == desk.owner, "another's report came on screen"

    def teardown(self) -> None:
        self.gateway.faults = []
        self.world.invoke.is_refusing = False
        if self.is_quiet_at_once:
            self._check_catching_up()
        self._settle()
        for desk in self.desks:
            self._check_agreement(desk)
        for desk in self.desks:
            desk.drop(Notice.LATE)
        self._settle()
        for desk in self.desks:
            self._check_agreement(desk)
            self._check_all_known(desk)
        assert all(count == 1 for count in self.workers.claims.values()), "a report was made twice"
        self.nothing_is_lost_or_too_much()

    def _check_catching_up(self) -> None:
        """Connect all anew: what is asked then, and answered, must tell it all, without waiting for any silence."""
        for desk in self.desks:
            if desk.line:
                desk.drop(Notice.NEVER)
        self._connect()
        self.gateway.carry_all()
        for desk in self.desks:
            for entry in desk.session.entries.values():
                row = self.world.reports.rows.get(entry.report_id)
                assert _seen(entry) == (row and (row.state, row.revision)), f"{entry.report_id} is not what it seems"

    def _connect(self) -> None:
        for desk in self.desks:
            if desk.line is None:
                desk.dial()
            if not desk.is_open:
                desk.accept()

    def _settle(self) -> None:
        """Connect, and let everything arrive and end."""
        self._connect()
        self.gateway.announce_closed()
        for _ in range(QUIET_ROUNDS):
            self.gateway.carry_all()
            self.workers.drain()
            self.gateway.carry_all()
            for seconds in WAIT_S:
                self.wait((seconds, seconds))

    def _check_agreement(self, desk: Desk) -> None:
        for entry in desk.session.entries.values():
            row = self.world.reports.rows.get(entry.report_id)
            if entry.refusal is not None:
                assert row is None, f"{entry.report_id} counts as refused and was made"
                continue
            assert row is not None, f"{entry.report_id} was asked for and never made"
            assert _seen(entry) == (row.state, row.revision), f"{entry.report_id} is not what it seems"
            assert is_terminal(row.state), f"{entry.report_id} never ended"
            if row.state is State.SUCCEEDED:
                assert self.workers.claims[row.report_id] == 1
                assert entry.snapshot is not None
                assert entry.snapshot.link is not None, f"{entry.report_id} has no link"

    def _check_all_known(self, desk: Desk) -> None:
        own = {row.report_id for row in self.world.reports.rows.values() if row.owner == desk.owner}
        assert own <= desk.session.entries.keys(), "a report is not on screen"
        assert desk.session.entries.keys() <= own | desk.clicked

    def _lines_up(self) -> list[Line]:
        return [line for line in self.gateway.lines.values() if line.up]

    def _lines_down(self) -> list[Line]:
        return [line for line in self.gateway.lines.values() if line.down]


def _seen(entry: Entry) -> tuple[State, int] | None:
    return (entry.snapshot.state, entry.snapshot.revision) if entry.snapshot else None


def test_refusal_that_comes_after_the_report_has_ended_is_not_believed() -> None:
    machine = SessionMachine()
    machine.start((False, MAX_ACTIVE, True))
    machine.gateway.carry_all()
    machine.click((0, False))
    line = machine.desks[0].line
    assert line is not None
    machine.gateway.carry_up(line, 0)
    (refusal,) = line.down
    machine.workers.finish(machine.clicks[0])
    machine.wait((ANSWER_S + 1, 1.0))
    machine.gateway.carry_up(line, len(line.up) - 1)
    machine.workers.drain()
    line.down.remove(refusal)
    machine.gateway.carry_all()
    machine.desks[0].hear(refusal)
    machine.teardown()


TestSession = SessionMachine.TestCase
TestSession.settings = MACHINES
pytestmark = pytest.mark.slow
