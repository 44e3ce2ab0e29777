"""The keys and the words of the window, for the page that explains them.

main_window ── actions ──▶ **KeySection** ──▶ keys dialog ◀── **states** ── the words of the list
"""

import re

from msgspec import Struct

from desktop.wording.language import tr
from desktop.wording.tone import Tone


class KeySection(Struct, frozen=True):
    """A menu: its words, and those of its actions with their keys as the system writes them."""

    title: str
    keys: tuple[tuple[str, str], ...]


class StateWords(Struct, frozen=True):
    """A state of a report: icon, tone, word, and what it means."""

    icon: str
    tone: Tone
    word: str
    meaning: str


_STATES = (
    ("state-sending", Tone.WAITING, "Not sent yet", "It goes out when connected."),
    ("state-queued", Tone.WAITING, "Queued", "It waits for a free worker."),
    ("state-running", Tone.RUNNING, "Running", "The service works on it."),
    ("state-ready", Tone.READY, "Ready", "The file can be saved."),
    ("save", Tone.RUNNING, "Saving", "The file is being fetched."),
    ("pause", Tone.WAITING, "Paused", "Part of the file is fetched, and the rest when you continue."),
    ("state-saved", Tone.READY, "Saved", "The file is on this computer."),
    ("state-cancelling", Tone.WAITING, "Cancelling…", "The service was asked to stop."),
    ("state-cancelled", Tone.QUIET, "Cancelled", "It was stopped and has no file."),
    ("state-failed", Tone.FAILED, "Failed", "It ended without a file. Details say why."),
    ("state-refused", Tone.FAILED, "Refused", "The service did not take it. Details say why."),
    ("state-expired", Tone.QUIET, "Expired", "The service has removed the file. Run it again."),
)


def states() -> tuple[StateWords, ...]:
    """Return the states in the order in which a report may go through them."""
    return tuple(StateWords(icon, tone, tr(word), tr(meaning)) for icon, tone, word, meaning in _STATES)


def without_mark(words: str) -> str:
    """Return an action's words without the mark of its letter: "&Save as…" as "Save as…"."""
    return re.sub(r"&(.)", r"\1", words)
