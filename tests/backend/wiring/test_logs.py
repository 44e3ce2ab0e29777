import json
import logging

from backend.wiring.logs import JsonFormatter


def test_line_has_the_message_and_what_was_added() -> None:
    record = logging.makeLogRecord({"name": "backend.x", "levelname": "INFO", "msg": "moved on", "reportId": "r-1"})
    record.created = 0.0
    assert json.loads(JsonFormatter().format(record)) == {
        "timestamp": "1970-01-01T00:00:00.000+00:00",
        "level": "INFO",
        "logger": "backend.x",
        "message": "moved on",
        "reportId": "r-1",
    }
