import json
import logging

import pytest

from backend.wiring.logs import JsonFormatter, configure


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


def test_botocore_warns_and_is_quiet_otherwise(caplog: pytest.LogCaptureFixture) -> None:
    """Lambda's runtime logs from INFO, as the function's settings say."""
    caplog.set_level(logging.INFO)
    loggers = [logging.getLogger(name) for name in ("backend", "botocore")]
    levels = [logger.level for logger in loggers]
    filters = {handler: list(handler.filters) for handler in logging.getLogger().handlers}
    try:
        configure("Reportwire/test")
        credentials = logging.getLogger("botocore.credentials")
        credentials.info("Found credentials in environment variables.")
        credentials.warning("Refreshing temporary credentials failed.")
        logging.getLogger("backend.router").info("connected")
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        for handler, before in filters.items():
            handler.filters = before
    assert [record.message for record in caplog.records] == ["Refreshing temporary credentials failed.", "connected"]
