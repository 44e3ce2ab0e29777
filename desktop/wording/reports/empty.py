"""What stands where the list has no rows.

session, rows, `Arrangement` ──▶ **say_empty** ──▶ empty_state
"""

from enum import Enum, auto

from msgspec import Struct

from desktop.wording.connection import ConnectionText
from desktop.wording.language import tr, tr_count


class Help(Enum):
    """What a button in the place of the rows does."""

    SHOW_ALL = auto()
    SHOW_REMOVED = auto()
    CONNECTION = auto()
    """The same as the button beside the connection."""
    ADDRESS = auto()
    """Copy the address that is to be opened in a browser."""


class EmptyText(Struct, frozen=True):
    """An icon and words in place of rows; empty texts are left out."""

    icon: str
    heading: str = ""
    sentence: str = ""
    button: str = ""
    helps: Help = Help.SHOW_ALL
    """What the button is for."""


def say_empty(
    *, shown: int, known: int, is_listed: bool, connection: ConnectionText, removed: int = 0
) -> EmptyText | None:
    """Return the words for a list that shows nothing; None where it shows something.

    Args:
        shown: How many rows the list shows.
        known: How many there are, filtered or not.
        is_listed: Whether the service has said what there is.
        connection: Says why it has not, where it cannot.
        removed: How many the analyst took off the list that the service still has.
    """
    if shown:
        return None
    if known:
        return EmptyText("search", tr("Nothing matches"), button=tr("Show all"))
    if connection.is_missing or (connection.is_refused and not is_listed):
        words, helps = (connection.button, Help.CONNECTION)
        if connection.address:
            words, helps = tr("Copy address"), Help.ADDRESS
        return EmptyText(connection.icon, connection.text, connection.reason, words, helps)
    if not is_listed and connection.fill:
        return EmptyText("offline", tr("Not connected"), connection.reason)
    if not is_listed:
        return EmptyText("report", sentence=tr("Loading earlier reports…"))
    return _say_nothing_there(removed)


def _say_nothing_there(removed: int) -> EmptyText:
    if removed:
        return EmptyText(
            "report",
            tr("The list is empty"),
            tr_count("1 report was removed from it.", "{count} reports were removed from it.", removed),
            tr("Show removed reports"),
            helps=Help.SHOW_REMOVED,
        )
    return EmptyText(
        "report",
        tr("No reports yet"),
        tr("Choose a report at the left and press Generate. It appears here at once and goes on by itself."),
    )
