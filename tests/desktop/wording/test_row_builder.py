from collections.abc import Callable
from datetime import datetime, timedelta

from backend.protocol.lifecycle import State
from desktop.session.connection_status import Closed
from desktop.session.state import Entry, Session
from desktop.wording.row_builder import RowBuilder

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


def test_newest_comes_first_and_unanswered_above_all(
    known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [unsent(1), known(2, ago_s=50), known(3, ago_s=10), known(4, ago_s=90), unsent(5)]
    rows = RowBuilder().build(make_session(*entries), {}, now)
    assert [int(row.report_id[:8], 16) for row in rows] == [5, 1, 3, 2, 4]


def test_unchanged_rows_are_the_same_objects(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    builder = RowBuilder()
    stays, changes = known(1, State.SUCCEEDED, ago_s=90), known(2, ago_s=10)
    before = builder.build(make_session(stays, changes), {}, now)
    catalog = make_session().catalog
    after = builder.build(make_session(stays, known(2, State.RUNNING, ago_s=10), catalog=catalog), {}, now)
    assert after[1] is before[1]
    assert (before[0].state, after[0].state) == ("Queued", "Running")


def test_rows_follow_connection_and_catalog(unsent: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    builder, entry = RowBuilder(), unsent(1)
    (online,) = builder.build(make_session(entry, catalog=None), {}, now)
    (offline,) = builder.build(make_session(entry, connection=Closed()), {}, now)
    assert (online.title, online.state) == ("sample", "Sending")
    assert (offline.title, offline.state) == ("Sample report", "Waiting")


def test_file_expires_without_news(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    builder, session = RowBuilder(), make_session(known(1, State.SUCCEEDED))
    states = [builder.build(session, {}, at)[0].state for at in (now, now + timedelta(days=7))]
    assert states == ["Ready", "Expired"]


def test_running_row_grows_older_without_news(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    builder, session = RowBuilder(), make_session(known(1, State.RUNNING, ago_s=11))
    elapsed = [builder.build(session, {}, now + timedelta(seconds=s))[0].elapsed for s in (0, 5)]
    assert elapsed == ["0:10", "0:15"]
