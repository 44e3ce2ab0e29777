from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId


@pytest.fixture(autouse=True)
def _english_and_light(qapp: QApplication) -> Iterator[None]:
    look().wear(Appearance.LIGHT, 100)
    yield
    language.use(LanguageId.ENGLISH)
    look().wear(Appearance.SYSTEM, 100)
