import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import ReportMessage
from desktop.session.events import Event, Received, Submitted
from desktop.session.state import Session
from desktop.session.step import step
from desktop.wording.closing import say_what_is_lost
from tests.desktop.services import CONTENT, finished, snapshot_of
from tests.desktop.session.test_step import ASKED, ID, OTHER

READY = Received(ReportMessage(report=finished(OTHER, CONTENT, "http://127.0.0.1:1/")), 0)
FAILED = Received(ReportMessage(report=snapshot_of(OTHER, state=State.FAILED)), 0)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], ""),
        ([FAILED], ""),
        ([READY], "1 report with its file will be gone"),
        ([Submitted(ASKED, 0)], "1 report that is not ready yet will be gone"),
        ([READY, Submitted(ASKED, 0)], "1 report with its file and 1 report that is not ready yet will be gone"),
    ],
)
def test_what_a_closing_window_loses_is_said(events: list[Event], words: str) -> None:
    session = Session()
    for event in events:
        session, _ = step(session, event)
    said = say_what_is_lost(session)
    assert words in said
    assert bool(said) is bool(words)
    assert ID not in said
