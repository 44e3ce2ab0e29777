"""Reports of connection tests, which no list shows."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import GenerateReport, ReportId, ReportMessage, ReportsMessage, Snapshot
from desktop.session.events import Received, Submitted
from desktop.session.step import step
from desktop.session.trial import is_trial, trial_id
from tests.desktop.session.test_step import DONE, connected, play

TRIAL = trial_id(UUID(int=7))


@given(st.uuids(), st.uuids())
def test_id_of_a_test_is_one_that_the_service_takes_and_no_other_looks_like_it(random: UUID, other: UUID) -> None:
    made = UUID(trial_id(random))
    assert (made.version, made.variant) == (8, UUID(int=0, version=4).variant)
    assert convert(str(made), ReportId) == str(made)
    assert is_trial(str(made))
    assert is_trial(str(made).upper())
    assert not is_trial(str(UUID(int=other.int, version=4)))
    assert (trial_id(random) == trial_id(other)) is (made == UUID(trial_id(other)))


@given(st.lists(st.uuids(version=4), min_size=50, max_size=50, unique=True))
def test_ids_of_tests_differ(randoms: list[UUID]) -> None:
    assert len({trial_id(random) for random in randoms}) == len(randoms)


def news_of(report_id: str, state: State = State.SUCCEEDED) -> Snapshot:
    return replace(DONE, report_id=report_id, state=state)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("report_id", [TRIAL, TRIAL.upper()])
def test_report_of_a_test_is_neither_listed_nor_watched(report_id: str, state: State) -> None:
    listed = ReportsMessage(request_id="list", reports=(news_of(report_id, state), DONE))
    session, requests = play(connected(), Received(listed, 1))
    assert set(session.entries) == {DONE.report_id}
    assert requests == ()
    session, _ = step(session, Received(ReportMessage(request_id="", report=news_of(report_id, state)), 2))
    assert set(session.entries) == {DONE.report_id}


def test_page_of_tests_alone_is_followed_by_the_next_at_first() -> None:
    page = ReportsMessage(request_id="list", reports=(news_of(TRIAL),), next="a")
    session, requests = play(connected(), Received(page, 1))
    assert len(requests) == 1
    assert not session.is_listed


def test_test_itself_hears_of_its_report_and_so_does_who_asks_by_its_id() -> None:
    request = GenerateReport(report_id=TRIAL, definition="sample", parameters={})
    session, _ = play(connected(), Submitted(request, 1))
    session, _ = step(session, Received(ReportMessage(request_id="", report=news_of(TRIAL)), 2))
    assert session.entries[TRIAL].snapshot == news_of(TRIAL)
    watched = ReportsMessage(request_id="watch", reports=(news_of(TRIAL),))
    session, _ = play(connected(), Received(watched, 1))
    assert set(session.entries) == {TRIAL}
