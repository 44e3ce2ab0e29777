"""The real engine makes the stack on the empty emulator, finds nothing to do, has a report made, and takes it down.

Skipped where `pulumi` or its plugin for AWS is not installed: neither comes with the project.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.bundle import ROOT
from tests.infra.local.empty_emulator import Empty, empty_emulator

pytestmark = [pytest.mark.slow, pytest.mark.engine]

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
"""The emulator leaves fields out when it describes alarms as the plugin asks: they differ in each plan."""
CONFIGURED = frozenset({"up", "preview", "refresh", "destroy"})
"""Commands that read the stack's settings."""
LONGEST_S = 900


@dataclass(frozen=True)
class Pulumi:
    """The command line, on a stack of its own whose state and settings are in `home`."""

    program: str
    home: Path
    empty: Empty

    def __call__(self, *arguments: str) -> str:
        settings = ("--config-file", str(self.settings)) if arguments[0] in CONFIGURED else ()
        command = [self.program, "-C", str(ROOT / "infra"), "--non-interactive", *arguments, *settings]
        done = subprocess.run(
            command, capture_output=True, text=True, env=self.environment, timeout=LONGEST_S, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def settings(self) -> Path:
        return self.home / "Pulumi.emulator.yaml"

    @property
    def environment(self) -> dict[str, str]:
        backend = {"PULUMI_BACKEND_URL": f"file://{self.home}", "PULUMI_SKIP_UPDATE_CHECK": "true"}
        return {**os.environ, **self.empty.variables, **backend}

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments))


@pytest.fixture(scope="module")
def pulumi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulumi]:
    program = shutil.which("pulumi")
    if program is None:
        pytest.skip("pulumi is not installed")
    listed = subprocess.run([program, "plugin", "ls", "--json"], capture_output=True, text=True, check=True).stdout
    if not any(plugin["name"] == "aws" for plugin in json.loads(listed)):
        pytest.skip("Pulumi's plugin for AWS is not installed")
    home = tmp_path_factory.mktemp("pulumi")
    with empty_emulator(tmp_path_factory.mktemp("cache")) as empty:
        pulumi = Pulumi(program, home, empty)
        committed = (ROOT / "infra" / pulumi.settings.name).read_text()
        bundles = "".join(f"  reportwire:{name}: {path}\n" for name, path in empty.bundles.items())
        pulumi.settings.write_text(re.sub(r"127\.0\.0\.1:\d+", empty.authority, committed) + bundles)
        pulumi("stack", "init", "emulator")
        yield pulumi


def steps_that_change(plan: dict[str, Any]) -> set[str]:
    return {step["newState"]["type"] for step in plan["steps"] if step["op"] != "same"}


def test_engine_makes_the_stack_and_takes_it_down(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi("up", "--yes", "--skip-preview")
    assert steps_that_change(pulumi.json("preview", "--json")) <= {ALARM}
    pulumi("refresh", "--yes", "--skip-preview")
    assert steps_that_change(pulumi.json("preview", "--json")) <= {ALARM}
    profile = tmp_path / "profile.json"
    profile.write_text(pulumi("stack", "output", "profile", "--json"))
    asked = ("generate", "sample", "-p", "delay=0", "-p", "amountOfRows=5", "--format", "csv", "--output", "report.csv")
    command = [sys.executable, "-m", "desktop", *asked, "--profile", str(profile)]
    environment = {**pulumi.environment, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=LONGEST_S)
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 6
    pulumi("destroy", "--yes", "--skip-preview")
    assert left(pulumi.empty) == {"buckets": [], "tables": [], "functions": [], "apis": []}


def left(empty: Empty) -> dict[str, list[Any]]:
    session = boto3.Session(*empty.key, region_name="us-east-1")

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=f"http://{empty.authority}")  # type: ignore[call-overload]

    return {
        "buckets": client("s3").list_buckets()["Buckets"],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "functions": client("lambda").list_functions()["Functions"],
        "apis": client("apigatewayv2").get_apis()["Items"],
    }
