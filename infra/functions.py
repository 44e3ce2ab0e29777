"""A function with its role, its policy and its log group.

storage, API address, bundle ──▶ **functions** ──▶ WebSocket API, operations

An update is made by two calls, of the variables and of the code, and in between a function has the new ones of one and
the old ones of the other. So each publishes a version when both are done, and callers reach it by an alias that then
moves there at once. Going back is moving the alias back.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, iam, lambda_

from infra import bundle, policies
from infra.instances.capacity import LATEST, PUBLISH_TO, Capacity
from infra.policies import Statement

WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
SYSTEM_LOG_LEVEL = "INFO"
"""Lambda's default, at which it writes `platform.report` with an invocation's duration and memory; at WARN it does not.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""
LIVE = "live"
"""The name of the alias by which every function is reached."""


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """The properties of one function."""

    handler: str
    code: pulumi.Archive
    memory_mb: int
    storage_mb: int
    """Of its /tmp."""
    timeout_s: int
    variables: Mapping[str, Input[str]]
    """Exactly what the function's settings in backend/wiring/settings.py read."""
    statements: Sequence[Statement]
    """Its permissions, besides writing its own log."""
    log_retention_days: int
    wrapper: str | None = None
    """The script of the bundle that starts the function in place of Lambda's own runtime.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
    """
    permissions_boundary: str | None = None
    """The ARN of the policy that bounds its role."""
    capacity: Capacity | None = None
    """The instances that it runs on, if not Lambda's own machines."""
    reserved_concurrency: int | None = None
    """How many at once, no more, and room for as many kept free; None shares what the account has."""


class Function(pulumi.ComponentResource):
    """A Lambda function that may do what its statements say and nothing else.

    Its `name` is for metrics and for people. Whatever invokes it names `live`: a grant or an event's configuration for
    the function itself is none for its alias.
    """

    def __init__(self, name: str, args: FunctionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:Function", name, None, opts)
        within = ResourceOptions(parent=self)
        wrapped = {WRAPPER: f"{bundle.TASK_ROOT}/{args.wrapper}"} if args.wrapper else {}
        logs = cloudwatch.LogGroup(name, retention_in_days=args.log_retention_days, opts=within)
        role = iam.Role(
            name,
            assume_role_policy=policies.trust("lambda.amazonaws.com"),
            permissions_boundary=args.permissions_boundary,
            opts=within,
        )
        policy = iam.RolePolicy(
            name,
            name=name,
            role=role.name,
            policy=policies.document(*args.statements, write_logs(logs.arn)),
            opts=within,
        )
        function = lambda_.Function(
            name,
            publish=True,
            architectures=[bundle.ARCHITECTURE],
            runtime=f"python{bundle.PYTHON_VERSION}",
            handler=args.handler,
            # The engine compares archives by content: no hash of our own is needed.
            code=args.code,
            role=role.arn,
            memory_size=args.memory_mb,
            ephemeral_storage=lambda_.FunctionEphemeralStorageArgs(size=args.storage_mb),
            timeout=args.timeout_s,
            reserved_concurrent_executions=args.reserved_concurrency,
            publish_to=PUBLISH_TO if args.capacity else None,
            capacity_provider_config=args.capacity.of_function() if args.capacity else None,
            environment=lambda_.FunctionEnvironmentArgs(variables={**args.variables, **wrapped}),
            logging_config=lambda_.FunctionLoggingConfigArgs(
                log_format="JSON", log_group=logs.name, application_log_level="INFO", system_log_level=SYSTEM_LOG_LEVEL
            ),
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )
        version = LATEST if args.capacity else function.version
        self.live = lambda_.Alias(name, name=LIVE, function_name=function.name, function_version=version, opts=within)
        if args.capacity:
            args.capacity.scale(name, function, within)
        self._name, self._role = name, role
        self.name: Output[str] = function.name
        self.log_group: Output[str] = logs.name
        self.memory_mb = args.memory_mb
        self.register_outputs({})

    def allow_invoking(
        self, name: str, *, service: str, source_arn: Input[str], opts: ResourceOptions
    ) -> lambda_.Permission:
        """Declare that a service may invoke the function, by its alias, for `source_arn`."""
        return lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=self.name,
            qualifier=self.live.name,
            principal=service,
            source_arn=source_arn,
            opts=opts,
        )

    def may_invoke(self, invoked: "Function", *, name: str, sid: str) -> iam.RolePolicy:
        """Declare that the function may invoke one, perhaps itself, that is declared after it, by its alias."""
        return iam.RolePolicy(
            f"{self._name}-{name}",
            role=self._role.name,
            policy=policies.document(policies.allow(sid, ["lambda:InvokeFunction"], invoked.live.arn)),
            opts=ResourceOptions(parent=self),
        )


def write_logs(log_group_arn: Output[str]) -> Statement:
    """Return the statement that lets a function write to its own log group."""
    streams = Output.concat(log_group_arn, ":log-stream:*")
    return policies.allow("WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)


def send_failures(
    worker: Function, failures: Function, *, max_age_s: int, retries: int
) -> lambda_.FunctionEventInvokeConfig:
    """Retry an asynchronous invocation of `worker`, then tell `failures` why it failed.

    Lambda does so with the worker's role, and looks whether that may when this is declared.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    permission = worker.may_invoke(failures, name="reports-failure", sid="ReportFailure")
    return lambda_.FunctionEventInvokeConfig(
        "worker",
        function_name=worker.name,
        qualifier=worker.live.name,
        maximum_retry_attempts=retries,
        maximum_event_age_in_seconds=max_age_s,
        destination_config=lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
            on_failure=lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(destination=failures.live.arn)
        ),
        opts=ResourceOptions(parent=worker, depends_on=[permission]),
    )
