"""Kinds of values that several settings have.

**values** ──▶ addresses, sign_in, settings. Pure.
"""

from typing import Annotated, Literal

from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
"""Retention times that CloudWatch Logs allows, up to two years.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

LOOPBACK = r"(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:[^/\s@]+)?"
"""This machine, with a port or without."""


def region_of(arn: str) -> str:
    """Return the region that an ARN names."""
    return arn.split(":")[3]
