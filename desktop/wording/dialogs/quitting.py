"""What quitting stops, what goes on without the window, and what is lost.

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
    ready: int = 0
    """Reports whose file is in the service, and not on this disk."""
    is_local: bool = False
    """Whether the service is the one on this computer."""
    local_goes_on: bool = False
    """Whether the local service keeps its reports for the next start."""
    downloads_go_on: bool = False
    """Whether the next start goes on with downloads."""


class QuitText(Struct, frozen=True):
    """A question, and a sentence for each thing that stops or goes on."""

    title: str
    lines: tuple[str, ...]
    lost: tuple[str, ...] = ()
    """What will be gone."""


def say_quit(leaving: Leaving) -> QuitText | None:
    """Return the question, or None where quitting stops nothing."""
    loses = leaving.is_local and not leaving.local_goes_on
    lost = _lost(leaving) if loses else ()
    stops = (*_downloads(leaving), *(_restarts(leaving) if leaving.is_local and not loses else ()))
    if not lost and not stops:
        return None
    goes_on = () if leaving.is_local else _goes_on(leaving)
    return QuitText(tr("Quit Reportwire?"), (*goes_on, *stops), lost)


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
    if leaving.downloads_go_on and not (leaving.is_local and not leaving.local_goes_on):
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


def _lost(leaving: Leaving) -> tuple[str, ...]:
    """Return what is gone with a local service that ends with the window."""
    counts = (
        (
            leaving.under_way + leaving.unsent,
            "1 report that is not ready yet is lost: the local service ends with the window.",
            "{count} reports that are not ready yet are lost: the local service ends with the window.",
        ),
        (
            leaving.ready,
            "1 report that is ready and not saved is lost.",
            "{count} reports that are ready and not saved are lost.",
        ),
    )
    return tuple(tr_count(one, many, count) for count, one, many in counts if count)
