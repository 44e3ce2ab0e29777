"""The command line in this process, values the widgets are shown, and Qt without a display."""

import itertools
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, GenerateReport, Link, Progress, Result, Snapshot
from desktop.session.connection_status import Connected, Connection
from desktop.session.state import Entry, Session
from desktop.widgets.form.report_form import ReportForm
from tests.desktop.command_lines import Reportwire

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

NOW = datetime(2026, 11, 23, 14, 5, 41, tzinfo=UTC)
EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


def make_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def sample() -> DefinitionInfo:
    return DefinitionInfo(
        id="sample",
        title="Sample report",
        description="Waits, then writes.",
        parameters={
            "type": "object",
            "properties": {
                "delay": {
                    "type": "integer",
                    "title": "Delay (ms)",
                    "description": "How long it works.",
                    "minimum": 0,
                    "maximum": 840000,
                    "default": 40000,
                },
                "amountOfRows": {
                    "type": "integer",
                    "title": "Rows",
                    "minimum": 0,
                    "maximum": 10000000,
                    "default": 500,
                },
            },
            "required": [],
        },
        formats=("csv",),
    )


@pytest.fixture
def unsent() -> EntryFactory:
    """Make an entry that was asked for and not answered."""

    def make(number: int = 1, **changes: Any) -> Entry:
        report_id = make_id(number)
        request = GenerateReport(report_id=report_id, definition="sample", parameters={"delay": 1000})
        return Entry(report_id, request, **changes)

    return make


@pytest.fixture
def known() -> EntryFactory:
    """Make an entry with a snapshot: complete for its state, unless told otherwise; `ago_s` is its age."""

    def make(
        number: int = 1, state: State = State.QUEUED, *, ago_s: float = 60, entry: Any = None, **changes: Any
    ) -> Entry:
        created_at = NOW - timedelta(seconds=ago_s)
        snapshot = Snapshot(
            report_id=make_id(number),
            revision=number,
            state=state,
            created_at=created_at,
            **(
                {"definition": "sample", "parameters": {"delay": 1000}, "format": "csv"}
                | _usual(state, created_at)
                | changes
            ),
        )
        return Entry(snapshot.report_id, snapshot=snapshot, **(entry or {}))

    return make


@pytest.fixture
def make_session(sample: DefinitionInfo) -> SessionFactory:
    def make(*entries: Entry, connection: Connection | None = None, **changes: Any) -> Session:
        by_id = MappingProxyType({entry.report_id: entry for entry in entries})
        return Session(connection or Connected(), **({"catalog": (sample,), "entries": by_id} | changes))

    return make


def _usual(state: State, created_at: datetime) -> dict[str, Any]:
    started = {"started_at": created_at + timedelta(seconds=1)}
    ended = {"finished_at": created_at + timedelta(seconds=42)}
    match state:
        case State.QUEUED:
            return {}
        case State.RUNNING:
            return started | {"progress": Progress(stage="writing", completed=12_000, total=500_000, unit="rows")}
        case State.SUCCEEDED:
            return started | ended | {"result": RESULT, "link": LINK}
        case _:
            return started | ended


RESULT = Result(
    file_name="sample.csv",
    size_bytes=1_234_567,
    row_count=500_000,
    sha256="0" * 64,
    expires_at=NOW + timedelta(days=6),
)
LINK = Link(url="https://bucket.test/sample.csv?X-Amz-Signature=1", expires_at=NOW + timedelta(hours=1))


@pytest.fixture
def form(qtbot: QtBot) -> ReportForm:
    form = ReportForm(clock=itertools.count(step=10).__next__)  # no two presses are a double click
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.fixture
def reportwire(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Reportwire:
    return Reportwire(tmp_path, capsys)
