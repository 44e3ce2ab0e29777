"""Workers on EC2 instances that Lambda manages."""

import json
from dataclasses import fields
from typing import Any

import pytest

from backend.engine.budget import Limits
from backend.wiring.settings import WorkerSettings
from infra.bundle import PYTHON_VERSION
from infra.configuration.worker import LARGEST_MANAGED_MB, LONGEST_MANAGED_S
from infra.local.recording import recorded
from infra.local.recording.graph import Graph
from infra.policy_pack.rule import violations
from infra.policy_pack.rules import RULES
from infra.settings import InvalidConfig, Settings
from tests.flows.permissions.grants import granted
from tests.infra.conftest import BOUNDARY, EVERYTHING, of_type
from tests.infra.deployed import declarations
from tests.infra.iam_audit import faults_of

INSTANCES = {
    "managedInstances": "true",
    "instanceSubnetIds": "subnet-0a1b2c3d,subnet-1a1b2c3d4e5f67890",
    "instanceSecurityGroupIds": "sg-0a1b2c3d",
    "workerMemoryMb": "8192",
    "workerTimeoutSeconds": "5400",
    "eventMaxAgeSeconds": "5700",
    "mostWorkers": "4",
}
ELSEWHERE = {"endpoint": "wss://reports.example.com", "https": "https://reports.example.com/v1"}


@pytest.fixture(scope="module")
def managed() -> Graph:
    config = {name: value for name, value in EVERYTHING.items() if name != "reportwire:workerReservedConcurrency"}
    return recorded.record(config | {f"reportwire:{name}": value for name, value in {**INSTANCES, **ELSEWHERE}.items()})


def one(graph: Graph, type_: str, name: str = "worker") -> dict[str, Any]:
    found: dict[str, Any] = of_type(graph, type_)[name].inputs
    return found


def test_instances_are_in_the_operator_s_network_and_no_more_than_are_wanted(managed: Graph) -> None:
    provider = one(managed, "lambda/capacityProvider:CapacityProvider", "workers")
    assert provider["vpcConfig"] == {
        "subnetIds": ["subnet-0a1b2c3d", "subnet-1a1b2c3d4e5f67890"],
        "securityGroupIds": ["sg-0a1b2c3d"],
    }
    assert provider["instanceRequirements"] == [{"architectures": ["arm64"]}]
    assert provider["capacityProviderScalingConfigs"] == [{"scalingMode": "Auto", "maxVcpuCount": 2 * 4 * 4}]


def test_role_of_the_instances_is_lambda_s_with_the_policy_that_aws_has_for_it(managed: Graph) -> None:
    role = one(managed, "iam/role:Role", "instances")
    assert role["permissionsBoundary"] == BOUNDARY
    assert not list(faults_of(json.loads(role["assumeRolePolicy"]), is_about_its_owner=True))
    assert "lambda.amazonaws.com" in role["assumeRolePolicy"]
    attached = one(managed, "iam/rolePolicyAttachment:RolePolicyAttachment", "instances")
    assert attached["policyArn"] == "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
    (provider,) = of_type(managed, "lambda/capacityProvider:CapacityProvider").values()
    assert "aws:iam/rolePolicyAttachment:RolePolicyAttachment::instances" in provider.dependencies


def test_worker_is_the_same_but_for_its_machines_time_and_size(managed: Graph, graph: Graph) -> None:
    ours, usual = one(managed, "lambda/function:Function"), one(graph, "lambda/function:Function")
    assert (ours["timeout"], ours["memorySize"]) == (5_400, 8_192)
    assert ours["capacityProviderConfig"] == {
        "lambdaManagedInstancesCapacityProviderConfig": {
            "capacityProviderArn": "<aws:lambda/capacityProvider:CapacityProvider::workers.arn>",
            "executionEnvironmentMemoryGibPerVcpu": 2,
            "perExecutionEnvironmentMaxConcurrency": 1,
        }
    }
    assert "reservedConcurrentExecutions" not in ours
    same = {"handler", "runtime", "architectures", "code", "ephemeralStorage", "role"}
    assert {name: ours[name] for name in same} == {name: usual[name] for name in same}
    assert tuple(map(int, PYTHON_VERSION.split("."))) >= (3, 13)
    assert granted(managed).keys() == granted(graph).keys()


def test_one_version_is_published_and_kept_ready(managed: Graph, graph: Graph) -> None:
    """Each numbered version would keep workers of its own, and be paid for."""
    assert one(managed, "lambda/function:Function")["publishTo"] == "LATEST_PUBLISHED"
    assert one(managed, "lambda/alias:Alias")["functionVersion"] == "$LATEST.PUBLISHED"
    scaling = one(managed, "lambda/functionScalingConfig:FunctionScalingConfig")
    assert scaling["qualifier"] == "$LATEST.PUBLISHED"
    assert scaling["functionScalingConfig"] == {"minExecutionEnvironments": 1, "maxExecutionEnvironments": 4}
    others = {name for name in of_type(managed, "lambda/function:Function") if name != "worker"}
    assert not [name for name in others if "publishTo" in one(managed, "lambda/function:Function", name)]
    assert one(graph, "lambda/alias:Alias")["functionVersion"] == "<aws:lambda/function:Function::worker.version>"


