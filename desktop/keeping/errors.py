"""Why parameter sets are not kept or not there, as one tree; each message is a sentence for a reader.

keeping ── `ParameterSetError` ──▶ window, command line
"""

from collections.abc import Iterable

from desktop.outside.sentence import Sentence


class ParameterSetError(Exception):
    """Nothing was changed. Catch this for all of those below."""


class UnknownSet(ParameterSetError):
    """There is no set of that name; the sentence names those that there are."""

    def __init__(self, definition: str, name: str, known: Iterable[str]) -> None:
        others = ", ".join(f'"{each}"' for each in known)
        there_is = Sentence("There is: {names}.", names=others) if others else Sentence("There is none.")
        text = '{definition} has no parameter set called "{name}". {others}'
        super().__init__(Sentence(text, definition=definition, name=name, others=there_is))


class UnreadableSet(ParameterSetError):
    """There is a set of that name, which this version cannot read."""

    def __init__(self, definition: str, name: str) -> None:
        text = (
            'The parameter set "{name}" of {definition} cannot be read. It stays in the file: a newer version of'
            " Reportwire may have written it."
        )
        super().__init__(Sentence(text, name=name, definition=definition))


class NameTaken(ParameterSetError):
    """There is another set of that name already."""


class WrongName(ParameterSetError):
    """A set cannot be called so."""


class WrongFile(ParameterSetError):
    """A file holds no exported parameter sets; the sentence names the line or the field."""


class NotKept(ParameterSetError):
    """The file cannot be read or written; the sentence says why."""
