"""One report without a window: arguments in, standard output, standard error, a file and an exit status out."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    DescribeCatalog,
    ErrorInfo,
    Failure,
    GenerateReport,
    Ping,
    Request,
    ServiceMessage,
    Snapshot,
)
from desktop.commands.exits import Exit
from tests.desktop.command_lines import Reportwire, complaint
from tests.desktop.services import (
    CONTENT,
    SECRET,
    FakeService,
    Files,
    files,
    finished,
    running,
    serve_rest,
    snapshot_of,
    status,
)

LINK = f"https://files.example/a?{SECRET}"


# --- one report -----------------------------------------------------------------------------------


def test_link_goes_to_standard_output_and_progress_to_standard_error(reportwire: Reportwire) -> None:
    service = FakeService()
    done = reportwire(service, "generate", "sample", "-p", "delay=5", "-p", "label=a=b", "--format", "xlsx")
    assert (done.status, done.out) == (Exit.DONE, f"{LINK}\n")
    assert "Succeeded" in done.err
    assert SECRET not in done.err
    (request,) = service.submitted
    assert (request.definition, request.format) == ("sample", "xlsx")
    assert request.parameters == {"delay": 5, "label": "a=b"}


def test_json_is_the_final_snapshot(reportwire: Reportwire) -> None:
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--json")
    snapshot = msgspec.json.decode(done.out, type=Snapshot)
    assert done.status == Exit.DONE
    assert done.out.count("\n") == 1
    assert (snapshot.report_id, snapshot.state) == (service.submitted[0].report_id, State.SUCCEEDED)
    assert snapshot.link
    assert snapshot.link.url == LINK


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["other"], 'There is no report called "other". There is: sample.'),
        (["sample", "-p", "delay"], '-p needs name=value, not "delay".'),
        (["sample", "-p", "=1"], 'There is no parameter "". There is: delay, label.'),
        (["sample", "-p", "rows=1"], 'There is no parameter "rows". There is: delay, label.'),
        (["sample", "-p", "delay=soon"], "delay must be a whole number from 0 to 840,000."),
        (["sample", "-p", "delay=-1"], "delay must be a whole number from 0 to 840,000."),
        (["sample", "-p", "delay="], "delay must be a whole number from 0 to 840,000."),
        (["sample", "--format", "pdf"], "--format must be one of csv, xlsx."),
        (["sample", "--format", ""], "--format must be one of csv, xlsx."),
    ],
)
def test_wrong_order_ends_with_2_before_anything_is_submitted(
    reportwire: Reportwire, arguments: list[str], reason: str
) -> None:
    service = FakeService()
    done = reportwire(service, "generate", *arguments)
    assert (done.status, complaint(done), done.out) == (Exit.USAGE, reason, "")
    assert service.submitted == []


@pytest.mark.parametrize(
    ("arguments", "asked", "options"),
    [
        ((), None, None),
        (("--format", "csv", "--format-option", "delimiter=;"), "csv", {"delimiter": ";"}),
        (("--format-option", r"delimiter=\t", "--format-option", "bom=true"), None, {"delimiter": "\t", "bom": True}),
        (("--format", "csv", "--format-option", "bom=false"), "csv", None),
    ],
)
def test_format_and_its_options_travel_with_the_request(
    reportwire: Reportwire, arguments: tuple[str, ...], asked: str | None, options: dict[str, Any] | None
) -> None:
    service = FakeService()
    assert reportwire(service, "generate", "sample", *arguments).status == Exit.DONE
    (request,) = service.submitted
    assert (request.format, request.format_options) == (asked, options)


def test_output_named_after_a_format_is_asked_for_in_it(reportwire: Reportwire, tmp_path: Path) -> None:
    with files() as server:
        service = with_file(server.url)
        done = reportwire(service, "generate", "sample", "--output", str(tmp_path / "a.xlsx"))
    assert (done.status, service.submitted[0].format) == (Exit.DONE, "xlsx")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-p", "delay"], '-p needs name=value, not "delay".'),
        (["--format-option", "bom"], '--format-option needs name=value, not "bom".'),
        (["--format-option", "bom=1"], "--format-option bom must be true or false."),
        (["--format", "xlsx", "--format-option", "bom=true"], "It is one of csv: add --format csv."),
        (["--format", "csv", "--output", "/tmp/a.xlsx"], "--output is named after xlsx, and --format is csv."),
    ],
)
def test_what_no_service_would_take_ends_with_2_before_one_is_asked(
    reportwire: Reportwire, arguments: list[str], reason: str
) -> None:
    service = FakeService()
    done = reportwire(service, "generate", "sample", *arguments)
    assert (done.status, done.out) == (Exit.USAGE, "")
    assert complaint(done).endswith(reason)
    assert service.requests == []


@pytest.mark.parametrize("output", ["missing/a.csv", ".", "a" * 300])
def test_place_that_takes_no_file_ends_with_2_before_anything_is_asked(
    reportwire: Reportwire, tmp_path: Path, output: str
) -> None:
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--output", str(tmp_path / output))
    assert done.status == Exit.USAGE
    assert str(tmp_path) in complaint(done)
    assert service.requests == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [("invalidParameters", Exit.USAGE), ("unknownDefinition", Exit.USAGE), ("tooManyReports", Exit.FAILED)],
)
def test_refusal_of_the_service_ends_with_its_sentence(reportwire: Reportwire, code: str, expected: Exit) -> None:
    def refuse(_: GenerateReport) -> Iterator[ErrorInfo]:
        yield ErrorInfo(code=code, message="Not this one.")

    done = reportwire(FakeService(refuse), "generate", "sample")
    assert (done.status, complaint(done), done.out) == (expected, "Not this one.", "")


def fail(request: GenerateReport) -> Iterator[Snapshot]:
    failure = Failure(code="tooManyRows", message="There are more rows\nthan a sheet holds.")
    yield snapshot_of(str(request.report_id), revision=2, state=State.FAILED, error=failure)


def test_failed_report_ends_with_1_and_its_reason(reportwire: Reportwire) -> None:
    done = reportwire(FakeService(fail), "generate", "sample")
    assert (done.status, done.out) == (Exit.FAILED, "")
    assert complaint(done) == "There are more rows than a sheet holds."


def test_failed_report_has_a_final_snapshot_too(reportwire: Reportwire) -> None:
    done = reportwire(FakeService(fail), "generate", "sample", "--json")
    assert done.status == Exit.FAILED
    assert json.loads(done.out)["error"]["code"] == "tooManyRows"


def with_file(url: str) -> FakeService:
    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        yield finished(str(request.report_id), CONTENT, url)

    return FakeService(course)


def test_output_is_saved_and_the_link_still_printed(reportwire: Reportwire, tmp_path: Path) -> None:
    output = tmp_path / "a.csv"
    with files() as server:
        done = reportwire(with_file(server.url), "generate", "sample", "--output", str(output))
    assert (done.status, done.out) == (Exit.DONE, f"{server.url}\n")
    assert output.read_bytes() == CONTENT


def test_output_that_cannot_be_saved_ends_with_1(reportwire: Reportwire, tmp_path: Path) -> None:
    output = tmp_path / "a.csv"
    with files(status(404)) as server:
        done = reportwire(with_file(server.url), "generate", "sample", "--output", str(output))
    assert (done.status, done.out) == (Exit.FAILED, "")
    assert complaint(done) == "The file is no longer there: it has expired."
    assert not output.exists()


# --- Ctrl-C ---------------------------------------------------------------------------------------


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_cancels_the_report(reportwire: Reportwire) -> None:
    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    service = FakeService(interrupted)
    done = reportwire(service, "generate", "sample")
    assert (done.status, complaint(done), done.out) == (Exit.INTERRUPTED, "The report was cancelled.", "")
    cancelled = [request.data.report_id for request in service.requests if isinstance(request.data, CancelReport)]
    assert cancelled == [service.submitted[0].report_id]


def test_second_ctrl_c_does_not_wait_for_the_cancellation(reportwire: Reportwire) -> None:
    class Deaf(FakeService):
        def answers(self, request: Request) -> Iterator[ServiceMessage]:
            if isinstance(request.data, CancelReport):
                press_ctrl_c()
            else:
                yield from super().answers(request)

    def interrupted(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id))
        press_ctrl_c()

    done = reportwire(Deaf(interrupted), "generate", "sample")
    assert (done.status, done.out) == (Exit.INTERRUPTED, "")


def test_ctrl_c_during_the_download_leaves_no_file(reportwire: Reportwire, tmp_path: Path) -> None:
    def interrupted(answer: Files, _start: int) -> None:
        answer.begin(206, len(CONTENT))
        answer.wfile.write(CONTENT[:1000])
        press_ctrl_c()
        answer.connection.recv(1)

    with files(interrupted) as server:
        done = reportwire(with_file(server.url), "generate", "sample", "--output", str(tmp_path / "a.csv"))
    assert (done.status, done.out) == (Exit.INTERRUPTED, "")
    assert list(tmp_path.iterdir()) == [reportwire.profile]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_during_the_download_leaves_no_file(
    reportwire: Reportwire, tmp_path: Path, number: signal.Signals
) -> None:
    def ended(answer: Files, _start: int) -> None:
        answer.begin(206, len(CONTENT))
        answer.wfile.write(CONTENT[:1000])
        os.kill(os.getpid(), number)
        answer.connection.recv(1)

    with files(ended) as server:
        done = reportwire(with_file(server.url), "generate", "sample", "--output", str(tmp_path / "a.csv"))
    assert (done.status, done.out) == (128 + number, "")
    assert list(tmp_path.iterdir()) == [reportwire.profile]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_ctrl_c_that_is_ignored_cancels_nothing(reportwire: Reportwire, tmp_path: Path) -> None:
    def interrupted(answer: Files, start: int) -> None:
        press_ctrl_c()
        serve_rest(answer, start)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with files(interrupted) as server:
            done = reportwire(with_file(server.url), "generate", "sample", "--output", str(tmp_path / "a.csv"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.status == Exit.DONE
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


def test_ctrl_c_before_the_report_is_submitted_ends_with_130(reportwire: Reportwire) -> None:
    class Interrupting(FakeService):
        def answers(self, request: Request) -> Iterator[ServiceMessage]:
            if isinstance(request.data, DescribeCatalog):
                press_ctrl_c()
            return super().answers(request) if isinstance(request.data, Ping) else iter(())

    service = Interrupting()
    done = reportwire(service, "generate", "sample")
    assert (done.status, done.out) == (Exit.INTERRUPTED, "")
    assert service.submitted == []
