"""Lines of the log as metrics: CloudWatch's embedded metric format, which it reads out of every log group.

logging ── record with counted fields ──▶ **EmbeddedMetrics** ── the same with `_aws` ──▶ formatter of the runtime

Lambda's own formatter writes what a record has besides its standard attributes at the top of the JSON object, which is
where the format wants `_aws`, the values and the fields that divide them: so a counted line needs no line of its own.
`print` would do as well, but such a line has neither level nor request id.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://github.com/aws/aws-lambda-python-runtime-interface-client, lambda_runtime_log_utils.py (`JsonFormatter`)
"""

import logging
from collections.abc import Mapping
from typing import Any

from backend.domain.counters import COUNTERS


class EmbeddedMetrics(logging.Filter):
    """Adds what makes CloudWatch count a record; lets every record pass."""

    def __init__(self, namespace: str) -> None:
        super().__init__()
        self._namespace = namespace

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `_aws` to a record that has a value of `COUNTERS`."""
        directives = directives_of(record.__dict__, self._namespace)
        if directives:
            record.__dict__["_aws"] = {"Timestamp": int(record.created * 1000), "CloudWatchMetrics": directives}
        return True


def directives_of(fields: Mapping[str, Any], namespace: str) -> list[dict[str, Any]]:
    """Return a MetricDirective for each value there is: all lines together, and by each dividing field of the line."""
    return [
        {
            "Namespace": namespace,
            "Dimensions": [[], *([field] for field in counter.divided_by if field in fields)],
            "Metrics": [{"Name": name, "Unit": counter.unit}],
        }
        for name, counter in COUNTERS.items()
        if name in fields
    ]
