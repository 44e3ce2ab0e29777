from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorInfo, Failure, Link, Progress, Result
from desktop.files.download import Download, DownloadState
from desktop.session.state import NOT_SAFE, Entry
from desktop.wording.reports.report_columns import say_finished
from desktop.wording.reports.report_row import Around, ReportRow, Work, make_row
from desktop.wording.reports.report_state import ON_THE_WAY, Shown

EntryFactory = Callable[..., Entry]
SAVED = Path("/tmp/a.csv")
GONE = ErrorInfo(code="notFound", message="The service no longer has this report.")
NO = ErrorInfo(code="invalidParameters", message="Not allowed.", fields={"parameters.delay": "must be a whole number"})
HALF = Progress(stage="writing", completed=310_000, total=500_000, unit="rows")


def row_of(entry: Entry, now: datetime, **around: Any) -> ReportRow:
    return make_row(entry, Around(now, **around))


@pytest.mark.parametrize(
    ("state", "entry", "changes", "shown", "text"),
    [
        (State.QUEUED, {}, {}, Shown.QUEUED, "Waits for a free worker"),
        (State.RUNNING, {}, {"progress": None}, Shown.RUNNING, "Starting"),
        (State.RUNNING, {"is_cancel_asked": True}, {}, Shown.CANCELLING, ""),
        (State.SUCCEEDED, {}, {}, Shown.READY, "Ready to save"),
        (State.SUCCEEDED, {"is_cancel_asked": True}, {}, Shown.READY, "Ready to save"),
        (State.SUCCEEDED, {"refusal": GONE}, {}, Shown.EXPIRED, GONE.message),
        (State.QUEUED, {"refusal": GONE}, {}, Shown.FAILED, GONE.message),
        (State.RUNNING, {"refusal": GONE, "is_cancel_asked": True}, {}, Shown.FAILED, GONE.message),
        (State.FAILED, {}, {"error": Failure(code="x", message="Too\nmuch.")}, Shown.FAILED, "Too much."),
        (State.CANCELLED, {}, {}, Shown.CANCELLED, "Cancelled"),
        (State.CANCELLED, {}, {"progress": HALF}, Shown.CANCELLED, "Cancelled"),
        (State.CANCELLED, {"is_cancel_asked": True}, {"progress": HALF}, Shown.CANCELLED, "Cancelled by you at 62 %"),
    ],
)
def test_each_state_has_its_word_and_its_text(
    known: EntryFactory,
    now: datetime,
    state: State,
    entry: dict[str, Any],
    *,
    changes: dict[str, Any],
    shown: Shown,
    text: str,
) -> None:
    row = row_of(known(state=state, entry=entry, **changes), now)
    assert (row.shown, row.work.text) == (shown, text)


def test_report_without_rows_says_so(known: EntryFactory, now: datetime) -> None:
    result = Result(file_name="a", size_bytes=1, row_count=0, sha256="", expires_at=now + timedelta(days=1))
    assert row_of(known(state=State.SUCCEEDED, result=result), now).work.text == "No rows"


@pytest.mark.parametrize(
    ("changes", "is_offline", "shown", "text"),
    [
        ({}, True, Shown.UNSENT, "Goes out when connected"),
        ({}, False, Shown.SENDING, ""),
        ({"is_cancel_asked": True}, True, Shown.CANCELLING, ""),
        ({"refusal": NO}, False, Shown.REFUSED, "Delay (ms) must be a whole number."),
    ],
)
def test_unanswered_report(
    unsent: EntryFactory,
    sample: DefinitionInfo,
    now: datetime,
    changes: dict[str, Any],
    *,
    is_offline: bool,
    shown: Shown,
    text: str,
) -> None:
    row = row_of(unsent(**changes), now, definition=sample, offline_since=now if is_offline else None)
    assert (row.shown, row.work.text) == (shown, text)


