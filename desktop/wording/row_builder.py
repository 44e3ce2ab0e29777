"""All reports as rows, newest first, made anew only where something changed.

session.Session, downloads ──▶ **RowBuilder** ── rows ──▶ reports_model. Pure Python: no Qt, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from backend.protocol.messages import DefinitionInfo
from desktop.files.downloads import Download
from desktop.session.connection_status import Connected
from desktop.session.state import Entry, Session
from desktop.wording.report_row import ReportRow, has_file, make_row, with_elapsed

UNANSWERED = datetime.max.replace(tzinfo=UTC)
"""Where a report stands that the service has not dated yet: above all others."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a row was made from. A row is still good while nothing of this is another value."""

    entry: Entry
    download: Download | None
    definition: DefinitionInfo | None
    is_connected: bool
    has_file: bool
    today: date

    def is_same(self, other: "Source | None") -> bool:
        """Compare by identity what is large: values that did not change are the same objects."""
        return (
            other is not None
            and self.entry is other.entry
            and self.download is other.download
            and self.definition is other.definition
            and (self.is_connected, self.has_file, self.today) == (other.is_connected, other.has_file, other.today)
        )


class RowBuilder:
    """Remembers rows and what they were made from."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Source, ReportRow]] = {}

    def build(self, session: Session, downloads: Mapping[str, Download], now: datetime) -> tuple[ReportRow, ...]:
        """Return a row for every report, newest first; a row that did not change is the same object as before."""
        definitions = {info.id: info for info in session.catalog or ()}
        known = {}
        for entry in _newest_first(session.entries):
            source = Source(
                entry,
                downloads.get(entry.report_id),
                definitions.get(entry.definition),
                is_connected=isinstance(session.connection, Connected),
                has_file=has_file(entry, now),
                today=now.date(),
            )
            known[entry.report_id] = source, self._row(source, now)
        self._known = known
        return tuple(row for _, row in known.values())

    def _row(self, source: Source, now: datetime) -> ReportRow:
        before, row = self._known.get(source.entry.report_id, (None, None))
        if row is not None and source.is_same(before):
            return with_elapsed(row, now)
        return make_row(
            source.entry,
            now,
            definition=source.definition,
            download=source.download,
            is_connected=source.is_connected,
        )


def _newest_first(entries: Mapping[str, Entry]) -> list[Entry]:
    """Order by the service's time; of the unanswered, the last asked is the newest."""
    oldest_first = sorted(entries.values(), key=_created_at)
    return oldest_first[::-1]


def _created_at(entry: Entry) -> datetime:
    return entry.snapshot.created_at if entry.snapshot else UNANSWERED
