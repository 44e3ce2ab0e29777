"""The connection test in words."""

from datetime import UTC, datetime

import pytest

from desktop.wording import examination as words
from desktop.wording import examined_report
from desktop.wording.examination import TITLES, Check, Outcome, Step, conclude

DAY = datetime(2027, 2, 1, tzinfo=UTC)
PASSED = dict.fromkeys(Check, Outcome.PASSED)


def test_each_step_has_a_title() -> None:
    assert set(TITLES) == set(Check)
    assert Step(Check.LIVE, Outcome.WAITING).title == "Live messages"


@pytest.mark.parametrize(
    ("sentence", "figure", "text"),
    [("api.example", "3 ms", "api.example, 3 ms"), ("", "84 ms", "84 ms"), ("running…", "", "running…")],
)
def test_sentence_and_figure_make_one_line(sentence: str, figure: str, text: str) -> None:
    assert Step(Check.NAME, Outcome.PASSED, sentence, figure).text == text


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (words.name_found("a.example", 0.0001), "a.example, 1 ms"),
        (words.way_open("proxy:8080", "", 1.25), "through proxy:8080, from the system's settings, 1,250 ms"),
        (words.certificate_trusted("", None), "trusted"),
        (words.clock_right(-2.4), "close to the service's, 2 s"),
        (words.clock_unknown(""), "The service gave no time to compare with."),
        (words.clock_unknown("{host} is away."), "The service gave no time to compare with. {host} is away."),
        (words.signed_in("new-kind", None, None, DAY), "credentials of AWS's tools"),
        (examined_report.report_came("Sample", 1, 1.26), "Sample came, 1 row, 1.3 s"),
        (words.not_over_https("It is away.", is_live=False), "It is away."),
    ],
)
def test_step_in_words(step: Step, text: str) -> None:
    assert step.text == text


@pytest.mark.parametrize(
    ("code", "issuer", "is_proxied", "begins", "ends"),
    [
        (10, "CA", False, "The certificate of a.example ended on 1 Feb 2027.", "is wrong."),
        (9, "CA", False, "The certificate of a.example is not valid yet.", "may be wrong."),
        (62, "CA", False, "The certificate is not that of a.example.", "page does."),
        (19, "Proxy {x}", True, "This computer does not trust Proxy {x},", "SSL_CERT_FILE names the file."),
        (20, "", True, "The certificate of a.example is not trusted: broken.", "A company's proxy may read along."),
        (20, "", False, "The certificate of a.example is not trusted: broken.", "broken."),
        (7, "CA", True, "The certificate of a.example is not trusted: broken.", "broken."),
    ],
)
def test_distrust_says_why_and_what_may_help(
    code: int, issuer: str, begins: str, ends: str, *, is_proxied: bool
) -> None:
    step = words.certificate_refused("a.example", code, "broken", issuer, DAY, is_proxied=is_proxied)
    assert step.outcome is Outcome.FAILED
    assert step.sentence.startswith(begins)
    assert step.sentence.endswith(ends)


@pytest.mark.parametrize("can_fall_back", [True, False])
@pytest.mark.parametrize("is_offered", [True, False])
@pytest.mark.parametrize("is_blocked", [True, False])
def test_websocket_that_fails_says_what_is_left(*, can_fall_back: bool, is_offered: bool, is_blocked: bool) -> None:
    step = words.not_live("A page.", can_fall_back=can_fall_back, is_offered=is_offered, is_blocked=is_blocked)
    assert step.outcome is (Outcome.WARNING if can_fall_back else Outcome.FAILED)
    assert ("HTTPS" in step.sentence) is (can_fall_back or is_blocked)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "All is well."),
        ({Check.HTTPS: Outcome.SKIPPED}, "All is well."),
        ({Check.LIVE: Outcome.WARNING}, "Live messages are blocked here. Reports work over HTTPS."),
        ({Check.CLOCK: Outcome.WARNING, Check.LIVE: Outcome.WARNING}, "This computer's clock is wrong."),
        (
            {Check.LIVE: Outcome.WARNING, Check.REPORT: Outcome.WARNING},
            "The service can be reached. See what is marked.",
        ),
        ({Check.NAME: Outcome.FAILED}, "The service can be reached. See what is marked."),
        (
            {Check.WAY: Outcome.FAILED, Check.REPORT: Outcome.SKIPPED},
            'Reports do not come from here: "Way there" failed.',
        ),
        ({Check.REPORT: Outcome.RUNNING}, "The test was stopped."),
        ({Check.REPORT: Outcome.WAITING, Check.WAY: Outcome.FAILED}, "The test was stopped."),
    ],
)
def test_conclusion(changes: dict[Check, Outcome], sentence: str) -> None:
    assert conclude(Step(check, outcome) for check, outcome in (PASSED | changes).items()) == sentence
