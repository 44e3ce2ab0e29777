"""One JSON line a step, with the fields given as `extra`, where the runtime has no handler of its own.

every module ── logging ──▶ **JsonFormatter** ──▶ standard error
"""

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return level, logger, message, and what the caller added."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"timestamp": time, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        line |= {name: str(value) for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure() -> None:
    """Log from level INFO; keep the handler of a runtime that has one.

    botocore's lines count from WARNING: at INFO it tells at each cold start where it found its credentials.
    """
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
    logging.getLogger("backend").setLevel(logging.INFO)
    logging.getLogger("botocore").setLevel(logging.WARNING)
