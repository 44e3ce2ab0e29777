import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.keeping.settings import Settings
from desktop.widgets import line_edit
from desktop.widgets.dialogs.connection_page import ConnectionPage
from desktop.widgets.dialogs.settings_dialog import SettingsDialog
from desktop.widgets.line_edit import LineEdit
from tests.desktop.screens import Screen

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
ALT_GR = ALT | Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("modifiers", "written"),
    [(ALT, ""), (ALT | SHIFT, ""), (ALT_GR, "v"), (Qt.KeyboardModifier.NoModifier, "v")],
)
def test_alt_writes_no_letter_and_alt_gr_does(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, modifiers: Qt.KeyboardModifier, written: str
) -> None:
    monkeypatch.setattr(line_edit, "HAS_MNEMONICS", True)
    line = LineEdit()
    qtbot.addWidget(line)
    QTest.keyClicks(line, "v", modifiers)
    assert line.text() == written


def test_option_writes_letters_of_its_own_on_macos(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_edit, "HAS_MNEMONICS", False)
    line = LineEdit()
    qtbot.addWidget(line)
    QTest.keyClicks(line, "v", ALT)
    assert line.text() == "v"


def test_every_line_to_write_in_is_such_a_line(qtbot: QtBot) -> None:
    for shown in (Screen(), ConnectionPage(), SettingsDialog(Settings())):
        qtbot.addWidget(shown)
        lines = shown.findChildren(QLineEdit)
        assert lines
        assert all(isinstance(line, LineEdit) for line in lines)
