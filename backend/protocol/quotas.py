"""Limits both sides keep to.

Source of API Gateway's: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

from datetime import timedelta

FRAME_SIZE_BYTES = 32 * 1024
"""API Gateway closes the connection (1009) on a larger frame from the client.

Its page says so of posts too, so the service posts no more at once.
"""

MESSAGE_SIZE_BYTES = 128 * 1024
"""API Gateway answers 413 to a larger post."""

PAGE_SIZE_BYTES = 28 * 1024
"""A page of reports or of the catalog holds no more, so that its message is one frame.

Some clients read no longer one: Go's `coder/websocket` stops at 32,769 bytes unless told otherwise.
"""

SCHEMA_SIZE_BYTES = 16 * 1024
"""The schema of one report's parameters: with the longest title and description, what is said of it fits on a page."""

IDLE_TIMEOUT = timedelta(minutes=10)
"""API Gateway closes a connection on which nothing was sent for so long (1001)."""

CONNECTION_LIFETIME = timedelta(hours=2)
"""API Gateway closes every connection at this age (1001)."""

REQUEST_ID_LENGTH = 64
REPORT_IDS_PER_WATCH = 50
REPORTS_PER_PAGE = 50
PARAMETERS_SIZE_BYTES = 4 * 1024
"""Encoded parameters of one report: fifty snapshots and their links must fit in a few messages."""

WATCHERS_PER_REPORT = 20
"""Connections that get a report's pushes. A connection too many gets none, and hears of the report when it asks."""
