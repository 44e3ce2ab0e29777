from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ErrorInfo,
    ErrorMessage,
    GenerateReport,
    Link,
    ListReports,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    Snapshot,
    WatchReports,
)
from desktop.outside.patience import ANSWER_S, SILENCE_S
from desktop.session.connection_status import Connected, Waiting
from desktop.session.events import (
    CancelAsked,
    ConnectionChanged,
    Event,
    Received,
    RefreshAsked,
    RemoveAsked,
    Requests,
    ServiceEnded,
    Submitted,
    TimePassed,
)
from desktop.session.state import Session
from desktop.session.step import step

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
ASKED = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0})
QUEUED = Snapshot(
    report_id=ID, revision=0, state=State.QUEUED, definition="sample", parameters={}, format="csv", created_at=NOW
)
RUNNING = replace(QUEUED, revision=3, state=State.RUNNING)
LINK = Link(url="https://files/1", expires_at=NOW + timedelta(minutes=15))
DONE = replace(QUEUED, revision=9, state=State.SUCCEEDED, link=LINK)


def play(*events: Event, session: Session | None = None) -> tuple[Session, Requests]:
    """Take the steps; return the session and what the last one sends."""
    session = session or Session()
    requests: Requests = ()
    for event in events:
        session, requests = step(session, event)
    return session, requests


def connected(at: float = 0.0) -> ConnectionChanged:
    return ConnectionChanged(Connected(), at)


def lost(at: float = 0.0) -> ConnectionChanged:
    return ConnectionChanged(Waiting(at + 1, "lost"), at)


def report(snapshot: Snapshot, at: float = 0.0) -> Received:
    return Received(ReportMessage(report=snapshot), at)


ANSWERED = (
    connected(),
    Received(
        CatalogMessage(definitions=(DefinitionInfo(id="", title="", description="", parameters={}, formats=()),)), 0
    ),
    Received(ReportsMessage(request_id="list", reports=()), 0),
)
"""A connection on which everything asked at the start was answered."""


def known(session: Session, report_id: str = ID) -> Snapshot:
    snapshot = session.entries[report_id].snapshot
    assert snapshot is not None
    return snapshot


def test_click_is_sent_once_under_its_own_id() -> None:
    _, requests = play(connected(), Submitted(ASKED, 0))
    assert requests == (Request(ASKED, ID),)


def test_click_while_offline_is_kept_and_sent_on_connect() -> None:
    session, requests = play(lost(), Submitted(ASKED, 0))
    assert requests == ()
    assert session.entries[ID].is_open
    _, requests = play(connected(1), session=session)
    assert Request(ASKED, ID) in requests


def test_connect_learns_watches_and_repeats() -> None:
    other = replace(ASKED, report_id=OTHER)
    _, requests = play(connected(), Submitted(ASKED, 0), report(RUNNING), Submitted(other, 0), lost(), connected(1))
    assert requests == (
        Request(DescribeCatalog(), "catalog"),
        Request(ListReports(), "list"),
        Request(WatchReports(report_ids=(ID,)), "watch"),
        Request(other, OTHER),
    )


def test_connect_leaves_what_has_ended_alone() -> None:
    session, _ = play(connected(), Submitted(ASKED, 0), report(DONE), Received(CatalogMessage(definitions=()), 0))
    _, requests = play(lost(), connected(1), session=session)
    assert [type(request.data) for request in requests] == [DescribeCatalog, ListReports]


@pytest.mark.parametrize("stale", [QUEUED, RUNNING, replace(RUNNING, revision=8)])
def test_stale_snapshot_changes_nothing(stale: Snapshot) -> None:
    session, _ = play(connected(), Submitted(ASKED, 0), report(DONE), report(stale))
    assert known(session) == DONE


def test_same_revision_with_a_later_link_renews_the_link() -> None:
    fresh = replace(DONE, link=Link(url="https://files/2", expires_at=NOW + timedelta(hours=1)))
    session, _ = play(connected(), report(DONE), report(fresh))
    assert known(session).link == fresh.link
    session, _ = play(report(DONE), session=session)
    assert known(session).link == fresh.link


def test_snapshot_touches_only_its_own_report() -> None:
    session, _ = play(connected(), Submitted(ASKED, 0), report(replace(DONE, report_id=OTHER)))
    assert session.entries[ID].snapshot is None
    assert known(session, OTHER).link == LINK


