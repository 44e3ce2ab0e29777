"""What was asked for and is not yet answered, kept across a restart of the app: requests, and cancels.

store ── what is unanswered ──▶ **Unanswered** ──▶ file          file ──▶ **load** ──▶ `Submitted`, `CancelAsked`

The service lists all that it has answered, so nothing else is kept: no results, no links. Asking twice is safe, for a
request has its report's id. Windows of several processes share the file: each adds and removes its own rows.
"""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.protocol.messages import GenerateReport
from desktop.session.state import Entry, Session

log = logging.getLogger(__name__)

BUSY_S = 2.0
"""How long to wait for another process that writes."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS unanswered (
    service TEXT, report_id TEXT, request BLOB, asked_at TEXT, is_sent INTEGER, is_cancelled INTEGER,
    PRIMARY KEY (service, report_id)
)
"""


class Asked(Struct, frozen=True):
    """One report that is waited for."""

    report_id: str
    request: GenerateReport | None
    """None for a report that was asked for elsewhere, and is to be cancelled."""
    asked_at: datetime | None
    is_sent: bool
    is_cancelled: bool


class Unanswered:
    """The rows of one service in a file of SQLite."""

    def __init__(self, path: Path, service: str) -> None:
        self._path = path
        self._service = service
        self._kept: dict[str, Asked] = {}

    def load(self) -> tuple[Asked, ...]:
        """Return what an earlier run left unanswered; nothing if the file is missing or not readable."""
        if not self._path.exists():
            return ()
        columns = "report_id, request, asked_at, is_sent, is_cancelled"
        query = f"SELECT {columns} FROM unanswered WHERE service = ? ORDER BY rowid"  # noqa: S608  our own words
        try:
            with self._opened() as file:
                rows = file.execute(query, [self._service]).fetchall()
        except (OSError, sqlite3.Error):
            log.warning("what was asked for cannot be read: %s", self._path)
            return ()
        found = [asked for row in rows if (asked := _decoded(*row))]
        self._kept = {asked.report_id: asked for asked in found if asked.request}  # the others are not known yet
        return tuple(found)

    def keep(self, session: Session) -> None:
        """Write down what is unanswered, if that has changed. A listener of the store."""
        now = {entry.report_id: _of(entry) for entry in session.entries.values() if _is_waited_for(entry)}
        if now == self._kept:
            return
        rows = [
            (
                self._service,
                asked.report_id,
                _encoded(asked.request),
                asked.asked_at.isoformat() if asked.asked_at else None,
                asked.is_sent,
                asked.is_cancelled,
            )
            for asked in now.values()
            if asked != self._kept.get(asked.report_id)
        ]
        gone = [(self._service, report_id) for report_id in self._kept.keys() - now.keys()]
        try:
            with self._opened() as file:
                file.executemany("INSERT OR REPLACE INTO unanswered VALUES (?, ?, ?, ?, ?, ?)", rows)
                file.executemany("DELETE FROM unanswered WHERE service = ? AND report_id = ?", gone)
        except (OSError, sqlite3.Error) as error:
            log.warning("what was asked for cannot be written: %s", type(error).__name__)
            return  # and tried again with the next change
        self._kept = now

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, which is on disk at its end."""
        self._path.parent.parent.mkdir(parents=True, exist_ok=True)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
        with contextlib.closing(sqlite3.connect(self._path, timeout=BUSY_S, isolation_level="IMMEDIATE")) as file:
            try:
                with file:
                    file.execute(_SCHEMA)
                    yield file
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                    self._path.replace(self._path.with_suffix(".broken"))  # for somebody to look at
                raise


def _is_waited_for(entry: Entry) -> bool:
    is_asked = entry.request is not None and entry.snapshot is None
    return entry.is_open and (is_asked or entry.is_cancel_asked)


def _of(entry: Entry) -> Asked:
    return Asked(entry.report_id, entry.request, entry.asked_at, entry.is_sent, entry.is_cancel_asked)


def _encoded(request: GenerateReport | None) -> bytes | None:
    return None if request is None else msgspec.json.encode(request)


def _decoded(
    report_id: str, request: bytes | None, asked_at: str | None, is_sent: int, is_cancelled: int
) -> Asked | None:
    """Return a row; None for one that another version wrote, which is left to it."""
    try:
        asked = None if request is None else msgspec.json.decode(request, type=GenerateReport)
        since = datetime.fromisoformat(asked_at) if asked_at else None
    except (ValueError, TypeError):
        return None
    if since is not None and since.tzinfo is None:
        return None
    return Asked(report_id, asked, since, bool(is_sent), bool(is_cancelled))
