from collections.abc import Callable

from backend.protocol.lifecycle import State
from desktop.session.state import Entry, Session
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.counts import say_counts
from desktop.wording.reports.row_builder import Sources, build_rows
from tests.desktop.conftest import NOW


def test_one_report_and_several_have_their_own_words(
    known: Callable[..., Entry], make_session: Callable[..., Session]
) -> None:
    session = make_session(known(1, State.RUNNING), known(2, State.RUNNING), known(3, State.QUEUED))
    rows = build_rows(Sources(session), NOW).by_id.values()
    assert say_counts(rows) == "2 running, 1 queued"
    try:
        language.use(LanguageId.GERMAN)
        assert say_counts(rows) == "2 laufen, 1 wartet"
    finally:
        language.use(LanguageId.ENGLISH)
