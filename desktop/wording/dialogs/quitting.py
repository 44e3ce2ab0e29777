"""What quitting stops, and what goes on without the window.

session, downloads ── `Leaving` ──▶ **say_quit** ── `QuitText` ──▶ quit dialog
"""

from msgspec import Struct

from desktop.wording.language import tr, tr_count


class Leaving(Struct, frozen=True, kw_only=True):
    """What there is when the analyst quits."""

    under_way: int = 0
    """Reports that the service works on or will."""
    unsent: int = 0
    """Reports that the service has not answered yet."""
    saving: int = 0
    """Downloads that are not done."""
    is_local: bool = False
    """Whether the service is the one on this computer."""
    downloads_go_on: bool = False
    """Whether the next start goes on with downloads."""


class QuitText(Struct, frozen=True):
    """A question, and a sentence for each thing that stops or goes on."""

    title: str
    lines: tuple[str, ...]


def say_quit(leaving: Leaving) -> QuitText | None:
    """Return the question, or None where quitting stops nothing."""
    stops = (*_downloads(leaving), *(_restarts(leaving) if leaving.is_local else ()))
    if not stops:
        return None
    goes_on = () if leaving.is_local else _goes_on(leaving)
    return QuitText(tr("Quit Reportwire?"), (*goes_on, *stops))


def _goes_on(leaving: Leaving) -> tuple[str, ...]:
    return tuple(
        tr_count(one, many, count)
        for count, one, many in (
            (leaving.under_way, "1 report goes on in the service.", "{count} reports go on in the service."),
            (leaving.unsent, "1 report goes out at the next start.", "{count} reports go out at the next start."),
        )
        if count
    )


def _downloads(leaving: Leaving) -> tuple[str, ...]:
    if not leaving.saving:
        return ()
    if leaving.downloads_go_on:
        one = "1 download stops and goes on at the next start."
        many = "{count} downloads stop and go on at the next start."
    else:
        one = "1 download stops, and its file is not saved."
        many = "{count} downloads stop, and their files are not saved."
    return (tr_count(one, many, leaving.saving),)


def _restarts(leaving: Leaving) -> tuple[str, ...]:
    count = leaving.under_way + leaving.unsent
    one = "1 report runs on this computer and starts again at the next start."
    many = "{count} reports run on this computer and start again at the next start."
    return (tr_count(one, many, count),) if count else ()
