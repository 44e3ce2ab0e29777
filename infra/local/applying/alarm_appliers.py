"""Apply alarms and their topic.

apply ──▶ **alarm_appliers** ──▶ boto3
"""

from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, tag_list
from infra.local.recording.graph import Attributes


def create_topic(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a topic."""
    arn = aws("sns").create_topic(Name=physical_name(name, inputs), Tags=tag_list(inputs["tags"]))["TopicArn"]
    return {"id": arn, "arn": arn}


def put_alarm(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Watch a metric."""
    alarm_name = physical_name(name, inputs)
    aws("cloudwatch").put_metric_alarm(
        AlarmName=alarm_name,
        AlarmDescription=inputs["alarmDescription"],
        Namespace=inputs["namespace"],
        MetricName=inputs["metricName"],
        Dimensions=[{"Name": key, "Value": value} for key, value in inputs["dimensions"].items()],
        Statistic=inputs["statistic"],
        Period=inputs["period"],
        EvaluationPeriods=inputs["evaluationPeriods"],
        ComparisonOperator=inputs["comparisonOperator"],
        Threshold=inputs["threshold"],
        TreatMissingData=inputs["treatMissingData"],
        AlarmActions=inputs["alarmActions"],
        Tags=tag_list(inputs["tags"]),
    )
    return {"id": alarm_name}


APPLIERS: dict[str, Applier] = {
    "aws:sns/topic:Topic": create_topic,
    "aws:cloudwatch/metricAlarm:MetricAlarm": put_alarm,
}
