"""The application dressed as for an analyst, in light and at the usual size of the text."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId


@pytest.fixture(autouse=True)
def _as_at_first(qapp: QApplication) -> Iterator[None]:
    dress_as_at_first()
    yield
    dress_as_at_first()


def dress_as_at_first() -> None:
    if (look().appearance, look().text_percent) != (Appearance.LIGHT, 100):
        look().wear(Appearance.LIGHT, 100)
    language.use(LanguageId.ENGLISH)
