"""The command line as a whole: arguments in, standard output, standard error and an exit status out."""

import functools
import json
from collections.abc import Callable
from http import HTTPStatus
from importlib import metadata

import pytest

from backend.protocol.messages import (
    DescribeCatalog,
    ErrorInfo,
    ListReports,
)
from desktop.commands.actions import catalog
from desktop.commands.exits import Exit, Stop
from desktop.commands.window import qt_check
from desktop.headless import conversation, service
from desktop.local_backend import LocalBackendFailed
from desktop.sign_in.profiles import Profile
from tests.desktop.command_lines import Reportwire, complaint
from tests.desktop.services import (
    FakeService,
    profile_of,
    serving,
    snapshot_of,
)
from tests.desktop.session.test_step import ID, OTHER

# --- usage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["generate"],
        ["generate", "sample", "-p"],
        ["generate", "sample", "--profile"],
        ["catalog", "--format", "csv"],
        ["reports", "sample"],
        ["local", "--port", "0"],
        ["local", "--port", "65536"],
        ["local", "--port", "http"],
        ["local", "--profile", "a.json"],
    ],
)
def test_wrong_usage_ends_with_2(reportwire: Reportwire, arguments: list[str]) -> None:
    done = reportwire.run(*arguments)
    assert done.status == Exit.USAGE
    assert "usage: reportwire" in done.err
    assert done.out == ""


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"]])
def test_help_ends_with_0(reportwire: Reportwire, arguments: list[str]) -> None:
    done = reportwire.run(*arguments)
    assert (done.status, done.err) == (Exit.DONE, "")
    assert "usage: reportwire" in done.out


def test_version_is_that_of_the_package(reportwire: Reportwire) -> None:
    done = reportwire.run("--version")
    assert (done.status, done.out, done.err) == (Exit.DONE, f"reportwire {metadata.version('reportwire')}\n", "")


@pytest.mark.parametrize("arguments", [[], ["catalog"], ["reports"], ["generate", "sample"]])
def test_bad_profile_ends_with_2(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(qt_check, "check", lambda: None)
    reportwire.profile.write_text("{}")
    done = reportwire.run(*arguments, "--profile", str(reportwire.profile))
    assert done.status == Exit.USAGE
    assert complaint(done).startswith(f"The profile {reportwire.profile} is wrong: ")


def test_profile_may_come_before_the_command(reportwire: Reportwire) -> None:
    with serving(FakeService()) as profile:
        reportwire.write(profile)
        done = reportwire.run("--profile", str(reportwire.profile), "catalog", "--json")
    assert done.status == Exit.DONE


def test_window_without_a_display_ends_with_1(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> None:
        raise Stop(Exit.FAILED, "There is no display.")

    monkeypatch.setattr(qt_check, "check", check)
    done = reportwire.run()
    assert (done.status, complaint(done)) == (Exit.FAILED, "There is no display.")


def test_catalog_and_reports_take_json(reportwire: Reportwire) -> None:
    service = FakeService(listed=[snapshot_of(ID), snapshot_of(OTHER)])
    done = reportwire(service, "catalog", "--json")
    assert (done.status, done.err) == (Exit.DONE, "")
    assert [definition["id"] for definition in json.loads(done.out)] == ["sample"]
    done = reportwire(service, "reports", "--json")
    assert (done.status, done.err) == (Exit.DONE, "")
    assert [report["reportId"] for report in json.loads(done.out)] == [ID, OTHER]


def test_catalog_and_reports_are_for_people_too(reportwire: Reportwire) -> None:
    service = FakeService(listed=[snapshot_of(ID)])
    assert "-p delay=…" in reportwire(service, "catalog").out
    assert ID in reportwire(service, "reports").out


def test_reports_are_listed_to_the_last_or_as_many_as_asked_for(reportwire: Reportwire) -> None:
    ids = [f"00000000-0000-4000-8000-{n:012}" for n in range(208)]
    service = FakeService(listed=[snapshot_of(report_id) for report_id in ids])
    done = reportwire(service, "reports")
    assert (done.out.count("00000000-0000-4000"), done.err) == (
        50,
        "These are the newest 50 of 208 reports: see --limit.\n",
    )
    done = reportwire(service, "reports", "--json", "--limit", "300")
    assert {report["reportId"] for report in json.loads(done.out)} == set(ids)
    assert done.err == ""


@pytest.mark.parametrize(("command", "data"), [("catalog", DescribeCatalog), ("reports", ListReports)])
def test_refused_question_ends_with_1(reportwire: Reportwire, command: str, data: type) -> None:
    service = FakeService(refused={data: ErrorInfo(code="internal", message="Something went wrong.")})
    done = reportwire(service, command)
    assert (done.status, complaint(done), done.out) == (Exit.FAILED, "Something went wrong.", "")


# --- no connection --------------------------------------------------------------------------------


def test_service_that_is_not_there_ends_with_3(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = functools.partial(conversation.headless, out_of_reach_s=-1.0)
    monkeypatch.setattr(catalog, "headless", impatient)
    reportwire.write(profile_of("ws://127.0.0.1:1/local"))
    done = reportwire.run("catalog", "--profile", str(reportwire.profile))
    assert (done.status, complaint(done)) == (Exit.NO_CONNECTION, "The service at 127.0.0.1 refuses connections.")


def test_refused_sign_in_ends_with_3(reportwire: Reportwire) -> None:
    done = reportwire(FakeService(status=HTTPStatus.FORBIDDEN), "generate", "sample")
    assert (done.status, complaint(done)) == (Exit.NO_CONNECTION, "The service refused the sign-in.")


class FakeLocalBackend:
    def __init__(self, ready: Callable[[], Profile]) -> None:
        self.ready = ready
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


def test_local_backend_is_started_and_stopped_without_a_profile(
    reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(FakeService()) as profile:
        backend = FakeLocalBackend(lambda: profile)
        monkeypatch.setattr(service, "LocalBackend", lambda: backend)
        done = reportwire.run("generate", "other")
    assert done.status == Exit.USAGE
    assert backend.is_stopped


def test_local_backend_that_does_not_start_ends_with_3(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Profile:
        raise LocalBackendFailed("No local backend: it ended at once.")

    backend = FakeLocalBackend(fail)
    monkeypatch.setattr(service, "LocalBackend", lambda: backend)
    done = reportwire.run("catalog")
    assert (done.status, complaint(done)) == (Exit.NO_CONNECTION, "No local backend: it ended at once.")
    assert backend.is_stopped
