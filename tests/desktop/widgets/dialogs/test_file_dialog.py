"""Qt's own dialog for files, where the system has none."""

import pytest
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.dialogs.file_dialog import DRAWINGS, file_dialog
from desktop.widgets.theme import tokens
from desktop.widgets.theme.dress import Appearance, look

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("button", DRAWINGS)
def test_arrows_have_the_ink_of_the_scheme(qtbot: QtBot, button: str, appearance: Appearance) -> None:
    look().wear(Appearance.LIGHT)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = file_dialog(parent, "Save as", "", "PNG (*.png)")
    look().wear(appearance)
    found = dialog.findChild(QToolButton, button)
    assert found is not None
    image = found.icon().pixmap(found.iconSize()).toImage()
    every = [(x, y) for x in range(image.width()) for y in range(image.height())]
    inks = {image.pixelColor(*at).name() for at in every if image.pixelColor(*at).alpha() == 255}
    assert inks == {tokens.color("text").name()}


def test_dialog_may_be_the_system_s(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = file_dialog(parent, "Save as")
    assert type(dialog) is QFileDialog
    assert dialog.metaObject().className() == "QFileDialog"
