"""All reports as rows, made anew only where something changed.

`Session`, downloads ──▶ **build_rows** ── rows ──▶ window ──▶ arrangement
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import Struct, field

from desktop.files.download import Download
from desktop.session.connection_status import Connected
from desktop.session.state import Entry, Session
from desktop.wording.reports.report_row import Around, ReportRow, make_row
from desktop.wording.reports.report_state import Shown

NONE: Mapping[str, datetime] = MappingProxyType({})


class Sources(Struct, frozen=True):
    """Everything that rows are made from. Values that did not change are the same objects."""

    session: Session = field(default_factory=Session)
    downloads: Mapping[str, Download] = field(default_factory=lambda: MappingProxyType({}))
    stops_at: Mapping[str, datetime] = field(default_factory=lambda: NONE)
    """By report: when a cancel that can still be undone goes out."""
    removed: AbstractSet[str] = frozenset()
    """Reports that the analyst took off the list."""


class Rows(Struct, frozen=True):
    """A row for each report, and until when they are all true without news."""

    sources: Sources
    by_id: Mapping[str, ReportRow]
    states: tuple[Shown, ...]
    """The state of each row, in their order."""
    offline_since: datetime | None
    made_at: datetime
    stale_at: datetime | None
    """The first moment at which time alone changes a row: a file expires, a day ends; None where there is no row."""


def build_rows(sources: Sources, now: datetime, before: Rows | None = None) -> Rows:
    """Return the rows at `now`, aware, in the time zone of the analyst; those that did not change are the same objects.

    Costs next to nothing where nothing changed since `before`, and else a comparison for each report.
    """
    offline_since = _offline_since(sources.session, now, before)
    if before and _is_same(before, sources) and offline_since == before.offline_since and not _is_stale(before, now):
        return before
    definitions = {info.id: info for info in sources.session.catalog or ()}
    is_known = (
        before is not None
        and before.sources.session.catalog is sources.session.catalog
        and before.offline_since == offline_since
        and not _is_stale(before, now)
    )
    same = _unchanged(before.sources, sources) if before and is_known else frozenset()
    by_id = {}
    for report_id, entry in sources.session.entries.items():
        if report_id in sources.removed:
            continue
        row = before.by_id.get(report_id) if before else None
        if row is None or report_id not in same:
            around = Around(
                now,
                definitions.get(entry.definition),
                sources.downloads.get(report_id),
                offline_since,
                sources.stops_at.get(report_id),
            )
            row = _made(entry, around, row)
        by_id[report_id] = row
    states = tuple(row.shown for row in by_id.values())
    return Rows(sources, MappingProxyType(by_id), states, offline_since, now, _stale_at(sources, now))


def _made(entry: Entry, around: Around, before: ReportRow | None) -> ReportRow:
    row = make_row(entry, around)
    return before if before == row and before is not None else row


def _offline_since(session: Session, now: datetime, before: Rows | None) -> datetime | None:
    if isinstance(session.connection, Connected):
        return None
    return before.offline_since if before and before.offline_since else now


def _is_same(before: Rows, sources: Sources) -> bool:
    known = before.sources
    return (
        known.session.entries is sources.session.entries
        and known.session.catalog is sources.session.catalog
        and known.downloads is sources.downloads
        and known.stops_at is sources.stops_at
        and known.removed is sources.removed
        and not sources.stops_at
    )


def _unchanged(before: Sources, sources: Sources) -> AbstractSet[str]:
    """Return the reports of which nothing is other than before."""
    entries, downloads = before.session.entries, before.downloads
    same = {report_id for report_id, entry in sources.session.entries.items() if entries.get(report_id) is entry}
    if downloads is not sources.downloads:
        same = {report_id for report_id in same if downloads.get(report_id) is sources.downloads.get(report_id)}
    return same - before.stops_at.keys() - sources.stops_at.keys()


def _is_stale(before: Rows, now: datetime) -> bool:
    return before.stale_at is not None and now >= before.stale_at


def _stale_at(sources: Sources, now: datetime) -> datetime | None:
    if not sources.session.entries:
        return None
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = (
        entry.snapshot.result.expires_at
        for entry in sources.session.entries.values()
        if entry.snapshot and entry.snapshot.result and entry.snapshot.result.expires_at > now
    )
    return min([midnight, *ends])