def test_worker_uses_all_its_processors(managed: Graph, graph: Graph) -> None:
    variables = one(managed, "lambda/function:Function")["environment"]["variables"]
    assert (variables["WORKER_THREADS"], variables["WORKER_MEMORY_MB"]) == ("4", "8192")
    assert {name.lower() for name in variables} <= {field.name for field in fields(WorkerSettings)}
    assert "WORKER_THREADS" not in one(graph, "lambda/function:Function")["environment"]["variables"]
    assert (Limits.of_function(8_192, 4_096, 4).threads, Limits.of_function(8_192, 4_096).threads) == (4, 2)


def test_alarms_and_waits_follow_from_the_worker_s_time(managed: Graph) -> None:
    assert one(managed, "cloudwatch/metricAlarm:MetricAlarm", "worker-duration")["threshold"] == 5_400 * 1_000 * 0.8
    age = one(managed, "cloudwatch/metricAlarm:MetricAlarm", "worker-asynceventage")
    assert (age["threshold"], "mostWorkers" in age["alarmDescription"]) == (5_700 * 1_000 / 2, True)


def test_instances_keep_every_rule(managed: Graph) -> None:
    assert not list(violations(RULES, declarations(managed)))


def test_stack_without_them_has_nothing_of_them(graph: Graph, plain_graph: Graph) -> None:
    for each in (graph, plain_graph):
        assert not [r.key for r in each.resources if "apacity" in r.key or "caling" in r.key or "instances" in r.key]


def read(**config: str) -> Settings:
    return Settings.read({"protectData": "false", **config}, region="us-east-1", stage="dev")


def test_largest_and_longest_are_lambda_s() -> None:
    most = INSTANCES | {"workerMemoryMb": str(LARGEST_MANAGED_MB), "workerTimeoutSeconds": str(LONGEST_MANAGED_S)}
    settings = read(**most)
    assert (settings.processors, settings.workers) == (16, (1, 4))
    assert read().most_at_once is None


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"workerTimeoutSeconds": "901"}, "workerTimeoutSeconds must be at most 900 without managedInstances."),
        ({"workerMemoryMb": "10241"}, "workerMemoryMb must be at most 10,240 without managedInstances."),
        ({"mostWorkers": "3"}, "mostWorkers is for managedInstances, which is off."),
        ({"instanceSubnetIds": "subnet-0a1b2c3d"}, "instanceSubnetIds is for managedInstances, which is off."),
        (
            {**INSTANCES, "workerTimeoutSeconds": "5401"},
            "workerTimeoutSeconds must be a whole number from 60 to 5,400.",
        ),
        ({**INSTANCES, "workerMemoryMb": "32769"}, "workerMemoryMb must be a whole number from 512 to 32,768."),
        ({**INSTANCES, "workerMemoryMb": "8000"}, "workerMemoryMb must be a multiple of 2,048 with managedInstances"),
        ({**INSTANCES, "instanceSubnetIds": "subnet-1, subnet-2"}, "instanceSubnetIds must be up to 16 subnets"),
        ({**INSTANCES, "instanceSecurityGroupIds": "default"}, "instanceSecurityGroupIds must be up to five security"),
        ({**INSTANCES, "workerReservedConcurrency": "5"}, "workerReservedConcurrency is not for managedInstances"),
        ({**INSTANCES, "leastWorkers": "5"}, "leastWorkers must not be more than mostWorkers, 4."),
        ({**INSTANCES, "leastWorkers": "0"}, "leastWorkers must be a whole number from 1 to 1,000."),
        (
            {**INSTANCES, "eventMaxAgeSeconds": "5699"},
            "eventMaxAgeSeconds must be at least 5,700: with mostWorkers 4, reports of 5,400 s may wait that long.",
        ),
        ({**INSTANCES, "mostWorkers": "2"}, "eventMaxAgeSeconds must be at least 11,100: with mostWorkers 2"),
        (
            {**INSTANCES, "endpoint": "ws://127.0.0.1:1/x"},
            "managedInstances needs AWS: the emulator has no instances.",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_told(config: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidConfig) as raised:
        read(**config)
    assert told in str(raised.value)


def test_settings_that_miss_most_are_told_of_all_at_once() -> None:
    with pytest.raises(InvalidConfig) as raised:
        read(managedInstances="true")
    assert str(raised.value) == (
        "managedInstances needs instanceSubnetIds and instanceSecurityGroupIds: instances are in your VPC. "
        "workerMemoryMb must be a multiple of 2,048 with managedInstances: that is a processor's."
    )
