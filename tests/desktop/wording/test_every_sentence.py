"""Every sentence that the window can say has its German, wherever it is written."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from desktop.outside.http import NotExchanged
from desktop.outside.sentence import Sentence
from desktop.sign_in.findings import NotSignedIn
from desktop.wording import language
from desktop.wording.language import LanguageId, tr
from tests.desktop.wording.test_language import german

ROOT = Path(__file__).parents[3] / "desktop"
ELSEWHERE = {"commands", "headless", "installer", "notebook.py"}
"""What is no part of the window, and speaks English."""
MODULES = [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in ELSEWHERE]
SAYING = {"tr": 1, "tr_count": 2, "Sentence": 1, "NotSignedIn": 1, "SignInUnreachable": 1, "NotExchanged": 1}
SAYING |= {"InvalidProfile": 1, "ConnectionNotKept": 1}
"""Functions by how many of their first arguments are said."""
SENTENCE = re.compile(r"""[A-Z{"].*[a-z] [a-z].*[.?!…]""", re.DOTALL)


@cache
def known() -> frozenset[str]:
    return frozenset(english for english, _ in german())


def texts(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield what is written in a module apart from docstrings, and whether values are put into it there and then."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(each) for each in node.values}
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value, False


def said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for argument in node.args[: SAYING.get(name, 0)]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentence_has_its_german(path: Path) -> None:
    sentences = {text for text, is_made in texts(path) if not is_made and SENTENCE.fullmatch(text)}
    wordless = {text for text in said(path) if not re.search("[A-Za-z]{2}", re.sub(r"{\w*}", "", text))}
    assert (sentences | set(said(path))) - known() - wordless == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentence_with_values_is_one_that_can_be_said_in_german(path: Path) -> None:
    made = {text for text, is_made in texts(path) if is_made and SENTENCE.fullmatch(text)}
    assert made == set()


@pytest.fixture
def _german() -> Iterator[None]:
    language.use(LanguageId.GERMAN)
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.usefixtures("_german")
def test_sentence_is_said_in_german_with_all_that_is_in_it() -> None:
    inner = NotExchanged("{host} does not answer.", host="a.test")
    error = NotSignedIn(Sentence("The sign-in cannot be reached: {reason}", reason=inner))
    assert str(error) == "The sign-in cannot be reached: a.test does not answer."
    assert tr(str(error)) == "Die Anmeldung ist nicht erreichbar: a.test antwortet nicht."


def test_sentence_is_a_text_like_any_other() -> None:
    sentence = Sentence("The service at {host}", host="{x} 50 %")
    assert sentence == "The service at {x} 50 %"
    assert tr(sentence) == sentence
    assert f"{sentence}!" == "The service at {x} 50 %!"
    assert Sentence("no {place} here") == "no {place} here"
    assert Sentence(sentence).values == {"host": "{x} 50 %"}
