"""Reports as an analyst of flights has them on a busy day: the list, the files on their way, one preview.

**reports** ── `Session`, `Download`, `Preview` ──▶ scenes. The catalog is the real one, the rows are the real report's.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from backend import reports
from backend.catalog.loading import load
from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Failure, GenerateReport, Link, Progress, Result, Snapshot
from backend.protocol.preview import Cell, ColumnFormat, Preview, PreviewColumn
from desktop.files.download import Download, DownloadState
from desktop.session.connection_status import Connected
from desktop.session.state import Entry, Session
from desktop.wording.pane.happenings import Happening, Heard, What

NOW = datetime(2026, 11, 25, 14, 5, 41, tzinfo=UTC)
FOLDER = Path("/home/anna/Reports")
WORST = {"start": "2013-01-01", "end": "2013-12-31", "days": 10, "rankBy": "late flights", "threshold": 15}
SIGNED = "https://bucket.example/file?X-Amz-Signature=1"
RUNNING, CREATED, QUEUED, SAVING, READY, SAVED, FAILED = (f"{n:08x}-72de-4596-ac73-38f81df9c53c" for n in range(1, 8))


@cache
def catalog() -> tuple[DefinitionInfo, ...]:
    """Return the reports on flights, as the service describes them."""
    return tuple(
        DefinitionInfo(
            id=each.id,
            title=each.title,
            description=each.description,
            parameters=dict(each.schema(date(2026, 11, 25))),
            formats=each.formats,
        )
        for each in load(reports).values()
    )


def session(*more: Entry) -> Session:
    """Return the busy day, after `more`."""
    entries = (*more, *_under_way(), *_ended(), *_of_before())
    by_id = MappingProxyType({entry.report_id: entry for entry in entries})
    return Session(Connected(), catalog=catalog(), entries=by_id, is_listed=True)


def unsent() -> Entry:
    """Return a report that was asked for while nothing could be sent."""
    asked = {"days": 25, "origin": "EWR"}
    request = GenerateReport(report_id="f" * 8, definition="worst-days", parameters=asked)
    return Entry("f" * 8, request, asked_at=NOW)


def downloads() -> Mapping[str, Download]:
    """Return one file on its way, and one that is saved."""
    saved = FOLDER / "worst-days-EWR.xlsx"
    return MappingProxyType(
        {
            SAVING: Download(SAVING, FOLDER / "scorecard.xlsx", 8_100_000, 13_000_000, DownloadState.ACTIVE),
            SAVED: Download(SAVED, saved, 9_300, 9_300, DownloadState.SAVED),
        }
    )


def heard() -> Heard:
    """Return what this window has heard of the report that failed."""
    started = NOW - timedelta(minutes=18, seconds=40)
    return {
        FAILED: (
            Happening(started + timedelta(seconds=1), What.STAGE, "reading"),
            Happening(started + timedelta(seconds=90), What.STAGE, "writing"),
        )
    }


def preview() -> Preview:
    """Return the ten days of 2013 with most late flights."""
    columns = tuple(
        PreviewColumn(name=name, type=kind, format=_format(decimals) if decimals else None)
        for name, kind, decimals in _COLUMNS
    )
    return Preview(columns=columns, rows=_ROWS, row_count=len(_ROWS))


_COLUMNS = (
    ("Rank", "integer", None),
    ("Date", "date", None),
    ("Weekday", "text", None),
    ("Flights", "integer", None),
    ("Cancelled", "integer", None),
    ("Late", "integer", None),
    ("Average departure delay (min)", "decimal", 1),
    ("Longest departure delay (min)", "integer", None),
    ("Rain and snow (in)", "decimal", 2),
    ("Average temperature (°F)", "decimal", 1),
    ("Strongest gust (mph)", "decimal", 1),
    ("Poorest visibility (mi)", "decimal", 2),
)
_ROWS: tuple[tuple[Cell, ...], ...] = (
    (1, "2013-12-17", "Tuesday", 949, 110, 648, "40.71", 845, "0.157", "27.18", None, "1.00"),
    (2, "2013-03-08", "Friday", 979, 180, 632, "83.54", 470, "0.460", "35.54", "33.37", "0.50"),
    (3, "2013-06-13", "Thursday", 989, 95, 629, "45.79", 447, "0.987", "64.87", "46.03", "1.00"),
    (4, "2013-07-01", "Monday", 966, 85, 590, "56.23", 363, "0.927", "74.63", "27.62", "0.50"),
    (5, "2013-04-25", "Thursday", 983, 20, 564, "23.34", 345, "0.000", "55.77", "33.37", "9.00"),
    (6, "2013-12-09", "Monday", 962, 56, 556, "34.80", 368, "0.270", "36.62", "29.92", "1.00"),
    (7, "2013-04-22", "Monday", 985, 45, 551, "30.64", 285, "0.000", "47.11", "34.52", "10.00"),
    (8, "2013-08-08", "Thursday", 1001, 58, 550, "43.35", 520, "0.533", "75.19", "25.32", "5.00"),
    (9, "2013-08-09", "Friday", 999, 61, 535, "34.69", 384, "0.037", "78.52", "28.77", "0.25"),
    (10, "2013-12-10", "Tuesday", 943, 204, 516, "26.47", 266, "0.257", "33.87", "29.92", "0.25"),
)
_TO_LAX = {"destination": "LAX", "minDelay": 60}
TOO_MANY = "The report would have 21,340,112 rows, and 20,000,000 are allowed."


def _under_way() -> tuple[Entry, ...]:
    writing = Progress(stage="writing", completed=61_440, total=98_210, unit="rows")
    reading = Progress(stage="reading", completed=0, total=None, unit="rows")
    flights = {"start": "2013-06-01", "end": "2013-08-31", "carrier": "UA"}
    delays = {"origin": "JFK", "threshold": 30}
    return (
        _entry(RUNNING, State.RUNNING, "flights", flights, asked_s=68, progress=writing),
        _entry(CREATED, State.RUNNING, "carrier-delays", delays, asked_s=20, progress=reading),
        _entry(QUEUED, State.QUEUED, "route-matrix", {"origin": "LGA"}, asked_s=9),
    )


def _ended() -> tuple[Entry, ...]:
    failure = Failure(code="tooManyRows", message=TOO_MANY)
    stopped = Progress(stage="writing", completed=62, total=100, unit="rows")
    years = {"start": "2013-01-01", "end": "2024-12-31"}
    failed = _entry(FAILED, State.FAILED, "flights", years, asked_s=18 * 60 + 43, ended_s=17 * 60, error=failure)
    asked = GenerateReport(report_id=FAILED, definition="flights", parameters=years)
    return (
        _ready(SAVING, "carrier-scorecard", {"minFlights": 500}, 142_118, 13_000_000, ended_s=60),
        _ready(READY, "worst-days", {"days": 10, "rankBy": "late flights"}, 10, 5_100, ended_s=180, link_min=12),
        _ready(SAVED, "worst-days", {"origin": "EWR", "days": 50}, 50, 9_300, ended_s=540, link_min=6),
        replace(failed, request=asked, asked_at=NOW - timedelta(seconds=18 * 60 + 43), is_sent=True),
        _ready(_id(8), "hourly-punctuality", {}, 60, 7_400, ended_s=26 * 60, link_min=-3),
        replace(
            _entry(_id(9), State.CANCELLED, "fleet-age", {"band": 5}, asked_s=2600, ended_s=41 * 60, progress=stopped),
            is_cancel_asked=True,
        ),
        _ready(_id(10), "data-quality", {"onlyFindings": True}, 31, 6_000, ended_s=_day_s(2), kept_s=-_day_s(1)),
        _ready(
            _id(11), "carrier-scorecard", {"carriers": ["B6", "DL", "UA"]}, 36, 4_800, ended_s=_day_s(4), link_min=-9
        ),
        _ready(
            _id(12),
            "flights",
            {"destination": "LAX", "minDelay": 60},
            1_204,
            88_000,
            ended_s=_day_s(5),
            kept_s=-_day_s(4),
        ),
    )


def _of_before() -> list[Entry]:
    """Return the reports of the days before, so that the chips have numbers as they do after some weeks."""
    failure = Failure(code="tooManyRows", message=TOO_MANY)
    older: list[Entry] = []
    for number in range(202):
        ended_s = _day_s(6) + 3600 * number
        parameters = {"days": 5 + number % 40, "origin": ("EWR", "JFK", "LGA")[number % 3]}
        report_id = _id(100 + number)
        if number % 25 == 7:
            older.append(
                _entry(report_id, State.FAILED, "flights", {}, asked_s=ended_s + 90, ended_s=ended_s, error=failure)
            )
        elif number % 50 == 20:
            older.append(_entry(report_id, State.CANCELLED, "fleet-age", {}, asked_s=ended_s + 9, ended_s=ended_s))
        else:
            rows = int(parameters["days"])
            older.append(_ready(report_id, "worst-days", parameters, rows, 90 * rows, ended_s=ended_s, link_min=-9))
    return older


def _ready(
    report_id: str,
    definition: str,
    parameters: dict[str, Any],
    rows: int,
    size: int,
    *,
    ended_s: float,
    link_min: float = 14,
    kept_s: float = 6 * 86_400,
) -> Entry:
    result = Result(
        file_name=f"{definition}.xlsx",
        size_bytes=size,
        row_count=rows,
        sha256="0" * 64,
        expires_at=NOW + timedelta(seconds=kept_s),
    )
    link = Link(url=SIGNED, preview_url=SIGNED, expires_at=NOW + timedelta(minutes=link_min))
    return _entry(
        report_id,
        State.SUCCEEDED,
        definition,
        parameters,
        asked_s=ended_s + 20,
        ended_s=ended_s,
        result=result,
        link=link,
    )


def _entry(
    report_id: str,
    state: State,
    definition: str,
    parameters: dict[str, Any],
    *,
    asked_s: float,
    ended_s: float | None = None,
    **more: Any,
) -> Entry:
    asked = NOW - timedelta(seconds=asked_s)
    snapshot = Snapshot(
        report_id=report_id,
        revision=1,
        state=state,
        definition=definition,
        parameters=parameters,
        format="xlsx",
        created_at=asked,
        started_at=None if state is State.QUEUED else asked + timedelta(seconds=1),
        finished_at=None if ended_s is None else NOW - timedelta(seconds=ended_s),
        **more,
    )
    return Entry(report_id, snapshot=snapshot)


def _id(number: int) -> str:
    return f"{number:08x}-72de-4596-ac73-38f81df9c53c"


def _format(decimals: int) -> ColumnFormat:
    return ColumnFormat(code=f"0.{'0' * decimals}", decimals=decimals)


def _day_s(count: int) -> float:
    return 86_400 * count
