"""Requests for reports that are not yet answered, kept across a restart of the app.

store ── what is unanswered ──▶ **Unanswered** ──▶ file          file ──▶ **Unanswered.load** ──▶ `Submitted`, once more

The service lists all that it has answered, so nothing else is kept: no results, no links. Asking twice is safe, for a
request has its report's id.
"""

import logging
import os
from pathlib import Path

import msgspec

from backend.protocol.messages import GenerateReport
from desktop.session.state import Session

log = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024
"""A larger file is none of ours."""


class Unanswered:
    """One file, for one service."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[GenerateReport, ...] = ()

    def load(self) -> tuple[GenerateReport, ...]:
        """Return what an earlier run left unanswered; nothing if the file is missing or not readable."""
        try:
            if self._path.stat().st_size > MOST_BYTES:
                return ()
            requests = msgspec.json.decode(self._path.read_bytes(), type=tuple[GenerateReport, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            log.warning("the history cannot be read: %s", self._path)
            return ()
        self._kept = tuple(request for request in requests if request.report_id)
        return self._kept

    def keep(self, session: Session) -> None:
        """Write down what is unanswered, if that has changed. A listener of the store."""
        unanswered = tuple(e.request for e in session.entries.values() if e.request and e.is_open and not e.snapshot)
        if unanswered == self._kept:
            return
        self._kept = unanswered
        try:
            self._write(msgspec.json.encode(unanswered))
        except OSError as error:
            log.warning("the history cannot be written: %s", error.strerror)

    def _write(self, data: bytes) -> None:
        self._path.parent.parent.mkdir(parents=True, exist_ok=True)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        new = self._path.with_suffix(f".{os.getpid()}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        new.replace(self._path)
