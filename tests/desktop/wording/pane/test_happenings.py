from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, Progress
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry, Session
from desktop.wording.pane.happenings import (
    MOST_HEARD,
    NOTHING_HEARD,
    Happening,
    Heard,
    What,
    hear,
    known_of,
    put_in_order,
)
from tests.desktop.conftest import EntryFactory, SessionFactory


def kinds(*happened: Happening) -> list[What]:
    return [each.what for each in happened]


def test_snapshot_says_when_it_was_asked_for_started_and_ended(known: EntryFactory, unsent: EntryFactory) -> None:
    assert kinds(*known_of(known(1, State.SUCCEEDED))) == [
        What.ASKED_SOMEWHERE,
        What.QUEUED,
        What.STARTED,
        What.READY,
    ]
    assert kinds(*known_of(known(1, State.FAILED)))[-1] is What.FAILED
    assert kinds(*known_of(unsent(1))) == [What.ASKED]


def listen(heard: Heard, before: Session, after: Session, at: datetime) -> Heard:
    return hear(heard, (before, {}), (after, {}), at)


def with_stage(known: EntryFactory, stage: str) -> Entry:
    return known(1, State.RUNNING, progress=Progress(stage=stage, completed=1, total=2, unit="rows"))


def test_stages_are_heard_when_they_come(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    heard, before = NOTHING_HEARD, make_session(known(1))
    for second, stage in enumerate(("reading", "reading", "writing")):
        after = make_session(with_stage(known, stage))
        heard = listen(heard, before, after, now + timedelta(seconds=second))
        before = after
    assert heard[known(1).report_id] == (
        Happening(now, What.STAGE, "reading"),
        Happening(now + timedelta(seconds=2), What.STAGE, "writing"),
    )


def test_first_news_of_a_report_are_no_happening(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    assert listen(NOTHING_HEARD, make_session(), make_session(with_stage(known, "reading")), now) is NOTHING_HEARD


def test_what_is_sent_cancelled_and_refused_is_heard(
    unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    refusal = ErrorInfo(code="notFound", message="Gone.")
    entries = [
        unsent(1),
        unsent(1, is_sent=True),
        unsent(1, is_sent=True, is_cancel_asked=True),
        unsent(1, is_sent=True, is_cancel_asked=True, refusal=refusal),
    ]
    heard = NOTHING_HEARD
    for before, after in pairwise(entries):
        heard = listen(heard, make_session(before), make_session(after), now)
    assert kinds(*heard[unsent(1).report_id]) == [What.SENT, What.CANCEL_ASKED, What.REFUSED]


def test_second_attempt_keeps_when_the_first_began(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first = known(1, State.RUNNING)
    assert first.snapshot is not None
    again = Entry(first.report_id, snapshot=replace(first.snapshot, started_at=now))
    heard = listen(NOTHING_HEARD, make_session(first), make_session(again), now)
    history = put_in_order(known_of(again), heard[first.report_id])
    started = [each.at for each in history if each.what is What.STARTED]
    assert started == [first.snapshot.started_at, now]


def test_saving_is_heard_once_with_its_time(make_session: SessionFactory, now: datetime) -> None:
    active = Download("a", Path("/tmp/a.csv"), 1, 2, DownloadState.ACTIVE)
    saved = Download("a", Path("/tmp/a.csv"), 2, 2, DownloadState.SAVED)
    session = make_session()
    heard = hear(NOTHING_HEARD, (session, {}), (session, {"a": active}), now)
    heard = hear(heard, (session, {"a": active}), (session, {"a": saved}), now)
    assert heard["a"] == (Happening(now, What.SAVED, "/tmp/a.csv"),)


def test_what_an_earlier_run_saved_and_asked_for_has_no_time(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry, session = known(1, State.SUCCEEDED), make_session()
    recalled = Download(entry.report_id, Path("/tmp/a.csv"), 0, 0, DownloadState.SAVED, is_of_earlier_run=True)
    failed = Download(entry.report_id, Path("/tmp/b.csv"), 0, 9, DownloadState.FAILED, "Full.", earlier=recalled.path)
    heard = hear(NOTHING_HEARD, (session, {}), (session, {entry.report_id: recalled}), now)
    assert heard == NOTHING_HEARD
    for download in (recalled, failed):
        times = {each.what: each.at for each in put_in_order(known_of(entry, download), ())}
        assert (times[What.SAVED], times[What.ASKED_SOMEWHERE]) == (None, None)


def test_saves_that_succeed_and_fail_are_in_the_order_of_their_times(known: EntryFactory, now: datetime) -> None:
    entry = known(1, State.SUCCEEDED)
    saves = [
        Happening(now + timedelta(seconds=second), What.SAVED if second % 2 else What.NOT_SAVED, str(second))
        for second in range(5)
    ]
    recalled = Download(entry.report_id, Path("/tmp/a.csv"), 0, 0, DownloadState.SAVED, is_of_earlier_run=True)
    history = put_in_order(known_of(entry), (*reversed(saves),))
    assert history[-5:] == tuple(saves)
    assert kinds(*put_in_order(known_of(entry, recalled), (saves[0],)))[-2:] == [What.SAVED, What.NOT_SAVED]


def test_history_is_in_order_whatever_two_clocks_say(known: EntryFactory, now: datetime) -> None:
    entry = known(1, State.SUCCEEDED)
    late = Happening(now + timedelta(hours=1), What.SENT)
    saved = Happening(now - timedelta(hours=1), What.SAVED, "/tmp/a.csv")
    assert kinds(*put_in_order(known_of(entry), (saved, late))) == [
        What.ASKED_SOMEWHERE,
        What.SENT,
        What.QUEUED,
        What.STARTED,
        What.READY,
        What.SAVED,
    ]


def test_what_was_heard_stands_for_what_has_no_time(now: datetime) -> None:
    download = Download("a", Path("/tmp/a.csv"), 2, 2, DownloadState.SAVED)
    untimed = known_of(Entry("a"), download)
    assert put_in_order(untimed, ()) == untimed
    heard = Happening(now, What.SAVED, "/tmp/a.csv")
    assert put_in_order(untimed, (heard,)) == (heard,)


def test_only_the_last_are_kept(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    heard, before = NOTHING_HEARD, make_session(with_stage(known, "0"))
    for number in range(1, MOST_HEARD + 10):
        after = make_session(with_stage(known, str(number)))
        heard = listen(heard, before, after, now)
        before = after
    stages = [each.detail for each in heard[known(1).report_id]]
    assert (len(stages), stages[-1]) == (MOST_HEARD, str(MOST_HEARD + 9))


def test_same_session_again_is_silence(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    session = make_session(known(1))
    assert listen(NOTHING_HEARD, session, session, now) is NOTHING_HEARD