@pytest.mark.parametrize(
    ("progress", "work"),
    [
        (None, Work("Starting", has_bar=True)),
        (("waiting", 20_000, 40_000, "ms"), Work("Waiting 0:20 of 0:40", "0:20 of 0:40", 0.5, has_bar=True)),
        (
            ("writing", 12_000, 500_000, "rows"),
            Work("Writing 12,000 of 500,000", "12,000 of 500,000", 0.024, has_bar=True),
        ),
        (
            ("storing", 8_100_000, 13_000_000, "bytes"),
            Work("Storing 8.1 of 13.0 MB", "8.1 of 13.0 MB", 8.1 / 13, has_bar=True),
        ),
        (("reading", 3, 5, "datasets"), Work("Reading 3 of 5 datasets", "3 of 5 datasets", 0.6, has_bar=True)),
        (("querying", 43, 100, "%"), Work("Querying", share=0.43, has_bar=True)),
        (("querying", 0, None, "rows"), Work("Querying", has_bar=True)),
        (("writing", 12_000, None, "rows"), Work("Writing 12,000 rows", "12,000 rows", None, has_bar=True)),
        (("writing", 0, 0, "rows"), Work("Writing 0 of 0 rows", "0 of 0 rows", None, has_bar=True)),
        (("writing", 11, 10, "rows"), Work("Writing 11 of 10", "11 of 10", 1.0, has_bar=True)),
    ],
)
def test_progress_never_says_more_than_is_known(
    known: EntryFactory, now: datetime, progress: tuple[str, int, int | None, str] | None, work: Work
) -> None:
    told = None
    if progress:
        stage, completed, total, unit = progress
        told = Progress(stage=stage, completed=completed, total=total, unit=unit)
    assert row_of(known(state=State.RUNNING, progress=told), now).work == work


@pytest.mark.parametrize(
    ("share", "right"), [(0.0, "0 %"), (0.626, "62 %"), (0.999, "99 %"), (1.0, "100 %"), (None, "")]
)
def test_share_is_never_rounded_up(share: float | None, right: str) -> None:
    assert Work("Writing", share=share, has_bar=True).right == right


def test_progress_is_as_of_when_the_connection_went(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(state=State.RUNNING), now, offline_since=now)
    assert row.work.right == "as of 14:05"
    assert say_finished(row, now) == ""


def test_expected_end_follows_the_pace_so_far(known: EntryFactory, now: datetime) -> None:
    quarter = Progress(stage="writing", completed=25, total=100, unit="rows")
    row = row_of(known(state=State.RUNNING, ago_s=21, progress=quarter), now)  # it runs since 20 s
    assert row.expected_at == now + timedelta(seconds=60)
    first = Progress(stage="writing", completed=1, total=100, unit="rows")
    assert row_of(known(state=State.RUNNING, progress=first), now).expected_at is None


def test_end_is_not_foretold_while_another_stage_follows(known: EntryFactory, now: datetime) -> None:
    most = Progress(stage="computing", completed=90, total=100, unit="%")
    assert row_of(known(state=State.RUNNING, ago_s=21, progress=most), now).expected_at is None


def test_cancel_that_can_be_undone_counts_down(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(state=State.RUNNING), now, stops_at=now + timedelta(seconds=4.6))
    assert row.work.text == "Stops in 5 s. Ctrl+Z keeps it."


@pytest.mark.parametrize(("ago_s", "wants"), [(60, False), (61, True), (600, True)])
def test_only_long_work_gets_a_moment_of_grace(known: EntryFactory, now: datetime, *, ago_s: int, wants: bool) -> None:
    assert row_of(known(state=State.RUNNING, ago_s=ago_s), now).wants_grace(now) is wants


def test_finished_report_has_its_figures(known: EntryFactory, sample: DefinitionInfo, now: datetime) -> None:
    row = row_of(known(state=State.SUCCEEDED), now, definition=sample)
    assert (row.title, row.row_count, row.size_bytes, row.format) == ("Sample report", 500_000, 1_234_567, "csv")
    assert (row.parameters, row.all_parameters) == ("Delay (ms): 1,000", ("Delay (ms): 1,000",))
    assert row.has_link
    assert not row.can_cancel


