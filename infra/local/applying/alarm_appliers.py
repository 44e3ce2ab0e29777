"""Apply alarms, their topic, the filters that count lines of logs, and the dashboard.

apply ──▶ **alarm_appliers** ──▶ boto3
"""

from collections.abc import Mapping
from typing import Any

from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, tag_list
from infra.local.recording.graph import Attributes


def create_topic(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a topic."""
    arn = aws("sns").create_topic(Name=physical_name(name, inputs), Tags=tag_list(inputs["tags"]))["TopicArn"]
    return {"id": arn, "arn": arn}


def put_alarm(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Watch a metric, or what is computed of some."""
    alarm_name = physical_name(name, inputs)
    queries = inputs.get("metricQueries")
    aws("cloudwatch").put_metric_alarm(
        AlarmName=alarm_name,
        AlarmDescription=inputs["alarmDescription"],
        **({"Metrics": [_query(query) for query in queries]} if queries else _of_metric(inputs)),
        EvaluationPeriods=inputs["evaluationPeriods"],
        ComparisonOperator=inputs["comparisonOperator"],
        Threshold=inputs["threshold"],
        TreatMissingData=inputs["treatMissingData"],
        AlarmActions=inputs["alarmActions"],
        OKActions=inputs["okActions"],
        Tags=tag_list(inputs["tags"]),
    )
    return {"id": alarm_name}


def put_metric_filter(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Count the lines of a log group that match a pattern."""
    filter_name = physical_name(name, inputs)
    counted = inputs["metricTransformation"]
    aws("logs").put_metric_filter(
        logGroupName=inputs["logGroupName"],
        filterName=filter_name,
        filterPattern=inputs["pattern"],
        metricTransformations=[
            {
                "metricNamespace": counted["namespace"],
                "metricName": counted["name"],
                "metricValue": counted["value"],
                "defaultValue": float(counted["defaultValue"]),
                "unit": counted["unit"],
            }
        ],
    )
    return {"id": filter_name}


def put_dashboard(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create a dashboard."""
    name = inputs["dashboardName"]
    aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=inputs["dashboardBody"])
    return {"id": name}


def _of_metric(inputs: Inputs) -> dict[str, Any]:
    return {
        "Namespace": inputs["namespace"],
        "MetricName": inputs["metricName"],
        "Dimensions": _dimensions(inputs.get("dimensions", {})),
        "Statistic": inputs["statistic"],
        "Period": inputs["period"],
    }


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    if "expression" in query:
        computed = {"Id": query["id"], "Expression": query["expression"], "Label": query["label"]}
        return {**computed, "ReturnData": query["returnData"]}
    metric = query["metric"]
    of = {"Namespace": metric["namespace"], "MetricName": metric["metricName"]}
    measured = {"Metric": {**of, "Dimensions": _dimensions(metric.get("dimensions", {}))}, "Stat": metric["stat"]}
    return {"Id": query["id"], "MetricStat": {**measured, "Period": metric["period"]}, "ReturnData": False}


def _dimensions(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


APPLIERS: dict[str, Applier] = {
    "aws:sns/topic:Topic": create_topic,
    "aws:cloudwatch/metricAlarm:MetricAlarm": put_alarm,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": put_metric_filter,
    "aws:cloudwatch/dashboard:Dashboard": put_dashboard,
}
