"""The capacity of a stack's workers: instances in the operator's VPC, and the role by which Lambda runs them.

settings ──▶ **Capacity** ──▶ the worker's function

A worker there makes one report at a time: memory, processors and /tmp are reckoned as one report's. There is one
published version, `LATEST`, of which each deployment makes another: of numbered ones each would keep workers running.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-scaling.html,
…/lambda-managed-instances-operator-role.html, …/lambda-managed-instances-version-publishing.html
"""

from typing import Any

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import iam, lambda_

from infra import bundle, policies
from infra.configuration.worker import PROCESSOR_MB
from infra.settings import Settings

LATEST = "$LATEST.PUBLISHED"
"""The version that a deployment publishes anew."""
PUBLISH_TO = "LATEST_PUBLISHED"
OPERATOR_POLICY = "AWSLambdaManagedEC2ResourceOperator"
"""AWS's own, which starts and describes instances that are Lambda's, and no others."""
AT_DEPLOYMENT = 2
"""As many processors again: workers of the version before may still be at their reports."""


class Capacity(pulumi.ComponentResource):
    """Instances for workers."""

    def __init__(self, settings: Settings, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:Capacity", "workers", None, opts)
        within = ResourceOptions(parent=self)
        self.least, self.most = settings.workers
        role = iam.Role(
            "instances",
            assume_role_policy=policies.trust("lambda.amazonaws.com"),
            permissions_boundary=settings.permissions_boundary,
            opts=within,
        )
        operates = iam.RolePolicyAttachment(
            "instances",
            role=role.name,
            policy_arn=f"arn:{settings.partition.id}:iam::aws:policy/{OPERATOR_POLICY}",
            opts=within,
        )
        # The SDK's classes want every property, of which AWS takes only some together.
        requirements: Any = {"architectures": [bundle.ARCHITECTURE]}
        scaling: Any = {"scaling_mode": "Auto", "max_vcpu_count": self.most * settings.processors * AT_DEPLOYMENT}
        self.provider = lambda_.CapacityProvider(
            "workers",
            vpc_config=lambda_.CapacityProviderVpcConfigArgs(
                subnet_ids=settings.subnets, security_group_ids=settings.security_groups
            ),
            permissions_config=lambda_.CapacityProviderPermissionsConfigArgs(
                capacity_provider_operator_role_arn=role.arn
            ),
            instance_requirements=[requirements],
            capacity_provider_scaling_configs=[scaling],
            opts=ResourceOptions(parent=self, depends_on=[operates]),
        )
        self.register_outputs({})

    def of_function(self) -> lambda_.FunctionCapacityProviderConfigArgs:
        """Return the part of a function's configuration that puts it on the instances."""
        return lambda_.FunctionCapacityProviderConfigArgs(
            lambda_managed_instances_capacity_provider_config=(
                lambda_.FunctionCapacityProviderConfigLambdaManagedInstancesCapacityProviderConfigArgs(
                    capacity_provider_arn=self.provider.arn,
                    execution_environment_memory_gib_per_vcpu=PROCESSOR_MB / 1024,
                    per_execution_environment_max_concurrency=1,
                )
            )
        )

    def scale(self, name: str, function: lambda_.Function, opts: ResourceOptions) -> lambda_.FunctionScalingConfig:
        """Declare how many workers a function has."""
        return lambda_.FunctionScalingConfig(
            name,
            function_name=function.name,
            qualifier=LATEST,
            function_scaling_config=lambda_.FunctionScalingConfigFunctionScalingConfigArgs(
                min_execution_environments=self.least, max_execution_environments=self.most
            ),
            opts=opts,
        )


def declare(settings: Settings) -> Capacity | None:
    """Declare the instances of a stack; None where its workers run on Lambda's own machines."""
    return Capacity(settings) if settings.managed_instances else None
