"""`reportwire doctor`, as a shell runs it."""

import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest

from backend.protocol.messages import GenerateReport, Snapshot
from desktop.commands.actions.doctor.connection import status_of
from desktop.commands.exits import Exit
from desktop.commands.output import steps
from desktop.wording.examination import Check, Outcome, Step
from tests.desktop.command_lines import Reportwire
from tests.desktop.services import CONTENT, FakeService, files, finished

ROOT = Path(__file__).parents[3]
SECRET = "wJalrXUtnFEMI"
LOADED = "import sys; from desktop.__main__ import main\ntry: main(sys.argv[1:])\nfinally: print(*sys.modules)"


@pytest.fixture
def service() -> Iterator[FakeService]:
    with files() as server:

        def course(request: GenerateReport) -> Iterator[Snapshot]:
            yield finished(str(request.report_id), CONTENT, server.url)

        yield FakeService(course=course)


def test_steps_are_a_line_each(reportwire: Reportwire, service: FakeService) -> None:
    done = reportwire(service, "doctor")
    lines = done.out.splitlines()
    assert (done.status, done.err) == (0, "")
    assert [line.split()[0] for line in lines[:8]] == ["passed"] * 6 + ["skipped", "passed"]
    assert lines[0] == "passed   Host name                 127.0.0.1 is an address, not a name"
    assert lines[8:] == ["", "All is well."]


def test_json_has_every_step(reportwire: Reportwire, service: FakeService) -> None:
    done = reportwire(service, "doctor", "--json")
    document = msgspec.json.decode(done.out)
    assert (document["profile"], document["conclusion"]) == ("test", "All is well.")
    assert [step["step"] for step in document["steps"]] == list(Check)
    assert document["steps"][6] == {
        "step": "https",
        "title": "HTTPS",
        "outcome": "skipped",
        "sentence": "not offered: the profile has no address for it",
        "figure": "",
    }


@pytest.mark.parametrize("form", [(), ("--json",), ("--details",)])
def test_service_that_refuses_is_no_connection_and_no_key_is_said(
    reportwire: Reportwire, form: tuple[str, ...]
) -> None:
    done = reportwire(FakeService(status=HTTPStatus.FORBIDDEN), "doctor", *form)
    assert done.status == Exit.NO_CONNECTION
    assert "The service refused the sign-in." in done.out
    assert "AKIDEXAMPLE" not in done.out
    assert SECRET not in done.out


def test_details_are_a_text_for_a_ticket(reportwire: Reportwire, service: FakeService) -> None:
    done = reportwire(service, "doctor", "--details")
    assert done.out.startswith("Program:      Reportwire ")
    assert "passed   A small report" in done.out


def test_steps_are_shown_in_place_in_a_terminal(
    reportwire: Reportwire, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    done = reportwire(service, "doctor")
    assert done.out.count("A small report") >= 1
    assert done.out.endswith("\nAll is well.\n")


def test_figure_and_sentence_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    step = Step(Check.NAME, Outcome.FAILED, "\x1b[2Ja\nb", "\x1b]0;")
    steps.print_steps([step])
    with steps.showing_steps() as show:
        show([step])
    assert "\x1b[2J" not in capsys.readouterr().out


def test_command_without_a_profile_file_is_wrong_usage(reportwire: Reportwire) -> None:
    assert reportwire.run("doctor", "--profile", "/missing.json").status == Exit.USAGE


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Exit.DONE),
        ({Check.CLOCK: Outcome.WARNING, Check.HTTPS: Outcome.SKIPPED}, Exit.DONE),
        ({Check.NAME: Outcome.FAILED}, Exit.DONE),  # a report came all the same
        ({Check.REPORT: Outcome.FAILED}, Exit.FAILED),
        ({Check.WAY: Outcome.FAILED, Check.REPORT: Outcome.SKIPPED}, Exit.NO_CONNECTION),
    ],
)
def test_status_tells_the_report_from_the_way(changes: dict[Check, Outcome], status: Exit) -> None:
    outcomes = dict.fromkeys(Check, Outcome.PASSED) | changes
    assert status_of({check: Step(check, outcome) for check, outcome in outcomes.items()}) == status


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--help"]])
def test_help_loads_nothing_that_takes_long(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "usage: reportwire" in done.stdout
    assert not {"httpx", "botocore", "rich", "websockets"} & set(done.stdout.splitlines()[-1].split())
