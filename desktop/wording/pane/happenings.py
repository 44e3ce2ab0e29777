"""What happened to a report, as far as this side knows, with times. Values only.

`Entry`, `Download` ──▶ **known_of** ── `Happening` values ──▶ details
sessions before, after ──▶ **hear** ── what no snapshot repeats, such as stages ──▶ **put_in_order** ──▶ details
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum
from itertools import chain
from types import MappingProxyType

from msgspec import Struct

from backend.protocol.lifecycle import State
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry, Session

MOST_HEARD = 40
"""Happenings kept of one report; the first are dropped first."""


class What(IntEnum):
    """A kind of happening, in their order whatever two clocks say; those on the way are in the order of their times."""

    ASKED = 0
    ASKED_SOMEWHERE = 1
    """Elsewhere, or here by an earlier run."""
    SENT = 2
    QUEUED = 3
    STARTED = 4
    STAGE = 5
    CANCEL_ASKED = 6
    READY = 7
    FAILED = 8
    CANCELLED = 9
    REFUSED = 10
    SAVED = 11
    NOT_SAVED = 12
    EXPIRED = 13


ON_THE_WAY = frozenset({What.QUEUED, What.STARTED, What.STAGE, What.CANCEL_ASKED})
SAVES = frozenset({What.SAVED, What.NOT_SAVED})
"""Kinds of one clock, this side's, which come about again and again: in the order of their times."""
GIVEN_UP = frozenset({What.FAILED, What.REFUSED, What.EXPIRED})
"""Kinds that are heard of this side's own giving up; a service that comes back takes them back."""

ENDS = {State.SUCCEEDED: What.READY, State.FAILED: What.FAILED, State.CANCELLED: What.CANCELLED}


class Happening(Struct, frozen=True):
    """One thing that happened. `at` is None where nobody knows; `detail` is a stage's name or a reason."""

    at: datetime | None
    what: What
    detail: str = ""


Heard = Mapping[str, tuple[Happening, ...]]
"""What was heard of each report, by id."""

NOTHING_HEARD: Heard = MappingProxyType({})

Downloads = Mapping[str, Download]


def known_of(entry: Entry, download: Download | None = None, now: datetime | None = None) -> tuple[Happening, ...]:
    """Return what the latest news of a report say of its past; with `now`, whether its file is gone by then."""
    snapshot, request = entry.snapshot, entry.request
    happened = []
    if request is not None:
        happened.append(Happening(entry.asked_at, What.ASKED))
    if snapshot is not None:
        if request is None:
            happened.append(Happening(None, What.ASKED_SOMEWHERE))
        happened.append(Happening(snapshot.created_at, What.QUEUED))
        if snapshot.started_at:
            happened.append(Happening(snapshot.started_at, What.STARTED))
        if end := ENDS.get(snapshot.state):
            happened.append(Happening(snapshot.finished_at, end))
    if (gone := _given_up(entry, None) or _expired(entry, now)) and not (
        gone.what is What.EXPIRED and _is_saved(download)
    ):
        happened.append(gone)
    if download is not None and download.earlier:
        happened.append(Happening(None, What.SAVED, str(download.earlier)))
    if download is not None and (ended := _end_of(download)):
        happened.append(ended)
    return tuple(happened)


def hear(heard: Heard, before: tuple[Session, Downloads], after: tuple[Session, Downloads], at: datetime) -> Heard:
    """Return what was heard by now, `at` being the time of the change from `before` to `after`."""
    news: dict[str, list[Happening]] = {}
    for report_id, happening in chain(
        _heard_of_entries(before[0].entries, after[0].entries, at), _heard_of_downloads(before[1], after[1], at)
    ):
        news.setdefault(report_id, []).append(happening)
    if not news:
        return heard
    return {**heard, **{each: (*heard.get(each, ()), *fresh)[-MOST_HEARD:] for each, fresh in news.items()}}


def put_in_order(known: tuple[Happening, ...], heard: tuple[Happening, ...]) -> tuple[Happening, ...]:
    """Return both as one history; what was heard stands for what is known without a time."""
    untimed = {happening.what for happening in known if happening.at is None}
    given_up = {each.what: each for each in heard if each.what in GIVEN_UP & untimed}
    heard = (*(each for each in heard if each.what not in GIVEN_UP), *given_up.values())
    timed = {happening.what for happening in heard}
    kept = [each for each in known if each.at is not None or each.what not in timed]
    ended = [each for each in heard if each.at is not None and not _is_among(each, kept)]
    return tuple(sorted([*kept, *ended], key=_place))


def _given_up(entry: Entry, at: datetime | None) -> Happening | None:
    """Return what a refusal makes of a report: as its row says, see `shown_state`."""
    if entry.refusal is None:
        return None
    if entry.snapshot is None:
        return Happening(at, What.REFUSED)
    match entry.snapshot.state:
        case State.SUCCEEDED:
            return Happening(at, What.EXPIRED, entry.refusal.message)
        case State.FAILED | State.CANCELLED:
            return None
        case _:
            return Happening(at, What.FAILED)


def _expired(entry: Entry, now: datetime | None) -> Happening | None:
    result = entry.snapshot.result if entry.snapshot else None
    return Happening(result.expires_at, What.EXPIRED) if result and now and now >= result.expires_at else None


def _is_saved(download: Download | None) -> bool:
    return download is not None and download.saved_path is not None


def _place(happening: Happening) -> tuple[int, float]:
    phase = What.QUEUED if happening.what in ON_THE_WAY else What.SAVED if happening.what in SAVES else happening.what
    return phase, happening.at.timestamp() if happening.at else 0.0


def _is_among(happening: Happening, others: list[Happening]) -> bool:
    return any(each.what is happening.what and each.at == happening.at for each in others)


def _heard_of_entries(
    before: Mapping[str, Entry], after: Mapping[str, Entry], at: datetime
) -> Iterator[tuple[str, Happening]]:
    if before is after:
        return
    for report_id, entry in after.items():
        known = before.get(report_id)
        if known is not None and known is not entry:
            yield from ((report_id, each) for each in _heard_of(known, entry, at))


def _heard_of(before: Entry, after: Entry, at: datetime) -> Iterator[Happening]:
    if after.is_sent and not before.is_sent:
        yield Happening(at, What.SENT)
    if after.is_cancel_asked and not before.is_cancel_asked:
        yield Happening(at, What.CANCEL_ASKED)
    if not before.refusal and (gone := _given_up(after, at)):
        yield gone
    old, new = before.snapshot, after.snapshot
    if new is None:
        return
    if old is not None and old.started_at and old.started_at != new.started_at:
        yield Happening(old.started_at, What.STARTED)
    stage = new.progress.stage if new.progress else ""
    if stage and stage != (old.progress.stage if old and old.progress else ""):
        yield Happening(at, What.STAGE, stage)


def _heard_of_downloads(before: Downloads, after: Downloads, at: datetime) -> Iterator[tuple[str, Happening]]:
    if before is after:
        return
    for report_id, download in after.items():
        known = before.get(report_id)
        is_news = not download.is_of_earlier_run and (known is None or known.state is not download.state)
        if is_news and (ended := _end_of(download)):
            yield report_id, Happening(at, ended.what, ended.detail)


def _end_of(download: Download) -> Happening | None:
    match download.state:
        case DownloadState.SAVED:
            return Happening(None, What.SAVED, str(download.path))
        case DownloadState.FAILED:
            return Happening(None, What.NOT_SAVED, download.error or "")
        case DownloadState.ACTIVE | DownloadState.PAUSED | DownloadState.MISSING | DownloadState.STOPPED:
            return None
