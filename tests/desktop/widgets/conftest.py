"""The application dressed as for an analyst, in light and at the usual size of the text; a window with reports."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, Failure, Link
from desktop.session.state import Entry, Session
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from tests.desktop.conftest import NOW
from tests.desktop.screens import Screen

EntryFactory = Callable[..., Entry]


@pytest.fixture(autouse=True)
def _as_at_first(qapp: QApplication) -> Iterator[None]:
    dress_as_at_first()
    yield
    dress_as_at_first()


def dress_as_at_first() -> None:
    if (look().appearance, look().text_percent) != (Appearance.LIGHT, 100):
        look().wear(Appearance.LIGHT, 100)
    language.use(LanguageId.ENGLISH)


@pytest.fixture
def window(qtbot: QtBot) -> Screen:
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
    return window


@pytest.fixture
def busy(known: EntryFactory, unsent: EntryFactory, make_session: Callable[..., Session]) -> Session:
    link = Link(
        url="https://b.test/f?X-Amz-Signature=1", preview_url="https://b.test/p", expires_at=NOW + timedelta(hours=1)
    )
    return make_session(
        known(1, State.RUNNING),
        known(2, State.QUEUED),
        known(3, State.SUCCEEDED, link=link),
        known(4, State.FAILED, error=Failure(code="tooManyRows", message="The report has more rows than its limit.")),
        known(5, State.CANCELLED),
        unsent(6),
        unsent(7, refusal=ErrorInfo(code="tooManyReports", message="Too many <b>reports</b>."), asked_at=NOW),
        is_listed=True,
    )
