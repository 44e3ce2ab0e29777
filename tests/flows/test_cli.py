"""The command line against the emulator, as its own process."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from infra.local.backend import LocalBackend
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def profile_path(local: LocalBackend, tmp_path: Path) -> Path:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(local.profile))
    return path


@pytest.fixture
def reportwire(profile_path: Path) -> Command:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "desktop", *arguments, "--profile", str(profile_path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False)

    return run


def test_generate_saves_a_checked_file_and_prints_the_link(reportwire: Command, tmp_path: Path) -> None:
    output = tmp_path / "report.csv"
    done = reportwire("generate", "sample", "-p", "delay=40000", "-p", "amountOfRows=500", "--output", str(output))
    assert done.returncode == 0, done.stderr
    assert output.read_bytes().count(b"\r\n") == 501
    assert done.stdout.startswith("http://127.0.0.1:")
    assert done.stdout.count("\n") == 1
    assert "Waiting" in done.stderr
    assert "Signature" not in done.stderr


def test_json_is_the_final_snapshot(reportwire: Command, tmp_path: Path) -> None:
    output = tmp_path / "report.csv"
    done = reportwire("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=3", "--json", "--output", str(output))
    snapshot = json.loads(done.stdout)
    assert snapshot["state"] == "SUCCEEDED"
    assert snapshot["result"]["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()
    assert snapshot["result"]["rowCount"] == 3


def test_catalog_and_reports_are_shown(reportwire: Command) -> None:
    done = reportwire("generate", "sample", "-p", "delay=0", "--json")
    report_id = json.loads(done.stdout)["reportId"]
    assert report_id in reportwire("reports").stdout
    listed = json.loads(reportwire("reports", "--json").stdout)
    assert listed[0]["reportId"] == report_id
    assert "amountOfRows" in reportwire("catalog").stdout
    assert json.loads(reportwire("catalog", "--json").stdout)[0]["id"] == "sample"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nothing",), "no report called"),
        (("sample", "-p", "delay=soon"), "delay must be a whole number"),
        (("sample", "-p", "colour=red"), "no parameter"),
        (("sample", "-p", "delay"), "name=value"),
        (("sample", "--format", "pdf"), "--format"),
        (("sample", "--output", "/nowhere/report.csv"), "no folder"),
    ],
)
def test_wrong_usage_is_one_clear_line(reportwire: Command, arguments: tuple[str, ...], word: str) -> None:
    done = reportwire("generate", *arguments)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_refused_sign_in_is_no_connection(profile_path: Path, reportwire: Command) -> None:
    profile = json.loads(profile_path.read_text())
    profile["auth"]["secretAccessKey"] = "wrong"
    profile_path.write_text(json.dumps(profile))
    done = reportwire("generate", "sample")
    assert done.returncode == 3
    assert "refused the sign-in" in done.stderr
    assert "wrong" not in done.stderr


def test_interrupt_cancels_the_report(profile_path: Path) -> None:
    command = [sys.executable, "-m", "desktop", "generate", "sample", "-p", "delay=60000", "--json"]
    with subprocess.Popen(
        [*command, "--profile", str(profile_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        while "Waiting" not in process.stderr.readline():
            pass
        os.kill(process.pid, signal.SIGINT)
        snapshot = json.loads(process.stdout.read())
        assert process.wait(HANG_S) == 130
    assert snapshot["state"] == "CANCELLED"


def test_without_a_profile_a_local_backend_is_started_and_stopped_and_keeps_its_reports(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "desktop", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False, env=environment)

    done = run("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=2", "--json")
    made = json.loads(done.stdout)
    assert made["state"] == "SUCCEEDED", done.stderr
    with pytest.raises(httpx.ConnectError):
        httpx.get(made["link"]["url"], trust_env=False)
    assert "The link no longer works" in done.stderr
    saved = run("download", made["reportId"], "--output", str(tmp_path / "a.csv"))
    assert saved.returncode == 0, saved.stderr
    assert hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest() == made["result"]["sha256"]


def test_report_of_another_command_is_watched_cancelled_and_downloaded(
    profile_path: Path, reportwire: Command, tmp_path: Path
) -> None:
    made = json.loads(reportwire("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=3", "--json").stdout)
    beginning, output = made["reportId"][:13], tmp_path / "report.csv"
    watched = reportwire("watch", beginning)
    assert (watched.returncode, watched.stdout.count("\n")) == (0, 1)
    assert watched.stdout.startswith("http://127.0.0.1:")
    done = reportwire("download", beginning, "--output", str(output))
    assert (done.returncode, done.stdout) == (0, "")
    assert hashlib.sha256(output.read_bytes()).hexdigest() == made["result"]["sha256"]
    assert "Signature" not in watched.stderr + done.stderr

    command = [sys.executable, "-m", "desktop", "generate", "sample", "-p", "delay=60000", "-p", "amountOfRows=7"]
    with subprocess.Popen(
        [*command, "--profile", str(profile_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "Waiting" not in process.stderr.readline():
            pass
        (running,) = json.loads(
            reportwire("reports", "--state", "running", "--search", "amountOfRows=7", "--json").stdout
        )
        assert "has not ended" in reportwire("download", running["reportId"], "--output", str(output)).stderr
        cancelled = reportwire("cancel", running["reportId"], "--json")
        assert (cancelled.returncode, json.loads(cancelled.stdout)["state"]) == (0, "CANCELLED")
        assert process.wait(HANG_S) == 130
    assert reportwire("watch", running["reportId"]).returncode == 130


def test_parameter_set_is_made_and_used(reportwire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made = reportwire("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=3", "--json", "--save-set", "few")
    assert made.returncode == 0, made.stderr
    used = reportwire("generate", "sample", "--set", "few", "-p", "amountOfRows=4", "--json")
    assert json.loads(used.stdout)["result"]["rowCount"] == 4
    assert "sample      few   -p delay=0 -p amountOfRows=3\n" in reportwire("sets").stdout
    assert 'There is: "few".' in reportwire("generate", "sample", "--set", "many").stderr


def test_doctor_finds_every_step_well(reportwire: Command) -> None:
    done = reportwire("doctor", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["conclusion"]) == (0, "All is well.")
    assert [step["outcome"] for step in document["steps"]] == ["passed"] * 8
    listed = json.loads(reportwire("reports", "--json").stdout)
    assert not [report for report in listed if (report["result"] or {}).get("rowCount") == 1], "its own is not listed"
