"""Reports of SQL, from the request to the file, its preview and the link."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.catalog import sql_file
from backend.catalog.header import read
from backend.catalog.query import Query
from backend.domain.steps import Change
from backend.engine.datasets import DatasetFile
from backend.engine.distributed.engine import ReportEngine
from backend.protocol.lifecycle import State
from backend.protocol.messages import FailureCode, GenerateReport
from backend.service.ports import DataUnreadable, Exported, FileOrder, Job, StoreUnavailable, Write
from backend.wiring.logs import JsonFormatter
from tests.backend.engine.exports import parquet
from tests.backend.fakes import ANNA, FakeClock, FakeDatasetStore, FakeUpload, World
from tests.backend.service.making.test_execution import ID, pushed

SQL_REPORT = """/*
title = "Numbers"
description = "Counts."
datasets = []
order = ["n"]
row_limit = 250
parameters.rows = { type = "integer", title = "Rows", default = 3, maximum = 1000000 }
parameters.since = { type = "string", format = "date", title = "Since" }
parameters.only = { type = "boolean", title = "Only", default = true }
*/
SELECT range AS n, 'a;b' AS t FROM range($rows) WHERE $since IS NULL OR $only
"""
ENDLESS = """/*
title = "Endless"
description = "Never ends."
datasets = []
order = []
*/
SELECT sum(hash(range)) AS n FROM range(100_000_000_000)
"""


def sql_world(text: str = SQL_REPORT) -> World:
    return World({"numbers": sql_file.define("numbers", *read(text))})


def ask(world: World, **request: Any) -> None:
    world.submit(ANNA, GenerateReport(report_id=ID, definition="numbers", **request))


@pytest.mark.parametrize(
    ("options", "data"),
    [
        (None, b"n,t\r\n0,a;b\r\n"),
        ({"delimiter": ";"}, b'n;t\r\n0;"a;b"\r\n'),
        ({"delimiter": "\t", "bom": True}, b"\xef\xbb\xbfn\tt\r\n0\ta;b\r\n"),
    ],
)
def test_options_of_the_format_are_followed(options: dict[str, Any] | None, data: bytes) -> None:
    world = sql_world()
    ask(world, format="csv", format_options=options, parameters={"rows": 1})
    world.execute(ID)
    assert world.results.objects[world.reports.rows[ID].object_key or ""] == data


@pytest.mark.parametrize("format_", ["csv", "xlsx", "parquet"])
def test_preview_is_stored_beside_the_file_and_linked(format_: str) -> None:
    world = sql_world()
    ask(world, format=format_)
    world.execute(ID)
    row = world.reports.rows[ID]
    assert row.object_key is not None
    assert row.preview_key == row.object_key.rpartition("/")[0] + "/preview.json"
    of_n = {"filled": 3, "empty": 0, "distinct": 3, "least": 0, "greatest": 2}
    of_t = {"filled": 3, "empty": 0, "distinct": 1, "least": "a;b", "greatest": "a;b"}
    assert json.loads(world.results.objects[row.preview_key]) == {
        "columns": [
            {"name": "n", "type": "integer", "summary": of_n},
            {"name": "t", "type": "text", "summary": of_t},
        ],
        "rows": [[0, "a;b"], [1, "a;b"], [2, "a;b"]],
        "rowCount": 3,
    }
    link = pushed(world)[-1].link
    assert link is not None
    assert link.preview_url is not None
    assert f"/{row.preview_key}?" in link.preview_url
    assert link.preview_url != link.url


def test_report_is_as_good_without_its_preview(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = sql_world()

    def put(*_: object) -> None:
        raise StoreUnavailable("https://signed.example/?X-Amz-Signature=x")

    monkeypatch.setattr(world.results, "put", put)
    ask(world)
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.state is State.SUCCEEDED
    assert last.link is not None
    assert last.link.preview_url is None
    assert world.reports.rows[ID].preview_key is None
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["preview not stored"]


def test_too_many_rows_fail_the_report_and_leave_nothing() -> None:
    world = sql_world()
    ask(world, parameters={"rows": 251})
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.state is State.FAILED
    assert last.error is not None
    assert last.error.code == FailureCode.TOO_MANY_ROWS
    assert "251" in last.error.message
    assert "250" in last.error.message
    assert world.results.uploads[0].aborted
    assert not world.results.objects


def test_data_that_is_missing_is_named() -> None:
    text = SQL_REPORT.replace("datasets = []", 'datasets = ["planes"]')
    world = sql_world(text)
    ask(world)
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.error is not None
    assert last.error.code == FailureCode.DEFINITION_ERROR
    assert '"planes"' in last.error.message


def test_data_that_cannot_be_read_now_is_no_fault_of_the_definition() -> None:
    world = sql_world(SQL_REPORT.replace("datasets = []", 'datasets = ["planes"]'))
    world.datasets.contents["planes/a.parquet"] = parquet("SELECT 1 AS n")
    world.datasets.error = DataUnreadable("away")
    ask(world)
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.error is not None
    assert last.error.code == FailureCode.INTERNAL
    assert last.error.message == "The data of the report could not be read. Try again later."


def test_data_that_comes_short_is_no_fault_of_the_definition_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: FakeDatasetStore, file: DatasetFile, start: int, length: int) -> bytes:
        return self.contents[file.name][start : start + length - 1]

    monkeypatch.setattr(FakeDatasetStore, "read", read)
    world = sql_world(SQL_REPORT.replace("datasets = []", 'datasets = ["planes"]'))
    world.datasets.contents["planes/a.parquet"] = parquet("SELECT 1 AS n")
    ask(world)
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.error is not None
    assert (last.error.code, last.error.message[:33]) == (FailureCode.INTERNAL, "The data of the report could not ")


@pytest.mark.parametrize(
    "sql",
    [
        ("SELECT CAST(t AS INTEGER) AS n FROM planes WHERE $secret <> ''"),
        ("SELECT CAST($secret AS DATE) AS n FROM planes WHERE $secret <> ''"),
        ("SELECT strptime(t, '%Y') AS n FROM planes WHERE $secret <> ''"),
        ("SELECT error(t) AS n FROM planes WHERE $secret <> ''"),
        ("SELECT list_aggregate([t], 'nothing') AS n FROM planes WHERE $secret <> ''"),
    ],
)
def test_log_of_a_query_that_fails_has_neither_cells_nor_parameters(sql: str, caplog: pytest.LogCaptureFixture) -> None:
    header = SQL_REPORT[: SQL_REPORT.index("SELECT")].replace("datasets = []", 'datasets = ["planes"]')
    header = header.replace("*/", 'parameters.secret = { type = "string", title = "Secret" }\n*/')
    world = sql_world(header + "\n" + sql)
    world.datasets.contents["planes/a.parquet"] = parquet("SELECT 'PRIVATE-CELL' AS t")
    ask(world, parameters={"secret": "PRIVATE-PARAMETER"})
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.error is not None
    assert last.error.code == FailureCode.DEFINITION_ERROR
    (record,) = [record for record in caplog.records if record.message == "query failed"]
    logged = JsonFormatter().format(record)
    assert "PRIVATE" not in logged + caplog.text + last.error.message
    assert "Exception" in logged


def test_upload_that_fails_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    world = sql_world()

    def write(_self: FakeUpload, _data: bytes) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(FakeUpload, "write", write)
    ask(world, format="csv")
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.error is not None
    assert last.error.code == FailureCode.INTERNAL
    assert world.results.uploads[0].aborted
    assert not world.results.objects


class MovingClock(FakeClock):
    """Time passes while a query runs."""

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=0.3)
        return self.now


def test_cancel_stops_a_query_that_would_never_end() -> None:
    world = sql_world(ENDLESS)
    ask(world, format="csv")
    ticks: list[Change] = []

    def cancel(_report_id: str, change: Change) -> None:
        ticks.append(change)
        if len(ticks) == 4:
            world.reports.before_change = lambda _report_id, _change: None
            world.cancel(ANNA, ID)

    world.reports.before_change = cancel
    replace(world.execution, clock=MovingClock()).execute(ID, "invocation-1", lambda: 900.0)
    assert pushed(world)[-1].state is State.CANCELLED
    assert world.results.uploads[0].aborted
    assert not world.results.objects


def test_deadline_stops_a_query_that_would_never_end() -> None:
    world = sql_world(ENDLESS)
    ask(world, format="csv")
    left = iter(range(15, 0, -1))
    replace(world.execution, clock=MovingClock()).execute(ID, "invocation-1", lambda: float(next(left)))
    last = pushed(world)[-1]
    assert last.error is not None
    assert last.error.code == FailureCode.TIMED_OUT
    assert not world.results.objects


def test_file_says_what_was_asked_for_in_words() -> None:
    orders: list[FileOrder] = []

    class Noting(ReportEngine):
        def export(self, _query: Query, file: FileOrder, _write: Write, _job: Job) -> Exported:
            orders.append(file)
            return Exported(0, b"{}")

    world = sql_world()
    ask(world, parameters={"rows": 1_000}, format="csv", format_options={"bom": True})
    replace(world.execution, engine=Noting(world.engine.duck)).execute(ID, "invocation-1", lambda: 900.0)
    (order,) = orders
    assert (order.format, order.title, order.options) == ("csv", "Numbers", {"delimiter": ",", "bom": True})
    assert order.about == (
        ("Report", "Numbers"),
        ("About", "Counts."),
        ("Rows", "1,000"),
        ("Since", "any"),
        ("Only", "yes"),
        ("Made at", "2026-11-02 09:00 UTC"),
    )
