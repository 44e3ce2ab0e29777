"""All reports as rows, newest first, made anew only where something changed.

`Session`, downloads ──▶ **build_rows** ── rows ──▶ window ──▶ reports_model
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType

from backend.protocol.messages import DefinitionInfo
from desktop.files.download import Download
from desktop.session.connection_status import Connected
from desktop.session.state import Entry, Session
from desktop.wording.report_row import ReportRow, has_file, make_row, with_elapsed

UNANSWERED = datetime.max.replace(tzinfo=UTC)
"""The time of a report that is waiting for its answer: it is listed above all others."""


@dataclass(frozen=True, slots=True)
class Source:
    """The values that a row is made from. The row stays valid while they do."""

    entry: Entry
    download: Download | None
    definition: DefinitionInfo | None
    is_connected: bool
    has_file: bool
    today: date

    def is_same(self, other: "Source") -> bool:
        """Compare by identity what is large: values that did not change are the same objects."""
        return (
            self.entry is other.entry
            and self.download is other.download
            and self.definition is other.definition
            and (self.is_connected, self.has_file, self.today) == (other.is_connected, other.has_file, other.today)
        )


@dataclass(frozen=True, slots=True)
class Built:
    """A row and what it was made from."""

    source: Source
    row: ReportRow


Rows = Mapping[str, Built]
"""All reports by id, newest first."""

NO_ROWS: Rows = MappingProxyType({})


def build_rows(session: Session, downloads: Mapping[str, Download], now: datetime, before: Rows = NO_ROWS) -> Rows:
    """Return a row for every report, newest first; a row that did not change is the same object as `before`."""
    definitions = {info.id: info for info in session.catalog or ()}
    built = {}
    for entry in _newest_first(session.entries):
        source = Source(
            entry,
            downloads.get(entry.report_id),
            definitions.get(entry.definition),
            is_connected=isinstance(session.connection, Connected),
            has_file=has_file(entry, now),
            today=now.date(),
        )
        built[entry.report_id] = _build(source, now, before.get(entry.report_id))
    return built


def _build(source: Source, now: datetime, before: Built | None) -> Built:
    if before is not None and source.is_same(before.source):
        row = with_elapsed(before.row, now)
        return before if row is before.row else Built(source, row)
    row = make_row(
        source.entry,
        now,
        definition=source.definition,
        download=source.download,
        is_connected=source.is_connected,
    )
    return Built(source, row)


def _newest_first(entries: Mapping[str, Entry]) -> list[Entry]:
    """Order by the service's time; of the unanswered, the last asked is the newest."""
    oldest_first = sorted(entries.values(), key=_created_at)
    return oldest_first[::-1]


def _created_at(entry: Entry) -> datetime:
    if entry.snapshot:
        return entry.snapshot.created_at
    return entry.asked_at if entry.asked_at and entry.refusal else UNANSWERED
