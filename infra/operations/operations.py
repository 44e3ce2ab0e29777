"""Alarms, and who hears them.

functions ──▶ **alarms** ──▶ topic ──▶ e-mail
"""

import pulumi
from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, sns

from infra.backend_functions import BackendFunctions
from infra.functions import Function
from infra.settings import Settings

METRICS = ("Errors", "Throttles")
"""Of every function. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
WORKER_METRICS = ("AsyncEventsDropped", "DestinationDeliveryFailures")
"""Of the worker, besides: reports nobody runs, and dead ones nobody is told of. Source: as for `METRICS`."""
PERIOD_S = 300


class Operations(pulumi.ComponentResource):
    """Alarms on what goes wrong in the functions and on the ways to the worker and from it."""

    def __init__(self, settings: Settings, functions: BackendFunctions, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:Operations", "operations", None, opts)
        self._within = ResourceOptions(parent=self)
        # Without a key: CloudWatch may not use the key `alias/aws/sns`, and its alarms would go nowhere.
        topic = sns.Topic("alarms", opts=self._within)
        if settings.alarm_email:
            sns.TopicSubscription(
                "alarms", topic=topic.arn, protocol="email", endpoint=settings.alarm_email, opts=self._within
            )
        for name, function in functions.all().items():
            for metric in METRICS:
                self._alarm(name, function, metric, topic)
        for metric in WORKER_METRICS:
            self._alarm("worker", functions.worker, metric, topic)
        self.register_outputs({})

    def _alarm(self, name: str, function: Function, metric: str, topic: sns.Topic) -> None:
        cloudwatch.MetricAlarm(
            f"{name}-{metric.lower()}",
            alarm_description=f"{metric} of {name} within {PERIOD_S // 60} minutes.",
            namespace="AWS/Lambda",
            metric_name=metric,
            dimensions={"FunctionName": function.name},
            statistic="Sum",
            period=PERIOD_S,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.arn],
            opts=self._within,
        )
