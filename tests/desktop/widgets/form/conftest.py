from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId


@pytest.fixture(autouse=True)
def _english_and_light(qapp: QApplication) -> Iterator[None]:
    wear(Appearance.LIGHT)
    yield
    language.use(LanguageId.ENGLISH)
    wear(Appearance.LIGHT)


def wear(appearance: Appearance) -> None:
    """Dress only where that changes something, as it takes longer than most tests."""
    if (look().appearance, look().text_percent) != (appearance, 100):
        look().wear(appearance, 100)
