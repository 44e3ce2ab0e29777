"""Reports whose files are gone: the same story in the row, the pane and the details."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, Failure, FailureCode, ReportsMessage
from desktop.session.events import Received, ServiceEnded
from desktop.session.state import Entry, Session
from desktop.session.step import FILE_LOST, LOST, step
from desktop.wording.pane.happenings import hear
from desktop.wording.pane.view import TabId
from desktop.wording.reports.arrangement import Chip
from tests.desktop.conftest import NOW
from tests.desktop.screens import Screen

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
AFTER_ALL = NOW + timedelta(days=400)
FORGOTTEN = ErrorInfo(code="notFound", message="The service no longer has this report.")


def show_change(window: Screen, before: Session, after: Session) -> None:
    """Show a change as the app does: what was heard of it is known to the pane."""
    heard = hear(window.desk.heard, (before, {}), (after, {}), NOW)
    window.desk = replace(window.desk, heard=heard)
    window.show_session(after)


def told(window: Screen) -> tuple[str, str, str, str]:
    """Return the word of the row, the end of the caption, the last of what happened, and its note."""
    (row,) = window.reports.table.reports.rows
    time, text, note = [each for each in window.pane.details.history.rows if not each[1].isHidden()][-1]
    model = window.reports.table.reports
    word = model.index(0, 0).data()
    assert time is not None
    assert row.report_id == window.pane.view.report_id
    return word, window.pane.caption.text.split(" · ")[-1].split(" ")[0], text.text(), note.text()


def facts(window: Screen) -> dict[str, str]:
    return {label.text(): value.text() for label, value in window.pane.details.facts.rows if not label.isHidden()}


@pytest.mark.parametrize(
    ("state", "word", "reason"),
    [
        (State.SUCCEEDED, "Expired", FILE_LOST),
        (State.RUNNING, "Failed", ""),
        (State.QUEUED, "Failed", ""),
    ],
)
def test_lost_report_is_called_the_same_everywhere(
    window: Screen, known: EntryFactory, make_session: SessionFactory, *, state: State, word: str, reason: str
) -> None:
    entry = known(1, state)
    before = make_session(entry)
    window.show_session(before)
    window.select(entry.report_id)
    after, _ = step(before, ServiceEnded())
    show_change(window, before, after)
    window.pane.show_tab(TabId.DETAILS)
    assert told(window) == (word, word, word, reason)
    assert "until" not in facts(window).get("File", "")
    assert not any(text.text() == "Refused" for _, text, _ in window.pane.details.history.rows)
    if state is State.SUCCEEDED:
        assert window.pane.message(TabId.PREVIEW).label.text() == FILE_LOST
        assert FILE_LOST in window.pane.details.view.copied if window.pane.details.view else False
    else:
        assert window.pane.details.failure.message.text() == "Lost when the local service ended."


def test_report_that_comes_back_is_as_before(window: Screen, known: EntryFactory, make_session: SessionFactory) -> None:
    entry = known(1, State.SUCCEEDED)
    before = make_session(entry)
    window.show_session(before)
    window.select(entry.report_id)
    first = told(window)
    show_change(window, before, step(before, ServiceEnded())[0])
    show_change(window, step(before, ServiceEnded())[0], before)
    assert told(window) == first
    assert told(window)[2] == "Ready"
    assert "kept until" in facts(window)["File"]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
@pytest.mark.parametrize("was_here", [True, False])
def test_report_that_the_next_local_service_gives_up_is_failed_in_words(
    window: Screen, known: EntryFactory, make_session: SessionFactory, *, state: State, was_here: bool
) -> None:
    entry = known(1, state)
    assert entry.snapshot
    before = make_session(entry) if was_here else make_session()
    error = Failure(code=FailureCode.WORKER_LOST, message=LOST)
    given_up = replace(entry.snapshot, state=State.FAILED, revision=entry.snapshot.revision + 1, error=error)
    after, _ = step(step(before, ServiceEnded())[0], Received(ReportsMessage(reports=(given_up,)), 0))
    window.show_session(after)
    window.select(entry.report_id)
    window.pane.show_tab(TabId.DETAILS)
    (row,) = window.reports.table.reports.rows
    assert told(window)[:3] == ("Failed", "Failed", "Failed")
    assert row.work.text == LOST
    assert window.pane.details.failure.message.text() == LOST


def test_file_whose_time_is_over_was_kept_until_then(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    entry = known(1, State.SUCCEEDED)
    window.show_session(make_session(entry), now=AFTER_ALL)
    window.select(entry.report_id)
    assert told(window)[:3] == ("Expired", "Expired", "Expired")
    assert "was kept until" in facts(window)["File"]


@pytest.mark.parametrize(("state", "word"), [(State.FAILED, "Failed"), (State.CANCELLED, "Cancelled")])
def test_report_that_had_no_file_stays_what_it_was(
    window: Screen, known: EntryFactory, make_session: SessionFactory, *, state: State, word: str
) -> None:
    entry = known(1, state, entry={"refusal": FORGOTTEN})
    window.show_session(make_session(entry))
    window.select(entry.report_id)
    assert told(window)[:3] == (word, word, word)


def test_expired_reports_are_counted_under_all_alone(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    session, _ = step(make_session(known(1, State.SUCCEEDED), known(2, State.RUNNING)), ServiceEnded())
    window.show_session(session)
    counts = {chip: window.shown.chips[chip] for chip in Chip}
    assert counts == {Chip.ALL: 2, Chip.UNDER_WAY: 0, Chip.READY: 0, Chip.FAILED: 1, Chip.CANCELLED: 0}
