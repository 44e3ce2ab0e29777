"""Reports asked for while a network changes what it lets through: each ends in the window, once, with its link."""

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from backend.protocol.lifecycle import State
from desktop.session.connection_status import Connected
from tests.machines.profiles import MACHINES, combinations, often
from tests.machines.ways import Desk, Https, Socket

CLICKS = 5  # as many as one analyst may have under way
SETTLED_S = 60.0
WAITS_S = (*(0.3, 3.0, 8.0, 45.0) * 3, 700.0)
SOCKETS = often(Socket.THROUGH, *(each for each in Socket if each is not Socket.THROUGH))
HTTPS = often(Https.THROUGH, Https.DOWN, Https.LOSSY)


class WaysMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.clicked: list[str] = []
        self.cancelled: set[str] = set()

    @initialize(how=combinations(SOCKETS, HTTPS))
    def start(self, how: tuple[Socket, Https]) -> None:
        self.desk.set_network(*how)

    @rule(how=combinations(SOCKETS, HTTPS))
    def change_network(self, how: tuple[Socket, Https]) -> None:
        self.desk.set_network(*how)

    @rule()
    def move(self) -> None:
        self.desk.network += 1

    @rule()
    def retry_now(self) -> None:
        self.desk.client.retry_now()

    @precondition(lambda self: len(self.clicked) < CLICKS)
    @rule()
    def click(self) -> None:
        self.clicked.append(f"00000000-0000-4000-8000-{len(self.clicked):012}")
        self.desk.click(self.clicked[-1])

    @precondition(lambda self: self.clicked)
    @rule(n=combinations(range(CLICKS)))
    def cancel(self, n: tuple[int]) -> None:
        report_id = self.clicked[n[0] % len(self.clicked)]
        self.cancelled.add(report_id)
        self.desk.cancel(report_id)

    @rule()
    def work(self) -> None:
        self.desk.work()

    @rule(seconds=combinations(WAITS_S))
    def wait(self, seconds: tuple[float]) -> None:
        self.desk.loop.advance(seconds[0])

    def teardown(self) -> None:
        try:
            self.desk.set_network(Socket.THROUGH, Https.THROUGH)
            self.desk.network += 1
            self.desk.loop.advance(SETTLED_S)
            assert self.desk.session.connection == Connected()
            self.desk.work()
            self.desk.loop.advance(SETTLED_S)
            self.check_every_report_has_ended()
        finally:
            self.desk.leave()

    def check_every_report_has_ended(self) -> None:
        rows, entries = self.desk.world.reports.rows, self.desk.session.entries
        assert rows.keys() <= set(self.clicked)
        for report_id in self.clicked:
            entry = entries.get(report_id)
            if entry is None:  # cancelled before it was ever sent
                assert report_id in self.cancelled
                assert report_id not in rows or rows[report_id].state is State.CANCELLED
                continue
            assert entry.snapshot is not None, "a report was never answered"
            assert entry.snapshot.state is rows[report_id].state
            assert self.desk.ends[report_id] == 1
            assert (entry.snapshot.link is not None) == (entry.snapshot.state is State.SUCCEEDED)
            assert rows[report_id].attempt <= 1


TestWays = pytest.mark.slow(WaysMachine.TestCase)
TestWays.settings = settings(MACHINES, stateful_step_count=15)


def test_a_hundred_switches_in_a_row_lose_nothing() -> None:
    desk = Desk()
    ids = [f"00000000-0000-4000-8000-{n:012}" for n in range(100)]
    for n, report_id in enumerate(ids):
        desk.set_network(Socket.REFUSED if n % 2 == 0 else Socket.THROUGH, Https.THROUGH)
        if n % 2 == 0:
            for line in desk.lines.values():
                line.lose()
        desk.network += 1
        desk.click(report_id)
        desk.loop.advance(12.0)
        assert desk.session.connection == Connected(over_https=n % 2 == 0, is_fallback=n % 2 == 0)
        desk.work()
        desk.loop.advance(12.0)
    ended = {i: entry.snapshot.state for i, entry in desk.session.entries.items() if entry.snapshot}
    assert ended == dict.fromkeys(ids, State.SUCCEEDED)
    assert set(desk.ends.values()) == {1}
    assert {row.attempt for row in desk.world.reports.rows.values()} == {1}
    desk.leave()
