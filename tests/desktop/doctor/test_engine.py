"""`reportwire doctor --engine`: every report before the distributed engine of a stack."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.catalog.compiled import FOLDER
from desktop.commands.actions.doctor.engine import REPORTS
from desktop.commands.exits import Exit
from tests.backend.trino.scripted import Coordinator, running, stats
from tests.desktop.command_lines import Reportwire, complaint

NAMES = sorted(file.stem for file in (REPORTS / FOLDER).glob("*.json"))


@pytest.fixture
def coordinator() -> Iterator[Coordinator]:
    with running() as coordinator:
        yield coordinator


@pytest.fixture
def output(tmp_path: Path, coordinator: Coordinator) -> Path:
    return written(tmp_path, AWS_REGION="eu-west-1", DISTRIBUTED_ENGINE="trino", TRINO_URL=coordinator.url)


def written(tmp_path: Path, **variables: Any) -> Path:
    path = tmp_path / "engine.json"
    path.write_text(json.dumps(variables))
    return path


def scripted(coordinator: Coordinator, **refused: str) -> None:
    for name in NAMES:
        sentence = refused.get(name.replace("-", "_"))
        error = {"error": {"errorName": "E", "errorType": "USER_ERROR", "message": sentence}} if sentence else {}
        coordinator.says(stats=stats("FAILED" if sentence else "FINISHED"), **error)


def test_every_report_is_a_line_and_all_are_well(
    reportwire: Reportwire, coordinator: Coordinator, output: Path
) -> None:
    scripted(coordinator)
    done = reportwire.run("doctor", "--engine", str(output))
    assert (done.status, done.err) == (Exit.DONE, "")
    assert done.out.splitlines() == [f"{name}: ok" for name in NAMES]
    assert all(asked.body.startswith("EXPLAIN (TYPE VALIDATE) ") for asked in coordinator.asked)


def test_refused_report_is_a_failure_by_name_in_the_engine_s_words(
    reportwire: Reportwire, coordinator: Coordinator, output: Path
) -> None:
    scripted(coordinator, fleet_age="line 3:8: Column 'f.x'\ncannot be resolved\x1b[2J")
    done = reportwire.run("doctor", "--engine", str(output))
    assert done.status == Exit.FAILED
    assert [line for line in done.out.splitlines() if not line.endswith(": ok")] == [
        "fleet-age: line 3:8: Column 'f.x' cannot be resolved�[2J"
    ]
    scripted(coordinator, flights="no")
    found = json.loads(reportwire.run("doctor", "--engine", str(output), "--json").out)
    assert found["engine"] == "trino"
    assert [each for each in found["reports"] if not each["is_ok"]] == [
        {"report": "flights", "is_ok": False, "sentence": "no"}
    ]


def test_engine_that_does_not_answer_or_refuses_the_caller_is_no_connection(
    reportwire: Reportwire, coordinator: Coordinator, output: Path, tmp_path: Path
) -> None:
    coordinator.fails(401)
    done = reportwire.run("doctor", "--engine", str(output))
    assert (done.status, complaint(done).partition(",")[0]) == (
        Exit.NO_CONNECTION,
        "The query engine refuses the service",
    )
    coordinator.fails(429)
    assert reportwire.run("doctor", "--engine", str(output)).status == Exit.NO_CONNECTION
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        done = reportwire.run("doctor", "--engine", str(written(tmp_path, DISTRIBUTED_ENGINE="trino", TRINO_URL=url)))
    assert done.status == Exit.NO_CONNECTION
    assert complaint(done).startswith("The query engine does not answer: ")


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ("", "is not the output `engine` of a stack."),
        ("[]", "is not the output `engine` of a stack."),
        ('{"TRINO_URL": 1}', "is not the output `engine` of a stack."),
        ("{}", "DISTRIBUTED_ENGINE must be athena, trino or empty"),
        ('{"DISTRIBUTED_ENGINE": "athena", "AWS_REGION": "eu-west-1"}', "ATHENA_WORKGROUP is not set"),
        ('{"DISTRIBUTED_ENGINE": "trino", "TRINO_URL": "http://trino.example.com"}', "TRINO_URL"),
        ('{"DISTRIBUTED_ENGINE": "trino", "DISTRIBUTED_FROM_BYTES": "x"}', "DISTRIBUTED_FROM_BYTES"),
    ],
)
def test_file_that_describes_no_engine_is_wrong_usage(
    reportwire: Reportwire, tmp_path: Path, contents: str, told: str
) -> None:
    path = tmp_path / "engine.json"
    path.write_text(contents)
    done = reportwire.run("doctor", "--engine", str(path))
    assert done.status == Exit.USAGE
    assert told in complaint(done)


@pytest.mark.parametrize("more", [("--details",), ("--profile", "p.json"), ("--transport", "https")])
def test_engine_is_no_service(reportwire: Reportwire, tmp_path: Path, more: tuple[str, ...]) -> None:
    assert reportwire.run("doctor", "--engine", str(tmp_path / "missing.json"), *more).status == Exit.USAGE
    done = reportwire.run("doctor", "--engine", str(tmp_path / "missing.json"))
    assert (done.status, complaint(done).endswith("No such file or directory.")) == (Exit.USAGE, True)
