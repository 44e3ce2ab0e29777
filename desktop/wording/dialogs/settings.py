"""The settings dialog in words.

settings ──▶ **say_example** ──▶ settings dialog
"""

from datetime import datetime

from desktop.wording.file_names import file_name, judge
from desktop.wording.language import tr

LANGUAGES = (("system", "Like the system"), ("en", "English"), ("de", "Deutsch"))
"""Each in its own words, so that it can be found again."""


def languages() -> tuple[tuple[str, str], ...]:
    """Return the languages that can be chosen, with their words."""
    return tuple((each, tr(words) if each == "system" else words) for each, words in LANGUAGES)


def say_example(pattern: str, now: datetime) -> str:
    """Return a name that a pattern makes, or what is wrong with the pattern."""
    if wrong := judge(pattern):
        return wrong
    return tr("Such as {name}.", name=file_name(pattern, "Worst days", "EWR", "xlsx", now))
