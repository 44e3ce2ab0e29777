import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from backend.protocol.quotas import REQUEST_ID_LENGTH
from desktop.session.reference import Question, Reference, decode

ID = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("question", Question)
def test_every_question_comes_back(question: Question) -> None:
    reference = Reference(question, ID if question in {Question.REPORT, Question.CANCEL} else "")
    assert decode(reference.encode()) == reference
    assert len(reference.encode()) <= REQUEST_ID_LENGTH


def test_questions_are_told_apart() -> None:
    assert len({Reference(question, ID).encode() for question in Question}) == len(Question)


def test_push_answers_nothing() -> None:
    assert decode(UNSET) is None


@given(st.text(max_size=REQUEST_ID_LENGTH))
def test_any_id_of_a_service_is_read(request_id: str) -> None:
    reference = decode(request_id)
    assert reference is not None
    assert reference.encode() == request_id
