"""The connections dialog in words.

desk ── names, addresses, steps ──▶ **connections** ── `ConnectionsView` ──▶ connections dialog
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from desktop.wording.examination import Check, Outcome, Step, conclude, waiting
from desktop.wording.language import tr
from desktop.wording.tone import Tone


class WayChoice(Struct, frozen=True):
    """A way to talk to a service: the transport of a profile, its words, and what it means."""

    transport: str
    words: str
    note: str = ""


class Message(Struct, frozen=True):
    """A sentence below the list, and a button that answers it."""

    text: str
    tone: Tone = Tone.QUIET
    answer: str = ""
    """The button's text; "" for none."""
    about: str | None = None
    """The id of the one connection it is about; None where it is about all."""


class ConnectionItem(Struct, frozen=True, kw_only=True):
    """One connection, as the dialog shows it."""

    id: str
    name: str
    address: str
    signed_in_as: str
    ways: tuple[WayChoice, ...]
    way: str
    """The transport that is chosen."""
    proxy: str
    is_local: bool = False
    is_used: bool = False
    steps: tuple[Step, ...] = ()
    """Of its test; none before the first."""
    can_test: bool = True


class ConnectionsView(Struct, frozen=True, kw_only=True):
    """Everything the dialog shows."""

    items: tuple[ConnectionItem, ...] = ()
    testing: str | None = None
    """The id of the connection that is tested now."""
    selected: str | None = None
    """The id of a connection to go to, as one that was added; the selection stays where that is None."""
    message: Message | None = None


class StepText(Struct, frozen=True):
    """One step of the test as a line."""

    icon: str
    """"" for none: the step's turn has not come."""
    tone: Tone
    title: str
    text: str
    figure: str
    """What was measured."""
    state: str
    """How it stands, for those who do not see the icon."""
    is_loud: bool
    """Whether the text has the tone's colour too."""


_LOOKS = {
    Outcome.WAITING: ("", Tone.QUIET, "Not tried yet"),
    Outcome.RUNNING: ("connecting", Tone.RUNNING, "Running"),
    Outcome.PASSED: ("check", Tone.READY, "Passed"),
    Outcome.WARNING: ("warning", Tone.WAITING, "Warning"),
    Outcome.FAILED: ("state-failed", Tone.FAILED, "Failed"),
    Outcome.SKIPPED: ("state-cancelled", Tone.QUIET, "Not tried"),
}
"""Icon, tone and word of each outcome."""


def local_name() -> str:
    """Return the name of the local service."""
    return tr("This computer")


def title_of(item: ConnectionItem, items: Iterable[ConnectionItem]) -> str:
    """Return what the list calls a connection: by its address too, where another one has its name."""
    is_alone = sum(each.name == item.name for each in items) == 1
    return item.name if is_alone else f"{item.name} · {item.address.partition('://')[2] or item.address}"


def ways(*, has_https: bool) -> tuple[WayChoice, ...]:
    """Return the ways that a service has."""
    if not has_https:
        return (WayChoice("auto", tr("Live messages only"), tr("this service offers no HTTPS")),)
    return (
        WayChoice("auto", tr("Automatic"), tr("live messages, otherwise HTTPS")),
        WayChoice("websocket", tr("Live messages only")),
        WayChoice("https", tr("HTTPS only"), tr("asked every few seconds")),
    )


def say_signed_in(aws_profile: str | None, *, has_keys: bool, is_local: bool) -> str:
    """Return who asks, without any key."""
    if is_local:
        return tr("Not needed on this computer")
    if has_keys:
        return tr("Keys in the profile")
    return tr("AWS profile: {name}", name=aws_profile) if aws_profile else tr("What the AWS tools find")


def say_signed_in_at(issuer: str, who: str) -> str:
    """Return who signed in, in the browser; "" is not known."""
    return tr("{who}, at {issuer}", who=who, issuer=issuer) if who else tr("In the browser, at {issuer}", issuer=issuer)


def say_proxy(name: str | None, source: str, wrong: str = "") -> str:
    """Return which proxy is between; `source` is the variable that names it, "" for the system's settings."""
    if wrong:
        return wrong
    if name is None:
        return tr("From the system: none")
    if source:
        return tr("{proxy}, from {source}", proxy=name, source=source)
    return tr("From the system: {proxy}", proxy=name)


def line_of(step: Step) -> StepText:
    """Return a step as a line; what did not go well stands below the lines, in full and only there."""
    icon, tone, state = _LOOKS[step.outcome]
    is_loud = step.outcome in {Outcome.WARNING, Outcome.FAILED}
    return StepText(icon, tone, step.title, tr(state) if is_loud else step.sentence, step.figure, tr(state), is_loud)


def lines_of(steps: Iterable[Step]) -> tuple[StepText, ...]:
    """Return a line for each of the eight steps, in their order."""
    known = {step.check: step for step in steps}
    return tuple(line_of(known.get(check) or waiting(check)) for check in Check)


def say_what_helps(steps: Iterable[Step]) -> str:
    """Return the sentences of what did not go well, a line each."""
    loud = (step for step in steps if step.outcome in {Outcome.WARNING, Outcome.FAILED})
    return "\n".join(f"{step.title}: {step.sentence}" for step in loud)


def stopped(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps of a test that was stopped: none is running, and those to come do not come."""
    return tuple(_stopped(step) for step in steps)


def say_end(steps: Iterable[Step]) -> Message:
    """Return how a test ended, in a sentence."""
    shown = tuple(steps)
    outcomes = {step.outcome for step in shown}
    last = next((step for step in shown if step.check is Check.REPORT), None)
    is_proved = last is not None and last.outcome is Outcome.PASSED
    if Outcome.FAILED in outcomes and not is_proved:
        return Message(conclude(shown), Tone.FAILED)
    return Message(conclude(shown), Tone.WAITING if outcomes - {Outcome.PASSED} else Tone.READY)


def _stopped(step: Step) -> Step:
    if step.outcome is Outcome.RUNNING:
        return replace(step, outcome=Outcome.SKIPPED, sentence=tr("stopped"), figure="")
    return step