def test_report_of_an_unknown_definition_shows_its_id(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(parameters={"x": True, "y": "z"}), now)
    assert (row.title, row.parameters) == ("sample", "x: yes · y: z")


def test_file_past_its_time_is_expired_and_has_no_link(known: EntryFactory, now: datetime) -> None:
    row = row_of(known(state=State.SUCCEEDED), now + timedelta(days=7))
    assert (row.shown, row.has_link, row.file_name, row.can_save) == (Shown.EXPIRED, False, "", False)
    assert row.work.text == "The file was kept until 29 Nov"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\passwd", "C:\\passwd"])
def test_suggested_name_leads_to_no_other_folder(known: EntryFactory, now: datetime, name: str) -> None:
    result = Result(file_name=name, size_bytes=1, row_count=1, sha256="", expires_at=now + timedelta(days=1))
    assert row_of(known(state=State.SUCCEEDED, result=result), now).file_name == "passwd"


def test_link_that_is_not_safe_is_not_offered(known: EntryFactory, now: datetime) -> None:
    link = Link(url=NOT_SAFE, expires_at=datetime.now(UTC))
    row = row_of(known(state=State.SUCCEEDED, link=link), now)
    assert not row.has_link
    assert not row.can_save


@pytest.mark.parametrize(
    ("state", "received", "total", "shown", "work"),
    [
        (DownloadState.ACTIVE, 43, 100, Shown.SAVING, Work("43 of 100 B", share=0.43, has_bar=True)),
        (DownloadState.ACTIVE, 0, 0, Shown.SAVING, Work("Saving", has_bar=True)),
        (DownloadState.ACTIVE, 101, 100, Shown.SAVING, Work("101 of 100 B", share=1.0, has_bar=True)),
        (DownloadState.PAUSED, 43, 100, Shown.PAUSED, Work("43 of 100 B", share=0.43, has_bar=True, note="Paused")),
        (DownloadState.SAVED, 100, 100, Shown.SAVED, Work("Saved as a.csv")),
        (DownloadState.MISSING, 100, 100, Shown.READY, Work("Moved or deleted")),
        (DownloadState.FAILED, 3, 100, Shown.READY, Work("Not saved: The disk is full.")),
    ],
)
def test_download_is_seen(
    known: EntryFactory, now: datetime, *, state: DownloadState, received: int, total: int, shown: Shown, work: Work
) -> None:
    entry = known(state=State.SUCCEEDED)
    row = row_of(entry, now, download=Download(entry.report_id, SAVED, received, total, state, "The disk is full."))
    assert (row.shown, row.work) == (shown, work)
    assert row.saved_path == (SAVED if state is DownloadState.SAVED else None)
    assert row.can_save is (shown not in ON_THE_WAY)
    assert row.can_cancel is row.is_on_the_way is (shown in ON_THE_WAY)


@pytest.mark.parametrize(
    ("state", "shown"),
    [(DownloadState.FAILED, Shown.SAVED), (DownloadState.STOPPED, Shown.SAVED), (DownloadState.ACTIVE, Shown.SAVING)],
)
def test_later_save_leaves_the_good_file_to_open(
    known: EntryFactory, now: datetime, state: DownloadState, shown: Shown
) -> None:
    entry = known(1, State.SUCCEEDED)
    row = row_of(
        entry, now, download=Download(entry.report_id, Path("/tmp/b.csv"), 0, 9, state, "Full.", earlier=SAVED)
    )
    assert (row.shown, row.saved_path) == (shown, SAVED)


@pytest.mark.parametrize("state", list(State))
def test_only_an_open_report_can_be_cancelled_and_once(known: EntryFactory, now: datetime, state: State) -> None:
    assert row_of(known(state=state), now).can_cancel is (state in (State.QUEUED, State.RUNNING))
    assert not row_of(known(state=state, entry={"is_cancel_asked": True}), now).can_cancel
