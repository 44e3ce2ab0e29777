from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorInfo, Failure, Link, Progress, Result
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry
from desktop.wording.reports.report_row import Bar, ReportRow, make_row, with_elapsed
from desktop.wording.tone import Tone

EntryFactory = Callable[..., Entry]
SAVED = Path("/tmp/a.csv")
GONE = ErrorInfo(code="notFound", message="The service no longer has this report.")
NO = ErrorInfo(code="invalidParameters", message="Not allowed.", fields={"parameters.delay": "must be a whole number"})


def row_of(entry: Entry, now: datetime, **changes: Any) -> ReportRow:
    return make_row(entry, now, **({"definition": None, "download": None, "is_connected": True} | changes))


@pytest.mark.parametrize(
    ("state", "entry", "expected"),
    [
        (State.QUEUED, {}, ("Queued", Tone.QUIET)),
        (State.RUNNING, {}, ("Running", Tone.RUNNING)),
        (State.RUNNING, {"is_cancel_asked": True}, ("Cancelling…", Tone.WAITING)),
        (State.SUCCEEDED, {}, ("Ready", Tone.READY)),
        (State.SUCCEEDED, {"is_cancel_asked": True}, ("Ready", Tone.READY)),
        (State.SUCCEEDED, {"refusal": GONE}, ("Expired", Tone.QUIET)),
        (State.QUEUED, {"refusal": GONE}, ("Failed", Tone.FAILED)),
        (State.RUNNING, {"refusal": GONE, "is_cancel_asked": True}, ("Failed", Tone.FAILED)),
        (State.FAILED, {}, ("Failed", Tone.FAILED)),
        (State.CANCELLED, {"is_cancel_asked": True}, ("Cancelled", Tone.QUIET)),
    ],
)
def test_state_of_a_known_report(
    known: EntryFactory, now: datetime, state: State, entry: dict[str, Any], expected: tuple[str, Tone]
) -> None:
    row = row_of(known(state=state, entry=entry), now)
    assert (row.state, row.tone) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("Waiting", "Waiting for connection")),
        ({"is_cancel_asked": True}, ("Cancelling…", "Waiting for connection")),
        ({"refusal": NO}, ("Refused", "Delay (ms) must be a whole number.")),
    ],
)
def test_state_of_a_report_unanswered_offline(
    unsent: EntryFactory, sample: DefinitionInfo, now: datetime, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    row = row_of(unsent(**changes), now, definition=sample, is_connected=False)
    assert (row.state, row.note) == expected


def test_report_unanswered_online_is_being_sent(unsent: EntryFactory, now: datetime) -> None:
    row = row_of(unsent(), now)
    assert (row.state, row.note, row.requested_at, row.url) == ("Sending", "", "", None)


@pytest.mark.parametrize(
    ("progress", "bar"),
    [
        (None, Bar("Starting", None)),
        (("waiting", 20_000, 40_000, "ms"), Bar("Waiting · 0:20 of 0:40", 0.5)),
        (("writing", 12_000, 500_000, "rows"), Bar("Writing · 12,000 of 500,000 rows", 0.024)),
        (("querying", 0, None, "rows"), Bar("Querying", None)),
        (("writing", 12_000, None, "rows"), Bar("Writing · 12,000 rows", None)),
        (("writing", 0, 0, "rows"), Bar("Writing · 0 of 0 rows", None)),
        (("writing", 11, 10, "rows"), Bar("Writing · 11 of 10 rows", 1.0)),
    ],
)
def test_bar_never_says_more_than_is_known(
    known: EntryFactory, now: datetime, progress: tuple[str, int, int | None, str] | None, bar: Bar
) -> None:
    told = None
    if progress:
        stage, completed, total, unit = progress
        told = Progress(stage=stage, completed=completed, total=total, unit=unit)
    assert row_of(known(state=State.RUNNING, progress=told), now).bar == bar


@pytest.mark.parametrize("state", [State.QUEUED, State.SUCCEEDED, State.FAILED, State.CANCELLED])
def test_only_a_running_report_has_a_bar(known: EntryFactory, now: datetime, state: State) -> None:
    late = Progress(stage="writing", completed=1, total=2, unit="rows")
    row = row_of(known(state=state, progress=late), now)
    assert (row.bar, row.running_since) == (None, None)


@pytest.mark.parametrize(
    ("state", "elapsed"),
    [(State.QUEUED, ""), (State.RUNNING, "0:59"), (State.SUCCEEDED, "0:41"), (State.FAILED, "0:41")],
)
def test_elapsed_is_from_start_to_end_or_now(known: EntryFactory, now: datetime, state: State, elapsed: str) -> None:
    row = row_of(known(state=state, ago_s=60), now)
    assert row.elapsed == elapsed
    later = with_elapsed(row, now + timedelta(seconds=5))
    assert later.elapsed == ("1:04" if state is State.RUNNING else elapsed)


def test_row_that_does_not_run_is_the_same_object_later(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(state=State.SUCCEEDED), now)
    assert with_elapsed(row, now + timedelta(hours=1)) is row


def test_finished_report_tells_its_figures(known: EntryFactory, sample: DefinitionInfo, now: datetime) -> None:
    row = row_of(known(state=State.SUCCEEDED), now, definition=sample)
    assert (row.title, row.rows, row.size, row.file) == ("Sample report", "500,000", "1.2 MB", "CSV")
    assert (row.detail, row.parameters) == (
        "500,000 rows, 1.2 MB. The link works until 15:05.",
        "Delay (ms): 1,000",
    )
    assert row.url is not None
    assert row.can_download
    assert not row.can_cancel


def test_one_row_is_one_row(known: EntryFactory, now: datetime) -> None:
    result = Result(file_name="a", size_bytes=1, row_count=1, sha256="", expires_at=now + timedelta(days=1))
    assert row_of(known(state=State.SUCCEEDED, result=result, link=None), now).detail == "1 row, 1 B."


WITH_PREVIEW = Link(url="https://a.test/f", preview_url="https://a.test/p", expires_at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("state", "changes", "has_preview", "note"),
    [
        (State.QUEUED, {}, False, "The first rows stand here as soon as the report is ready."),
        (State.RUNNING, {}, False, "The first rows stand here as soon as the report is ready."),
        (State.FAILED, {}, False, ""),
        (State.SUCCEEDED, {}, False, "This report has no preview."),
        (State.SUCCEEDED, {"link": None}, False, "This report has no preview."),
        (State.SUCCEEDED, {"link": WITH_PREVIEW}, True, "This report has no preview."),
    ],
)
def test_preview_is_there_where_the_link_has_one(
    known: EntryFactory, now: datetime, *, state: State, changes: dict[str, Any], has_preview: bool, note: str
) -> None:
    row = row_of(known(state=state, **changes), now)
    assert (row.has_preview, row.preview_note) == (has_preview, note)


def test_expired_report_has_no_preview(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(state=State.SUCCEEDED, link=WITH_PREVIEW), now + timedelta(days=7))
    assert (row.has_preview, row.preview_note) == (False, "")


def test_report_of_an_unknown_definition_shows_its_id(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(parameters={"x": True, "y": "z"}), now)
    assert (row.title, row.parameters) == ("sample", "x: yes · y: z")


def test_failed_report_says_why(known: EntryFactory, now: datetime) -> None:
    error = Failure(code="timedOut", message="It took too long.")
    row = row_of(known(state=State.FAILED, error=error), now)
    assert (row.note, row.detail) == ("It took too long.", "It took too long.")


def test_file_past_its_time_is_expired_and_has_no_link(known: EntryFactory, now: datetime) -> None:
    entry = known(state=State.SUCCEEDED)
    row = row_of(entry, now + timedelta(days=7))
    assert (row.state, row.url, row.file, row.can_download) == ("Expired", None, "", False)
    assert row.detail == "The file was kept until 29 Nov. Generate the report again."


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\passwd", "C:\\passwd"])
def test_suggested_name_leads_to_no_other_folder(known: EntryFactory, now: datetime, name: str) -> None:
    result = Result(file_name=name, size_bytes=1, row_count=1, sha256="", expires_at=now + timedelta(days=1))
    assert row_of(known(state=State.SUCCEEDED, result=result), now).file_name == "passwd"


@pytest.mark.parametrize(
    ("received", "total", "bar"),
    [(43, 100, Bar("Saving 43 %", 0.43)), (0, 0, Bar("Saving", None)), (101, 100, Bar("Saving 100 %", 1.0))],
)
def test_download_under_way_has_a_bar_and_is_not_offered_again(
    known: EntryFactory, now: datetime, received: int, total: int, bar: Bar
) -> None:
    row = row_with_download(known, now, DownloadState.ACTIVE, received, total)
    assert (row.file, row.file_bar, row.can_download, row.saved_path) == (bar.text, bar, False, None)


def test_saved_download_can_be_shown_and_repeated(known: EntryFactory, now: datetime) -> None:
    row = row_with_download(known, now, DownloadState.SAVED, 100, 100)
    assert (row.file, row.file_bar, row.can_download, row.saved_path) == ("Saved", None, True, SAVED)


def test_failed_download_says_why_and_can_be_repeated(known: EntryFactory, now: datetime) -> None:
    row = row_with_download(known, now, DownloadState.FAILED, 3, 100)
    assert (row.file, row.detail, row.can_download) == ("Not saved", "The disk is full.", True)
    assert row.saved_path is None


def row_with_download(known: EntryFactory, now: datetime, state: DownloadState, received: int, total: int) -> ReportRow:
    entry = known(state=State.SUCCEEDED)
    return row_of(entry, now, download=Download(entry.report_id, SAVED, received, total, state, "The disk is full."))


@pytest.mark.parametrize("state", list(State))
def test_only_an_open_report_can_be_cancelled_and_once(known: EntryFactory, now: datetime, state: State) -> None:
    assert row_of(known(state=state), now).can_cancel is (state in (State.QUEUED, State.RUNNING))
    assert not row_of(known(state=state, entry={"is_cancel_asked": True}), now).can_cancel
