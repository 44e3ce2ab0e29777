"""The `requestId` of every request the desktop sends: which question an answer answers.

step, client ── `Reference` ──▶ **encode** ──▶ wire ──▶ **decode** ──▶ step
"""

from enum import StrEnum

from msgspec import Struct, UnsetType


class Question(StrEnum):
    """The kind of a request. Its value is in the `requestId`, except for a report, whose own id is."""

    CATALOG = "catalog"
    LIST = "list"
    WATCH = "watch"
    PING = "ping"
    REPORT = "report"
    CANCEL = "cancel"


class Reference(Struct, frozen=True):
    """One request. `report_id` is that of the report asked for or cancelled."""

    question: Question
    report_id: str = ""
    known: int = 0
    """How many definitions were known when this page of the catalog was asked for."""

    def encode(self) -> str:
        """Return the `requestId`: a report's own id, the question and an id or a number, or the question."""
        match self.question:
            case Question.REPORT:
                return self.report_id
            case Question.CANCEL:
                return f"{_CANCEL}{self.report_id}"
            case Question.CATALOG if self.known:
                return f"{_CATALOG}{self.known}"
            case question:
                return question.value


def decode(request_id: str | UnsetType) -> Reference | None:
    """Return what `encode` was called on; None of a push, which answers nothing."""
    if isinstance(request_id, UnsetType):
        return None
    if request_id.startswith(_CANCEL):
        return Reference(Question.CANCEL, request_id.removeprefix(_CANCEL))
    known = request_id.removeprefix(_CATALOG)
    if request_id.startswith(_CATALOG) and known.isascii() and known.isdecimal() and known[0] != "0":
        return Reference(Question.CATALOG, known=int(known))
    if request_id in _ALONE:
        return Reference(_ALONE[request_id])
    return Reference(Question.REPORT, request_id)


_CANCEL, _CATALOG = f"{Question.CANCEL}:", f"{Question.CATALOG}:"
_ALONE = {each.value: each for each in Question if each not in {Question.REPORT, Question.CANCEL}}
