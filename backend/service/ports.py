"""The ports of the use cases, as protocols; `aws` and `engine` have the adapters, the tests have fakes.

use case ──▶ **port** ◀── adapter
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from backend.catalog.query import Query
from backend.domain.caller import SignIn
from backend.domain.report import RemoteQuery, Report
from backend.domain.steps import Change
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, Progress

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""

Sleep = Callable[[float], None]
"""Wait for some seconds."""


class Delivery(Enum):
    """The outcome of a post."""

    DELIVERED = auto()
    GONE = auto()
    UNDELIVERED = auto()
    """Throttled or a network fault: it may work again soon."""


Push = Callable[[str, bytes], Delivery]
"""Post a frame to a connection. Never raises for a connection that is gone or a service that is busy."""


class InvocationRefused(Exception):
    """The worker cannot be invoked now."""


Invoke = Callable[[str, str], None]
"""Start the worker on a report id by an event of that id, without waiting for it. Raises `InvocationRefused`."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports of one owner, newest first. `next` continues after the last one."""

    reports: tuple[Report, ...]
    next: str | None


class InvalidCursor(ValueError):
    """A cursor that no page ended with."""


class StoreUnavailable(Exception):
    """The table did not answer, after the usual retries. The request may have been carried out all the same."""


class DataUnreadable(StoreUnavailable):
    """A dataset, or a range of one of its files, could not be read whole."""


Counter = Callable[[str, datetime], int]
"""Add one to the counter of that name, which is needed until that time; return it. May raise `StoreUnavailable`."""


class ReportStore(Protocol):
    """The reports table. A row past its `expires_at` counts as absent. Any method may raise `StoreUnavailable`."""

    def put_new(self, report: Report, now: datetime) -> Report | None:
        """Store a report under a new id; return None, or the row that has the id already."""

    def get(self, report_id: str, now: datetime) -> Report | None:
        """Return the row, read consistently."""

    def get_all(self, report_ids: Iterable[str], now: datetime) -> Mapping[str, Report]:
        """Return the rows that there are, read consistently, by id; at most a hundred ids."""

    def change(self, report_id: str, change: Change) -> Report | None:
        """Take one step and return the row after it; None, with nothing written, if no condition is met."""

    def watch(self, report_id: str, owner: str, connection_id: str, now: datetime) -> Report | None:
        """Return the owner's report, or None if it is unknown or another's.

        The connection becomes a watcher, unless the report has ended or has `quotas.WATCHERS_PER_REPORT` already.
        """

    def unwatch(self, report_id: str, connection_id: str) -> None:
        """Remove a watcher; neither has to exist. Never raises: a watcher too many does no harm."""

    def active_ids(self, owner: str) -> tuple[str, ...]:
        """Return the ids of all the owner's reports that are not known to have ended. The index lags a little."""

    def page(self, owner: str, before: str | None, limit: int, now: datetime, state: State | None = None) -> Page:
        """Return the owner's newest reports after the cursor `before`, or those in a state.

        Raises:
            InvalidCursor: It is not of an earlier page.
        """


class ConnectionStore(Protocol):
    """The connections table."""

    def put(self, connection_id: str, sign_in: SignIn, now: datetime) -> None:
        """Store who is behind a connection."""

    def renew(self, connection_id: str, now: datetime) -> SignIn | None:
        """Keep the connection for another hour and return who is behind it; None if it is unknown."""

    def delete(self, connection_id: str) -> None:
        """Forget a connection, known or not."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The file that an upload stored."""

    size_bytes: int
    sha256: str


class Upload(Protocol):
    """A file on its way into the bucket. Nothing is visible there before `complete`.

    `write` and `complete` may raise `StoreUnavailable`.
    """

    @property
    def size_bytes(self) -> int:
        """How much was written."""

    @property
    def stored_bytes(self) -> int:
        """How much of that has left this process."""

    def write(self, data: bytes) -> None:
        """Append bytes; blocks while a part is stored."""

    def complete(self) -> Stored:
        """Make the file visible."""

    def abort(self) -> None:
        """Discard all that was written; does nothing after `complete`. Never raises."""


class ResultStore(Protocol):
    """The bucket of finished reports."""

    def open(self, key: str, file_name: str, content_type: str) -> Upload:
        """Begin an upload; nothing is sent before the first write."""

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a small file at once. Raises `StoreUnavailable`."""

    def sign(self, key: str, file_name: str, lifetime_s: int) -> str:
        """Return a GET address of the file that works for `lifetime_s` at the most. Never log it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """Which file is wanted."""

    format: str
    """A key of `backend.protocol.formats.FORMATS`."""
    title: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """The format's own, complete: see `Format.options`."""
    about: tuple[tuple[str, str], ...] = ()
    """Facts about the file for its reader, as label and text: parameters in words, the time it was made."""


Write = Callable[[bytes], None]
"""Append to the file."""

OnProgress = Callable[[Progress], None]
"""Called with the progress so far. An error it raises stops the work."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The outcome of a query."""

    row_count: int
    preview: bytes
    """The first rows, as JSON: see `backend.protocol.preview`."""
    bytes_scanned: int | None = None
    """What a distributed engine read; None where none was asked."""
    cost_usd: float | None = None
    """What that costs; None where it is not paid by what is read."""


class Job(Protocol):
    """The report that an engine works for."""

    @property
    def report_id(self) -> str:
        """Its id."""

    @property
    def folder(self) -> str:
        """The folder in the bucket of reports for rows that are found elsewhere, without a slash at its end."""

    @property
    def query(self) -> RemoteQuery | None:
        """The query on a distributed engine that the row has."""

    def progress(self, progress: Progress) -> None:
        """Report progress: an `OnProgress`."""

    def keep(self, progress: Progress, query: RemoteQuery) -> bool:
        """Record a query with its progress, at once where it has changed; return whether the row has it now.

        The work then goes on in another worker where this one has too little time left: that is an error, too.
        """


class DefinitionFailed(Exception):
    """The definition cannot make this report; the sentence is for the analyst."""


class EngineFailed(Exception):
    """A distributed engine cannot make this report, for this reason."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class TooManyRows(Exception):
    """The result has more rows than the definition allows; the sentence is for the analyst."""


class Engine(Protocol):
    """Runs queries over the datasets."""

    def export(self, query: Query, file: FileOrder, write: Write, job: Job) -> Exported:
        """Write the query's result as the file that is wanted; all of it is written when this returns.

        Raises:
            DefinitionFailed: The data is missing, or the query fails on it.
            DataUnreadable: The data is there, but could not be read.
            EngineFailed: The query was to run on a distributed engine, and did not.
            TooManyRows: There are more than `query.row_limit`.
            MemoryError: It needs more memory, or more room for spilling, than there is.
            Exception: Whatever `write` and the job raised. A query in this process is interrupted then; one elsewhere
                runs on, until `stop`.
        """

    def stop(self, query: RemoteQuery) -> None:
        """Stop a query of a report that has ended, if it still runs. Never raises."""

    def clean(self, query: RemoteQuery, folder: str) -> None:
        """Remove what a query of a report that has ended left behind, in the folder and in its engine. Never raises."""
