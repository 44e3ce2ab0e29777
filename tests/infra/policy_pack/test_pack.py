"""The pack as the engine runs it: started as its shim does, and asked over the engine's own protocol.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import grpc
import msgspec
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as messages
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from infra.bundle import ROOT
from infra.local.recording.graph import REFERENCE, Graph, Resource
from infra.policy_pack.rules import RULES
from tests.infra.deployed import deployed, needs
from tests.infra.policy_pack.faults import FAULTS, Fault
from tests.infra.policy_pack.token_faults import TOKEN_FAULTS

pytestmark = pytest.mark.slow

PACK = ROOT / "infra" / "policy_pack"
ANSWER_S = 60


class Engine:
    """Asks the pack as the engine does."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._pack: Any = analyzer_pb2_grpc.AnalyzerStub(channel)

    def info(self) -> Any:
        return self._pack.GetAnalyzerInfo(Empty(), timeout=ANSWER_S)

    def violations(self, graph: Graph, *, is_preview: bool = False) -> set[tuple[str, str]]:
        """Return the rules that are broken and by what, each resource asked for and then the stack."""
        properties = list(map(_known, graph.resources)) if is_preview else [each.inputs for each in deployed(graph)]
        declared = list(zip(graph.resources, properties, strict=True))
        stack = messages.AnalyzeStackRequest(resources=[_of_stack(each, inputs) for each, inputs in declared])
        found = [(each.urn, each) for each in self._pack.AnalyzeStack(stack, timeout=ANSWER_S).diagnostics]
        for resource, inputs in declared:
            request = _request(resource, inputs)
            answer = self._pack.Analyze(request, timeout=ANSWER_S)
            found += [(request.urn, each) for each in answer.diagnostics]  # the engine knows whom it asked about
        assert {each.enforcementLevel for _, each in found} <= {messages.MANDATORY}, found
        return {(each.policyName, about) for about, each in found}


def urn(key: str) -> str:
    return f"urn:pulumi:prod::reportwire::{key}"


def _struct(inputs: Mapping[str, Any]) -> Struct:
    return ParseDict(dict(inputs), Struct())


def _known(resource: Resource) -> dict[str, Any]:
    """Return inputs as in the first preview: what is computed from another resource is not known."""

    def known(value: Any) -> Any:
        match value:
            case str():
                return UNKNOWN_STRING_VALUE if REFERENCE.search(value) else value
            case dict():
                return {name: known(item) for name, item in value.items()}
            case list():
                return [known(item) for item in value]
            case _:
                return value

    return {name: known(value) for name, value in resource.inputs.items()}


def _request(resource: Resource, inputs: Mapping[str, Any]) -> Any:
    return messages.AnalyzeRequest(
        type=resource.type,
        urn=urn(resource.key),
        name=resource.name,
        properties=_struct(inputs),
        options=messages.AnalyzerResourceOptions(protect=resource.protect),
    )


def _of_stack(resource: Resource, inputs: Mapping[str, Any]) -> Any:
    depends = {
        name: messages.AnalyzerPropertyDependencies(urns=sorted(map(urn, keys)))
        for name, keys in needs(resource).items()
        if keys
    }
    return messages.AnalyzerResource(
        type=resource.type,
        urn=urn(resource.key),
        name=resource.name,
        properties=_struct(inputs),
        options=messages.AnalyzerResourceOptions(protect=resource.protect),
        propertyDependencies=depends,
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Start the pack as `pulumi-analyzer-policy-python` does, and connect to the port it prints."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as pack:
        try:
            assert pack.stdout
            port = int(pack.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Engine(channel)
        finally:
            pack.kill()


def test_engine_is_told_every_rule_and_that_it_is_mandatory(engine: Engine) -> None:
    info = engine.info()
    assert info.name == msgspec.yaml.decode((PACK / "PulumiPolicy.yaml").read_bytes())["name"]
    assert {(each.name, each.enforcementLevel) for each in info.policies} == {
        (rule.name, messages.MANDATORY) for rule in RULES
    }


def test_update_that_keeps_the_rules_passes(engine: Engine, graph: Graph, token_graph: Graph) -> None:
    assert engine.violations(graph) == engine.violations(token_graph) == set()


def test_first_preview_of_it_passes_though_hardly_anything_is_known(
    engine: Engine, graph: Graph, token_graph: Graph
) -> None:
    assert engine.violations(graph, is_preview=True) == engine.violations(token_graph, is_preview=True) == set()


ONE_EACH = {fault.rule: fault for fault in FAULTS.values()}
ONE_EACH_OF_TOKENS = {fault.rule: fault for fault in TOKEN_FAULTS.values() if fault.rule not in ONE_EACH}


@pytest.mark.parametrize("fault", ONE_EACH.values(), ids=list(ONE_EACH))
def test_update_with_a_planted_fault_is_stopped_by_the_rule_that_is_meant(
    engine: Engine, graph: Graph, fault: Fault
) -> None:
    found = engine.violations(fault.plant(graph))
    assert {rule for rule, _ in found} == {fault.rule}
    assert (fault.rule, urn(fault.key)) in found


@pytest.mark.parametrize("fault", ONE_EACH_OF_TOKENS.values(), ids=list(ONE_EACH_OF_TOKENS))
def test_update_with_a_fault_in_sign_in_is_stopped_by_the_rule_that_is_meant(
    engine: Engine, token_graph: Graph, fault: Fault
) -> None:
    assert engine.violations(fault.plant(token_graph)) == {(fault.rule, urn(fault.key))}


@pytest.mark.parametrize("name", ["public bucket", "no lifecycle", "open upgrade", "log for ever", "no tags"])
def test_first_preview_stops_what_can_be_seen_by_then(engine: Engine, graph: Graph, name: str) -> None:
    fault = FAULTS[name]
    assert (fault.rule, urn(fault.key)) in engine.violations(fault.plant(graph), is_preview=True)
