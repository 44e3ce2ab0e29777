"""One JSON line a step, with the fields given as `extra`, where the runtime has no handler of its own.

every module ── logging ──▶ **JsonFormatter** ──▶ standard error
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from backend.wiring.metrics import EmbeddedMetrics

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return level, logger, message, and what the caller added."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"timestamp": time, "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        line |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(metrics_namespace: str) -> None:
    """Log from level INFO, and count into that namespace; keep the handler of a runtime that has one.

    botocore's lines count from WARNING: at INFO it tells at each cold start where it found its credentials.
    """
    root = logging.getLogger()
    if not root.handlers:
        to_stderr = logging.StreamHandler()
        to_stderr.setFormatter(JsonFormatter())
        root.addHandler(to_stderr)
    for handler in root.handlers:
        handler.addFilter(EmbeddedMetrics(metrics_namespace))
    logging.getLogger("backend").setLevel(logging.INFO)
    logging.getLogger("botocore").setLevel(logging.WARNING)
