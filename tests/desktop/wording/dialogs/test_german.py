"""Every text of the dialogs, and of the connection test, has its German."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.wording import language
from desktop.wording.dialogs.keys import states
from desktop.wording.dialogs.quitting import Leaving, say_quit, say_switch
from desktop.wording.language import LanguageId
from tests.desktop.wording.test_language import german

ROOT = Path(__file__).parents[4] / "desktop"
PLACES = [
    *(ROOT / "widgets" / "dialogs").glob("*.py"),
    *(ROOT / "wording" / "dialogs").glob("*.py"),
    *(ROOT / "desk").glob("*.py"),
    ROOT / "wording" / "file_names.py",
    ROOT / "wording" / "examination.py",
    ROOT / "wording" / "examined_report.py",
]
SAYING = {"tr": 1, "tr_count": 2, "ConnectionNotKept": 1}
"""Functions by how many of their first arguments are said."""


def said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for argument in node.args[: SAYING.get(node.func.id, 0)]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


@pytest.mark.parametrize("path", [*PLACES, ROOT / "keeping" / "connections.py"], ids=lambda path: path.stem)
def test_text_has_its_german(path: Path) -> None:
    known = {english for english, _ in german()}
    assert set(said(path)) - known == set()


@pytest.fixture
def _german() -> Iterator[None]:
    language.use(LanguageId.GERMAN)
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.usefixtures("_german")
def test_texts_that_are_chosen_by_what_happens_have_their_german_too() -> None:
    known = {other for _, other in german()}
    assert {text for state in states() for text in (state.word, state.meaning)} <= known
    for count in (1, 2):
        for leaving in (
            Leaving(under_way=count, unsent=count, saving=count),
            Leaving(saving=count, downloads_go_on=True),
            Leaving(unsent=count, is_local=True),
            Leaving(under_way=count, is_local=True),
        ):
            for text in (say_quit(leaving), say_switch(leaving)):
                assert text
                said = {line.replace("2", "{count}") for line in text.lines}
                assert said <= known
