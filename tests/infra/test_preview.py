"""The program as the engine runs it before anything is made: no id, ARN or name is known."""

import json
import subprocess
import sys

import pytest

from infra.bundle import ROOT
from infra.local.recording.graph import Graph
from tests.infra.conftest import EVERYTHING, WITH_TOKENS

PREVIEW = """
import json, sys
from infra.local.recording import recorder

def unknown(self, args):
    return None, args.inputs

recorder.References.new_resource = unknown
set_mocks = recorder.set_mocks
recorder.set_mocks = lambda mocks, **options: set_mocks(mocks, **{**options, "preview": True})
graph = recorder.run(json.load(sys.stdin), sys.argv[1])
assert not [resource.key for resource in graph.resources if "<aws:" in repr(resource.inputs)], "all is unknown"
print(json.dumps([resource.key for resource in graph.resources]))
"""
REFUSED = """
import json, sys
import pulumi
from infra.local.recording import recorder
try:
    recorder.run(json.load(sys.stdin), sys.argv[1])
except pulumi.RunError as error:
    print(json.dumps([str(error), error.__suppress_context__]))
"""


def run(script: str, config: dict[str, str]) -> list[str]:
    command = [sys.executable, "-c", script, "local"]
    done = subprocess.run(command, input=json.dumps(config), capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "config"), [("graph", EVERYTHING), ("token_graph", WITH_TOKENS)])
def test_preview_of_a_stack_that_is_not_there_declares_all_of_it(
    request: pytest.FixtureRequest, name: str, config: dict[str, str]
) -> None:
    graph: Graph = request.getfixturevalue(name)
    assert sorted(run(PREVIEW, config)) == sorted(resource.key for resource in graph.resources)


@pytest.mark.slow
def test_wrong_settings_are_one_line_to_whoever_deploys() -> None:
    told, is_alone = run(REFUSED, {**EVERYTHING, "reportwire:throtleBurst": "400", "reportwire:fileTtlDays": "0"})
    assert told == (
        "fileTtlDays must be a whole number from 1 to 365. There is no setting throtleBurst. Is throttleBurst meant?"
    )
    assert is_alone, "the error is told without the one that led to it"
