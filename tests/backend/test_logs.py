import json
import logging

from backend.logs import JsonFormatter


def test_line_has_the_message_and_what_was_added() -> None:
    record = logging.makeLogRecord({"name": "backend.x", "levelname": "INFO", "msg": "moved on", "reportId": "r-1"})
    assert json.loads(JsonFormatter().format(record)) == {
        "level": "INFO",
        "logger": "backend.x",
        "message": "moved on",
        "reportId": "r-1",
    }
