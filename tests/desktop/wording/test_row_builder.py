from collections.abc import Callable
from datetime import datetime, timedelta

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo
from desktop.session.connection_status import Closed
from desktop.session.state import Entry, Session
from desktop.wording.reports.row_builder import NO_ROWS, build_rows

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


def test_newest_comes_first_and_unanswered_above_all(
    known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [unsent(1), known(2, ago_s=50), known(3, ago_s=10), known(4, ago_s=90), unsent(5)]
    rows = build_rows(make_session(*entries), {}, now)
    assert [int(report_id[:8], 16) for report_id in rows] == [5, 1, 3, 2, 4]


def test_refused_come_in_their_place_in_time(
    known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    refusal = ErrorInfo(code="invalidParameters", message="No.")
    refused = unsent(1, refusal=refusal, asked_at=now - timedelta(seconds=20))
    waiting = unsent(5, asked_at=now - timedelta(seconds=90))
    rows = build_rows(make_session(refused, known(2, ago_s=50), known(3, ago_s=10), waiting), {}, now)
    assert [int(report_id[:8], 16) for report_id in rows] == [5, 3, 1, 2]
    assert all(rows[entry.report_id].row.requested_at for entry in (refused, waiting))


def test_unchanged_rows_are_the_same_objects(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    stays, changes = known(1, State.SUCCEEDED, ago_s=90), known(2, ago_s=10)
    before = build_rows(make_session(stays, changes), {}, now)
    catalog = make_session().catalog
    session = make_session(stays, known(2, State.RUNNING, ago_s=10), catalog=catalog)
    after = build_rows(session, {}, now, before)
    assert after[stays.report_id].row is before[stays.report_id].row
    assert tuple(rows[changes.report_id].row.state for rows in (before, after)) == ("Queued", "Running")


def test_rows_follow_connection_and_catalog(unsent: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    entry = unsent(1)
    rows = build_rows(make_session(entry, catalog=None), {}, now)
    (online,) = (each.row for each in rows.values())
    (offline,) = (each.row for each in build_rows(make_session(entry, connection=Closed()), {}, now, rows).values())
    assert (online.title, online.state) == ("sample", "Sending")
    assert (offline.title, offline.state) == ("Sample report", "Waiting")


def test_file_expires_without_news(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    session, rows, states = make_session(known(1, State.SUCCEEDED)), NO_ROWS, []
    for at in (now, now + timedelta(days=7)):
        rows = build_rows(session, {}, at, rows)
        states += [each.row.state for each in rows.values()]
    assert states == ["Ready", "Expired"]


def test_running_row_grows_older_without_news(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    session, rows, elapsed = make_session(known(1, State.RUNNING, ago_s=11)), NO_ROWS, []
    for seconds in (0, 5):
        rows = build_rows(session, {}, now + timedelta(seconds=seconds), rows)
        elapsed += [each.row.elapsed for each in rows.values()]
    assert elapsed == ["0:10", "0:15"]
