import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.domain.report import Report
from backend.protocol.lifecycle import State
from infra.local.backend import LocalBackend
from tests.backend.fakes import REPORT_TTL, START
from tests.benchmarks import findings, load
from tests.benchmarks.desks import Asked
from tests.benchmarks.load import Load
from tests.benchmarks.routing import MESSAGES, measure
from tests.benchmarks.verdict import BOUND_S, Verdict, judge, percentile

SMALL = Load(
    minutes=0.75,
    clients=40,
    reports=12,
    longest_report_ms=12_000,
    cut_every_s=1.0,
    cancel_every_s=4.0,
    restart_every_s=5.0,
    kill_every_s=2.0,
    storm_every_s=40.0,
    kills_until=0.4,
)

ENDED = START + timedelta(seconds=20)
ROW = Report(
    report_id="r",
    owner="anna",
    definition="sample",
    parameters={},
    format="csv",
    created_at=START,
    expires_at=START + REPORT_TTL,
    state=State.SUCCEEDED,
    started_at=START + timedelta(seconds=1),
    finished_at=ENDED,
    attempt=1,
    object_key="o/r/1/f",
)


def told(after_s: float = 0.1, *, ended: State = State.SUCCEEDED, is_orphan: bool = False) -> Asked:
    return Asked(
        report_id="r",
        analyst=0,
        is_orphan=is_orphan,
        ended=ended,
        known_at=ENDED + timedelta(seconds=after_s),
        connected_at=START,
    )


UNTOLD = Asked(report_id="r", analyst=0)


def verdict(
    asked: Asked, row: Report | None = ROW, files: tuple[str, ...] = ("o/r/1/f",), kill_s: float = 99
) -> Verdict:
    rows = {} if row is None else {"r": row}
    return judge([asked], rows, {"r": files}, [START + timedelta(seconds=kill_s)])


def test_report_that_ended_and_was_told_is_nothing_special() -> None:
    found = verdict(told())
    assert (found.lost, found.hung, found.duplicated) == ((), (), ())
    assert found.delays_s == found.calm_delays_s == (0.1,)


@pytest.mark.parametrize(
    ("asked", "row"),
    [(UNTOLD, ROW), (UNTOLD, None), (told(ended=State.FAILED), ROW)],
    ids=["never told", "no row", "told otherwise"],
)
def test_report_the_desk_does_not_know_is_lost(asked: Asked, row: Report | None) -> None:
    assert verdict(asked, row).lost == ("r",)


def test_report_told_past_the_bound_is_late() -> None:
    found = verdict(told(BOUND_S + 1))
    assert (found.lost, found.late) == ((), ("r",))
    assert verdict(told(BOUND_S - 1)).late == ()


def test_report_of_a_desk_restarted_before_the_answer_is_not_lost() -> None:
    orphan = Asked(report_id="r", analyst=0, is_orphan=True)
    assert verdict(orphan).lost == verdict(orphan, None).lost == ()


def test_report_still_running_hangs() -> None:
    assert verdict(UNTOLD, replace(ROW, state=State.RUNNING, finished_at=None)).hung == ("r",)


@pytest.mark.parametrize(
    ("row", "files"),
    [
        (replace(ROW, attempt=2, object_key="o/r/2/f"), ("o/r/2/f",)),
        (ROW, ("o/r/1/f", "o/r/2/f")),
        (ROW, ()),
        (replace(ROW, state=State.CANCELLED, object_key=None), ("o/r/1/f",)),
    ],
    ids=["claimed again", "second file", "no file", "stray file"],
)
def test_report_made_otherwise_than_once_is_duplicated(row: Report, files: tuple[str, ...]) -> None:
    assert verdict(told(), row, files).duplicated == ("r",)


def test_second_claim_after_a_kill_is_no_duplicate() -> None:
    row = replace(ROW, attempt=2, object_key="o/r/2/f", started_at=START + timedelta(seconds=10))
    assert verdict(told(), row, ("o/r/2/f",), kill_s=5).duplicated == ()


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (75, 3.0), (95, 4.0), (100, 4.0)])
def test_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], percent) == value


def test_router_is_timed_on_every_message() -> None:
    assert [name for name, _ in measure(rounds=2)] == ["$connect", *MESSAGES, "$disconnect"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in Linux's /proc")
def test_nothing_is_lost_duplicated_or_hung_while_things_go_wrong(local: LocalBackend) -> None:
    found = asyncio.run(load.run(local, SMALL))
    said = "\n".join(findings.table(found))
    assert (found.verdict.lost, found.verdict.hung, found.verdict.duplicated) == ((), (), ()), said
    assert found.faults.keys() == {"cut", "cancel", "restart", "kill", "storm"}, said
    assert found.verdict.ended["SUCCEEDED"] > 0, said
