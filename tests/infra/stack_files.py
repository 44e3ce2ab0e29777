"""The stacks of the repository, recorded as their files say, and with every option on."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from infra.bundle import ROOT
from infra.local.recording import recorded
from infra.local.recording.graph import BUNDLE, Graph
from infra.settings import Settings

FILES = sorted((ROOT / "infra").glob("Pulumi.*.yaml"))
NAMES = ("bundle", "workerBundle", "eventsBundle", "authorizerBundle")
BUNDLES = dict.fromkeys((f"reportwire:{name}" for name in NAMES), BUNDLE)
VALUES = {
    "alarmEmail": "oncall@example.com",
    "allowedOrigins": "https://a.example,https://b.example",
    "monthlyBudgetUsd": "50",
    "permissionsBoundary": "arn:aws:iam::111122223333:policy/boundary",
    "routerReservedConcurrency": "50",
    "workerReservedConcurrency": "7",
    "httpReservedConcurrency": "50",
    "eventsReservedConcurrency": "9",
}
"""Settings that are no switch and turn something on."""
APART = {"managedInstances"}
"""Switches that go with no other settings of the same function: see `resources.test_instances`."""
TOKENS = {"auth": "oidc", "authorizerReservedConcurrency": "20"}
"""Those of a stack whose analysts sign in with tokens."""


def as_it_is(file: Path) -> Graph:
    """Record the stack of a file, once somebody hears its alarms."""
    return _recorded(file, {"reportwire:alarmEmail": VALUES["alarmEmail"]})


def with_everything_on(file: Path) -> Graph:
    """Record the stack of a file with every switch on but those apart, and what else there is to turn on."""
    names = {field.encode_name: field.type for field in msgspec.structs.fields(Settings)}
    switches = {name: "true" for name, type_ in names.items() if type_ is bool and name not in APART}
    values = {name: value for name, value in VALUES.items() if name in names}
    return _recorded(file, {f"reportwire:{name}": value for name, value in (switches | values).items()})


def with_tokens(file: Path) -> Graph:
    """Record the stack of a file as it is, but for analysts who sign in with tokens."""
    options = {"alarmEmail": VALUES["alarmEmail"], **TOKENS}
    return _recorded(file, {f"reportwire:{name}": value for name, value in options.items()})


def _recorded(file: Path, options: Mapping[str, str]) -> Graph:
    declared = msgspec.yaml.decode(file.read_bytes())["config"]
    config = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in declared.items()}
    return recorded.record({**config, **BUNDLES, **options}, stack=file.suffixes[0].removeprefix("."))
