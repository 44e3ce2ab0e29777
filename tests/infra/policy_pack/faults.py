"""Faults planted in a recorded graph, each with the rule that is there for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from infra.local.recording.graph import Graph, Resource

Inputs = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A graph made worse."""

    rule: str
    key: str
    """The resource that breaks the rule."""
    plant: Callable[[Graph], Graph]


def changed(rule: str, key: str, **inputs: Any) -> Fault:
    """Change some inputs of a resource; None takes one away."""
    return edited(rule, key, lambda before: {n: v for n, v in {**before, **inputs}.items() if v is not None})


def edited(rule: str, key: str, edit: Callable[[Inputs], Inputs]) -> Fault:
    def plant(graph: Graph) -> Graph:
        assert any(each.key == key for each in graph.resources), key
        return msgspec.structs.replace(
            graph,
            resources=tuple(
                msgspec.structs.replace(each, inputs=edit(each.inputs)) if each.key == key else each
                for each in graph.resources
            ),
        )

    return Fault(rule=rule, key=key, plant=plant)


def taken_away(rule: str, part: str, key: str) -> Fault:
    """Leave a resource out, which another misses."""

    def plant(graph: Graph) -> Graph:
        kept = tuple(each for each in graph.resources if each.key != part)
        assert len(kept) < len(graph.resources), part
        return msgspec.structs.replace(graph, resources=kept)

    return Fault(rule=rule, key=key, plant=plant)


def added(rule: str, type_: str, name: str, **inputs: Any) -> Fault:
    resource = Resource(type=type_, name=name, inputs=inputs)
    return Fault(
        rule=rule,
        key=resource.key,
        plant=lambda graph: msgspec.structs.replace(graph, resources=(*graph.resources, resource)),
    )


def granting(rule: str, key: str, **statement: Any) -> Fault:
    """Add a statement to a policy."""

    def edit(inputs: Inputs) -> Inputs:
        document = json.loads(inputs["policy"])
        worse = {"Sid": "Planted", "Effect": "Allow", **statement}
        return {**inputs, "policy": json.dumps({**document, "Statement": [*document["Statement"], worse]})}

    return edited(rule, key, edit)


BUCKET = "aws:s3/bucket:Bucket::reports"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::reports"
POLICY = "aws:s3/bucketPolicy:BucketPolicy::datasets"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration::reports"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration::datasets"
TABLE = "aws:dynamodb/table:Table::reports"
WORKER = "aws:lambda/function:Function::worker"
ROUTER = "aws:lambda/function:Function::router"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy::router"
CONNECT_POLICY = "aws:iam/policy:Policy::connect"
ROUTE = "aws:apigatewayv2/route:Route::"
METHOD = "aws:apigateway/method:Method::events"
LOGS = "aws:cloudwatch/logGroup:LogGroup::worker"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm::worker-errors"

NAMED = "policies-name-what-they-allow"
LIMITS = "functions-stay-within-limits"
BOUNDED = "instances-are-bounded"
OTHERS_LOG = {"loggingConfig": {"logFormat": "JSON", "logGroup": "<aws:cloudwatch/logGroup:LogGroup::worker.name>"}}


def instances(reports: int | None) -> Inputs:
    """Return what puts a function on managed instances, with so many reports at a time."""
    within = {"capacityProviderArn": "arn", "perExecutionEnvironmentMaxConcurrency": reports}
    return {"lambdaManagedInstancesCapacityProviderConfig": {n: v for n, v in within.items() if v is not None}}


