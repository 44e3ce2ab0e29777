"""What quitting or another connection stops, and what goes on without the window.

session, downloads ── `Leaving` ──▶ **say_quit**, **say_switch** ── `QuitText` ──▶ quit dialog
"""

from msgspec import Struct

from desktop.wording.language import tr, tr_count


class Leaving(Struct, frozen=True, kw_only=True):
    """What there is when the analyst quits, or has the window talk to another service."""

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
    button: str
    """The words of the button that leaves all the same."""


def say_quit(leaving: Leaving) -> QuitText | None:
    """Return the question, or None where quitting stops nothing."""
    stops = (*_downloads(leaving), *(_restarts(leaving) if leaving.is_local else ()))
    if not stops:
        return None
    goes_on = () if leaving.is_local else (*_goes_on(leaving), *_goes_out(leaving))
    return QuitText(tr("Quit Reportwire?"), (*goes_on, *stops), tr("&Quit"))


def say_switch(leaving: Leaving) -> QuitText | None:
    """Return the question before another service is talked to, or None where that stops nothing."""
    stops = (*_downloads(leaving), *(_restarts_on_return(leaving) if leaving.is_local else ()))
    if not stops:
        return None
    goes_on = () if leaving.is_local else (*_goes_on(leaving), *_goes_out_on_return(leaving))
    return QuitText(tr("Use another connection?"), (*goes_on, *stops), tr("&Use the other"))


def _goes_on(leaving: Leaving) -> tuple[str, ...]:
    one, many = "1 report goes on in the service.", "{count} reports go on in the service."
    return _counted(one, many, leaving.under_way)


def _goes_out(leaving: Leaving) -> tuple[str, ...]:
    one, many = "1 report goes out at the next start.", "{count} reports go out at the next start."
    return _counted(one, many, leaving.unsent)


def _goes_out_on_return(leaving: Leaving) -> tuple[str, ...]:
    one = "1 report goes out when this connection is used again."
    many = "{count} reports go out when this connection is used again."
    return _counted(one, many, leaving.unsent)


def _downloads(leaving: Leaving) -> tuple[str, ...]:
    if leaving.downloads_go_on:
        one = "1 download stops and goes on at the next start."
        many = "{count} downloads stop and go on at the next start."
    else:
        one = "1 download stops, and its file is not saved."
        many = "{count} downloads stop, and their files are not saved."
    return _counted(one, many, leaving.saving)


def _restarts(leaving: Leaving) -> tuple[str, ...]:
    one = "1 report runs on this computer and starts again at the next start."
    many = "{count} reports run on this computer and start again at the next start."
    return _counted(one, many, leaving.under_way + leaving.unsent)


def _restarts_on_return(leaving: Leaving) -> tuple[str, ...]:
    one = "1 report runs on this computer and starts again when this connection is used again."
    many = "{count} reports run on this computer and start again when this connection is used again."
    return _counted(one, many, leaving.under_way + leaving.unsent)


def _counted(one: str, many: str, count: int) -> tuple[str, ...]:
    return (tr_count(one, many, count),) if count else ()
