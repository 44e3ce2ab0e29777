"""The recorded graph and its cache."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.bundle import ROOT
from infra.local.recording import recorded
from infra.local.recording.graph import Graph
from tests.infra.conftest import EVERYTHING

RECORD_AND_LIST = """
import json, sys
from infra.local.recording import recorder
recorder.run(json.load(sys.stdin), "local")
print(json.dumps([module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]))
"""


def imported_by(config: Mapping[str, str]) -> set[Path]:
    """Return the files of this project that a recording reads."""
    command = [sys.executable, "-c", RECORD_AND_LIST]
    done = subprocess.run(command, input=json.dumps(dict(config)), capture_output=True, text=True, check=True, cwd=ROOT)
    imported = {path for name in json.loads(done.stdout) if (path := Path(name)).is_relative_to(ROOT)}
    return {path for path in imported if ".venv" not in path.parts} | {ROOT / "infra" / "__main__.py"}


def test_two_first_starts_at_once_do_not_collide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, graph: Graph) -> None:
    replace = Path.replace

    def replace_after_another_start(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        assert recorded.load(tmp_path) == graph
        return self.replace(target)

    monkeypatch.setattr(recorded, "record", lambda _: graph)
    monkeypatch.setattr(Path, "replace", replace_after_another_start)
    assert recorded.load(tmp_path) == graph
    assert len(list(tmp_path.iterdir())) == 1


def test_damaged_cache_is_recorded_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, graph: Graph) -> None:
    monkeypatch.setattr(recorded, "record", lambda _: graph)
    recorded.load(tmp_path)
    (cached,) = tmp_path.iterdir()
    content = cached.read_bytes()
    for damaged in (content[:-100], content.replace(b"reportwire", b"reportwir\xff"), b""):
        cached.write_bytes(damaged)
        assert recorded.load(tmp_path) == graph
    monkeypatch.undo()
    assert recorded.load(tmp_path) == graph


@pytest.mark.slow
def test_graph_is_cached_by_the_files_it_is_made_from() -> None:
    assert recorded.sources() == imported_by(recorded.CONFIG)


@pytest.mark.slow
def test_graph_with_tokens_is_cached_by_the_reports_too() -> None:
    """Which groups there are stands in their headers."""
    config = recorded.configured(recorded.completed({"auth": "oidc"}))
    assert imported_by(config) | set((ROOT / "backend/reports").glob("*.sql")) <= recorded.sources(config)


def test_graph_is_cached_by_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {recorded._content_key(recorded.CONFIG)}
    keys.add(recorded._content_key(recorded.configured({"synchronousReports": "true"})))
    monkeypatch.setattr(recorded, "STACK", "other")
    keys.add(recorded._content_key(recorded.CONFIG))
    assert len(keys) == 3


@pytest.mark.slow
def test_program_declares_the_same_twice(graph: Graph) -> None:
    assert recorded.record(EVERYTHING) == graph


PREVIEW = """
import json, sys
from pulumi.runtime import mocks
from infra.local.recording import recorder

class FirstPreview(recorder.References):
    def new_resource(self, args):
        return "", args.inputs

class Monitor(recorder.Recorder):
    def __init__(self):
        super().__init__()
        self.mocks = FirstPreview()

recorder.Recorder = Monitor
set_mocks = recorder.set_mocks
recorder.set_mocks = lambda *args, **options: set_mocks(*args, **{**options, "preview": True})
graph = recorder.run(json.load(sys.stdin), "local")
texts = json.dumps([resource.inputs for resource in graph.resources], default=lambda unknown: "unknown")
keys = [resource.key for resource in graph.resources]
print(json.dumps({"keys": keys, "known": texts.count("<aws:"), "unknown": texts.count("unknown")}))
"""
"""Run the program as the first preview does: nothing has an id, and of a resource only its inputs are known."""


@pytest.mark.slow
def test_first_preview_declares_the_same_though_no_id_is_known(graph: Graph) -> None:
    command = [sys.executable, "-c", PREVIEW]
    done = subprocess.run(command, input=json.dumps(EVERYTHING), capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert sorted(found["keys"]) == sorted(resource.key for resource in graph.resources)
    assert found["known"] == 0
    assert found["unknown"] > len(graph.resources)
