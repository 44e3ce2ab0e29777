"""What became of every report, from three sides: what the desk was told, its row, its files.

desks, reports table, bucket ──▶ **judge** ──▶ the counts of the table
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from desktop.outside.patience import ANSWER_S, SILENCE_S
from tests.benchmarks.desks import Asked

BOUND_S = SILENCE_S + ANSWER_S + 5.0
"""Told later than this after its end, a report counts as late: the session itself asks sooner than that."""

KILL_ECHO = timedelta(seconds=30)
"""How long after a kill other workers may die of it.

MiniStack drops a function's whole pool when one worker dies while it starts (`lambda_svc.py`, `invalidate_worker` after
"Warm worker execution error"), and notices that late when the machine is busy.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Counts over all reports, and the ids of those something is wrong with."""

    asked: int
    ended: Mapping[str, int]
    """By state of the row; `refused` and `never sent` have none."""
    retried: int
    """Rows that were claimed more than once."""
    extra_claims: int
    """Claims beyond the first of each report, less the kills; one kill may cost several, an idle worker's none."""
    lost: tuple[str, ...]
    """The row has ended and the desk was never told, or told otherwise; or there is neither row nor refusal."""
    late: tuple[str, ...]
    """The desk was told, but more than `BOUND_S` after the end."""
    hung: tuple[str, ...]
    """The row has not ended."""
    duplicated: tuple[str, ...]
    """Claimed again though no worker was killed meanwhile, more files than claims, or a file its row does not name."""
    delays_s: tuple[float, ...]
    """From the end of each succeeded report to the link on its desk."""
    calm_delays_s: tuple[float, ...]
    """The same for desks that were connected when it ended."""


def judge(
    asked: Sequence[Asked],
    rows: Mapping[str, Report],
    files: Mapping[str, Sequence[str]],
    kills: Sequence[datetime],
) -> Verdict:
    """Compare what the desks know with the rows and the keys of the files of each report."""
    told = [(each, rows[each.report_id]) for each in asked if each.report_id in rows]
    links = [(each, row) for each, row in told if each.ended is State.SUCCEEDED and row.state is State.SUCCEEDED]
    return Verdict(
        asked=len(asked),
        ended=Counter(_ending(each, rows.get(each.report_id)) for each in asked),
        retried=sum(row.attempt > 1 for row in rows.values()),
        extra_claims=sum(max(0, row.attempt - 1) for row in rows.values()) - len(kills),
        late=tuple(each.report_id for each, row in told if _is_late(each, row)),
        lost=tuple(each.report_id for each in asked if _is_lost(each, rows.get(each.report_id))),
        hung=tuple(row.report_id for row in rows.values() if not is_terminal(row.state)),
        duplicated=tuple(
            row.report_id for row in rows.values() if _is_duplicated(row, files.get(row.report_id, ()), kills)
        ),
        delays_s=_delays_s(links),
        calm_delays_s=_delays_s((each, row) for each, row in links if _was_connected(each, row)),
    )


def _ending(asked: Asked, row: Report | None) -> str:
    if row is not None:
        return f"{row.state} {row.error.code}" if row.error else str(row.state)
    return f"refused {asked.refusal}" if asked.refusal else "never sent"


def _is_lost(asked: Asked, row: Report | None) -> bool:
    if asked.is_orphan or asked.refusal:
        return False
    if row is None:
        return True
    if row.finished_at is None:
        return False
    return asked.ended is not row.state


def _is_late(asked: Asked, row: Report) -> bool:
    if asked.known_at is None or row.finished_at is None:
        return False
    return (asked.known_at - row.finished_at).total_seconds() > BOUND_S


def _is_duplicated(row: Report, files: Sequence[str], kills: Sequence[datetime]) -> bool:
    is_killed = row.started_at is not None and any(row.created_at - KILL_ECHO < kill < row.started_at for kill in kills)
    is_claimed_twice = row.attempt > 1 and not is_killed
    is_missing = row.object_key is not None and row.object_key not in files
    is_stray = not is_killed and any(key != row.object_key for key in files)
    return is_claimed_twice or is_missing or is_stray or len(files) > row.attempt


def _was_connected(asked: Asked, row: Report) -> bool:
    return bool(asked.connected_at and row.finished_at and asked.connected_at < row.finished_at)


def _delays_s(links: Iterable[tuple[Asked, Report]]) -> tuple[float, ...]:
    return tuple(
        sorted(
            (asked.known_at - row.finished_at).total_seconds()
            for asked, row in links
            if asked.known_at and row.finished_at
        )
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the value that so many percent of the ordered values do not exceed; NaN of none."""
    if not ordered:
        return float("nan")
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]
