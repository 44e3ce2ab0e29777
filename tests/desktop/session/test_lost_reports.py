"""Reports that end with a local service, or were refused, and are taken off the list."""

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    ErrorInfo,
    ErrorMessage,
    Request,
    WatchReports,
)
from desktop.session.events import (
    Received,
    RemoveAsked,
    ServiceEnded,
    Submitted,
)
from desktop.session.step import FILE_LOST, LOST
from tests.desktop.session.test_step import ASKED, DONE, ID, OTHER, RUNNING, connected, lost, play, report


@pytest.mark.parametrize("state", State)
def test_end_of_the_local_service_loses_what_was_still_to_come(state: State) -> None:
    session, requests = play(connected(), report(replace(RUNNING, state=state)), ServiceEnded())
    refusal = session.entries[ID].refusal
    messages = {State.QUEUED: LOST, State.RUNNING: LOST, State.SUCCEEDED: FILE_LOST}
    assert (refusal.message if refusal else None) == messages.get(state)
    assert requests == ()
    watched = [request for request in play(connected(), session=session)[1] if isinstance(request.data, WatchReports)]
    assert watched == []


def test_request_without_an_answer_is_asked_again_of_the_next_local_service() -> None:
    session, _ = play(connected(), Submitted(ASKED, 0), ServiceEnded(), lost())
    _, requests = play(connected(), session=session)
    assert Request(ASKED, ID) in requests


def test_refused_and_lost_reports_can_be_removed() -> None:
    error = ErrorInfo(code="invalidParameters", message="")
    refused, _ = play(connected(), Submitted(ASKED, 0), Received(ErrorMessage(request_id=ID, error=error), 0))
    gone, _ = play(connected(), report(DONE), ServiceEnded())
    for session in (refused, gone):
        assert play(RemoveAsked(ID), session=session)[0].entries == {}


@pytest.mark.parametrize("state", State)
def test_report_of_the_service_is_not_removed(state: State) -> None:
    session, _ = play(connected(), report(replace(RUNNING, state=state)), RemoveAsked(ID), RemoveAsked(OTHER))
    assert session.entries.keys() == {ID}
