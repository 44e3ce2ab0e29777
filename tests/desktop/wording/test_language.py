import re
from collections.abc import Iterator
from importlib import resources

import pytest

from desktop.wording import language
from desktop.wording.language import LanguageId, tr, tr_count


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


def german() -> list[tuple[str, str]]:
    text = resources.files("desktop.wording").joinpath("german.tsv").read_text(encoding="utf-8")
    return [(english, other) for english, other in (line.split("\t") for line in text.splitlines()[1:])]


def test_every_german_text_has_the_places_and_the_mark_of_the_english() -> None:
    for english, other in german():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", other)), english
        assert ("&" in english) == ("&" in other), english
        assert len(re.findall(r"&\S", other)) <= 1, other


def test_no_english_text_is_translated_twice() -> None:
    texts = [english for english, _ in german()]
    assert len(texts) == len(set(texts))


def test_text_is_said_in_the_language_with_its_values() -> None:
    assert tr("Sign-in") == "Sign-in"
    language.use(LanguageId.GERMAN)
    assert tr("Sign-in") == "Anmeldung"
    assert tr("Save &in {folder}", folder="Q&A {x}") == "&In Q&A {x} speichern"


def test_text_without_a_translation_stays_english() -> None:
    language.use(LanguageId.GERMAN)
    assert tr("A report of the service") == "A report of the service"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 Feld bitte ansehen. Nichts wurde gesendet."),
        (1200, "1.200 Felder bitte ansehen. Nichts wurde gesendet."),
    ],
)
def test_count_chooses_the_text(count: int, said: str) -> None:
    language.use(LanguageId.GERMAN)
    one, many = "1 field needs a look. Nothing was sent.", "{count} fields need a look. Nothing was sent."
    assert tr_count(one, many, count) == said


def test_numbers_are_grouped_as_the_language_does_and_back() -> None:
    assert language.grouped("1,234.5") == "1,234.5"
    language.use(LanguageId.GERMAN)
    assert language.grouped("1,234.5") == "1.234,5"
    assert language.ungrouped("1.234,5") == "1,234.5"


@pytest.mark.parametrize(
    ("locale", "chosen"), [("de_AT", "de"), ("de", "de"), ("en_GB", "en"), ("fr_FR", "en"), ("C", "en")]
)
def test_german_is_chosen_for_german_locales(locale: str, chosen: str) -> None:
    assert language.choose(locale) == chosen
