"""The table of reports. Every write is one request, conditional on what the row is like.

use case ── `Report`, `Change` ──▶ **ReportTable** ──▶ DynamoDB
"""

from __future__ import annotations

import base64
import binascii
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backend.aws.dynamodb_errors import ConditionFailed, translated
from backend.aws.report_items import ACTIVE_OWNER, Expression, Item, decode_report, encode, encode_report
from backend.domain.steps import has_made
from backend.protocol import quotas
from backend.protocol.lifecycle import State
from backend.service.ports import InvalidCursor, Page, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from backend.domain.report import Report
    from backend.domain.steps import Change

log = logging.getLogger(__name__)

OWNER_INDEX = "byOwner"
ACTIVE_INDEX = "active"
"""Has only rows of reports that have not ended: see `rows.ACTIVE_OWNER`."""

LONGEST_ID = 64
MOST_BATCHES = 5
"""How often the rest of a batch is asked for that DynamoDB has left."""
MOST_QUERIES = 20
"""How often the rest of a page is asked for; a page is short, or empty, before its caller is kept waiting."""
MOST_LOOKED_THROUGH = 100
"""How many rows one query looks through for those of a state."""
_IS_FREE = "attribute_not_exists(reportId) OR expiresAt <= :now"
_MAY_BE_WATCHED = (
    "#owner = :owner AND expiresAt > :now AND #state IN (:queued, :running) "
    "AND (attribute_not_exists(watchers) OR contains(watchers, :id) OR size(watchers) < :most)"
)
_IS_KNOWN = "attribute_exists(reportId)"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A `ports.ReportStore`."""

    client: DynamoDBClient
    table: str

    def put_new(self, report: Report, now: datetime) -> Report | None:
        """Store a report under a new id; return None, or the row that has the id already."""
        try:
            with translated():
                self.client.put_item(
                    TableName=self.table,
                    Item=encode_report(report),
                    ConditionExpression=_IS_FREE,
                    ExpressionAttributeValues={":now": encode("expires_at", now)},
                )
        except ConditionFailed:
            return self.get(report.report_id, now)
        return None

    def get(self, report_id: str, now: datetime) -> Report | None:
        """Return the row, read consistently."""
        with translated():
            found = self.client.get_item(TableName=self.table, Key=_key(report_id), ConsistentRead=True)
        report = decode_report(found["Item"]) if "Item" in found else None
        return report if report and report.expires_at > now else None

    def get_all(self, report_ids: Iterable[str], now: datetime) -> Mapping[str, Report]:
        """Return the rows that there are, read consistently, by id; at most a hundred ids.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        """
        found: list[Item] = []
        asked: Any = {self.table: {"Keys": [_key(report_id) for report_id in report_ids], "ConsistentRead": True}}
        for _ in range(MOST_BATCHES):
            if not asked:
                break
            with translated():
                answer = self.client.batch_get_item(RequestItems=asked)
            found += answer["Responses"].get(self.table, [])
            asked = answer["UnprocessedKeys"]
        if asked:
            raise StoreUnavailable("some rows were not read")
        reports = map(decode_report, found)
        return {report.report_id: report for report in reports if report.expires_at > now}

    def change(self, report_id: str, change: Change) -> Report | None:
        """Take one step and return the row after it; None, with nothing written, if no condition is met.

        The client repeats a write whose answer was lost, and then the condition fails because of the first: the step
        was taken, and is told as that.
        """
        expression = Expression()
        try:
            return self._written(
                report_id,
                UpdateExpression=expression.update(change),
                ConditionExpression=expression.any_of(change.when),
                ExpressionAttributeNames=expression.names,
                ExpressionAttributeValues=expression.values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as failed:
            found = decode_report(failed.item) if failed.item else None
            return found if found and has_made(change, found) else None

    def watch(self, report_id: str, owner: str, connection_id: str, now: datetime) -> Report | None:
        """Return the owner's report, or None if it is unknown or another's; have the connection watch it."""
        watched = self._update(
            report_id,
            UpdateExpression="ADD watchers :watcher",
            ConditionExpression=_MAY_BE_WATCHED,
            ExpressionAttributeNames={"#owner": "owner", "#state": "state"},
            ExpressionAttributeValues={
                ":watcher": {"SS": [connection_id]},
                ":id": {"S": connection_id},
                ":most": {"N": str(quotas.WATCHERS_PER_REPORT)},
                ":owner": {"S": owner},
                ":now": encode("expires_at", now),
                ":queued": {"S": State.QUEUED},
                ":running": {"S": State.RUNNING},
            },
        )
        known = watched or self.get(report_id, now)
        return known if known and known.owner == owner else None

    def unwatch(self, report_id: str, connection_id: str) -> None:
        """Remove a watcher; neither has to exist. Never raises: a watcher too many does no harm."""
        try:
            self._update(
                report_id,
                UpdateExpression="DELETE watchers :watcher",
                ConditionExpression=_IS_KNOWN,
                ExpressionAttributeValues={":watcher": {"SS": [connection_id]}},
            )
        except StoreUnavailable:
            log.exception("watcher not removed", extra={"reportId": report_id, "connectionId": connection_id})

    def page(self, owner: str, before: str | None, limit: int, now: datetime, state: State | None = None) -> Page:
        """Return the owner's newest reports after the cursor `before`. Raises `InvalidCursor`."""
        start: dict[str, Any] = {} if before is None else {"ExclusiveStartKey": _decode_cursor(owner, before)}
        of_state: dict[str, Any] = {} if state is None else {"FilterExpression": "#state = :state"}
        names = {"#owner": "owner"} | ({"#state": "state"} if state else {})
        values: Item = {":owner": {"S": owner}} | ({":state": {"S": state}} if state else {})
        items: list[Item] = []
        last = None
        for _ in range(MOST_QUERIES):  # DynamoDB ends a page of its own after a megabyte, or what it has looked through
            if len(items) > limit:
                break
            with translated():
                found = self.client.query(
                    TableName=self.table,
                    IndexName=OWNER_INDEX,
                    KeyConditionExpression="#owner = :owner",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=values,
                    ScanIndexForward=False,
                    Limit=MOST_LOOKED_THROUGH if state else limit + 1 - len(items),
                    **of_state,
                    **start,
                )
            items += found["Items"]
            last = found.get("LastEvaluatedKey")
            if last is None:
                break
            start = {"ExclusiveStartKey": last}
        reports = tuple(report for item in items[:limit] if (report := decode_report(item)).expires_at > now)
        if len(items) > limit:
            return Page(reports, _encode_cursor(items[limit - 1]))
        return Page(reports, None if last is None else _encode_cursor(last))

    def active_ids(self, owner: str) -> tuple[str, ...]:
        """Return the ids of all the owner's reports that are not known to have ended. The index lags a little."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=ACTIVE_INDEX,
            KeyConditionExpression=f"{ACTIVE_OWNER} = :owner",
            ExpressionAttributeValues={":owner": {"S": owner}},
        )
        with translated():
            return tuple(item["reportId"]["S"] for page in pages for item in page["Items"])

    def _update(self, report_id: str, **request: Any) -> Report | None:  # noqa: ANN401  the client's own parameters
        try:
            return self._written(report_id, **request)
        except ConditionFailed:
            return None

    def _written(self, report_id: str, **request: Any) -> Report:  # noqa: ANN401  as above
        with translated():
            changed = self.client.update_item(
                TableName=self.table, Key=_key(report_id), ReturnValues="ALL_NEW", **request
            )
        return decode_report(changed["Attributes"])


def _key(report_id: str) -> Item:
    return {"reportId": {"S": report_id}}


def _encode_cursor(key: Item) -> str:
    """Return a cursor without `=`, which stands as it is in a query."""
    text = f"{key['createdAt']['S']} {key['reportId']['S']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode_cursor(owner: str, cursor: str) -> Item:
    try:
        created_at, report_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor(cursor) from error
    if not _is_time(created_at) or not 0 < len(report_id) <= LONGEST_ID:  # as keys they would mean some other page
        raise InvalidCursor(cursor)
    return {"owner": {"S": owner}, "createdAt": {"S": created_at}, "reportId": {"S": report_id}}


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