def test_refusal_ends_the_report_it_answers() -> None:
    error = ErrorInfo(code="invalidParameters", message="no", fields={"delay": "must be less"})
    session, _ = play(connected(), Submitted(ASKED, 0), Received(ErrorMessage(request_id=ID, error=error), 0))
    assert session.entries[ID].refusal == error
    assert not session.entries[ID].is_open
    _, requests = play(lost(), connected(), session=session)
    assert Request(ASKED, ID) not in requests


def test_refusal_of_nothing_known_becomes_a_notice() -> None:
    error = ErrorInfo(code="internal", message="Something went wrong.")
    session, _ = play(connected(), Received(ErrorMessage(error=error), 0))
    assert session.notice == "Something went wrong."


def test_cancel_is_sent_once_and_again_after_a_reconnect() -> None:
    session, requests = play(connected(), Submitted(ASKED, 0), report(RUNNING), CancelAsked(ID))
    cancel = Request(CancelReport(report_id=ID), f"cancel:{ID}")
    assert requests == (cancel,)
    _, requests = play(lost(), connected(), session=session)
    assert cancel in requests


def test_cancel_that_shows_no_effect_is_repeated_despite_news_of_the_report() -> None:
    session, _ = play(*ANSWERED, report(RUNNING), CancelAsked(ID), TimePassed(1))
    ticks = [report(replace(RUNNING, revision=3 + n), n) for n in range(1, 36)]
    session, _ = play(*ticks, session=session)
    assert step(session, TimePassed(1 + ANSWER_S))[1] == ()
    session, requests = step(session, TimePassed(2 + ANSWER_S))
    assert requests == (Request(CancelReport(report_id=ID), f"cancel:{ID}"),)
    assert step(session, TimePassed(3 + ANSWER_S))[1] == ()


def test_cancel_of_an_unanswered_report_waits_for_its_answer() -> None:
    session, requests = play(connected(), Submitted(ASKED, 0), CancelAsked(ID))
    assert requests == ()
    _, requests = play(report(QUEUED), session=session)
    assert requests == (Request(CancelReport(report_id=ID), f"cancel:{ID}"),)


def test_cancel_of_an_ended_report_is_nothing() -> None:
    session, requests = play(connected(), report(DONE), CancelAsked(ID))
    assert requests == ()
    assert not session.entries[ID].is_cancel_asked


def test_refused_cancel_can_be_asked_again() -> None:
    error = ErrorMessage(request_id=f"cancel:{ID}", error=ErrorInfo(code="internal", message="no"))
    session, _ = play(connected(), report(RUNNING), CancelAsked(ID), Received(error, 0))
    assert not session.entries[ID].is_cancel_asked
    assert session.entries[ID].is_open


def test_list_brings_reports_of_an_earlier_run_and_watches_the_open_ones() -> None:
    answer = ReportsMessage(request_id="list", reports=(RUNNING, replace(DONE, report_id=OTHER)))
    session, requests = play(connected(), Received(answer, 0))
    assert requests == (Request(WatchReports(report_ids=(ID,)), "watch"),)
    assert known(session, OTHER).state is State.SUCCEEDED
    assert session.is_listed


def test_missing_report_says_so_and_is_not_asked_for_again() -> None:
    gone = ReportsMessage(request_id="watch", reports=(), missing=(ID,))
    session, _ = play(connected(), report(RUNNING), Received(gone, 0))
    assert session.entries[ID].refusal is not None
    _, requests = play(lost(), connected(), session=session)
    assert not any(isinstance(request.data, WatchReports) for request in requests)


def test_silent_report_is_watched_again() -> None:
    session, _ = play(*ANSWERED, report(RUNNING, 0))
    listing = Request(ListReports(), "list")  # what others asked for is asked about more often
    assert step(session, TimePassed(SILENCE_S))[1] == (listing,)
    session, requests = step(session, TimePassed(SILENCE_S + 1))
    assert requests == (listing, Request(WatchReports(report_ids=(ID,)), "watch"))
    assert step(session, TimePassed(SILENCE_S + 2))[1] == ()


def test_unanswered_request_is_repeated_on_a_live_connection() -> None:
    session, _ = play(*ANSWERED, Submitted(ASKED, 0))
    assert step(session, TimePassed(ANSWER_S + 1))[1] == (Request(ASKED, ID),)


