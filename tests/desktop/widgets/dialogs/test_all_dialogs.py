import itertools
import re
from collections import Counter

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.widgets.dialogs import dialog as dialogs
from desktop.widgets.dialogs.dialog import Dialog
from desktop.widgets.theme.dress import Appearance, look
from desktop.widgets.theme.measures import h
from desktop.wording import language
from desktop.wording.language import LanguageId
from tests.desktop.widgets.dialogs.shown import NAMES, make
from tests.desktop.widgets.rings import unseen_stops

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


def shown(qtbot: QtBot, name: str) -> Dialog:
    dialog = make(name)
    qtbot.addWidget(dialog)
    dialog.appear()
    QApplication.processEvents()
    return dialog


@pytest.mark.parametrize("look_", [*itertools.product((100, 200, 300), LanguageId)], ids=str)
@pytest.mark.parametrize("screen", [QRect(0, 0, 800, 500), QRect(0, 24, 1366, 744)])
@pytest.mark.parametrize("name", NAMES)
def test_dialog_is_inside_the_screen_and_its_parts_inside_of_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str, screen: QRect, look_: tuple[int, LanguageId]
) -> None:
    percent, of_language = look_
    language.use(of_language)
    look().wear(text_percent=percent)
    monkeypatch.setattr(dialogs, "_available", lambda _screen: screen)
    dialog = shown(qtbot, name)
    assert screen.contains(dialog.frameGeometry())
    for part in seen_parts(dialog):
        left = part.mapTo(dialog, part.rect().topLeft()).x()
        assert left >= 0, part
        assert left + part.width() <= dialog.width(), (part, part.accessibleName())
    for button in dialog.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    foot = dialog.close_button if dialog.close_button.isVisible() else dialog.findChildren(QPushButton)[-1]
    assert dialog.rect().contains(QRect(foot.mapTo(dialog, foot.rect().topLeft()), foot.size()))


def seen_parts(dialog: Dialog) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLabel, QLineEdit, QListWidget, QPlainTextEdit)
    return [part for kind in kinds for part in dialog.findChildren(kind) if part.isVisible()]


@pytest.mark.parametrize("of_language", LanguageId)
@pytest.mark.parametrize("name", NAMES)
def test_letters_are_unique(qtbot: QtBot, name: str, of_language: LanguageId) -> None:
    language.use(of_language)
    dialog = shown(qtbot, name)
    texts = [part.text() for part in seen_parts(dialog) if isinstance(part, QAbstractButton | QLabel)]
    texts += {"connections": [language.tr("Sto&p"), language.tr("&Replace")]}.get(name, [])
    letters = Counter(found[1].lower() for text in texts if (found := re.search(r"&(\w)", text)))
    assert not [letter for letter, count in letters.items() if count > 1]


@pytest.mark.parametrize("name", NAMES)
def test_every_part_that_takes_the_keyboard_has_a_name(qtbot: QtBot, name: str) -> None:
    dialog = shown(qtbot, name)
    walked = 0
    for part in dialog.findChildren(QWidget):
        is_inner = isinstance(part, QScrollBar) or isinstance(part.parent(), QComboBox)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible() and not is_inner:
            face = QAccessible.queryAccessibleInterface(part)
            assert face.text(QAccessible.Text.Name), part
            assert "<" not in face.text(QAccessible.Text.Name) + face.text(QAccessible.Text.Description)
            walked += 1
    assert walked


@pytest.mark.parametrize("name", NAMES)
def test_escape_closes(qtbot: QtBot, name: str) -> None:
    dialog = shown(qtbot, name)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_waits_for_a_dialog_but_for_quit_its_window(qtbot: QtBot, name: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = make(name, window)
    if name == "quit":
        dialog.ask()
    else:
        dialog.appear()
    assert dialog.windowModality() is (Qt.WindowModality.WindowModal if name == "quit" else Qt.WindowModality.NonModal)
    dialog.close()


@pytest.mark.parametrize("name", NAMES)
def test_dialog_keeps_up_with_text_and_scheme(qtbot: QtBot, name: str) -> None:
    dialog = shown(qtbot, name)
    before = dialog.grab().toImage().pixelColor(2, 2).lightness()
    look().wear(Appearance.DARK, 150)
    QApplication.processEvents()
    assert dialog.grab().toImage().pixelColor(2, 2).lightness() < 128 < before
    for button in dialog.findChildren(QPushButton):
        if not button.icon().isNull():
            assert button.iconSize().height() == h()


@pytest.mark.parametrize("name", ["settings", "about", "quit"])
@pytest.mark.parametrize("percent", [75, 100, 150])
def test_small_dialogs_need_not_scroll(qtbot: QtBot, name: str, percent: int) -> None:
    look().wear(text_percent=percent)
    dialog = shown(qtbot, name)
    assert not [bar for bar in dialog.findChildren(QScrollBar) if bar.isVisible()]


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("name", NAMES)
def test_each_stop_shows_that_it_has_the_focus(qtbot: QtBot, name: str, appearance: Appearance) -> None:
    look().wear(appearance)
    dialog = shown(qtbot, name)
    start = dialog.focusWidget()
    assert start is not None
    assert unseen_stops(dialog, start) == []
