"""Reports that were asked for earlier or elsewhere: found, watched, cancelled, downloaded."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    ErrorInfo,
    ErrorMessage,
    Failure,
    ListReports,
    ReportsMessage,
    Request,
    ServiceMessage,
    Snapshot,
)
from desktop.commands.actions import watch
from desktop.commands.actions.lookup import the_one
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.progress import ReportProgress
from desktop.session.state import Session
from tests.desktop.command_lines import Reportwire, complaint
from tests.desktop.commands.listings import ID, LIKE_IT, OTHER, Listing, listing, run
from tests.desktop.services import (
    CONTENT,
    SECRET,
    FakeService,
    files,
    finished,
    result_of,
    running,
    snapshot_of,
    status,
)

LINK = f"https://files.example/a?{SECRET}"
WITH_ID = ["watch", "cancel", "download"]


# --- which one ------------------------------------------------------------------------------------


@pytest.mark.parametrize("beginning", [ID, OTHER[:4], OTHER[:9]])
def test_beginning_of_one_id_is_enough(beginning: str) -> None:
    snapshots = [snapshot_of(ID), snapshot_of(LIKE_IT), snapshot_of(OTHER)]
    assert the_one(beginning, snapshots).report_id.startswith(beginning)


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        (
            "5f0c",
            f"5f0c may be any of 2 reports: {ID} (sample, QUEUED), {LIKE_IT} (sample, QUEUED).",
        ),
        ("abcd", "There is no report that begins with abcd: `reportwire reports` shows what there is."),
        (
            "00000000-0000-4000-8000-000000000000",
            "There is no report 00000000-0000-4000-8000-000000000000: `reportwire reports` shows what there is.",
        ),
    ],
)
def test_beginning_of_no_id_or_of_several_is_wrong_usage(beginning: str, reason: str) -> None:
    with pytest.raises(Stop) as stop:
        the_one(beginning, [snapshot_of(ID), snapshot_of(LIKE_IT), snapshot_of(OTHER)])
    assert (stop.value.status, str(stop.value)) == (Exit.USAGE, reason)


def test_of_many_that_it_may_be_a_few_are_named() -> None:
    snapshots = [snapshot_of(f"5f0c2a91-0000-4000-8000-{number:012}") for number in range(1000)]
    with pytest.raises(Stop, match=r"any of 1,000 reports: .* and 995 more\.$"):
        the_one("5f0c", snapshots)


@pytest.mark.parametrize("command", WITH_ID)
@pytest.mark.parametrize(
    "beginning", ["5f0", "5f0g", "5f0c2a9100", "../x", "5f0c2a91-0000-4000-8000-0000000000012", ""]
)
def test_what_begins_no_id_ends_with_2_before_anything_is_asked(
    reportwire: Reportwire, command: str, beginning: str
) -> None:
    done = reportwire.run(command, beginning, "--profile", "missing.json")
    assert done.status == Exit.USAGE
    assert "argument ID: must be an id of a report" in done.err


@pytest.mark.parametrize("command", WITH_ID)
def test_unknown_report_ends_with_2(reportwire: Reportwire, tmp_path: Path, command: str) -> None:
    output = ["--output", str(tmp_path / "a.csv")] if command == "download" else []
    done = reportwire(listing(finished(OTHER, CONTENT, LINK)), command, ID, *output)
    assert (done.status, done.out) == (Exit.USAGE, "")
    assert complaint(done).startswith(f"There is no report {ID}: ")


@pytest.mark.parametrize("command", WITH_ID)
def test_service_that_does_not_list_ends_with_its_sentence(
    reportwire: Reportwire, tmp_path: Path, command: str
) -> None:
    output = ["--output", str(tmp_path / "a.csv")] if command == "download" else []
    service = FakeService(refused={ListReports: ErrorInfo(code="internal", message="Something went wrong.")})
    done = reportwire(service, command, ID[:8], *output)
    assert (done.status, complaint(done), done.out) == (Exit.FAILED, "Something went wrong.", "")


def test_whole_id_is_found_before_the_list_has_come_to_its_end(reportwire: Reportwire) -> None:
    class Endless(Listing):
        def answers(self, request: Request) -> Iterator[ServiceMessage]:
            if isinstance(request.data, ListReports) and request.data.before:
                return
            for message in super().answers(request):
                yield replace(message, next="1") if isinstance(message, ReportsMessage) else message

    service = Endless(listed=[finished(ID, CONTENT, LINK)])
    done = reportwire(service, "cancel", ID.upper())
    assert complaint(done) == "The report had ended before it could be cancelled: SUCCEEDED."


# --- watch ----------------------------------------------------------------------------------------


def test_watch_shows_progress_and_ends_with_the_link(reportwire: Reportwire) -> None:
    service = listing(running(ID))
    service.courses[ID] = [replace(running(ID), revision=2), finished(ID, CONTENT, LINK)]
    code, out, err = run(reportwire, service, "watch", ID[:4])
    assert (code, out) == (Exit.DONE, f"{LINK}\n")
    assert err.splitlines() == ["Running", "Succeeded"]


def test_watch_of_what_has_ended_asks_for_a_fresh_link(reportwire: Reportwire) -> None:
    code, out, _ = run(reportwire, listing(finished(ID, CONTENT, LINK)), "watch", ID)
    assert (code, out) == (Exit.DONE, f"{LINK}\n")
    done = reportwire(listing(finished(ID, CONTENT, LINK)), "watch", ID, "--json")
    snapshot = msgspec.json.decode(done.out, type=Snapshot)
    assert (done.status, done.out.count("\n"), snapshot.state) == (Exit.DONE, 1, State.SUCCEEDED)
    assert snapshot.link
    assert snapshot.link.url == LINK


def test_watch_of_what_has_no_file_any_more_still_succeeds(reportwire: Reportwire) -> None:
    expired = finished(ID, CONTENT, LINK)
    gone = replace(expired, result=result_of(CONTENT), link=None)
    assert gone.result
    gone = replace(gone, result=replace(gone.result, expires_at=gone.created_at))
    code, out, err = run(reportwire, listing(gone), "watch", ID)
    assert (code, out) == (Exit.DONE, "")
    assert err.splitlines()[-1] == "The file is no longer there: it has expired."


@pytest.mark.parametrize(
    ("state", "expected", "reason"),
    [(State.FAILED, Exit.FAILED, "Too many rows."), (State.CANCELLED, Exit.INTERRUPTED, "The report was cancelled.")],
)
def test_watch_ends_as_the_report_did(reportwire: Reportwire, state: State, expected: Exit, reason: str) -> None:
    error = Failure(code="tooManyRows", message="Too many rows.") if state is State.FAILED else None
    service = listing(running(ID))
    service.courses[ID] = [snapshot_of(ID, revision=9, state=state, error=error)]
    done = reportwire(service, "watch", ID)
    assert (done.status, complaint(done), done.out) == (expected, reason, "")
    done = reportwire(service, "watch", ID, "--json")
    assert (done.status, json.loads(done.out)["state"]) == (expected, state)


def test_ctrl_c_leaves_a_watched_report_alone(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupting(ReportProgress):
        def show(self, session: Session) -> None:
            super().show(session)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(watch, "ReportProgress", Interrupting)
    service = listing(running(ID))
    code, out, err = run(reportwire, service, "watch", ID)
    assert (code, out) == (Exit.INTERRUPTED, "")
    assert err.splitlines()[-1] == "Not watched any longer; the report goes on."
    assert not [request for request in service.requests if isinstance(request.data, CancelReport)]


# --- cancel ---------------------------------------------------------------------------------------


def test_cancel_waits_until_the_report_is_cancelled(reportwire: Reportwire) -> None:
    service = listing(running(ID))
    assert run(reportwire, service, "cancel", ID[:6]) == (Exit.DONE, "", "The report is cancelled.\n")
    assert [request.data for request in service.requests if isinstance(request.data, CancelReport)] == [
        CancelReport(report_id=ID)
    ]
    done = reportwire(listing(running(ID)), "cancel", ID, "--json")
    assert (done.status, json.loads(done.out)["state"]) == (Exit.DONE, "CANCELLED")


def test_cancel_of_what_is_cancelled_is_done(reportwire: Reportwire) -> None:
    service = listing(snapshot_of(ID, state=State.CANCELLED))
    assert run(reportwire, service, "cancel", ID)[0] == Exit.DONE
    assert not [request for request in service.requests if isinstance(request.data, CancelReport)]


def test_cancel_that_comes_too_late_ends_with_1(reportwire: Reportwire) -> None:
    done = reportwire(listing(snapshot_of(ID, state=State.FAILED)), "cancel", ID, "--json")
    assert done.status == Exit.FAILED
    assert complaint(done) == "The report had ended before it could be cancelled: FAILED."
    assert json.loads(done.out)["state"] == "FAILED"


def test_cancel_that_is_refused_ends_with_the_sentence_of_the_service(reportwire: Reportwire) -> None:
    class Refusing(Listing):
        def answers(self, request: Request) -> Iterator[ServiceMessage]:
            if isinstance(request.data, CancelReport):
                error = ErrorInfo(code="internal", message="Not now.")
                yield ErrorMessage(request_id=str(request.request_id), error=error)
                return
            yield from super().answers(request)

    service = Refusing(listed=[running(ID)])
    done = reportwire(service, "cancel", ID)
    assert (done.status, complaint(done), done.out) == (Exit.FAILED, "Not now.", "")


# --- download -------------------------------------------------------------------------------------


def test_download_saves_the_checked_file(reportwire: Reportwire, tmp_path: Path) -> None:
    output = tmp_path / "a.csv"
    with files() as server:
        done = reportwire(listing(finished(ID, CONTENT, server.url)), "download", ID[:4], "--output", str(output))
    assert (done.status, done.out) == (Exit.DONE, "")
    assert done.err == f"{output}: 1.0 MB, saved and checked.\n"
    assert output.read_bytes() == CONTENT
    with files() as server:
        service = listing(finished(ID, CONTENT, server.url))
        done = reportwire(service, "download", ID, "--output", str(output), "--json")
    assert (done.status, json.loads(done.out)["reportId"]) == (Exit.DONE, ID)


@pytest.mark.parametrize("content", [b"", CONTENT[:-1] + b"x"])
def test_download_of_other_bytes_leaves_what_was_there(reportwire: Reportwire, tmp_path: Path, content: bytes) -> None:
    output = tmp_path / "a.csv"
    output.write_bytes(b"before")
    with files(*[status(404)] if not content else [], content=content) as server:
        done = reportwire(listing(finished(ID, CONTENT, server.url)), "download", ID, "--output", str(output))
    assert (done.status, done.out) == (Exit.FAILED, "")
    assert SECRET not in done.err
    assert output.read_bytes() == b"before"
    assert sorted(tmp_path.iterdir()) == sorted([output, reportwire.profile])


@pytest.mark.parametrize(
    ("snapshot", "reason", "expected"),
    [
        (running(ID), f"The report has not ended: `reportwire watch {ID}` waits for it.", Exit.FAILED),
        (snapshot_of(ID, state=State.CANCELLED), "The report was cancelled, and has no file.", Exit.FAILED),
        (
            snapshot_of(ID, state=State.FAILED, error=Failure(code="internal", message="It broke.")),
            "It broke.",
            Exit.FAILED,
        ),
        (
            replace(finished(ID, CONTENT, LINK), format="parquet"),
            "--output is named after csv, and the report is parquet.",
            Exit.USAGE,
        ),
    ],
)
def test_what_has_no_such_file_is_said(
    reportwire: Reportwire, tmp_path: Path, snapshot: Snapshot, reason: str, expected: Exit
) -> None:
    done = reportwire(listing(snapshot), "download", ID, "--output", str(tmp_path / "a.csv"))
    assert (done.status, complaint(done), done.out) == (expected, reason, "")
    assert list(tmp_path.iterdir()) == [reportwire.profile]


@pytest.mark.parametrize("output", ["missing/a.csv", ".", "a" * 300])
def test_place_that_takes_no_file_ends_with_2_before_anything_is_asked(
    reportwire: Reportwire, tmp_path: Path, output: str
) -> None:
    service = listing(finished(ID, CONTENT, LINK))
    done = reportwire(service, "download", ID, "--output", str(tmp_path / output))
    assert done.status == Exit.USAGE
    assert service.requests == []


def test_download_needs_a_place(reportwire: Reportwire) -> None:
    assert "--output" in reportwire.run("download", ID).err
