import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.keeping.settings import Settings
from desktop.start import GermanKeys
from desktop.widgets.dialogs.dialogs import Dialogs, Sources
from desktop.widgets.dialogs.settings_dialog import SettingsDialog
from desktop.wording.dialogs.quitting import Leaving, say_quit, say_switch
from tests.desktop.widgets.dialogs.shown import ABOUT, KEYS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
LEFT = Qt.MouseButton.LeftButton
LOG = Path("/logs/crash.log")


@pytest.fixture
def dialogs(qtbot: QtBot) -> Dialogs:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialogs = Dialogs(window)
    dialogs.work_with(
        Sources(settings=Settings, keys=lambda: KEYS, about=lambda: ABOUT, log=lambda: (LOG, "Traceback"))
    )
    return dialogs


def heard(signal: Any) -> list[Any]:
    values: list[Any] = []
    signal.connect(lambda *value: values.append(value[0] if value else None))
    return values


def test_no_module_of_a_dialog_is_loaded_before_it_is_opened() -> None:
    code = (
        "import sys, desktop.widgets.dialogs.dialogs;"
        "print([name for name in sys.modules if name.startswith('desktop.widgets.dialogs.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['desktop.widgets.dialogs.dialogs']"


def test_each_dialog_is_made_once(dialogs: Dialogs) -> None:
    made = heard(dialogs.connections_made)
    for _ in range(2):
        dialogs.open_connections()
        dialogs.open_settings()
        dialogs.open_keys()
        dialogs.open_about()
        dialogs.open_log()
    assert made == [dialogs.connections]
    for dialog in (dialogs.connections, dialogs.settings, dialogs.keys, dialogs.about, dialogs.log):
        assert dialog is not None
        assert dialog.isVisible()
        dialog.close()


def test_quit_is_confirmed_at_once_where_nothing_stops(dialogs: Dialogs) -> None:
    confirmed = heard(dialogs.quit_confirmed)
    dialogs.confirm_quit(None)
    assert len(confirmed) == 1
    assert dialogs.quit is None


@pytest.mark.parametrize(("key", "count"), [(Qt.Key.Key_Return, 0), (Qt.Key.Key_Escape, 0), (None, 1)])
def test_stay_is_what_enter_and_escape_do(dialogs: Dialogs, key: Qt.Key | None, count: int) -> None:
    confirmed = heard(dialogs.quit_confirmed)
    dialogs.confirm_quit(say_quit(Leaving(saving=1)))
    assert dialogs.quit is not None
    if key is None:
        QTest.mouseClick(dialogs.quit.quit, LEFT)
    else:
        QTest.keyClick(dialogs.quit, key)
    assert len(confirmed) == count
    assert not dialogs.quit.isVisible()


def test_other_service_is_used_once_its_question_is_answered_and_not_by_a_later_quit(dialogs: Dialogs) -> None:
    used, quit_ = heard(dialogs.use_confirmed), heard(dialogs.quit_confirmed)
    dialogs.confirm_use(say_switch(Leaving(under_way=1, is_local=True)), "a.json")
    assert dialogs.quit is not None
    assert (used, dialogs.quit.windowTitle()) == ([], "Use another connection?")
    QTest.mouseClick(dialogs.quit.quit, LEFT)
    assert used == ["a.json"]
    dialogs.confirm_use(say_switch(Leaving(under_way=1, is_local=True)), "a.json")
    QTest.mouseClick(dialogs.quit.stay, LEFT)
    dialogs.confirm_quit(say_quit(Leaving(saving=1)))
    QTest.mouseClick(dialogs.quit.quit, LEFT)
    assert (len(used), len(quit_)) == (1, 1)


def test_quit_says_what_stops_each_time_anew(dialogs: Dialogs) -> None:
    dialogs.confirm_quit(say_quit(Leaving(saving=2, under_way=1, is_local=True)))
    dialogs.confirm_quit(say_quit(Leaving(under_way=1, is_local=True)))
    assert dialogs.quit is not None
    assert dialogs.quit.accessibleDescription() == "1 report runs on this computer and starts again at the next start."
    dialogs.quit.close()


def test_log_is_copied_and_shown_in_its_folder(dialogs: Dialogs) -> None:
    asked = heard(dialogs.folder_asked)
    dialogs.open_log()
    assert dialogs.log is not None
    QTest.mouseClick(dialogs.log.copy, LEFT)
    QTest.mouseClick(dialogs.log.folder, LEFT)
    assert QGuiApplication.clipboard().text() == "Traceback"
    assert asked == [LOG]
    dialogs.log.show_log(None, "")
    assert dialogs.log.intro.text() == "No log was written."  # a run that was killed has none either
    assert not dialogs.log.copy.isEnabled()


def test_about_is_copied(dialogs: Dialogs) -> None:
    dialogs.open_about()
    assert dialogs.about is not None
    QTest.mouseClick(dialogs.about.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "Reportwire 0.1.0, Python 3.11.2, Qt 6.11.3, Linux 6.1"
    assert dialogs.about.message.text() == "Copied."


def test_keys_stand_without_marks(dialogs: Dialogs) -> None:
    dialogs.open_keys()
    assert dialogs.keys is not None
    texts = [label.text() for label in dialogs.keys.findChildren(QLabel)]
    assert {"Report", "Save as…", "Ctrl+S", "Ready", "The file can be saved."} <= set(texts)
    assert not [text for text in texts if "&" in text]


def test_key_enter_is_german_where_qt_leaves_it_english(qapp: QApplication) -> None:
    keys = GermanKeys(qapp)
    qapp.installTranslator(keys)
    try:
        shown = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
    finally:
        qapp.removeTranslator(keys)
    assert shown.endswith("Eingabe")


def test_choice_of_the_language_shows_whole_items(settings: SettingsDialog) -> None:
    settings.language.setFocus()
    QTest.keyClick(settings.language, Qt.Key.Key_Space)
    view = settings.language.view()
    items = [view.visualRect(view.model().index(row, 0)) for row in range(settings.language.count())]
    assert all(view.viewport().rect().contains(item) for item in items)
    assert all(item.height() > settings.language.fontMetrics().height() for item in items)
    settings.language.hidePopup()


@pytest.fixture
def settings(qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog(Settings(), now=lambda: datetime(2026, 11, 23, 14, 5, tzinfo=UTC))
    qtbot.addWidget(dialog)
    dialog.appear()
    return dialog


def test_each_setting_is_applied_at_once(settings: SettingsDialog) -> None:
    changed = heard(settings.changed)
    QTest.keyClick(settings.saves, Qt.Key.Key_Space)
    QTest.keyClick(settings.notifies, Qt.Key.Key_Space)
    QTest.keyClick(settings.language, Qt.Key.Key_End)
    QTest.mouseClick(settings.choose, LEFT)
    (chooser,) = settings.findChildren(QFileDialog)
    chooser.fileSelected.emit("/reports")
    chooser.close()
    assert changed[-1] == Settings(folder="/reports", saves_when_ready=True, notifies=False, language="de")
    assert len(changed) == 4
    assert settings.folder.text() == "/reports"


def test_everything_that_was_changed_can_be_as_it_was(settings: SettingsDialog) -> None:
    changed = heard(settings.changed)
    assert not settings.undo.isEnabled()
    assert settings.message.isVisible()
    QTest.keyClick(settings.saves, Qt.Key.Key_Space)
    QTest.keyClick(settings.notifies, Qt.Key.Key_Space)
    QTest.keyClick(settings.language, Qt.Key.Key_End)
    settings._take_folder("/reports")
    QTest.keyClicks(settings.file_name, "x")
    QTest.mouseClick(settings.undo, LEFT)
    assert changed[-1] == Settings()
    assert not settings.undo.isEnabled()
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    assert (settings.folder.text(), settings.file_name.text()) == (usual, Settings().file_name)
    assert (settings.saves.isChecked(), settings.notifies.isChecked()) == (False, True)
    assert settings.language.currentData() == "system"


def test_wrong_pattern_alone_can_be_undone_too(settings: SettingsDialog) -> None:
    changed = heard(settings.changed)
    QTest.keyClicks(settings.file_name, "/")
    assert settings.undo.isEnabled()
    QTest.mouseClick(settings.undo, LEFT)
    assert settings.file_name.text() == Settings().file_name
    assert settings.file_name.property("wrong") is False
    assert changed == []


def test_what_is_undone_is_what_changed_since_the_settings_were_opened(settings: SettingsDialog) -> None:
    changed = heard(settings.changed)
    QTest.keyClick(settings.saves, Qt.Key.Key_Space)
    settings.close()
    settings.show_settings(changed[-1])
    settings.appear()
    assert not settings.undo.isEnabled()
    QTest.keyClick(settings.notifies, Qt.Key.Key_Space)
    QTest.mouseClick(settings.undo, LEFT)
    assert changed[-1] == Settings(saves_when_ready=True)


def test_pattern_has_an_example_and_a_wrong_one_is_not_applied(settings: SettingsDialog) -> None:
    changed = heard(settings.changed)
    settings.file_name.selectAll()
    QTest.keyClicks(settings.file_name, "{date}/")
    assert settings.file_name.property("wrong") is True
    assert settings.example.text() == "A file name cannot have / in it."
    assert settings.file_name.accessibleDescription().startswith("Wrong: ")
    QTest.keyClick(settings.file_name, Qt.Key.Key_Backspace)
    assert settings.example.text() == "Such as 2026-11-23.xlsx."
    assert settings.example.property("tone") == "quiet"
    assert changed[-1].file_name == "{date}"
    assert "/" not in "".join(each.file_name for each in changed)


def test_dialog_that_is_asked_for_early_appears_as_soon_as_there_is_something_to_show(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialogs = Dialogs(window)
    dialogs.open_settings()
    dialogs.open_connections()
    assert (dialogs.settings, dialogs.connections) == (None, None)
    dialogs.work_with(Sources(settings=Settings, keys=lambda: KEYS, about=lambda: ABOUT, log=lambda: None))
    assert dialogs.connections is not None
    assert dialogs.connections.isVisible()
    assert dialogs.settings is None
