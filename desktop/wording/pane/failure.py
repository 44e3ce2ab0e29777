"""What went wrong with a report, and what may help.

`Entry` ──▶ **say_failure** ── `FailureText` ──▶ details, message
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import DefinitionInfo, ErrorCode, FailureCode
from backend.protocol.refusals import PARAMETERS
from desktop.session.state import Entry
from desktop.wording.language import tr
from desktop.wording.pane.texts import end_sentence, without_links

_LESS = 'Press "Edit and run" and choose a shorter time or less of the rest.'
_LATER = 'Press "Edit and run" later.'
_AGAIN = 'Press "Edit and run" to ask for it again.'
_ASK = '"Edit and run" may help. If not, copy the details and ask who runs the service.'
_LATER_OR_ASK = 'Press "Edit and run" later. If that fails too, copy the details and ask who runs the service.'
_OTHERWISE = '"Edit and run" with other choices may help. If not, copy the details for whoever makes the reports.'
HELP: Mapping[str, str] = {
    FailureCode.TIMED_OUT: _LESS,
    FailureCode.OUT_OF_MEMORY: _LESS,
    FailureCode.TOO_MANY_ROWS: _LESS,
    FailureCode.WORKER_LOST: _AGAIN,
    FailureCode.NO_WORKER_FREE: _LATER,
    FailureCode.SCAN_LIMIT: _LESS,
    FailureCode.ENGINE_UNAVAILABLE: _LATER_OR_ASK,
    FailureCode.DEFINITION_ERROR: _OTHERWISE,
    FailureCode.INTERNAL: _ASK,
    ErrorCode.INVALID_PARAMETERS: '"Edit and run" shows the fields that need a look.',
    ErrorCode.TOO_MANY_REPORTS: 'Press "Edit and run" once one of your reports has ended.',
    ErrorCode.TOO_MANY_REQUESTS: 'Wait a moment, then press "Edit and run".',
    ErrorCode.UNKNOWN_DEFINITION: "The service has this report no more. Choose another.",
    ErrorCode.REPORT_ID_CONFLICT: _AGAIN,
    ErrorCode.NOT_FOUND: _AGAIN,
    ErrorCode.NOT_FINISHED: _AGAIN,
    ErrorCode.NO_FILE: _AGAIN,
    ErrorCode.FILE_EXPIRED: _AGAIN,
    ErrorCode.UNKNOWN_CONNECTION: _AGAIN,
    ErrorCode.SIGN_IN_ENDED: 'Sign in again, then press "Edit and run".',
    ErrorCode.INVALID_MESSAGE: _ASK,
    ErrorCode.UNKNOWN_ACTION: _ASK,
}
"""By code; a new one of the service's is as one of `INTERNAL`."""


_ADVICE = re.compile(r"(?<=[.!])\s+(?:Ask for|Tell|Try|Wait)\b.*$", re.DOTALL)
"""What the service's own messages end with."""


class FailureText(Struct, frozen=True):
    """What went wrong, and in one sentence what may help, which names the button beside it."""

    message: str
    help: str


def say_failure(entry: Entry, definition: DefinitionInfo | None = None) -> FailureText | None:
    """Return what went wrong; None if nothing did."""
    snapshot, refusal = entry.snapshot, entry.refusal
    if refusal and (snapshot is None or not is_terminal(snapshot.state)):
        fields = (refusal.fields or {}).items()
        said = " ".join(f"{title_of(place, definition)} {end_sentence(reason)}" for place, reason in fields)
        return _text(said or refusal.message, refusal.code)
    if snapshot is None or snapshot.state is not State.FAILED:
        return None
    if snapshot.error is None:
        return _text(tr("The report failed."), "")
    return _text(snapshot.error.message, snapshot.error.code)


def title_of(place: str, definition: DefinitionInfo | None) -> str:
    """Return a parameter's title; `place` is its name, perhaps as a refusal writes it."""
    name = place.removeprefix(PARAMETERS)
    properties = definition.parameters.get("properties", {}) if definition else {}
    return str(properties.get(name, {}).get("title", name))


def _text(message: str, code: str) -> FailureText:
    return FailureText(end_sentence(without_links(tr(_without_advice(message)))), tr(HELP.get(code, _ASK)))


def _without_advice(message: str) -> str:
    """Return a message of the service without what it advises, as the window advises what can be done in it."""
    return _ADVICE.sub("", message) or message