FAULTS = {
    "public bucket": changed("buckets-are-private", BLOCK, blockPublicPolicy=False),
    "bucket that blocks nothing": taken_away("buckets-are-private", BLOCK, BUCKET),
    "bucket over plain http": changed("buckets-refuse-plain-http", POLICY, policy='{"Statement": []}'),
    "bucket without a policy": taken_away("buckets-refuse-plain-http", POLICY, "aws:s3/bucket:Bucket::datasets"),
    "objects over plain http": edited(
        "buckets-refuse-plain-http",
        POLICY,
        lambda inputs: {**inputs, "policy": inputs["policy"].replace("datasets.arn>/*", "datasets.arn>")},
    ),
    "no encryption": taken_away("buckets-are-encrypted", ENCRYPTION, BUCKET),
    "encryption by nothing": changed("buckets-are-encrypted", ENCRYPTION, rules=[]),
    "uploads kept for ever": edited(
        "buckets-clean-up",
        LIFECYCLE,
        lambda inputs: {**inputs, "rules": [{**inputs["rules"][0], "status": "Disabled"}]},
    ),
    "no lifecycle": taken_away("buckets-clean-up", LIFECYCLE, "aws:s3/bucket:Bucket::datasets"),
    "table that cannot be restored": changed("protected-data-is-kept", TABLE, pointInTimeRecovery=None),
    "recovery switched off": changed("protected-data-is-kept", TABLE, pointInTimeRecovery={"enabled": False}),
    "table that anybody deletes": changed("protected-data-is-kept", TABLE, deletionProtectionEnabled=False),
    "bucket that is emptied": changed("protected-data-is-kept", BUCKET, forceDestroy=True),
    "every action": granting(NAMED, ROLE_POLICY, Action="dynamodb:*", Resource=f"<{TABLE}.arn>"),
    "every resource": granting(NAMED, ROLE_POLICY, Action=["dynamodb:GetItem"], Resource=["*"]),
    "every bucket": granting(NAMED, ROLE_POLICY, Action=["s3:GetObject"], Resource=["arn:aws:s3:::*"]),
    "every function": granting(
        NAMED,
        CONNECT_POLICY,
        Action=["lambda:InvokeFunction"],
        Resource=["arn:aws:lambda:eu-west-1:111122223333:function:*"],
    ),
    "all actions but one": granting(NAMED, ROLE_POLICY, NotAction=["iam:PassRole"], Resource=[f"<{TABLE}.arn>"]),
    "bucket for everybody": granting(
        NAMED, POLICY, Principal="*", Action=["s3:GetObject"], Resource=["<aws:s3/bucket:Bucket::datasets.arn>/*"]
    ),
    "role for everybody": changed(
        NAMED,
        "aws:iam/role:Role::router",
        assumeRolePolicy='{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}}',
    ),
    "open upgrade": changed("routes-are-authorised", f"{ROUTE}connect", authorizationType="NONE"),
    "no upgrade of its own": taken_away(
        "routes-are-authorised", f"{ROUTE}connect", "aws:apigatewayv2/api:Api::reportwire"
    ),
    "open resource": changed("routes-are-authorised", f"{ROUTE}http-reports", authorizationType=None),
    "open catch-all": changed(
        "routes-are-authorised", f"{ROUTE}http-openapi-json", routeKey="$default", authorizationType="NONE"
    ),
    "open method": changed("routes-are-authorised", METHOD, authorization="NONE"),
    "function with a URL": added(
        "functions-have-no-url",
        "aws:lambda/functionUrl:FunctionUrl",
        "worker",
        functionName=f"<{WORKER}.name>",
        authorizationType="AWS_IAM",
    ),
    "function for everybody": changed(
        "functions-have-no-url", "aws:lambda/permission:Permission::api-invokes-router", principal="*"
    ),
    "log for ever": changed("logs-are-forgotten", LOGS, retentionInDays=0),
    "log with no retention": changed("logs-are-forgotten", LOGS, retentionInDays=None),
    "log of another": edited("functions-log-apart", ROUTER, lambda inputs: {**inputs, **OTHERS_LOG}),
    "log that is not declared": changed("functions-log-apart", ROUTER, loggingConfig={"logFormat": "JSON"}),
    "longer than Lambda runs": changed(LIMITS, WORKER, timeout=901),
    "longer than managed instances run": changed(LIMITS, WORKER, timeout=5401, capacityProviderConfig=instances(1)),
    "reports that share a worker": changed(BOUNDED, WORKER, capacityProviderConfig=instances(16)),
    "as many reports as AWS likes": changed(BOUNDED, WORKER, capacityProviderConfig=instances(None)),
    "instances without end": added(
        BOUNDED,
        "aws:lambda/capacityProvider:CapacityProvider",
        "workers",
        capacityProviderScalingConfigs=[{"scalingMode": "Auto"}],
        tags={"project": "reportwire", "stack": "local"},
    ),
    "longer than API Gateway waits": changed(LIMITS, ROUTER, timeout=60),
    "no timeout": changed(LIMITS, WORKER, timeout=None),
    "more than an account has": changed(LIMITS, WORKER, reservedConcurrentExecutions=950),
    "switched off": changed(LIMITS, WORKER, reservedConcurrentExecutions=0),
    "alarm without an action": changed("alarms-tell-somebody", ALARM, alarmActions=[]),
    "alarm that is off": changed("alarms-tell-somebody", ALARM, actionsEnabled=False),
    "no tags": changed("everything-is-tagged", TABLE, tags=None),
    "no stack's name": changed("everything-is-tagged", TABLE, tags={"project": "reportwire"}),
}
