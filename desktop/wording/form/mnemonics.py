"""Letters that go to a field with Alt.

the service's titles ──▶ **choose_keys** ──▶ labels with an ampersand before the letter
"""

from collections.abc import Iterable, Iterator

from desktop.wording.language import LanguageId, current

FIXED = {LanguageId.ENGLISH: "BCEGHPRSTVXY", LanguageId.GERMAN: "ABEHRSTUVXYZ"}
"""Letters of menus, of the form's own labels and of the chart."""


def choose_keys(titles: Iterable[str], taken_keys: Iterable[str] | None = None) -> list[str]:
    """Mark in each title a letter that is no other's: the initial of a word, else any; none if all are taken."""
    taken = {key.upper() for key in (FIXED[current().id] if taken_keys is None else taken_keys)}
    labels = []
    for title in titles:
        place = next((place for place in _places(title) if title[place].upper() not in taken), None)
        taken |= {title[place].upper()} if place is not None else set()
        parts = (title,) if place is None else (title[:place], title[place:])
        labels.append("&".join(part.replace("&", "&&") for part in parts))
    return labels


def _places(title: str) -> Iterator[int]:
    letters = [place for place, letter in enumerate(title) if letter.isascii() and letter.isalpha()]
    yield from (place for place in letters if place == 0 or not title[place - 1].isalnum())
    yield from letters
