"""Sentences with values in them that can still be said in another language.

whoever finds something out ── **Sentence**, a text like any other ──▶ wording ── `tr` ──▶ the analyst's language
"""

from typing import Self


class Sentence(str):
    """A text in English that remembers what it was made of. Its values may be sentences, or errors that are one."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Put the values into a template's `{names}`. A sentence without values stays what it is."""
        known = {name: str(value) if isinstance(value, Exception) else value for name, value in values.items()}
        made = super().__new__(cls, template.format(**known) if known else template)
        inner = template if isinstance(template, Sentence) and not known else None
        made.template, made.values = (inner.template, inner.values) if inner else (str(template), known)
        return made

    def __str__(self) -> str:
        """Return itself: what an error says is what it was made with."""
        return self
