"""The metrics that lines of the log carry, and the fields of the line that divide each.

service ── fields of a line ──▶ **counters** ──▶ wiring: the embedded metric format; infra: alarms, dashboard

Imports nothing. A metric exists once for every value of the fields that divide it, and each costs $0.30 a month while
it is in use: so none is divided by owner, report or connection, nor by two fields at once.

Source: https://aws.amazon.com/cloudwatch/pricing/
"""

from collections.abc import Mapping
from dataclasses import dataclass

REPORTS_ASKED = "ReportsAsked"
REPORTS_ENDED = "ReportsEnded"
TIME_TO_LINK = "TimeToLink"
ROWS = "Rows"
QUEUE_AGE = "QueueAge"
CONNECTIONS_OPENED = "ConnectionsOpened"
BYTES_SCANNED = "BytesScanned"

STATE, CODE, DEFINITION = "state", "code", "definition"


@dataclass(frozen=True, slots=True)
class Counter:
    """A metric: its unit, as CloudWatch names it, and each field it is divided by, besides the sum of all."""

    unit: str
    divided_by: tuple[str, ...] = ()


COUNTERS: Mapping[str, Counter] = {
    REPORTS_ASKED: Counter("Count"),
    REPORTS_ENDED: Counter("Count", (STATE, CODE, DEFINITION)),
    TIME_TO_LINK: Counter("Seconds"),
    ROWS: Counter("Count"),
    QUEUE_AGE: Counter("Seconds"),
    CONNECTIONS_OPENED: Counter("Count"),
    BYTES_SCANNED: Counter("Bytes"),
}
"""Every metric, by the name of the line's field that has its value.

`TimeToLink` is the time from asking to the file, of reports that SUCCEEDED; `QueueAge` that from asking to the first
worker, of reports that no second worker has begun again. `BytesScanned` is what a query on a distributed engine has
read, whether it succeeded or not: by that Athena is paid.
"""
