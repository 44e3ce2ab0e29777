"""The window's languages: English, as written in the code, and German, as `german.tsv` has it.

English words ──▶ **tr** ──▶ the words in the analyst's language        digits ──▶ **grouped** ──▶ "12,000", "12.000"

One language a process, as with gettext: `use` chooses it before the first word is shown.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from msgspec import Struct

from desktop.outside.sentence import Sentence


class LanguageId(StrEnum):
    """A language of the window."""

    ENGLISH = "en"
    GERMAN = "de"


class Language(Struct, frozen=True):
    """Words by their English, and how numbers and dates are written."""

    id: LanguageId
    words: Mapping[str, str]
    group: str
    """Between thousands."""
    decimal: str
    months: tuple[str, ...]
    day: str
    """A day of this year: `{day}` is its number, `{month}` the name of its month."""
    date: str
    """Of another year: with `{year}`."""


def use(language: LanguageId) -> None:
    """Speak another language from now on; texts made before stay as they are."""
    global _current  # noqa: PLW0603  one language a process, see above
    _current = _language(language)


def current() -> Language:
    """Return the language that is spoken."""
    return _current


def choose(locale: str) -> LanguageId:
    """Return the language for a locale, such as "de_AT": German for any German one, else English."""
    return LanguageId.GERMAN if locale.lower().startswith("de") else LanguageId.ENGLISH


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with values in place of its `{names}`."""
    if isinstance(text, Sentence):
        inner = {name: tr(value) if isinstance(value, Sentence) else value for name, value in text.values.items()}
        return tr(text.template, **inner)
    said = _current.words.get(text, text)
    return said.format(**values) if values else said


def tr_count(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the one text or the other, with `{count}` and other values in it."""
    return tr(one if count == 1 else many, count=grouped(f"{count:,}"), **values)


def grouped(english: str) -> str:
    """Return a number written as in English, "1,234.5", as the language writes it."""
    if _current.id is LanguageId.ENGLISH:
        return english
    return english.translate({ord(","): _current.group, ord("."): _current.decimal})


def ungrouped(text: str) -> str:
    """Return a number written as the language writes it as in English; `grouped` turned round."""
    if _current.id is LanguageId.ENGLISH:
        return text
    return text.translate({ord(_current.group): ",", ord(_current.decimal): "."})


@cache
def _language(language: LanguageId) -> Language:
    if language is LanguageId.ENGLISH:
        return _ENGLISH
    lines = resources.files("desktop.wording").joinpath("german.tsv").read_text(encoding="utf-8").splitlines()
    words = dict(line.split("\t") for line in lines[1:])
    months = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
    return Language(language, words, ".", ",", months, "{day}. {month}", "{day}. {month} {year}")


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH = Language(LanguageId.ENGLISH, {}, ",", ".", _MONTHS, "{day} {month}", "{day} {month} {year}")
_current = _ENGLISH
