import pytest

from desktop.wording.dialogs.connections import (
    ConnectionItem,
    Message,
    line_of,
    lines_of,
    say_end,
    say_proxy,
    say_signed_in,
    say_what_helps,
    stopped,
    title_of,
    ways,
)
from desktop.wording.examination import Check, Outcome, Step, running, waiting
from desktop.wording.tone import Tone


@pytest.mark.parametrize(
    ("outcome", "icon", "tone", "state", "is_loud"),
    [
        (Outcome.WAITING, "", Tone.QUIET, "Not tried yet", False),
        (Outcome.RUNNING, "connecting", Tone.RUNNING, "Running", False),
        (Outcome.PASSED, "check", Tone.READY, "Passed", False),
        (Outcome.WARNING, "warning", Tone.WAITING, "Warning", True),
        (Outcome.FAILED, "state-failed", Tone.FAILED, "Failed", True),
        (Outcome.SKIPPED, "state-cancelled", Tone.QUIET, "Not tried", False),
    ],
)
@pytest.mark.parametrize("check", Check)
def test_step_is_a_line(check: Check, outcome: Outcome, icon: str, tone: Tone, state: str, *, is_loud: bool) -> None:
    line = line_of(Step(check, outcome, "why", "12 ms"))
    assert (line.icon, line.tone, line.state, line.is_loud) == (icon, tone, state, is_loud)
    assert (line.text, line.figure) == (state if is_loud else "why", "12 ms")


def test_eight_lines_are_there_before_any_step() -> None:
    assert [line.title for line in lines_of(())] == [
        *("Host name", "Way there", "Certificate", "Clock", "Sign-in", "Live messages", "HTTPS", "A small report")
    ]


def test_what_went_wrong_is_said_in_full_below() -> None:
    steps = [Step(Check.NAME, Outcome.PASSED, "found"), Step(Check.LIVE, Outcome.WARNING, "Blocked. Ask.")]
    assert say_what_helps(steps) == "Live messages: Blocked. Ask."


def test_stopped_test_has_no_running_step() -> None:
    steps = stopped([Step(Check.NAME, Outcome.PASSED), running(Check.WAY), waiting(Check.CLOCK)])
    assert [step.outcome for step in steps] == [Outcome.PASSED, Outcome.SKIPPED, Outcome.WAITING]
    assert steps[1].text == "stopped"


@pytest.mark.parametrize(
    ("worst", "report", "tone"),
    [
        (Outcome.PASSED, Outcome.PASSED, Tone.READY),
        (Outcome.WARNING, Outcome.PASSED, Tone.WAITING),
        (Outcome.FAILED, Outcome.PASSED, Tone.WAITING),
        (Outcome.FAILED, Outcome.SKIPPED, Tone.FAILED),
    ],
)
def test_end_has_the_tone_of_the_worst(worst: Outcome, report: Outcome, tone: Tone) -> None:
    steps = [Step(check, Outcome.PASSED) for check in Check if check not in (Check.CERTIFICATE, Check.REPORT)]
    message = say_end([*steps, Step(Check.CERTIFICATE, worst, "why"), Step(Check.REPORT, report)])
    assert isinstance(message, Message)
    assert message.text
    assert message.tone is tone


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (say_signed_in("anna", has_keys=True, is_local=False), "Keys in the profile"),
        (say_signed_in("anna", has_keys=False, is_local=False), "AWS profile: anna"),
        (say_signed_in(None, has_keys=False, is_local=False), "What the AWS tools find"),
        (say_signed_in(None, has_keys=True, is_local=True), "Not needed on this computer"),
        (say_proxy(None, ""), "From the system: none"),
        (say_proxy("p:80", ""), "From the system: p:80"),
        (say_proxy("p:80", "HTTPS_PROXY"), "p:80, from HTTPS_PROXY"),
        (say_proxy(None, "", "HTTPS_PROXY is no address."), "HTTPS_PROXY is no address."),
    ],
)
def test_sign_in_and_proxy_in_words(said: str, words: str) -> None:
    assert said == words


def test_only_services_with_https_have_ways_to_choose() -> None:
    assert [way.transport for way in ways(has_https=True)] == ["auto", "websocket", "https"]
    assert [way.words for way in ways(has_https=False)] == ["Live messages only"]


def test_connections_of_one_name_are_told_apart_by_address() -> None:
    one, two, other = (item("a", "prod", "wss://a/x"), item("b", "prod", "wss://b/x"), item("c", "test", "wss://c/x"))
    assert [title_of(each, (one, two, other)) for each in (one, two, other)] == ["prod · a/x", "prod · b/x", "test"]


def item(id_: str, name: str, address: str) -> ConnectionItem:
    return ConnectionItem(id=id_, name=name, address=address, signed_in_as="", ways=(), way="auto", proxy="")
