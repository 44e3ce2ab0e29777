from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

from backend.protocol.lifecycle import State
from desktop.session.connection_status import Closed, Connected
from desktop.session.state import Entry, Session
from desktop.wording.reports.report_state import Shown
from desktop.wording.reports.row_builder import Sources, build_rows

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


def test_unchanged_rows_are_the_same_objects(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    stays, changes = known(1, State.SUCCEEDED, ago_s=90), known(2, ago_s=10)
    before = build_rows(Sources(make_session(stays, changes)), now)
    catalog = make_session().catalog
    session = make_session(stays, known(2, State.RUNNING, ago_s=10), catalog=catalog)
    after = build_rows(Sources(session), now, before)
    assert after.by_id[stays.report_id] is before.by_id[stays.report_id]
    shown = [rows.by_id[changes.report_id].shown for rows in (before, after)]
    assert shown == [Shown.QUEUED, Shown.RUNNING]


def test_without_news_all_is_the_same_object(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    sources = Sources(make_session(known(1, State.RUNNING), known(2, State.SUCCEEDED)))
    before = build_rows(sources, now)
    assert build_rows(sources, now + timedelta(minutes=1), before) is before


def test_rows_follow_connection_and_catalog(unsent: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    entry = unsent(1)
    before = build_rows(Sources(make_session(entry, catalog=None)), now)
    after = build_rows(Sources(make_session(entry, connection=Closed())), now, before)
    online, offline = before.by_id[entry.report_id], after.by_id[entry.report_id]
    assert (online.title, online.shown) == ("sample", Shown.SENDING)
    assert (offline.title, offline.shown) == ("Sample report", Shown.UNSENT)


def test_offline_rows_are_as_of_the_moment_it_began(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = known(1, State.RUNNING)
    connected = build_rows(Sources(make_session(entry, connection=Connected())), now)
    gone = build_rows(Sources(make_session(entry, connection=Closed())), now, connected)
    later = build_rows(Sources(make_session(entry, connection=Closed())), now + timedelta(minutes=9), gone)
    assert {rows.by_id[entry.report_id].work.note for rows in (gone, later)} == {"as of 14:05"}
    assert build_rows(Sources(make_session(entry)), now, later).by_id[entry.report_id].work.note == ""


def test_file_expires_without_news(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    sources, rows, shown = Sources(make_session(known(1, State.SUCCEEDED))), None, []
    for at in (now, now + timedelta(days=5), now + timedelta(days=7)):
        rows = build_rows(sources, at, rows)
        shown += [row.shown for row in rows.by_id.values()]
    assert shown == [Shown.READY, Shown.READY, Shown.EXPIRED]


def test_removed_reports_have_no_row(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    session, gone = make_session(known(1), known(2)), known(1).report_id
    before = build_rows(Sources(session), now)
    after = build_rows(Sources(session, removed=frozenset({gone})), now, before)
    assert list(after.by_id) == [known(2).report_id]


def test_cancel_that_waits_counts_down_without_news(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = known(1, State.RUNNING)
    ends = MappingProxyType({entry.report_id: now + timedelta(seconds=5)})
    sources, rows, texts = Sources(make_session(entry), stops_at=ends), None, []
    for seconds in (0, 1, 2):
        rows = build_rows(sources, now + timedelta(seconds=seconds), rows)
        texts += [row.work.text[:12] for row in rows.by_id.values()]
    assert texts == ["Stops in 5 s", "Stops in 4 s", "Stops in 3 s"]
    undone = build_rows(Sources(sources.session), now, rows)
    assert undone.by_id[entry.report_id].work.has_bar
