"""Run the Pulumi program without an engine and write down what it declares. A program of its own.

stdin: configuration ──▶ **recorder** ◀──▶ infra/__main__.py ──▶ stdout: graph
"""

import json
import os
import runpy
import sys
from typing import Any

import msgspec
import pulumi
from pulumi.runtime import get_root_resource, mocks, rpc, set_mocks
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from infra.bundle import ROOT
from infra.configuration.checking import VARIABLE
from infra.local.recording.graph import Graph, Resource, in_order, reference, resource_key

PROJECT = "reportwire"
PROGRAM = ROOT / "infra"
COMPUTED = ("arn", "name", "bucket", "invokeArn", "version", "executionArn", "rootResourceId", "catalogId")
"""Attributes that a resource has once it is made, besides its inputs and its id."""


class References(mocks.Mocks):
    """Answers every registration with references to what does not exist yet."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        """Refuse: a call would make the graph depend on an account."""
        raise NotImplementedError(f"the program asks AWS for {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return the id and the state a resource will have."""
        key = resource_key(args.typ, args.name)
        return reference(key, "id"), {name: reference(key, name) for name in COMPUTED} | args.inputs


class Recorder(mocks.MockMonitor):
    """Notes every resource once it is registered; what depends on it can only be registered later."""

    def __init__(self) -> None:
        super().__init__(References())
        self.recorded: list[Resource] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  the monitor's gRPC interface
        """Register a resource of the program."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.custom:
            self.recorded.append(_resource(request))
        return response


def run(config: dict[str, str], stack: str) -> Graph:
    """Run the program to its end under `config`."""
    recorder = Recorder()
    set_mocks(recorder.mocks, project=PROJECT, stack=stack, preview=False, monitor=recorder)
    os.environ[VARIABLE] = json.dumps(config)  # as the engine does
    sys.path.insert(0, str(PROGRAM))  # likewise

    async def program() -> None:
        runpy.run_path(str(PROGRAM / "__main__.py"))

    _sync_await(run_pulumi_func(program))
    root: Any = get_root_resource()
    outputs: Any = _sync_await(pulumi.Output.all(**root.outputs).future())
    if len({resource.key for resource in recorder.recorded}) != len(recorder.recorded):
        raise RuntimeError("two resources of one type have the same name")
    return Graph(resources=in_order(recorder.recorded), outputs=outputs)


def _resource(request: Any) -> Resource:  # noqa: ANN401  a protobuf message
    return Resource(
        type=request.type,
        name=request.name,
        inputs=_plain(rpc.deserialize_properties(request.object)),
        dependencies=tuple(sorted(map(_key, request.dependencies))),
        protect=request.protect,
    )


def _key(urn: str) -> str:
    """Return the key of the resource of a URN.

    Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
    """
    *_, types, name = urn.split("::")
    return resource_key(types.rpartition("$")[2], name)


def _plain(value: Any) -> Any:  # noqa: ANN401  as wide as JSON
    """Return inputs as JSON has them: protobuf knows no integers, and an archive is its path."""
    match value:
        case pulumi.FileArchive():
            return value.path
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.json.encode(run(asked["config"], asked["stack"])))
