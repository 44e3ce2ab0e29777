"""Everything of a stack that watches it, as resources.

watched, alarms, dashboard ──▶ **Operations** ──▶ topic ──▶ e-mail
"""

from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import budgets, cloudwatch, sns

from infra.functions import Function
from infra.operations import dashboard
from infra.operations.alarms import Alarm, Share, alarms_of
from infra.operations.watched import Metric, Watched

ERROR_LINE = '{ $.level = "ERROR" }'
"""Matches what the code logs with `error` and `exception`, and an exception that leaves a function: in the JSON that
Lambda's runtime for Python writes, as in ours, `level` is the name of the level.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html and
https://github.com/aws/aws-lambda-python-runtime-interface-client, lambda_runtime_log_utils.py and bootstrap.py
"""


class Operations(pulumi.ComponentResource):
    """Alarms on what goes wrong and who hears them, a dashboard, and a budget where one is set."""

    def __init__(self, stack: Watched, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:Operations", "operations", None, opts)
        self._within = ResourceOptions(parent=self)
        self._stack = stack
        self._listener = self._listening()
        for name, function in stack.functions.all().items():
            self._count_error_lines(name, function)
        for alarm in alarms_of(stack):
            self._declare(alarm)
        cloudwatch.Dashboard(
            "dashboard",
            dashboard_name=f"reportwire-{stack.settings.stage}",
            dashboard_body=Output.json_dumps(dashboard.body(stack)),
            opts=self._within,
        )
        if stack.settings.monthly_budget_usd:
            self._budget(stack.settings.monthly_budget_usd)
        self.register_outputs({})

    def _listening(self) -> Input[str]:
        """Return the ARN of the topic that alarms are told to: the operator's, or one of the stack's."""
        settings = self._stack.settings
        if settings.alarm_topic_arn:
            return settings.alarm_topic_arn
        # Without a key: CloudWatch may not use the key `alias/aws/sns`, and its alarms would go nowhere.
        topic = sns.Topic("alarms", opts=self._within)
        if settings.alarm_email:
            sns.TopicSubscription(
                "alarms", topic=topic.arn, protocol="email", endpoint=settings.alarm_email, opts=self._within
            )
        return topic.arn

    def _count_error_lines(self, name: str, function: Function) -> None:
        counted = self._stack.error_lines(name)
        cloudwatch.LogMetricFilter(
            f"{name}-error-lines",
            log_group_name=function.log_group,
            pattern=ERROR_LINE,
            metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=counted.namespace, name=counted.name, value="1", default_value="0", unit="Count"
            ),
            opts=self._within,
        )

    def _declare(self, alarm: Alarm) -> None:
        of_one_metric = _of_metric(alarm.watches, alarm.period_s) if isinstance(alarm.watches, Metric) else {}
        cloudwatch.MetricAlarm(
            alarm.name,
            alarm_description=alarm.description,
            **of_one_metric,
            metric_queries=_queries(alarm.watches, alarm.period_s) if isinstance(alarm.watches, Share) else None,
            evaluation_periods=alarm.periods,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.above,
            treat_missing_data="notBreaching",
            alarm_actions=[self._listener],
            ok_actions=[self._listener],
            opts=self._within,
        )

    def _budget(self, limit_usd: int) -> None:
        """Tell whoever hears alarms of the stack's costs: at 80 %, and when the month will end above the limit."""
        settings = self._stack.settings
        heard_by = (
            {"subscriber_email_addresses": [settings.alarm_email]}
            if settings.alarm_email
            else {"subscriber_sns_topic_arns": [self._listener]}
        )
        budgets.Budget(
            "costs",
            budget_type="COST",
            limit_amount=str(limit_usd),
            limit_unit="USD",
            time_unit="MONTHLY",
            # Of a tag's key and value, the key of one that AWS did not make stands behind `user:`.
            cost_filters=[budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:stack${settings.stage}"])],
            notifications=[
                budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    notification_type=kind,
                    **heard_by,
                )
                for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
            opts=self._within,
        )


def _of_metric(metric: Metric, period_s: int) -> dict[str, Any]:
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions or None,
        "statistic": metric.statistic,
        "period": period_s,
    }


def _queries(share: Share, period_s: int) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    queries = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=id_,
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=metric.dimensions or None,
                stat=metric.statistic,
                period=period_s,
            ),
        )
        for id_, metric in share.metrics.items()
    ]
    result = cloudwatch.MetricAlarmMetricQueryArgs(
        id="share", expression=share.expression, label="Percent", return_data=True
    )
    return [*queries, result]
