"""Kinds of values that several settings have.

**values** ──▶ sign_in, settings. Pure.
"""

from typing import Annotated, Literal

from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
"""Retention times that CloudWatch Logs allows, up to two years.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

LOOPBACK = r"(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:[^/\s@]+)?"
SOCKET_ADDRESS = Meta(
    pattern=rf"^(wss://[^\s/]\S*|ws://{LOOPBACK}(/\S*)?)(?<!/)\Z",
    description="an address like wss://reports.example.com, encrypted unless on loopback, without a / at its end",
)
ADDRESS = Meta(
    pattern=rf"^(https://[^\s/]\S*|http://{LOOPBACK}(/\S*)?)/v1\Z",
    description="an address like https://reports.example.com/v1, encrypted unless it is on loopback",
)
_ORIGIN = rf"(https://[^\s,/]+|http://{LOOPBACK})"
ORIGINS = Meta(
    pattern=rf"^{_ORIGIN}(,{_ORIGIN})*\Z",
    description="origins like https://intranet.example.com, encrypted unless on loopback, with commas between them",
)
