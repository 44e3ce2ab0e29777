import json
from pathlib import Path

import pytest

from desktop.keeping.settings import Settings, load, save


def test_settings_come_back(tmp_path: Path) -> None:
    settings = Settings(folder="/reports", file_name="{report}", saves_when_ready=True, notifies=False, language="de")
    save(tmp_path / "new" / "settings.json", settings)
    assert load(tmp_path / "new" / "settings.json") == settings


@pytest.mark.parametrize("text", ["", "{", "[]", '{"language": "fr"}'])
def test_file_that_makes_no_sense_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    assert load(path) == Settings()
    path.write_text(text)
    assert load(path) == Settings()
    save(path, Settings(notifies=False))
    assert load(path) == Settings(notifies=False)


def test_fields_of_a_newer_version_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"sound": "bell", "notifies": false}')
    save(path, load(path))
    assert json.loads(path.read_text())["sound"] == "bell"
