"""When a command gives up: never on a service that says anything, always on one that says nothing."""

import pytest

from backend.protocol.messages import ErrorCode, ErrorInfo, ErrorMessage, PongMessage
from desktop.headless.judgement import Judgement
from desktop.outside.patience import LEAVING_S, OUT_OF_REACH_S, UNHEARD_S
from desktop.session.connection_status import CertificateRefused, Connected, Connecting, SignInNeeded, Waiting

NEWS = PongMessage()
ERROR = ErrorMessage(error=ErrorInfo(code=ErrorCode.INTERNAL, message="Something went wrong."))
LOST = Waiting(0, "The service closed the connection.")


@pytest.mark.parametrize("connection", [SignInNeeded("Sign in first."), CertificateRefused("It is not trusted.")])
def test_what_only_people_can_mend_is_told_at_once(connection: SignInNeeded | CertificateRefused) -> None:
    assert Judgement(0).fault(connection, 0) == connection.reason


def test_service_out_of_reach_is_given_a_minute() -> None:
    judgement = Judgement(0)
    assert judgement.fault(LOST, OUT_OF_REACH_S) is None
    assert judgement.fault(Connecting(), OUT_OF_REACH_S + 1) is None
    assert judgement.fault(LOST, OUT_OF_REACH_S + 1) == LOST.reason


def test_service_that_accepts_and_says_nothing_is_given_a_minute() -> None:
    judgement = Judgement(0)
    assert judgement.fault(Connected(), 50) is None
    assert judgement.fault(Connected(), 50 + OUT_OF_REACH_S) is None
    silent = "The service accepts the connection and does not answer."
    assert judgement.fault(Connected(), 51 + OUT_OF_REACH_S) == silent


def test_service_that_says_only_errors_is_given_as_long() -> None:
    judgement = Judgement(0)
    judgement.fault(Connected(), 0)
    for at in range(0, 60, 5):
        judgement.hear(ERROR, at)
    assert (
        judgement.fault(Connected(), OUT_OF_REACH_S + 1)
        == "The service answers with errors only: Something went wrong."
    )


def test_service_that_closes_whatever_it_accepts_is_given_a_minute() -> None:
    judgement = Judgement(0)
    for at in range(0, int(OUT_OF_REACH_S), 5):
        assert judgement.fault(Connected(), at) is None
        assert judgement.fault(LOST, at + 1) is None
    assert judgement.fault(LOST, OUT_OF_REACH_S + 1) == LOST.reason


def test_report_that_takes_hours_is_waited_for_while_there_is_news() -> None:
    judgement = Judgement(0)
    for at in range(0, 7_200, 90):
        assert judgement.fault(Connected(), at) is None
        judgement.hear(NEWS, at + 1)
    assert judgement.fault(Connected(), 7_111 + UNHEARD_S) is None
    assert judgement.fault(Connected(), 7_112 + UNHEARD_S) is not None


def test_outage_is_counted_from_when_it_began() -> None:
    judgement = Judgement(0)
    judgement.fault(Connected(), 0)
    judgement.hear(NEWS, 1)
    assert judgement.fault(Connected(), 100) is None
    assert judgement.fault(LOST, 100 + OUT_OF_REACH_S) is None
    assert judgement.fault(LOST, 101 + OUT_OF_REACH_S) == LOST.reason


def test_who_leaves_waits_only_for_a_service_that_answers() -> None:
    judgement = Judgement(0)
    assert not judgement.is_left(100)
    judgement.hurry(100)
    assert not judgement.is_left(100)
    assert judgement.is_left(100 + LEAVING_S)
    judgement.hear(ERROR, 101)
    assert judgement.is_left(100 + LEAVING_S)
    judgement.hear(NEWS, 101)
    assert not judgement.is_left(100 + LEAVING_S)
