"""Dialogs in the window's look; nothing may stop the loop."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    look().wear(Appearance.LIGHT, 100)
    yield
    language.use(LanguageId.ENGLISH)
    look().wear(Appearance.SYSTEM, 100)


@pytest.fixture(autouse=True)
def _nothing_stops_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        pytest.fail("a dialog stops the loop")

    monkeypatch.setattr(QDialog, "exec", fail)
    monkeypatch.setattr(QMessageBox, "exec", fail)
    for name in ("about", "critical", "information", "question", "warning"):
        monkeypatch.setattr(QMessageBox, name, fail)