def test_it_is_known_since_when_a_connection_brings_nothing() -> None:
    session, _ = play(connected())
    assert session.unanswered_since == 0
    session, _ = play(TimePassed(ANSWER_S + 1), TimePassed(2 * ANSWER_S + 3), session=session)
    assert session.unanswered_since == 0
    answered, _ = play(Received(PongMessage(), 99), session=session)
    assert answered.unanswered_since is None
    asked, _ = play(TimePassed(200), session=answered)
    assert asked.unanswered_since == 200
    assert play(lost(300), connected(400), session=asked)[0].unanswered_since == 400


def test_unanswered_question_is_repeated_on_a_live_connection() -> None:
    session, asked = play(connected())
    assert step(session, TimePassed(ANSWER_S))[1] == ()
    session, repeated = step(session, TimePassed(ANSWER_S + 1))
    assert repeated == asked == (Request(DescribeCatalog(), "catalog"), Request(ListReports(), "list"))
    assert step(session, TimePassed(ANSWER_S + 2))[1] == ()


def test_refresh_watches_one_report() -> None:
    assert play(connected(), report(DONE), RefreshAsked(ID))[1] == (Request(WatchReports(report_ids=(ID,)), "watch"),)


def test_refresh_while_offline_is_asked_on_connect_until_answered() -> None:
    watch = Request(WatchReports(report_ids=(ID,)), "watch")
    session, _ = play(report(DONE), lost(), RefreshAsked(ID))
    session, requests = play(connected(), session=session)
    assert watch in requests
    session, requests = play(report(DONE), lost(), connected(), session=session)
    assert watch not in requests


def test_watch_requests_hold_at_most_fifty_ids() -> None:
    snapshots = [replace(RUNNING, report_id=f"00000000-0000-4000-8000-{n:012}") for n in range(120)]
    session, _ = play(connected(), *(report(snapshot) for snapshot in snapshots))
    _, requests = play(lost(), connected(), session=session)
    sizes = [len(request.data.report_ids) for request in requests if isinstance(request.data, WatchReports)]
    assert sizes == [50, 50, 20]


def test_nothing_is_sent_while_not_connected() -> None:
    for event in (Submitted(ASKED, 0), CancelAsked(ID), RefreshAsked(ID), TimePassed(1000), report(RUNNING)):
        assert play(lost(), event)[1] == ()


snapshots = st.builds(
    lambda n, revision, state: replace(
        RUNNING, report_id=f"00000000-0000-4000-8000-{n:012}", revision=revision, state=state
    ),
    st.integers(0, 2),
    st.integers(0, 6),
    st.sampled_from(State),
)
events = st.one_of(
    snapshots.map(report),
    st.lists(snapshots, max_size=3).map(lambda some: Received(ReportsMessage(reports=tuple(some)), 0.0)),
    st.sampled_from(
        [
            connected(),
            lost(),
            Submitted(ASKED, 0),
            CancelAsked(ID),
            RemoveAsked(ID),
            ServiceEnded(),
            TimePassed(1e6),
            Received(PongMessage(), 0.0),
            Received(ErrorMessage(request_id=ID, error=ErrorInfo(code="internal", message="")), 0.0),
            Received(ReportsMessage(reports=(), missing=(ID,)), 0.0),
        ]
    ),
)


@given(st.lists(events, max_size=40))
def test_any_order_of_events_keeps_the_newest_and_forgets_nothing(history: list[Event]) -> None:
    session = Session()
    for event in history:
        before = session
        session, requests = step(session, event)
        gone = [before.entries[report_id] for report_id in before.entries.keys() - session.entries.keys()]
        assert not gone or isinstance(event, CancelAsked | RemoveAsked)
        assert all(entry.refusal or (entry.snapshot is None and not entry.is_sent) for entry in gone)
        assert not requests or isinstance(session.connection, Connected)
        for report_id, entry in before.entries.items():
            if entry.snapshot and report_id in session.entries:
                assert known(session, report_id).revision >= entry.snapshot.revision
        for entry in session.entries.values():
            assert entry.is_open == (
                entry.refusal is None and not (entry.snapshot and is_terminal(entry.snapshot.state))
            )
